"""Reads pages of the web: finds what was written among what surrounds it. The only importer of lxml.

A page is parsed, never run, and nothing it points at is fetched. What is left is text without any markup.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from reflexiona.documents import debris
from reflexiona.documents.content import Block, Content, UnreadableError, one_line, tidy
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
    "//article//time/@datetime",
    "//time/@datetime",
)
_NEVER_READ = (
    "script|style|noscript|template|svg|canvas|iframe|object|embed|select|button|input|textarea|dialog|figcaption"
)
_SITE_ENDS = re.compile(r"\s+(?:[|»·—–]|-|::)\s+")
_SHORTEST_ARTICLE = 0.4
"""Share of a page's prose that what calls itself the article must hold to be believed."""
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
    place = _article(root)
    return Content(tuple(blocks_of(place)), title or _heading_above(root, place), date, web=True)


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
    """What the page says its article is called: its only first-order heading, else what it tells other sites."""
    heads = [text for head in root.iter("h1") if (text := one_line(head.text_content()))]
    told = [
        text
        for path in ("//meta[@property='og:title']/@content", "//meta[@name='twitter:title']/@content", "//title")
        for found in root.xpath(path)[:1]
        if (text := one_line(found if isinstance(found, str) else found.text_content()))
    ]
    for head in heads:
        if any(head in text for text in told):
            return head
    if told:  # the name of the site stands behind that of the article
        return _SITE_ENDS.split(told[0])[0] if len(told) > 1 or not heads else told[0]
    return heads[0] if len(heads) == 1 else ""


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
    """A date that stands by itself in the page, as the name of the author does: sooner after the title than before."""
    before, after = "", ""
    seen = False
    for element in root.iter("h1", "h2", "h3", "time", "span", "p", "div", "small", "abbr", "li", "td", "h4"):
        text = one_line(element.text_content()) if len(element) < _SENTENCE else ""
        seen = seen or bool(title and text == title)
        if 0 < len(text) <= 100 and (found := date_above([text])):
            if seen:
                after = found
                break
            before = before or found
    return after or before


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


def _heading_above(root: Any, place: Any) -> str:
    """The last heading before the article, for a page that names no title."""
    last = ""
    for element in root.iter():
        if element is place:
            break
        if element.tag in ("h1", "h2", "h3"):
            last = tidy(element.text_content())
    return one_line(last)
