"""Which steps of the articles a situation's labels call for: what the model learns to choose."""

from __future__ import annotations

import random
from collections.abc import Sequence

from reflexiona.domain import Passage, StepTemplate, When
from reflexiona.stages.shown import overlap, stems
from training.texts import Situation

MOST = 5
_ORDER = (When.TODAY, When.THIS_WEEK, When.LATER)
_POINT, _SCENARIO, _COURSE, _WORDS, _LOT = 0.7, 1.0, 0.6, 1.5, 0.5
_SAME = 0.6


class Plans:
    """Draws plans out of the passages' steps by scenario, course, guidance points, words in common, and a lot."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._steps = [(step, passage) for passage in passages if not passage.countries for step in passage.steps]

    def steps(self, situation: Situation, scenario: str, course: str, chance: random.Random) -> tuple[str, ...]:
        """Three to five steps (register triples unresolved), in the order in which they are due."""
        words, points = stems(situation.text), frozenset(situation.points)

        def worth(step: StepTemplate, passage: Passage) -> float:
            fit = _COURSE * (course in step.courses) + _POINT * bool(points & set(passage.points))
            own = 0.5 * passage.devoted_to(scenario)
            return fit + own + _WORDS * overlap(step.text, words) + chance.uniform(0, _LOT)

        pool = [(worth(s, p), n, s) for n, (s, p) in enumerate(self._steps) if scenario in s.scenarios]
        chosen: list[StepTemplate] = []
        for _, _, step in sorted(pool, reverse=True):
            today = sum(other.when is When.TODAY for other in chosen)
            if any(overlap(step.text, stems(other.text)) >= _SAME for other in chosen):
                continue
            if step.when is When.TODAY and today >= 2:
                continue
            chosen.append(step)
            if len(chosen) == MOST:
                break
        kept = chosen[: chance.choice((3, 4, 4, 5))]
        kept.sort(key=lambda step: _ORDER.index(step.when))
        return tuple(step.text for step in kept)
