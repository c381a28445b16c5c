"""How much each clause of a text speaks for the scenarios that it may be; which clauses can be said back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reflexiona.domain import NONE_SCENARIO, Band, Likelihood, Reading
from reflexiona.ports import Classifier, Scores
from reflexiona.stages.clauses import Span, clauses, whole

_RIVALS, _NEARLY = 3, 0.7
"""Scenarios after the first among which the other side is looked for, and how likely beside the second."""
_SIDE = range(4, 17)
"""Words of a clause that is shown as speaking for one of two readings."""
LEAST, LEAST_OF_RIVAL = 0.3, 0.8
"""Fall of the log-odds without such a clause; what speaks for the less likely one by less mostly speaks for neither."""
RIVAL = 0.2
"""A second reading less likely than this is no rival where one is suggested."""
_BROKEN = re.compile(r"[\n\[\](){}<>*_`#|\\]|[.!?…;] |\b(?:a|al|con|de|del|el|en|las?|los?|o|para|por|que|una?|y)$")
"""What a quote inside a sentence of ours must not hold; and where a clause does not end."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """The clauses of a text, and how much each speaks for the scenarios that it may be."""

    text: str
    clauses: tuple[Span, ...]
    first: str
    effects: Mapping[str, tuple[float, ...]]
    """By scenario; none where the likeliest one rests on what was told before."""

    @classmethod
    def of(cls, classifier: Classifier, text: str, newest: Scores, likely: Sequence[Likelihood]) -> Weighed:
        """For the first of `likely` and its rivals; `newest` is what the text says by itself."""
        found, first = clauses(text), likely[0].id
        if first != next(row.id for row in newest.primary if row.id != NONE_SCENARIO):
            return cls(text, found, first, {})
        names = [first, *rivals(likely)]
        return cls(text, found, first, dict(zip(names, classifier.effects(text, found, names), strict=True)))

    def side(self, own: str, other: str, least: float) -> Span | None:
        """The clause that speaks most for one scenario: at least so much, and more than for the other."""
        rows = zip(self.effects.get(own, ()), self.effects.get(other, ()), self.clauses, strict=False)
        told = ((one, whole(self.text, span)) for one, two, span in rows if one > max(two, least))
        short = ((one, span) for one, span in told if len(self.text[slice(*span)].split()) in _SIDE)
        return max(((one, span) for one, span in short if sayable(self.text, span)), default=(0.0, None))[1]


def rivals(likely: Sequence[Likelihood]) -> list[str]:
    """What it may be instead, nearly as likely as the second; none where that is that there is no problem at all."""
    second = likely[1]
    near = (row.id for row in likely[1 : 1 + _RIVALS] if row.p >= _NEARLY * second.p and row.id != NONE_SCENARIO)
    return [] if second.id == NONE_SCENARIO else list(near)


def worth_asking(reading: Reading) -> bool:
    """Whether a question should tell the two readings apart: while neither is suggested; else only where the other one
    is a problem, likely enough, and words of theirs speak for it."""
    if reading.deciding is None or reading.band is Band.CLEAR:
        return False
    if reading.band is Band.UNCLEAR or reading.primary == NONE_SCENARIO:
        return True
    other = reading.deciding[1]
    likely = next(row.p for row in reading.scenarios if row.id == other)
    return other != NONE_SCENARIO and likely >= RIVAL and bool(reading.sides)


def sayable(text: str, span: Span) -> bool:
    """Whether a quote can stand inside a sentence of ours: one stretch of words, without brackets or breaks."""
    return not _BROKEN.search(text[slice(*span)])
