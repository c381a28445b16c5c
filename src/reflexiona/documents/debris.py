"""What surrounds an article on a web page, told by the names its makers give it. Knows names, not words.

Nothing that holds the article itself is taken away, whatever it is called: many a page has its article in a
«content-with-sidebar».
"""

from __future__ import annotations

import re
from typing import Any

_TEXT_OF_ARTICLE = (
    "entry-content|post-content|post-body|post-entry|article-body|article-content|article__body|article__content|"
    "articlebody|td-post-content|story-body|blog-post-content|post__content|single-content|gh-content|kg-post|"
    "field--name-body|contenido-articulo|cuerpo-articulo|texto-articulo|contenido-entrada|cuerpo|nota-cuerpo"
)
ARTICLES = (
    "//*[@itemprop='articleBody']",
    *(
        f"//*[contains(concat(' ', normalize-space(@class), ' '), ' {name} ') or @id='{name}']"
        for name in _TEXT_OF_ARTICLE.split("|")
    ),
    "//article",
    "//main",
    "//*[@role='main']",
)
"""Where a page says that its article is; the surest first."""

_ALWAYS = frozenset("nav aside footer form".split())
_ROLES = frozenset("navigation banner complementary contentinfo search dialog alertdialog menu menubar toolbar".split())
# Whatever these hold, it is no part of the article, were it longer than the article itself.
_APART = re.compile(
    r"(?:^|[\s_-])(?:comments?|commentlist|comentarios?|respond|replies|disqus\w*|fb-comments|related\w*|relacionad[oa]s?|"
    r"jp-relatedposts|yarpp\w*|recommend\w*|author-?(?:box|bio|info|card|profile|description)|about-?author|bio-?box|"
    r"sobre-(?:el-|la-)?autora?|caja-autora?|sab(?:ox)?-\w+|breadcrumbs?|migas(?:-de-pan)?|pagination|paginacion|pager|"
    r"blog-pager|post-?nav\w*|nav-?links?|prev-?next|newsletter\w*|subscri\w+|suscri\w+|boletin|cookies?|cookie-\w+|"
    r"consent|gdpr|share\w*|sharing|shar(?:edaddy|e-?bar|ethis)|compart\w+|social\w*|redes(?:-sociales)?|addtoany\w*|"
    r"a2a_\w+|addthis\w*|likes?|jp-like\w*|adsbygoogle|advert\w*|publicidad|anuncios?|sponsor\w*|patrocin\w+|"
    r"tags?-?(?:list|links|cloud)|tags|etiquetas|cat-links|labels|post-labels|entry-footer|post-footer|"
    r"(?:site-|page-)?footer|pie(?:-de-pagina)?|copyright|back-?to-?top|to-?top|gotop|scroll-?(?:to-?)?(?:top|up)\w*|"
    r"volver-arriba|subir|skip-?link\w*|saltar\w*|ez-toc\S*|toc|toc_container|table-of-contents|lwptoc\w*|"
    r"kk-star-ratings|ratings?|post-ratings|valoracion\w*|wp-block-latest-\w+|recent-?(?:posts|comments)|"
    r"edit-?link|login|search-?form|searchform|buscador)(?=$|[\s_-])",
    re.IGNORECASE,
)
# These are about the layout: what they hold goes only where little is written in it.
_AROUND = re.compile(
    r"(?:^|\s)widget(?:s|[_-]\S*)?(?=$|\s)|(?:^|[\s_-])(?:sidebar\w*|menu\w*|nav(?:bar|igation)?|banner|promo\w*|cta|popup|modal|overlay|topbar|"
    r"masthead|site-header|cabecera|lateral|barra-lateral|popular\w*|trending|destacados|header-\w+|ads?|"
    r"entry-meta|post-meta|post-info|meta|byline|posted-on|entry-date|post-date|reading-?time|tiempo-lectura|post-author|"
    r"author|autora?|hidden|sr-only|screen-reader-text|visually-hidden|print-?\w*|blockout|call-to-action)(?=$|[\s_-])",
    re.IGNORECASE,
)
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_MUCH = 0.5
"""Share of the page's words that no mere name of the layout takes away."""
_TELLS = 20
"""Words of a paragraph from which on it tells something."""


def remove(root: Any, never_read: str, *, by_name: bool = True) -> None:
    """Takes away from a page what is no article.

    Args:
        root: the page; is changed.
        never_read: tags whose content is no text, apart by `|`.
        by_name: also what is called as no article is.
    """
    for element in list(root.iter(*never_read.split("|"))):
        _drop(element)
    if not by_name:
        return
    held = _holding_the_article(root)
    whole = _words(root)
    for element in list(root.iter()):
        if element in held or element.getparent() is None or element.tag in ("html", "body"):
            continue
        if _is_debris(element, whole):
            _drop(element)


def _is_debris(element: Any, whole: int) -> bool:
    tag, role = element.tag, element.get("role", "")
    names = f"{element.get('class', '')} {element.get('id', '')}"
    if tag in _ALWAYS or role in _ROLES or _APART.search(names):
        return True
    if "hidden" in element.attrib or element.get("aria-hidden") == "true" or _UNSEEN.search(element.get("style", "")):
        return _words(element) < _MUCH * whole
    around = tag == "header" or _AROUND.search(names)
    return bool(around) and not _tells(element) and _words(element) < _MUCH * whole


def _holding_the_article(root: Any) -> set[Any]:
    """The elements that the article stands in, and the article: heading, or text that is called so."""
    held: set[Any] = set()
    heads = list(root.iter("h1"))
    named = [[element for path in paths for element in root.xpath(path)] for paths in (ARTICLES[:-3], ARTICLES[-3:])]
    places = [element for element in named[0] if not _apart_above(element)]
    if not places:
        rest = named[0] + named[1]
        places = sorted([element for element in rest if not _apart_above(element)] or rest, key=_words)[-1:]
    if len(heads) == 1 and not _apart_above(heads[0]):
        places.append(heads[0])
    for place in places:
        held.add(place)
        held.update(above for above in place.iterancestors() if above.tag not in ("header", "nav"))
    return held


def _apart_above(element: Any) -> bool:
    """Whether an element or one around it is called what no article is."""
    for one in (element, *element.iterancestors()):
        names = f"{one.get('class', '')} {one.get('id', '')}"
        if one.tag not in ("html", "body", "article", "main") and _APART.search(names):
            return True
    return False


def _tells(element: Any) -> bool:
    """Whether there is a paragraph in it that is more than links and labels."""
    for paragraph in element.iter("p", "li", "blockquote", "td"):
        linked = sum(_words(link) for link in paragraph.iter("a"))
        if _words(paragraph) - 2 * linked >= _TELLS:
            return True
    return False


def _words(element: Any) -> int:
    return len(element.text_content().split())


def _drop(element: Any) -> None:
    """Takes an element out; what follows it stays."""
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return
    tail = _NOT_XML.sub("", element.tail or "")  # lxml takes no other text than XML's, though it gives it
    if before is not None:
        before.tail = _NOT_XML.sub("", before.tail or "") + tail
    else:
        parent.text = _NOT_XML.sub("", parent.text or "") + tail
    parent.remove(element)
