"""Reads pages of the web: finds what was written among what surrounds it. The only importer of lxml.

A page is parsed, never run, and nothing it points at is fetched. What is left is text without any markup.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from reflexiona.documents import debris
from reflexiona.documents.content import Block, Content, UnreadableError, one_line
from reflexiona.documents.dates import date_above, iso_date
from reflexiona.documents.plain import decoded
from reflexiona.documents.sheet import Sheet

_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w-]{2,30})", re.IGNORECASE)
_PROLOG = re.compile(r"\A\s*<\?xml[^>]*\?>", re.IGNORECASE)
_PUBLISHED = (
    "//meta[@property='article:published_time']/@content",
    "//meta[@itemprop='datePublished']/@content",
    "//meta[@name='date' or @name='DC.date' or @name='DC.date.issued' or @name='publish-date']/@content",
    "//*[@itemprop='datePublished']/@datetime",
    "//time[@datetime and @pubdate]/@datetime",
    "//*[contains(concat(' ', @class, ' '), ' published ')]/@title",
    "//*[contains(concat(' ', @class, ' '), ' published ')]/@datetime",
    "//article//time/@datetime",
    "//time/@datetime",
)
_NEVER_READ = (
    "script|style|noscript|template|svg|canvas|iframe|object|embed|select|button|input|textarea|dialog|figcaption"
)
_MAY_BE_A_DATE = "h1 h2 h3 h4 time span p div small abbr li td i em b".split()
_LONGEST_DATE, _LOOKED_AT = 100, 5_000
"""Characters of what shows a date; elements among which one is looked for."""
_SITE_ENDS = re.compile(r"\s+(?:[|»·—–]|-|::)\s+")
_TITLE = re.compile(r"(?:entry|post|article)-?_*title|headline", re.IGNORECASE)
_MOST_OF_IT = 0.4
"""Share of what a page tells others that a heading must be to be the title in it."""
_SHORTEST_ARTICLE = 0.4
"""Share of a page's prose that what calls itself the article must hold to be believed."""
_HARDLY_ANY = 30
"""Words; of a page that is left with fewer, too much was taken away."""
_BEGINS = 3
"""Blocks among which the heading of an article stands."""
_SENTENCE = 8
"""Words from which a block counts as prose when the place of the article is looked for."""


def read_html(raw: bytes) -> Content:
    """The content of a page.

    Raises:
        UnreadableError: it is no text, or nested beyond any page's need.
    """
    declared = _DECLARED.search(raw[:4096])
    text = _PROLOG.sub("", decoded(raw, declared[1].decode("ascii") if declared else ""))
    root = parsed(text)
    title = _title(root)
    date = _published(root) or _shown_date(root, title)
    debris.remove(root, _NEVER_READ)
    if len(root.text_content().split()) < _HARDLY_ANY:  # a tag that is never closed puts the article into what is not
        root = parsed(text)
        debris.remove(root, _NEVER_READ, by_name=False)
    place = _article(root)
    blocks = tuple(blocks_of(place))
    return Content(blocks, title or _heading(root, place, blocks), date, web=True)


