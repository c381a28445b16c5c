"""What a text tells that decides which parts of an article suit it: facts, found by turns of phrase kept as data.

The files lie beside the articles, in `hechos/`; their patterns are written as those of the frames. `frecuencia.json`
says how often each fact is told (`python -m training.facts`).
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from reflexiona.adapters.alarms import Finder
from reflexiona.adapters.frames import frame_of, joined, written_out
from reflexiona.errors import CorpusError

_KEYS = {"id", "dice", "patrones", "salvo", "negable", "ejemplos", "contraejemplos"}
COUNTS = "frecuencia.json"
"""By id: in how many of the texts to learn from."""


class ToldFacts:
    """`ports.FactFinder` over the files of a folder."""

    def __init__(self, folder: Path) -> None:
        """Reads them all.

        Raises:
            CorpusError: a file is missing or malformed.
        """
        try:
            rows, classes = fact_rows(folder)
            self._finder = finder_of(rows, classes)
            self._ids = [str(row["id"]) for row in rows]
            counts = json.loads((folder / COUNTS).read_text(encoding="utf-8"))
            self._often = {fact: int(counts[fact]) for fact in self._ids}
        except (OSError, ValueError, KeyError, TypeError, re.error) as error:
            raise CorpusError(f"No se pueden leer los hechos de {folder}: {error}.", "Reinstala Reflexiona.") from error

    def told(self, text: str) -> tuple[str, ...]:
        """Ids of the facts that a text tells, the rarest first; linear in its length."""
        found = {self._ids[number] for _, _, number in self._finder.find(joined(text))}
        return tuple(sorted(found, key=lambda fact: (self._often[fact], fact)))


def finder_of(rows: Sequence[Mapping[str, Any]], classes: Mapping[str, str]) -> Finder:
    """Looks for facts in `joined` texts: with one blank between words the patterns are a fraction as long.

    Raises:
        ValueError: a row has unknown keys, or a pattern that may begin with anything.
        KeyError: patterns are missing, or name an unknown family of words.
    """
    if unknown := {key for row in rows for key in row} - _KEYS:
        raise ValueError(f"unknown keys {sorted(unknown)}")
    return Finder([frame_of({key: row[key] for key in row if key != "id"}, classes, " ") for row in rows])


def fact_rows(folder: Path) -> tuple[list[Mapping[str, Any]], dict[str, str]]:
    """The rows of all files, and the families of words as patterns.

    Raises:
        ValueError: a file is malformed.
        KeyError: a family names one that is not above it.
    """
    files = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.toml"))]
    classes = {name: members for data in files for name, members in data.get("clases", {}).items()}
    return [row for data in files for row in data.get("hecho", [])], written_out(classes)
