"""Sentences that take up what a person told, from fragments that hands wrote and what can be copied out of a text."""

from __future__ import annotations

import random
import re
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

from reflexiona.corpus.triples import inflect
from reflexiona.domain import Register
from reflexiona.situation import facts, fold
from reflexiona.stages.clauses import clauses
from training.texts import DATA

FOLDER = DATA / "respuestas"
ANY = "*"
SLOTS = frozenset({"importe", "tiempo", "cita"})
FITTING, TWO = 3.0, 0.55
"""How much likelier a fragment is drawn for each thing it takes from the text; how often two are said."""
TELLING = 4
"""Words of a clause that can be quoted, at least."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """One or two sentences with slots."""

    text: str
    scenarios: tuple[str, ...]
    condition: re.Pattern[str] | None
    """What the folded text must hold."""

    @property
    def slots(self) -> frozenset[str]:
        """What it takes from the text."""
        return frozenset(Template(self.text).get_identifiers())


@dataclass(frozen=True, slots=True)
class Told:
    """What can be copied out of a text."""

    folded: str
    importe: tuple[str, ...]
    tiempo: tuple[str, ...]
    cita: tuple[str, ...]
    """Clauses, the most telling ones first."""


@dataclass(frozen=True, slots=True)
class Said:
    """Sentences, and what of them was copied out of the text."""

    text: str
    copied: tuple[str, ...]


class Fragments:
    """Draws sentences."""

    def __init__(self, fragments: Sequence[Fragment]) -> None:
        self._of: dict[str, list[Fragment]] = defaultdict(list)
        for fragment in fragments:
            for scenario in fragment.scenarios:
                self._of[scenario].append(fragment)

    def draw(self, told: Told, scenario: str, register: Register, chance: random.Random) -> Said:
        """One or two fragments that suit a text; without a scenario, one that suits any."""
        own, general = self._fitting(told, scenario), self._fitting(told, ANY)
        pool = own or general
        if not pool:
            return Said("", ())
        chosen = [_drawn(pool, chance)]
        left = [f for f in own + general if not f.slots & chosen[0].slots and f is not chosen[0]]
        special = [f for f in left if f.condition or f.slots]
        if special and chance.random() < TWO and len(chosen[0].text.split()) < 26:
            chosen.append(_drawn(special, chance))
            if chosen[1].condition and not chosen[0].condition and chance.random() < 0.3:
                chosen.reverse()
        values: dict[str, str] = {}
        for slot in sorted(SLOTS & chosen[0].slots.union(*(f.slots for f in chosen))):
            choices = getattr(told, slot)
            values[slot] = choices[min(len(choices) - 1, int(chance.expovariate(1.2)))]
        said = " ".join(inflect(Template(f.text).substitute(values), register) for f in chosen)
        return Said(said, tuple(values.values()))

    def _fitting(self, told: Told, scenario: str) -> list[Fragment]:
        return [
            fragment
            for fragment in self._of.get(scenario, ())
            if (fragment.condition is None or fragment.condition.search(told.folded))
            and all(getattr(told, slot) for slot in fragment.slots)
        ]


def told_in(text: str, telling: Mapping[str, float] | None = None) -> Told:
    """What can be copied out of a text; clauses by how telling they are, where that is known."""
    found = facts(text)
    spoken = [text[start:end] for start, end in clauses(text)]
    fit = [clause for clause in spoken if TELLING <= len(clause.split()) and not re.search('[«»"“”]', clause)]
    worth = telling or {}
    fit.sort(key=lambda clause: -worth.get(clause, 0.0))
    return Told(fold(text), found.amounts, found.lapses, tuple(fit[:6]))


def rejected(folder: Path = FOLDER) -> tuple[str, ...]:
    """Turns of phrase, folded, that readers who did not know where they came from found empty or beside the point."""
    return tuple((folder / "rechazadas.txt").read_text(encoding="utf-8").splitlines())


def load_fragments(folder: Path = FOLDER) -> list[Fragment]:
    """Every fragment of every hand.

    Raises:
        ValueError: a fragment has an unknown slot.
    """
    found = []
    for path in sorted(folder.glob("fragmentos_*.toml")):
        for row in tomllib.loads(path.read_text(encoding="utf-8"))["recoge"]:
            condition = re.compile(row["si"]) if row.get("si") else None
            fragment = Fragment(row["texto"].strip(), tuple(row["escenarios"]), condition)
            if unknown := fragment.slots - SLOTS:
                raise ValueError(f"{path.name}: {fragment.text}: {sorted(unknown)}")
            found.append(fragment)
    return found


def _drawn(pool: Sequence[Fragment], chance: random.Random) -> Fragment:
    weights = [FITTING ** (len(f.slots) + (f.condition is not None)) for f in pool]
    return chance.choices(pool, weights)[0]
