"""Turns the elements of a page, as they begin and end, into blocks of text. Knows tags, and no library."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from reflexiona.documents.content import Block, tidy

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details div dl dt fieldset figure footer form header hr "
    "html legend li main nav ol p pre section summary table tbody td tfoot th thead tr ul".split()
) | set(_HEADINGS)
_CELLS = ("td", "th")
_BETWEEN_CELLS = " · "
_LEAST, _HEADING_WORDS = 3, 10
"""Level of a line in bold that stands for a heading, and its words at most."""
_WIDEST_CELL = 40
"""Words; a table with wider cells holds the page together, not figures."""


class Sheet:
    """Gathers text until a block ends.

    Args:
        root: the element whose text is wanted; tables are looked at beforehand.
    """

    def __init__(self, root: Any) -> None:
        self._tables = {table for table in root.iter("table") if _holds_figures(table)}
        self._text: list[str] = []
        self._linked = self._stressed = 0
        self._links = self._stresses = 0
        self._verbatim = 0
        self._figures = 0
        self._headings: list[int] = []
        self._new_item = False

    def begin(self, element: Any) -> Iterator[Block]:
        """An element begins."""
        tag = element.tag
        if tag == "br" and "".join(self._text[-3:]).rstrip(" \t").endswith("\n"):
            yield from self.rest()
        elif tag == "br":
            self._text.append("\n")
        elif tag in _BLOCKS and not self._in_row(tag):
            yield from self.rest()
            if tag == "li":
                self._new_item = True
            if tag in _HEADINGS:
                self._headings.append(_HEADINGS[tag])
        elif tag in _BLOCKS:
            self._text.append(" ")
        self._count(element, 1)
        self._add(element.text)

    def end(self, element: Any, *, tail: bool) -> Iterator[Block]:
        """An element ends."""
        tag = element.tag
        if tag in _CELLS and self._figures:
            self._text.append(_BETWEEN_CELLS)
        elif tag in _BLOCKS and not self._in_row(tag):
            yield from self.rest()
            if tag in _HEADINGS and self._headings:
                self._headings.pop()
        self._count(element, -1)
        if tail:
            self._add(element.tail)

    def rest(self) -> Iterator[Block]:
        """What was gathered, as one block or, where two line breaks part it, several."""
        joined, linked = "".join(self._text), self._linked
        whole = len("".join(joined.split())) or 1
        stressed = self._stressed >= whole
        self._text, self._linked, self._stressed = [], 0, 0
        for part in re.split(r"\n[ \t]*\n\s*", joined):
            text = tidy(part).strip(_BETWEEN_CELLS).strip()
            if text:
                level = self._headings[-1] if self._headings else _LEAST if self._heads(text, stressed) else 0
                item = not level and (self._new_item or self._figures > 0)
                yield Block(" ".join(text.split()) if level else text, level, item, round(min(1.0, linked / whole), 2))
                self._new_item = False

    def _heads(self, text: str, stressed: bool) -> bool:
        """Whether a line, all of it in bold, stands for a heading, as with those who know of no headings."""
        alone = stressed and not self._new_item and not self._figures and "\n" not in text
        return alone and len(text.split()) <= _HEADING_WORDS and text[-1] not in ".,;:"

    def _in_row(self, tag: str) -> bool:
        """Whether a block stands in a cell of figures, and so on the line of its row."""
        return self._figures > 0 and tag not in ("table", "tr", "thead", "tbody", "tfoot", "caption")

    def _count(self, element: Any, by: int) -> None:
        if element.tag == "a":
            self._links += by
        elif element.tag in ("b", "strong"):
            self._stresses += by
        elif element.tag == "pre":
            self._verbatim += by
        elif element in self._tables:
            self._figures += by

    def _add(self, text: str | None) -> None:
        if not text:
            return
        if not self._verbatim:
            text = re.sub(r"\s+", " ", text)
        self._text.append(text)
        size = len("".join(text.split()))
        self._linked += size if self._links else 0
        self._stressed += size if self._stresses else 0


def _holds_figures(table: Any) -> bool:
    """Whether a table holds rows of short cells, rather than the page itself."""
    if next(table.iterdescendants("table"), None) is not None:
        return False
    rows = [[cell for cell in row if cell.tag in _CELLS] for row in table.iter("tr")]
    cells = [cell for row in rows for cell in row]
    wide = any(len(cell.text_content().split()) > _WIDEST_CELL for cell in cells)
    return not wide and any(len(row) > 1 for row in rows)
