"""Two opinions on one situation put together: the reader's, and that of a language model, which counts by a weight.

The weight is measured for each model file on labelled cases; a model that nobody has measured has 0. Pure: knows
probabilities only.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from reflexiona.domain import Likelihood

SUGGESTS = "El modelo sugiere"
"""How every sentence begins that says what a model reads by itself."""
GRID = tuple(step / 20 for step in range(21))
"""The weights that are tried: 0, 0.05 … 1."""
_FLOOR = 1e-4
"""No opinion is taken as certain."""
_SURE = 2.0
"""Standard errors by which a weight must gain over none: on few cases a model that guesses gains a little, too."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled case with both opinions."""

    primary: str
    reader: tuple[Likelihood, ...]
    model: tuple[Likelihood, ...]
    """Over the candidates it was asked about; empty: it was not asked."""


def combined(reader: Sequence[Likelihood], model: Sequence[Likelihood], weight: float) -> tuple[Likelihood, ...]:
    """The reader's probabilities with the model's opinion on its candidates counted by `weight`, best first.

    Among the candidates `p ∝ reader · model^weight`; together they keep the probability that the reader gives them,
    and all others stay as they are. A weight of 0 leaves the reader's.
    """
    says = {one.id: max(one.p, _FLOOR) for one in model}
    raised = {one.id: max(one.p, 1e-9) * says[one.id] ** weight for one in reader if one.id in says}
    total = sum(raised.values())
    mass = sum(one.p for one in reader if one.id in says)
    found = (replace(one, p=mass * raised[one.id] / total) if one.id in raised and weight else one for one in reader)
    return tuple(sorted(found, key=lambda one: -one.p))


def log_loss(case: Judged, weight: float) -> float:
    """Surprise at the true scenario, in nats."""
    p = next((one.p for one in combined(case.reader, case.model, weight) if one.id == case.primary), 0.0)
    return -math.log(max(p, _FLOOR))


def best_weight(cases: Sequence[Judged]) -> float:
    """The weight of the lowest mean log loss; 0 where the gain over the reader alone may well be chance."""
    return _best([[log_loss(case, weight) for weight in GRID] for case in cases])


def held_out(cases: Sequence[Judged]) -> tuple[tuple[Likelihood, ...], ...]:
    """Both opinions combined for each case, by the weight that the other cases choose: honest figures of the whole."""
    losses = [[log_loss(case, weight) for weight in GRID] for case in cases]
    return tuple(
        combined(case.reader, case.model, _best(losses[:place] + losses[place + 1 :]))
        for place, case in enumerate(cases)
    )


def _best(losses: Sequence[Sequence[float]]) -> float:
    if len(losses) < 2:
        return 0.0
    means = [sum(column) / len(losses) for column in zip(*losses, strict=True)]
    place = min(range(len(GRID)), key=means.__getitem__)
    gains = [row[0] - row[place] for row in losses]
    mean = sum(gains) / len(gains)
    spread = math.sqrt(sum((gain - mean) ** 2 for gain in gains) / (len(gains) - 1))
    return GRID[place] if mean > _SURE * spread / math.sqrt(len(gains)) else 0.0
