"""Frames: turns of phrase kept as data, so that they can be read and corrected; and those that name a danger outright.

Knows nothing of probabilities. What it finds is always a span of the text it was given. A frame is tried only where a
word of the text opens as one of its patterns does: the time grows with the length of the text and no faster.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any

from reflexiona.adapters.features import plain
from reflexiona.errors import ModelError

_GAP = r"(?:\S{1,30} ){0,4}"
_LIGHT = "me|nos|te|le|se|ha|han|es que|hay|hubo|tengo"
_WORD_START = re.compile(r"(?<!\w)\w")
_LOOK_BACK = 24
_KEYS = {"tipo", "negable", "patrones", "salvo"}
_OPENING = 4
"""How many letters of a word are looked at to choose the frames to try."""
_REPEAT = re.compile(r"[?*+]|\{(\d+)(?:,\d*)?\}")
_RANGE = re.compile(r"(\w)-(\w)")
_ASSERTION = re.compile(r"\(\?(?:<?[!=])")

Opening = tuple[str, bool]
"""How a match can begin, and whether the next part of the pattern goes on where it ends."""


def any_of(patterns: Sequence[str]) -> re.Pattern[str]:
    """One expression for all `patterns`, from the beginning of a word."""
    return re.compile(r"(?<!\w)(?:" + "|".join(patterns) + ")")


def negation(light: str) -> re.Pattern[str]:
    """A negation at the end of a text, with nothing after it but words of `light`: alternatives of a pattern."""
    return re.compile(rf"\b(?:no|nunca|jamas|sin|ni|tampoco|nadie)(?: (?:{light}))* ?$")


_NEGATION = negation(_LIGHT)


@dataclass(frozen=True)
class Frame:
    """Ways of saying one thing: regular expressions over folded text, and what switches them off."""

    sources: tuple[str, ...]
    excuses: tuple[str, ...] = ()
    """Turns of phrase that switch it off where they overlap it."""
    negated: bool | None = None
    """Whether a negation stands just before: False for one that must not, True for one that must, None for either."""
    negation: re.Pattern[str] = _NEGATION
    look_back: int = _LOOK_BACK

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Compiled when it is first tried: most frames are never tried on most texts."""
        return any_of(self.sources)

    @cached_property
    def unless(self) -> re.Pattern[str] | None:
        """Compiled excuses."""
        return any_of(self.excuses) if self.excuses else None

    def holds(self, bare: str, start: int, end: int) -> bool:
        """Whether a match at (start, end) of the folded text counts."""
        if self.negated is not None:
            found = self.negation.search(bare[max(0, start - self.look_back) : start]) is not None
            if found is not self.negated:
                return False
        if self.unless is None:
            return True
        around = bare[max(0, start - 60) : end + 60]
        shift = max(0, start - 60)
        return not any(m.start() + shift < end and start < m.end() + shift for m in self.unless.finditer(around))


class Finder:
    """Tries frames at the words they can begin with."""

    def __init__(self, frames: Sequence[Frame]) -> None:
        """Indexes `frames`.

        Raises:
            ValueError: a pattern does not begin with letters, or is malformed.
        """
        self.frames = tuple(frames)
        index: dict[str, set[int]] = {}
        for number, frame in enumerate(frames):
            for source in frame.sources:
                for opening in openings(source):
                    index.setdefault(opening, set()).add(number)
        self._index: Mapping[str, frozenset[int]] = {opening: frozenset(found) for opening, found in index.items()}

    def find(self, bare: str) -> Iterator[tuple[int, int, int]]:
        """(start, end, number of the frame) in the folded text; matches of one frame do not overlap."""
        done: dict[int, int] = {}
        for word in _WORD_START.finditer(bare):
            start = word.start()
            for number in self._candidates(bare[start : start + _OPENING]):
                if start < done.get(number, 0):
                    continue
                frame = self.frames[number]
                match = frame.pattern.match(bare, start)
                if match is None:
                    continue
                done[number] = match.end()
                if frame.holds(bare, start, match.end()):
                    yield start, match.end(), number

    def _candidates(self, head: str) -> list[int]:
        found = (self._index.get(head[:length], frozenset()) for length in range(1, len(head) + 1))
        return sorted(frozenset().union(*found))


class Alarms:
    """The frames of a file that name a danger, and those known not to be one."""

    def __init__(self, path: Path) -> None:
        """Reads `path`.

        Raises:
            ModelError: it is missing or malformed.
        """
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
            never = [_written(pattern) for pattern in data["nunca"]]
            self._finder = Finder([_frame(row, never) for row in data["marco"]])
            self._milder = any_of([_written(pattern) for row in data["atenuante"] for pattern in row["patrones"]])
        except (OSError, ValueError, KeyError, TypeError, re.error) as error:
            raise ModelError(f"No se puede leer {path.name}: {error}.", "Reinstala Reflexiona.") from error

    def find(self, text: str) -> tuple[tuple[int, int], ...]:
        """Spans of `text` that name a danger, in order, without overlaps."""
        found = sorted((start, end) for start, end, _ in self._finder.find(plain(text)))
        kept: list[tuple[int, int]] = []
        for start, end in found:
            if not kept or start >= kept[-1][1]:
                kept.append((start, end))
        return tuple(kept)

    def milder(self, text: str) -> bool:
        """Whether a text holds strong words that are known not to be danger: legal threats, bad reviews."""
        return bool(self._milder.search(plain(text)))


