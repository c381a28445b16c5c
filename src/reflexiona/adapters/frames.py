"""Finds what decides which trouble a text tells: who does what to whom, since when, negated or not.

The frames are data, `marcos.toml`. In their patterns `~` stands for up to four words of the same sentence and `<clase>`
for any member of a named family of words; between two words there may be a comma, a colon or quotes.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reflexiona.adapters.alarms import Finder, Frame, negation
from reflexiona.adapters.features import plain
from reflexiona.errors import ModelError

_ANY_WORD = r"[^\s.;!?]{1,24}"
"""A word that does not end its sentence."""
_JOINT = r"[,:\"»)]? {1,2}[«\"'(¿¡]?"
_BETWEEN, _BLANKS, _PARAGRAPH = re.compile(_JOINT), re.compile(" {2,}"), re.compile(r"\n[ \t]*\n")
_SPELT = {"que": "(?:que|q|k)", "para": "(?:para|pa|pa')"}
_SPELT_WORD = re.compile(r"(?<![\w\\])(?:" + "|".join(_SPELT) + r")(?![\w?*+{])")
_CLASS = re.compile(r"<([a-z_]+)>")
_LIGHT = (
    r"me|nos|te|le|les|se|lo|la|los|las|ha|han|he|hemos|hay|hubo|tengo|es que|habia|habian|habra|va a|van a|vaya a"
    r"|quier\w+|quis\w+|pued\w+|pud\w+|suel\w+|acab\w+ de|termin\w+ de|lleg\w+ a|volv\w+ a|vuelv\w+ a|dign\w+"
    r"|aun|todavia|siquiera|ni|nunca|ya|mas"
)
_NEGATION = negation(_LIGHT)
_LOOK_BACK = 40
DENIED = 3.0
"""What a frame that says it is not so counts: whoever tells what it is not about uses its words, and says so once."""
_KEYS = {"escenario", "dice", "patrones", "negable", "negado", "salvo", "descarta", "ejemplos", "contraejemplos"}


@dataclass(frozen=True, slots=True)
class Found:
    """A frame in a text."""

    start: int
    end: int
    number: int
    """Which of the frames."""
    scenario: str
    says: str
    """What the frame means, in one line."""


class Frames:
    """The frames of a file."""

    def __init__(self, path: Path, scenarios: Sequence[str]) -> None:
        """Reads `path`; `scenarios` is the order of the vector.

        Raises:
            ModelError: it is missing or malformed, or names a scenario that is not among `scenarios`.
        """
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
            classes = written_out(data["clases"])
            self._finder = Finder([frame_of(row, classes) for row in data["marco"]])
            self._columns = [scenarios.index(row["escenario"]) for row in data["marco"]]
            self._says = [str(row["dice"]) for row in data["marco"]]
            self._against = [bool(row.get("descarta")) for row in data["marco"]]
        except (OSError, ValueError, KeyError, TypeError, re.error) as error:
            raise ModelError(f"No se puede leer {path.name}: {error}.", "Reinstala Reflexiona.") from error
        self._scenarios = tuple(scenarios)

    def find(self, text: str) -> tuple[Found, ...]:
        """Every frame of the text with its place, in order; linear in the length of the text."""
        return tuple(
            Found(start, end, number, self._scenarios[self._columns[number]], self._says[number])
            for start, end, number in self._finder.find(plain(text))
        )

    def counted(self, found: Iterable[Found]) -> NDArray[np.float32]:
        """For each scenario, in the order given, log(1 + how many of its frames were found): (scenarios,).

        Frames that say it is not so are counted by themselves, and taken off `DENIED` times.
        """
        counts = np.zeros((2, len(self._scenarios)), dtype=np.float32)
        for number in {frame.number for frame in found}:
            counts[int(self._against[number]), self._columns[number]] += 1
        told, denied = np.log1p(counts)
        return np.asarray(told - DENIED * denied, dtype=np.float32)

    def vector(self, text: str) -> NDArray[np.float32]:
        """What is counted in a text: (scenarios,)."""
        return self.counted(self.find(text))


def written_out(classes: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The classes as patterns; one may name those above it.

    Raises:
        KeyError: a class names one that is not above it.
    """
    found: dict[str, str] = {}
    for name, members in classes.items():
        found[name] = "(?:" + "|".join(_with_classes(member, found) for member in members) + ")"
    return found


def expand(pattern: str, classes: Mapping[str, str], joint: str = _JOINT) -> str:
    """A pattern with its classes, gaps, usual spellings and joints between words written out.

    Args:
        pattern: as it stands in a file.
        classes: as patterns.
        joint: what may stand between two words.

    Raises:
        KeyError: a class is unknown.
    """
    spelt = _SPELT_WORD.sub(lambda word: _SPELT[word.group()], _with_classes(pattern, classes))
    gaps = spelt.replace(r"\S+ ", "\0").replace("~", "(?:\0){0,4}").replace(" ?", "(?: )?")
    return gaps.replace(" ", joint).replace("\0", _ANY_WORD + " {1,2}").replace(r"\S+", _ANY_WORD)


def _with_classes(pattern: str, classes: Mapping[str, str]) -> str:
    return _CLASS.sub(lambda name: classes[name.group(1)], pattern)


def joined(text: str) -> str:
    """Folded text with one blank wherever a pattern may go on from word to word; places differ from those in `text`."""
    return _BLANKS.sub(" ", _BETWEEN.sub(" ", plain(_PARAGRAPH.sub(". ", text))))


def frame_of(row: Mapping[str, Any], classes: Mapping[str, str], joint: str = _JOINT) -> Frame:
    """A row of the file as a frame; `joint` as for `expand`.

    Raises:
        ValueError: a key is unknown.
        KeyError: the patterns are missing, or name an unknown class.
    """
    if unknown := set(row) - _KEYS:
        raise ValueError(f"unknown keys {sorted(unknown)}")
    sources = tuple(expand(pattern, classes, joint) for pattern in row["patrones"])
    excuses = tuple(expand(pattern, classes, joint) for pattern in row.get("salvo", []))
    negated = True if row.get("negado") else False if row.get("negable") else None
    return Frame(sources, excuses, negated, _NEGATION, _LOOK_BACK)
