"""The plan: three or four next steps, each from a passage that is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reflexiona.domain import Band, Passage, Reading, Step, StepTemplate, Turn, When
from reflexiona.stages.shown import Part, Usable, overlap, parts, stems

MOST, FEWEST = 4, 3
_ORDER = (When.TODAY, When.THIS_WEEK, When.LATER)
_SAME = 0.6
"""Two steps that share this much of their words say the same."""
_SUGGESTED = 0.5
"""What coming from the passage of the suggested option is worth beside `_rank`."""
_MOST_TODAY = 2
_POOL = 8
"""Candidates that are looked at for each step."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Steps of the passages shown that suit a reading, the most fitting first."""

    ranked: Sequence[Part[StepTemplate]]

    def beside(self, taken: Sequence[Part[StepTemplate]], places: int) -> list[Part[StepTemplate]]:
        """The best that may stand beside those taken: that say something else, and not a third one for today.

        With one of `places` left and nothing for today yet: only what can be done today, where there is such a step.
        """
        full = _today(taken) >= _MOST_TODAY
        free = [part for part in self.ranked if not (full and part.content.when is When.TODAY)]
        found = [part for part in free if not _repeats(part, taken)]
        if len(taken) == places - 1 and not _today(taken):
            found = [part for part in found if part.content.when is When.TODAY] or found
        return found[:_POOL]


def candidates_for(
    reading: Reading,
    passages: Sequence[Passage],
    text: str,
    country: str = "",
    history: Sequence[Turn] = (),
    suggested: int = 0,
) -> Candidates:
    """Steps for the reading's scenario and course, the most fitting first; of those that were on a list only as many
    as make a plan, where too few are new.

    Where the way in which it happens is known, those written for it alone: they are one plan. Else those of the
    scenario's own articles, where they make a plan; what is said of many situations fills no place beside them.

    `suggested` is the number of the passage whose option is suggested, if one is: its steps come before others.

    None when there is nothing to do, while it is not clear what it is about (then a question comes first), or when no
    passage shown offers a fitting step.
    """
    if reading.nothing_to_read or reading.safety or reading.band is Band.UNCLEAR:
        return Candidates(())
    words = stems(text)
    listed = {step.text for turn in history for step in turn.plan}
    usable = Usable.by(reading, country)
    fitting = [part for part in parts(passages, usable, lambda p: p.steps) if _fit(part.content, reading) > 0]
    fitting.sort(key=lambda part: (-_rank(part, reading, words) - _SUGGESTED * (part.n == suggested), part.n))
    fresh = [part for part in fitting if part.content.text not in listed]
    written_for_it = [part for part in fresh if part.passage.scene]
    own = [part for part in fresh if part.passage.devoted_to(reading.primary)]
    for alone in (written_for_it, own):
        if len(_distinct(alone, fill=False)) >= FEWEST and _today(alone):
            return Candidates(alone)
    missing = max(0, FEWEST - len(fresh))
    return Candidates([*fresh, *[part for part in fitting if part not in fresh][:missing]])


def plan_of(candidates: Candidates) -> tuple[Step, ...]:
    """Three or four of the candidates, in the order in which they are due."""
    return in_order(_distinct(candidates.ranked))


def in_order(chosen: Sequence[Part[StepTemplate]]) -> tuple[Step, ...]:
    """Steps in the order in which they are due, then as they were chosen."""
    ranks = {part.n: rank for rank, part in reversed([*enumerate(chosen)])}
    # Steps of one passage stay in its order: what one prepares the next one uses.
    due = sorted(
        chosen,
        key=lambda part: (_ORDER.index(part.content.when), ranks[part.n], part.passage.steps.index(part.content)),
    )
    return tuple(Step(part.content.text, part.content.when, part.passage.id) for part in due)


def with_kept(plan: Sequence[Step], history: Sequence[Turn]) -> tuple[Step, ...]:
    """A new plan, and what the person had made of the one before: steps of their own, done, or with a date."""
    before = next((turn.plan for turn in reversed(history) if turn.plan), ())
    new = {step.text for step in plan}
    kept = (step for step in before if (not step.source or step.done or step.date) and step.text not in new)
    return tuple(sorted((*kept, *plan), key=lambda step: _ORDER.index(step.when)))


def _rank(part: Part[StepTemplate], reading: Reading, words: frozenset[str]) -> float:
    own = part.passage.devoted_to(reading.primary)
    return _fit(part.content, reading) + 0.5 * (own + bool(part.content.suits.told)) + overlap(part.content.text, words)


def _fit(step: StepTemplate, reading: Reading) -> float:
    """How well a step suits the reading: its scenario first, then how likely its best course is."""
    courses = {course.id: 1 / rank for rank, course in enumerate(reading.courses, start=1)}
    course = max((courses.get(course_id, 0.0) for course_id in step.courses), default=0.0)
    if reading.primary in step.scenarios:
        return 1.0 + course
    others = {likelihood.id for likelihood in reading.secondary}
    return 0.5 + course / 2 if others & set(step.scenarios) and course == 1.0 else 0.0


def _distinct(ranked: Sequence[Part[StepTemplate]], *, fill: bool = True) -> list[Part[StepTemplate]]:
    """Up to `MOST` steps: at most two a passage, but for the scene's; at least one for today where there is one.

    `fill`: with what repeats another, where there would be too few.
    """
    chosen: list[Part[StepTemplate]] = []
    for part in ranked:
        repeated = _repeats(part, chosen)
        crowded = not part.passage.scene and sum(other.n == part.n for other in chosen) >= 2
        full_of_today = part.content.when is When.TODAY and _today(chosen) >= _MOST_TODAY
        if not (repeated or crowded or full_of_today) and len(chosen) < MOST:
            chosen.append(part)
    for part in ranked:
        if not fill or len(chosen) >= FEWEST:
            break
        if part not in chosen:
            chosen.append(part)
    today = next((part for part in ranked if part.content.when is When.TODAY), None)
    if today and chosen and all(part.content.when is not When.TODAY for part in chosen):
        chosen[-1] = today
    return chosen


def _today(chosen: Sequence[Part[StepTemplate]]) -> int:
    return sum(part.content.when is When.TODAY for part in chosen)


def _repeats(part: Part[StepTemplate], chosen: Sequence[Part[StepTemplate]]) -> bool:
    return any(overlap(part.content.text, stems(other.content.text)) >= _SAME for other in chosen)
