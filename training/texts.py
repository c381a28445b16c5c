"""What the included encoder and reader are trained on: labelled situations, and the articles of the corpus.

Reads `training/data/` and `corpus/` of this checkout and nothing else.
"""

from __future__ import annotations

import json
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

from reflexiona.corpus.articles import article_files, read_article
from reflexiona.domain import Passage
from reflexiona.errors import CorpusError

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "training" / "data"
CORPUS = ROOT / "corpus"
INCLUDED = ROOT / "models" / "included"


@dataclass(frozen=True, slots=True)
class Situation:
    """A labelled situation."""

    id: str
    text: str
    primary: str
    secondary: tuple[str, ...]
    courses: tuple[str, ...]
    points: tuple[str, ...]
    safety: bool
    origin: str
    """Cases with the same origin stay on the same side of a split: the page, the pair or the case itself."""
    retold: bool = False
    """Retold from a real page, not invented."""
    phrase: bool = False
    """A short, direct phrase: only its scenario and its danger are labelled."""


def load_situations(data: Path = DATA) -> tuple[Situation, ...]:
    """All labelled situations: the invented ones, then the retold ones, in file order."""
    retold = sorted(data.glob("situations_retold*.jsonl"))
    return (
        *_read(data / "situations_invented.jsonl", retold=False),
        *(situation for path in retold for situation in _read(path, retold=True)),
    )


def load_phrases(data: Path = DATA) -> tuple[Situation, ...]:
    """Short phrases, by scenario: the plain words of each."""
    sections = tomllib.loads((data / "frases.toml").read_text(encoding="utf-8"))
    found: list[Situation] = []
    for section, lines in sections.items():
        scenario, _, mark = section.partition(".")
        for number, line in enumerate(lines.strip().splitlines()):
            key = f"{section}-{number}"
            found.append(Situation(key, line, scenario, (), (), (), mark == "peligro", key, phrase=True))
    return tuple(found)


def load_passages(corpus: Path = CORPUS) -> tuple[Passage, ...]:
    """The passages of every article that can be read; the others are named on stderr."""
    found: list[Passage] = []
    for path in article_files(corpus):
        try:
            found.extend(read_article(path).passages)
        except CorpusError as error:
            print(error, file=sys.stderr)
    return tuple(found)


def _read(path: Path, *, retold: bool) -> list[Situation]:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [
        Situation(
            id=row["id"],
            text=row["text"],
            primary=row["primary"],
            secondary=tuple(row["secondary"]),
            courses=tuple(row["rumbo"]),
            points=tuple(row.get("points", ())),
            safety=bool(row["safety"]),
            origin=row.get("origin") or row.get("pair") or row["id"],
            retold=retold,
        )
        for row in rows
    ]
