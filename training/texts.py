"""What the included encoder and reader are trained on: labelled situations, and the articles of the corpus.

Reads `training/data/` and `corpus/` of this checkout and nothing else.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from reflexiona.corpus.articles import article_files, read_article
from reflexiona.domain import Passage
from reflexiona.errors import CorpusError

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "training" / "data"
CORPUS = ROOT / "corpus"
INCLUDED = ROOT / "models" / "included"
MADE = ROOT / "training" / "made"
"""What one program makes for the next; not kept."""
TEST = DATA / "situations_test.jsonl"
"""Written last, by a hand of its own, from pages of its own; never trained on or tuned on."""
GISTS, ECHOES = DATA / "esencias.jsonl", DATA / "ecos.jsonl"
FRAMED = {f"situations_retold{hand}.jsonl" for hand in ("", "_g", "_h", "_i")}
"""Half of these pages were read while `marcos.toml` was written."""
PLAIN = {f"situations_invented_{hand}.jsonl" for hand in ("aa", "ab", "ac")}
"""As people type on a first day: directly, with plain feelings, of fear above all."""


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
    framed: bool = False
    """Read by those who wrote the frames: flatters them, so nothing that frames take part in is measured on it."""
    danger_framed: bool = False
    """The same for those who wrote the frames of danger."""
    phrase: bool = False
    """A short, direct phrase: only its scenario and its danger are labelled."""
    plain: bool = False
    """Told with plain feelings: what a false alarm would annoy in most."""
    of_danger: bool = False
    """Written to tell danger from what only looks like it: nothing but that is measured on it."""

    @property
    def measured(self) -> bool:
        """Whether what is said of how people really tell it may rest on this text."""
        return self.retold and not self.framed and not self.of_danger


def load_situations(data: Path = DATA) -> tuple[Situation, ...]:
    """The situations to learn from: the invented ones, then the retold ones, by file name. Not the test split."""
    return tuple(
        situation
        for kind in ("invented", "retold")
        for path in sorted(data.glob(f"situations_{kind}*.jsonl"))
        for situation in _read(path, retold=kind == "retold")
    )


def load_danger(data: Path = DATA) -> tuple[Situation, ...]:
    """Dangers and what looks like them, by hands that had read no frame of danger."""
    paths = sorted(data.glob("peligro*.jsonl"))
    found = [s for path in paths for s in _read(path, retold="retold" in path.name)]
    return tuple(replace(s, of_danger=True, danger_framed=False) for s in found)


@dataclass(frozen=True, slots=True)
class Gist:
    """What a retold text comes to, said outright by somebody who had read it with its label."""

    spanish: str
    english: str
    key: str
    """The words of the text that decide most; empty where none do."""
    near: tuple[str, ...]
    """Scenarios that a careful reader might have named instead."""


def load_gists() -> dict[str, Gist]:
    """By the id of the retold text."""
    rows = _rows(GISTS)
    return {row["id"]: Gist(row["es"], row["en"], row["key"], tuple(row["near"])) for row in rows}


def load_rendered() -> list[tuple[str, str]]:
    """What was written after the retold ones, gists and echoes, each with its English."""
    gists = [(gist.spanish, gist.english) for gist in load_gists().values()]
    return gists + [(row["text"], row["en"]) for row in _rows(ECHOES)]


def load_retellings(situations: Sequence[Situation]) -> tuple[Situation, ...]:
    """What was written after the retold ones among `situations`: their gists in Spanish, and echoes of them.

    An echo is the same kind of thing happening to somebody else. Both stand in for no page: they are learnt from
    together with the text they come from, and nothing is measured on them.
    """
    sources, gists = {s.id: s for s in situations}, load_gists()
    found = [
        replace(sources[name], id=f"{name}-esencia", text=gist.spanish, retold=False)
        for name, gist in gists.items()
        if name in sources
    ]
    for number, row in enumerate(_rows(ECHOES)):
        if row["id"] in sources:
            own = {"text": row["text"], "secondary": tuple(row["secondary"]), "retold": False}
            found.append(replace(sources[row["id"]], id=f"{row['id']}-eco{number}", **own))
    return tuple(found)


def load_renderings(data: Path = DATA) -> dict[str, str]:
    """The English rendering of every situation to learn from, and of the texts of danger that have one, by id."""
    kinds = ("situations_invented", "situations_retold", "peligro")
    paths = (path for kind in kinds for path in data.glob(f"{kind}*.jsonl"))
    return {row["id"]: row["en"] for path in paths for row in _rows(path) if "en" in row}


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
            framed=path.name in FRAMED and _even(row["origin"]),
            danger_framed=_even(row["id"]),
            plain=path.name in PLAIN,
        )
        for row in _rows(path)
    ]


def _even(name: str) -> bool:
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % 2 == 0


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
