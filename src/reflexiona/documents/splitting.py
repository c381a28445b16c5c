"""Splits a text into passages of 60 to 250 words, each with its place in it: at headings, else between paragraphs.

Shortest path over the sentences: a passage may begin where a paragraph or an item begins, at worst where a sentence
does; which beginnings are taken is what costs least over the whole text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise

SHORTEST, LONGEST = 60, 250
"""Words of a passage; a text that has fewer is one passage."""

_BEST = 140
_LONGEST_SENTENCE, _PIECE = 110, 50
"""Words; a longer sentence is cut into pieces."""
_AT_PARAGRAPH, _AT_LINE, _AT_SENTENCE, _INSIDE = 0.6, 1.0, 3.0, 6.0
"""What it costs to begin there; beginning at a heading costs nothing."""
_HEADING_WITHIN = 1.2
"""What it costs that a passage goes on over a heading."""
_TOO_SHORT = 100.0
_TITLE = 90
"""Characters of a passage's title."""
_OPENING = 48
"""Characters of a title that is made of the first words."""
_HEADING = re.compile(r"(#{1,6}) (.+)")
_SENTENCE = re.compile(r"[.?!…]+[»”\")]*\s+(?=[«“¿¡\"(]*[A-ZÁÉÍÓÚÑ0-9])")


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage to be: `text[start:end]`, with its title."""

    start: int
    end: int
    title: str


@dataclass(frozen=True, slots=True)
class _Unit:
    """What is never parted: a sentence, an item, a part of a very long sentence."""

    start: int
    end: int
    words: int
    cost: float
    """Of beginning a passage here."""
    path: tuple[str, ...]
    """The headings it stands under."""
    head: int = 0
    """Words of the headings right above it."""


def split(text: str) -> tuple[Piece, ...]:
    """The passages of a text in its canonical form, in order; nothing but headings and blanks is left out."""
    units = list(_units(text))
    if not units:
        return ()
    begins = _beginnings(units)
    ends = [*begins[1:], len(units)]
    pieces: list[Piece] = []
    for first, last in zip(begins, ends, strict=True):
        start, end = units[first].start, units[last - 1].end
        pieces.append(Piece(start, end, _title(text, units[first], repeated=_goes_on(units, first))))
    return tuple(pieces)


def _beginnings(units: list[_Unit]) -> list[int]:
    """Where passages begin: the cheapest way through the units."""
    reached = [0, *accumulate(unit.words + unit.head for unit in units)]
    headings = [0, *accumulate(1 if unit.head else 0 for unit in units)]
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(units) + 1):
        choices: list[tuple[float, int]] = []
        for first in range(end - 1, -1, -1):
            words = reached[end] - reached[first] - units[first].head
            if words > LONGEST and choices:
                break
            within = headings[end] - headings[first + 1]
            price = units[first].cost + _HEADING_WITHIN * within + _of_length(words)
            choices.append((best[first][0] + price, first))
        best.append(min(choices))
    begins: list[int] = []
    place = len(units)
    while place:
        place = best[place][1]
        begins.append(place)
    return begins[::-1]


def _of_length(words: int) -> float:
    if words < SHORTEST:
        return _TOO_SHORT + (SHORTEST - words)
    return ((words - _BEST) / _BEST) ** 2


def _units(text: str) -> Iterator[_Unit]:
    path: list[tuple[int, str]] = []
    head, heading_start, cost = 0, -1, 0.0
    for start, end in _lines(text):
        heading = _HEADING.fullmatch(text, start, end)
        if heading:
            level = len(heading[1])
            path = [*(above for above in path if above[0] < level), (level, heading[2].strip())]
            heading_start = start if heading_start < 0 else heading_start
            head, cost = head + len(heading[0].split()), 0.0
            continue
        names = tuple(name for _, name in path)
        for place, (first, last) in enumerate(_sentences(text, start, end)):
            inside = place > 0
            begins = _cost_inside(text, first) if inside else (cost if heading_start >= 0 else _cost(text, start))
            yield _Unit(first, last, len(text[first:last].split()), begins, names, 0 if inside else head)
        head, heading_start = 0, -1
    if heading_start >= 0:  # a heading with nothing below it
        yield _Unit(heading_start, len(text.rstrip()), head, _AT_PARAGRAPH, tuple(name for _, name in path[:-1]))


def _lines(text: str) -> Iterator[tuple[int, int]]:
    for match in re.finditer(r"[^\n]*\S[^\n]*", text):
        yield match.start(), match.end()


def _cost(text: str, start: int) -> float:
    return _AT_PARAGRAPH if start < 2 or text[start - 2 : start] == "\n\n" else _AT_LINE


def _cost_inside(text: str, start: int) -> float:
    return _AT_SENTENCE if re.search(r"[.?!…][»”\")]*\s+\Z", text[max(0, start - 8) : start]) else _INSIDE


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    places = [start, *(match.end() for match in _SENTENCE.finditer(text, start, end)), end]
    for first, last in pairwise(places):
        stripped = first + len(text[first:last].rstrip())
        words = list(re.finditer(r"\S+", text[first:stripped]))
        if len(words) <= _LONGEST_SENTENCE:
            if words:
                yield first, stripped
            continue
        for number in range(0, len(words), _PIECE):
            part = words[number : number + _PIECE]
            yield first + part[0].start(), first + part[-1].end()


def _goes_on(units: list[_Unit], first: int) -> bool:
    return first > 0 and not units[first].head


def _title(text: str, unit: _Unit, *, repeated: bool) -> str:
    """The headings a passage stands under, and what it begins with where it has none or goes on."""
    under = " › ".join(unit.path[-2:])
    if under and not repeated:
        return _cut(under, _TITLE)
    opening = _cut(" ".join(text[unit.start : unit.end].removeprefix("- ").split()), _OPENING)
    return _cut(f"{under} › {opening}", _TITLE + _OPENING) if under else opening


def _cut(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text.rstrip(".,;: ") or text
    return f"{text[: longest + 1].rsplit(' ', 1)[0].rstrip('.,;:- ')[:longest]}…"
