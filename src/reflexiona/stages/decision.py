"""The person's own answer to the deciding question: they know what is going on, the reader only guessed."""

from __future__ import annotations

import re
from dataclasses import replace

from reflexiona.corpus.lists import Lists
from reflexiona.corpus.triples import inflect
from reflexiona.domain import NONE_SCENARIO, Band, Likelihood, Reading, Register
from reflexiona.situation import fold

SURE = 0.95
"""What a reading is worth that the person settled."""
_FIRST = frozenset({"a", "1", "primera", "primero", "uno"})
_PLACE = re.compile(
    r"^\W*(?:es |creo que |seria |mas bien )?(?:la |lo |el )?(?:opcion )?"
    r"(a|b|1|2|primera|segunda|primero|segundo|uno|dos)\W*$"
)
_NOTHING = re.compile(
    r"^no\b.{0,12}\b(?:es otra cosa|no se trata de un cliente|se trata de otra cosa|no es un cliente)"
)


class Decision:
    """Recognises answers by the words the question offered."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists

    def of(self, text: str, before: Reading) -> str | None:
        """The scenario the person chose of the two that the earlier reading offered; None: this is no answer to it."""
        if before.deciding is None or before.band is Band.CLEAR:
            return None
        said = fold(text).strip()
        if place := _PLACE.search(said):
            return before.deciding[0 if place[1] in _FIRST else 1]
        if NONE_SCENARIO in before.deciding and _NOTHING.search(said):
            return NONE_SCENARIO
        offered = [scenario for scenario in before.deciding if scenario != NONE_SCENARIO]
        named = [scenario for scenario in offered if any(trait in said for trait in self._traits(scenario))]
        return named[0] if len(named) == 1 else None

    def _traits(self, scenario: str) -> set[str]:
        trait = self._lists.scenarios[scenario].trait
        return {fold(inflect(trait, register)) for register in Register}


def settled(reading: Reading, scenario: str) -> Reading:
    """`reading` with `scenario` as the main one, as the person said; nothing is left to ask.

    How another one than the likeliest happens is not known.
    """
    stands = scenario == reading.primary
    courses = reading.courses if stands else tuple(sorted(reading.courses, key=lambda row: -row.p))
    others = [likelihood for likelihood in reading.scenarios if likelihood.id != scenario]
    total = sum(likelihood.p for likelihood in others) or 1.0
    rest = tuple(Likelihood(other.id, (1 - SURE) * other.p / total) for other in others)
    return replace(
        reading,
        scenarios=(Likelihood(scenario, SURE), *rest),
        secondary=tuple(other for other in reading.secondary if other.id != scenario),
        band=Band.CLEAR,
        courses=() if scenario == NONE_SCENARIO else courses,
        deciding=None,
        sides=(),
        scene=reading.scene if stands else "",
    )