def _frame(row: dict[str, Any], never: Sequence[str]) -> Frame:
    if unknown := set(row) - _KEYS:
        raise ValueError(f"unknown keys {sorted(unknown)}")
    patterns, unless = row["patrones"], row.get("salvo", [])
    if not isinstance(patterns, list) or not isinstance(unless, list):
        raise TypeError("patrones and salvo are lists")
    sources, excuses = tuple(map(_written, patterns)), (*map(_written, unless), *never)
    return Frame(sources, excuses, False if row["negable"] else None)


def _written(pattern: str) -> str:
    return pattern.replace("~", _GAP)


def openings(pattern: str) -> frozenset[str]:
    """Every match of `pattern` begins with one of these, of up to `_OPENING` characters.

    Understands what the frames use: letters, sets, groups, alternatives, assertions and quantifiers.

    Raises:
        ValueError: it can begin with anything, or is malformed.
    """
    found, at = _either(pattern, 0)
    if at != len(pattern):
        raise ValueError(f"unbalanced parenthesis in {pattern}")
    heads = {text for text, _ in found}
    if not all(heads):
        raise ValueError(f"a pattern must begin with letters: {pattern}")
    return frozenset(heads)


def _either(pattern: str, at: int) -> tuple[frozenset[Opening], int]:
    """The alternatives from `at` to the end of the group or pattern."""
    found: frozenset[Opening] = frozenset()
    while True:
        one, at = _sequence(pattern, at)
        found |= one
        if at >= len(pattern) or pattern[at] == ")":
            return found, at
        at += 1


def _sequence(pattern: str, at: int) -> tuple[frozenset[Opening], int]:
    found: frozenset[Opening] = frozenset({("", True)})
    while at < len(pattern) and pattern[at] not in "|)":
        part, at = _part(pattern, at)
        if repeat := _REPEAT.match(pattern, at):
            at = repeat.end()
            least = {"?": 0, "*": 0, "+": 1}.get(repeat.group(), int(repeat.group(1) or 0))
            if repeat.group() != "?":
                part = frozenset((text, False) for text, _ in part)
            part |= {("", True)} if least == 0 else frozenset()
        found = _joined(found, part)
        if not any(goes_on and len(text) < _OPENING for text, goes_on in found):  # the rest does not matter
            return found, _end(pattern, at)
    return found, at


def _end(pattern: str, at: int) -> int:
    """Where the alternative that goes on at `at` ends."""
    depth = 0
    while at < len(pattern) and (depth or pattern[at] not in "|)"):
        character = pattern[at]
        depth += {"(": 1, ")": -1}.get(character, 0)
        at = pattern.index("]", at + 2) + 1 if character == "[" else at + (2 if character == "\\" else 1)
    return at


def _part(pattern: str, at: int) -> tuple[frozenset[Opening], int]:
    """One letter, set, group or assertion."""
    if assertion := _ASSERTION.match(pattern, at):
        _, end = _either(pattern, assertion.end())
        return frozenset({("", True)}), end + 1
    character = pattern[at]
    if character == "(":
        found, end = _either(pattern, at + (3 if pattern.startswith("(?:", at) else 1))
        return found, end + 1
    if character == "[":
        end = pattern.index("]", at + 2)
        inside = pattern[at + 1 : end]
        inside = _RANGE.sub(_members, inside.replace(r"\d", "0123456789").replace(r"\.", "."))
        plain_set = inside[0] != "^" and "-" not in inside and "\\" not in inside
        return frozenset((c, True) for c in inside) if plain_set else frozenset({("", False)}), end + 1
    if character == "\\":
        following = pattern[at + 1]
        if following == "b":
            return frozenset({("", True)}), at + 2
        if following == "d":
            return frozenset((digit, True) for digit in "0123456789"), at + 2
        return frozenset({("", False) if following.isalpha() else (following, True)}), at + 2
    return frozenset({("", False) if character in ".$" else (character, True)}), at + 1


def _members(span: re.Match[str]) -> str:
    return "".join(map(chr, range(ord(span[1]), ord(span[2]) + 1)))


def _joined(left: frozenset[Opening], right: frozenset[Opening]) -> frozenset[Opening]:
    ended = {(text, goes_on) for text, goes_on in left if not goes_on or len(text) == _OPENING}
    going = [text for text, goes_on in left if goes_on and len(text) < _OPENING]
    return frozenset(ended) | frozenset(
        ((text + more)[:_OPENING], further and len(text + more) <= _OPENING)
        for text, (more, further) in product(going, right)
    )
