"""Finds the words that name a danger outright: frames kept as data, so that they can be read and corrected.

Knows nothing of probabilities. What it finds is always a span of the text it was given.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reflexiona.adapters.features import plain
from reflexiona.errors import ModelError

_GAP = r"(?:\S+ ){0,4}"
_NEGATED = re.compile(r"\b(?:no|nunca|jamas|sin|ni|tampoco)(?: (?:me|nos|te|le|se|ha|han|es que|hay|hubo|tengo))* ?$")
_LOOK_BACK = 24
_KEYS = {"tipo", "negable", "patrones", "salvo"}


@dataclass(frozen=True, slots=True)
class Frame:
    """Ways of naming one kind of danger."""

    kind: str
    pattern: re.Pattern[str]
    negatable: bool
    """A negation just before switches it off."""
    unless: re.Pattern[str] | None
    """Turns of phrase that switch it off where they overlap it."""


class Alarms:
    """The frames of a file."""

    def __init__(self, path: Path) -> None:
        """Reads `path`.

        Raises:
            ModelError: it is missing or malformed.
        """
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
            self._frames = tuple(_frame(row) for row in data["marco"])
            self._milder = _any_of([pattern for row in data["atenuante"] for pattern in row["patrones"]])
        except (OSError, ValueError, KeyError, TypeError, re.error) as error:
            raise ModelError(f"No se puede leer {path.name}: {error}.", "Reinstala Reflexiona.") from error

    def find(self, text: str) -> tuple[tuple[int, int], ...]:
        """Spans of `text` that name a danger, in order, without overlaps."""
        bare = plain(text)
        found = sorted(span for frame in self._frames for span in _matches(frame, bare))
        kept: list[tuple[int, int]] = []
        for start, end in found:
            if not kept or start >= kept[-1][1]:
                kept.append((start, end))
        return tuple(kept)

    def milder(self, text: str) -> bool:
        """Whether a text holds strong words that are known not to be danger: legal threats, bad reviews."""
        return bool(self._milder.search(plain(text)))


def _frame(row: dict[str, object]) -> Frame:
    if unknown := set(row) - _KEYS:
        raise ValueError(f"unknown keys {sorted(unknown)}")
    patterns, unless = row["patrones"], row.get("salvo", [])
    if not isinstance(patterns, list) or not isinstance(unless, list):
        raise TypeError("patrones and salvo are lists")
    return Frame(str(row["tipo"]), _any_of(patterns), bool(row["negable"]), _any_of(unless) if unless else None)


def _any_of(patterns: list[str]) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + "|".join(p.replace("~", _GAP) for p in patterns) + ")")


def _matches(frame: Frame, bare: str) -> Iterator[tuple[int, int]]:
    excused = [m.span() for m in frame.unless.finditer(bare)] if frame.unless else []
    for match in frame.pattern.finditer(bare):
        start, end = match.span()
        if any(s < end and start < e for s, e in excused):
            continue
        if frame.negatable and _NEGATED.search(bare[max(0, start - _LOOK_BACK) : start]):
            continue
        yield start, end