def parsed(text: str) -> Any:
    """The tree of a page.

    Raises:
        UnreadableError: nested beyond any page's need.
    """
    parser = lxml_html.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True, no_network=True)
    try:
        root = lxml_html.document_fromstring(text.replace("\0", "") or "<p></p>", parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        return lxml_html.document_fromstring("<html><body></body></html>")
    finally:
        if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
            raise UnreadableError(
                "tiene miles de etiquetas unas dentro de otras, como ninguna página normal.",
                "Copia el texto en un archivo .txt.",
            )
    return root


def blocks_of(root: Any) -> Iterator[Block]:
    """The text below an element, block by block, in order."""
    sheet = Sheet(root)
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if not isinstance(element.tag, str):
            continue
        if event == "start":
            yield from sheet.begin(element)
        else:
            yield from sheet.end(element, tail=element is not root)
    yield from sheet.rest()


def _title(root: Any) -> str:
    """What the page says its article is called: a heading that it repeats to others, else what it tells others."""
    told = [
        text
        for path in ("//meta[@property='og:title']/@content", "//meta[@name='twitter:title']/@content", "//title")
        for found in root.xpath(path)[:1]
        if (text := one_line(found if isinstance(found, str) else found.text_content()))
    ]
    heads = [(head, one_line(head.text_content())) for head in root.iter("h1", "h2", "h3")]
    least = _MOST_OF_IT * max(map(len, told), default=0)
    repeated = [
        (_called_title(head), len(text), text)
        for head, text in heads
        if len(text) >= least and any(text in one for one in told)
    ]
    if repeated:
        return max(repeated)[2]
    first = [text for head, text in heads if head.tag == "h1" and text]
    if len(told) > 1:  # a page that speaks to other sites names its article; the site's own name stands behind
        return _SITE_ENDS.split(told[0])[0]
    return first[0] if len(first) == 1 else ""


def _called_title(head: Any) -> bool:
    names = f"{head.get('class', '')} {head.get('itemprop', '')}"
    return bool(_TITLE.search(names)) or any(above.tag in ("article", "main") for above in head.iterancestors())


def _published(root: Any) -> str:
    for script in root.xpath("//script[@type='application/ld+json']"):
        if found := _from_linked_data(script.text or ""):
            return found
    values = (str(value) for path in _PUBLISHED for value in root.xpath(path)[:3])
    return next((found for value in values if (found := iso_date(value))), "")


def _from_linked_data(text: str) -> str:
    try:
        waiting: list[Any] = [json.loads(text)]
    except (ValueError, RecursionError):
        return ""
    for value in waiting:
        if isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, dict):
            if isinstance(value.get("datePublished"), str) and (found := iso_date(value["datePublished"])):
                return found
            waiting.extend(inner for inner in value.values() if isinstance(inner, dict | list))
    return ""


def _shown_date(root: Any, title: str) -> str:
    """A date that stands by itself in the page, as the name of the author does: the one nearest to the title."""
    dates: list[tuple[int, str]] = []
    heading = 0
    for place, element in enumerate(islice(root.iter(*_MAY_BE_A_DATE), _LOOKED_AT)):
        text = one_line(element.text_content()) if len(element) < _SENTENCE else ""
        if title and text == title:
            heading = place
        elif 0 < len(text) <= _LONGEST_DATE and (found := date_above([text])):
            dates.append((place, found))
    return min(((abs(place - heading), found) for place, found in dates), default=(0, ""))[1]


def _article(root: Any) -> Any:
    """The element that holds the article: what says so and holds much of the prose, else where the prose is."""
    body = root.find("body") if root.find("body") is not None else root
    prose = _prose_by_element(body)
    whole = prose.get(body, 0) or 1
    for path in debris.ARTICLES:
        named = [element for element in body.xpath(path) if prose.get(element, 0) >= _SHORTEST_ARTICLE * whole]
        if named:
            return max(named, key=lambda element: prose[element])
    return _densest(body, prose)


def _prose_by_element(body: Any) -> dict[Any, int]:
    """Words of prose below each element."""
    counts: dict[Any, int] = {}
    for element in body.iter("p", "li", "td", "blockquote", "div", "pre", "dd", "section", "article"):
        own = " ".join([element.text or "", *(child.tail or "" for child in element), *_inline(element)])
        words = len(own.split())
        if words >= _SENTENCE:
            counts[element] = counts.get(element, 0) + words
            for above in element.iterancestors():
                counts[above] = counts.get(above, 0) + words
    return counts


def _inline(element: Any) -> Iterator[str]:
    for child in element:
        if isinstance(child.tag, str) and child.tag in ("b", "i", "em", "strong", "span", "font", "u", "mark"):
            yield child.text_content()


def _densest(body: Any, prose: dict[Any, int]) -> Any:
    """Goes down from the body for as long as one child holds nearly all of the prose."""
    place = body
    while True:
        child = max(place, key=lambda element: prose.get(element, 0), default=None)
        if child is None or child.tag in ("p", "ul", "ol", "blockquote", "pre"):
            return place
        if prose.get(child, 0) < 0.8 * prose.get(place, 0) or not prose.get(child, 0):
            return place
        place = child


def _heading(root: Any, place: Any, blocks: Sequence[Block]) -> str:
    """A title for a page that names none: the heading its article begins with, the last one above it, its `title`."""
    begun = next((block.text for block in blocks[:_BEGINS] if block.level), "")
    if begun:
        return begun
    above = ""
    for element in root.iter():
        if element is place:
            break
        if element.tag in ("h1", "h2", "h3"):
            above = one_line(element.text_content())
    told = root.find(".//title")
    return above or (_SITE_ENDS.split(one_line(told.text_content()))[0] if told is not None else "")
