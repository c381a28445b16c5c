"""Which passages go first, given how relevant each one is: those that complement each other.

A passage is worth more while nothing chosen carries its guidance points or the parts that an answer needs, and less
when its article has already spoken.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from reflexiona.domain import ALWAYS, Fragment, Hit, MessageTemplate, Option, Passage, StepTemplate, When
from reflexiona.stages.shown import Usable

EARLY = 8
"""The parts that an answer and a plan are made of stand within this many passages, where the corpus has them."""
NEEDS = {
    "openings": 1,
    "told": 1,
    "options": 3,
    "own options": 4,
    "steps": 4,
    "steps today": 1,
    "changes": 1,
    "questions": 1,
    "messages": 1,
    "course options": 1,
    "course steps": 2,
}
"""How many different parts are wanted for the primary scenario. Options count by their course; of one passage at most
two steps count; `told` are openings that speak of a fact that is told; the course is the suggested one; own options and
openings stand in articles about that scenario alone. To these come `beside`, a passage on each scenario that is also
there, and `country`, one on the person's own."""
_STEPS_OF_ONE = 2

_POINT = 0.90
_PART = 0.08
_SAME_ARTICLE = 0.12
FIRST, _ANSWERED = 3, 2.0
"""Among so many passages each scenario that it may be is to find an answer; what that adds to a passage, times the
scenario's weight."""
_OWN = 0.25
"""What an article about the scenario alone has over one about many."""
_UNHEARD = 0.5
"""What a guidance point counts for in a passage that nothing else speaks for."""
_STRANGER = 0.3
"""What a guidance point still counts for in a passage about other scenarios."""


@dataclass(frozen=True, slots=True)
class Called:
    """How much a reading calls for each scenario, course and guidance point: 0–1, absent: 0."""

    scenarios: Mapping[str, float]
    courses: Mapping[str, float]
    points: Mapping[str, float]
    answers: Mapping[str, frozenset[str]]
    """The guidance points that answer each scenario."""
    _wanted: dict[str, dict[str, float]] = field(default_factory=dict, compare=False, repr=False)

    def answered(self, points: Iterable[str]) -> set[str]:
        """The scenarios to which a passage with these guidance points says something."""
        carried = frozenset(points)
        return {scenario for scenario in self.scenarios if self.answers[scenario] & carried}

    def wants(self, passage: Passage) -> dict[str, float]:
        """How much each of a passage's points is wanted from it: less from one that is about something else."""
        if passage.id not in self._wanted:
            most = max(self.scenarios.values(), default=0.0)
            about = max((self.scenarios.get(scenario, 0.0) for scenario in passage.scenarios), default=0.0)
            fit = _STRANGER + (1 - _STRANGER) * (about / most if most else 1.0)
            self._wanted[passage.id] = {point: self.points.get(point, 0.0) * fit for point in passage.points}
        return self._wanted[passage.id]

    def relevance(self, passage: Passage) -> float:
        """How well a passage answers the call, 0–1."""
        points = sum(self.wants(passage).values())
        scenario, course = _spread(self.scenarios, passage.scenarios), _spread(self.courses, passage.courses)
        first = passage.scenarios[0] if passage.scenarios else ""
        own = self.scenarios.get(first, 0.0) if passage.devoted_to(first) else 0.0
        own *= not passage.scene  # of many ways in which it may happen one is this person's, and that one leads anyway
        return min(1.0, 0.5 * points + 0.4 * scenario + 0.2 * course + _OWN * own)


@dataclass(frozen=True, slots=True)
class Calling:
    """What the selection is for. Without a scenario, only guidance points are called for."""

    called: Called
    country: str = ""
    scenario: str = ""
    course: str | None = None
    beside: tuple[str, ...] = ()
    """Scenarios that are also there, or that it may be instead."""
    scene: str = ""
    """Id of the passage that tells how it happens here: it leads."""
    told: Collection[str] = ()
    """Facts that the case tells: only what suits them counts."""

    @property
    def needs(self) -> dict[str, int]:
        """How many different parts are wanted, by need."""
        if not self.scenario:
            return {}
        beside = len(self.beside)
        return {**NEEDS, "beside": beside, "beside openings": min(1, beside), "country": 1 if self.country else 0}

    def parts(self, passage: Passage) -> dict[str, set[str]]:
        """The texts in a passage that meet a need, by need."""
        if not self.scenario or passage not in Usable(self.country, self.scene, self.told):
            return {}
        here, course, own = _speaks_of(self.scenario, self.told), self.course, passage.devoted_to(self.scenario)
        options = [option for option in passage.options if here(option)]
        steps = [step for step in passage.steps if here(step)]
        found = {
            "openings": {part.text for part in passage.openings if here(part) and own},
            "told": {part.text for part in passage.openings if here(part) and own and part.suits.told},
            "options": {option.course for option in options},
            "own options": {option.course for option in options if own},
            "steps": {step.text for step in steps[:_STEPS_OF_ONE]},
            "steps today": {step.text for step in steps if step.when is When.TODAY},
            "changes": {part.text for part in passage.changes if here(part) and course in part.courses},
            "questions": {part.text for part in passage.questions if here(part)},
            "messages": {part.text for part in passage.messages if here(part) and course in part.courses},
            "course options": {option.name for option in options if option.course == course},
            "course steps": {step.text for step in steps if course in step.courses},
            "country": {passage.id} if passage.countries and self.scenario in passage.scenarios else set(),
            "beside": {other for other in self.beside if passage.devoted_to(other) and self._any(passage.options)},
            "beside openings": {
                other for other in self.beside if passage.devoted_to(other) and self._any(passage.openings)
            },
        }
        return {need: texts for need, texts in found.items() if texts}

    def _any(self, parts: Iterable[Fragment | Option]) -> bool:
        """Whether any suits what is told."""
        return any(part.suits.holds(self.told) for part in parts)


def _speaks_of(
    scenario: str, told: Collection[str]
) -> Callable[[Fragment | Option | StepTemplate | MessageTemplate], bool]:
    """Whether a part is meant for a scenario and suits what is told."""
    return lambda part: scenario in part.scenarios and (part.suits is ALWAYS or part.suits.holds(told))


def _spread(weights: Mapping[str, float], tags: Sequence[str]) -> float:
    """How much of what is called for these tags cover; a passage that is about everything counts for less."""
    total = sum(weights.get(tag, 0.0) for tag in tags)
    return min(1.0, total / math.sqrt(len(tags))) if tags else 0.0


def select(hits: Iterable[Hit], n: int, calling: Calling | None) -> tuple[Hit, ...]:
    """The first `n` of `hits`, in the order in which they are shown.

    Each choice takes the passage that adds most to those before it. Within the first `EARLY`, when only as many places
    are left as it takes to meet what is still needed, only passages that meet it are chosen.
    """
    given = list(hits)
    chosen = _Chosen(given, calling)
    left = _Ranking(given, lambda hit: (chosen.gain(hit),))
    if leading := next((hit for hit in left.hits if calling and hit.passage.id == calling.scene), None):
        chosen.add(leading)
        left.remove(leading)
    early = min(EARLY, n)
    while left.hits and len(chosen.hits) < n:
        places = early - len(chosen.hits)
        cover = chosen.cover() if places > 0 else []
        best = cover[0] if cover and len(cover) >= places else left.best()
        chosen.add(best)
        left.remove(best)
    return tuple(chosen.hits)


class _Ranking:
    """Hits of which the best is asked for again and again, while what each is worth only falls.

    What a hit was worth once is a bound for good: most need not be looked at again (lazy greedy selection, Minoux
    1978).
    """

    def __init__(self, hits: Iterable[Hit], worth: Callable[[Hit], tuple[float, ...]]) -> None:
        self._worth = worth
        self._rows = [(worth(hit), hit.passage.id, hit) for hit in hits]

    def beside(self, worth: Callable[[Hit], tuple[float, ...]]) -> _Ranking:
        """The same hits by another worth, which is nowhere more than this one."""
        other = _Ranking((), worth)
        other._rows = list(self._rows)
        return other

    @property
    def hits(self) -> list[Hit]:
        """Those that are left."""
        return [hit for _, _, hit in self._rows]

    def best(self) -> Hit:
        """The one that is worth most now; of equals the one with the later id."""
        rows = self._rows
        rows.sort(key=lambda row: row[:2], reverse=True)
        best = 0
        for at, (bound, key, hit) in enumerate(rows):
            if at and (bound, key) < rows[best][:2]:
                break
            rows[at] = (self._worth(hit), key, hit)
            if rows[at][:2] > rows[best][:2]:
                best = at
        return rows[best][2]

    def remove(self, hit: Hit) -> None:
        """Leaves one out."""
        self._rows = [row for row in self._rows if row[2] is not hit]


class _Chosen:
    """The passages chosen so far, and what is still wanted."""

    def __init__(self, hits: Iterable[Hit], calling: Calling | None) -> None:
        self.hits: list[Hit] = []
        self._calling = calling
        self._needs = calling.needs if calling else {}
        self._said: set[str] = set()
        self._answered: set[str] = set()
        self._parts: dict[str, set[str]] = {need: set() for need in self._needs}
        self._articles: dict[str, int] = {}
        self._supply: dict[str, dict[str, set[str]]] = {}
        suppliers = (hit for hit in hits if self._parts_of(hit.passage))
        self._suppliers = _Ranking(suppliers, lambda hit: (self._met(hit.passage, self._parts), hit.score))

    def gain(self, hit: Hit) -> float:
        """What a passage would add."""
        passage = hit.passage
        wants = self._calling.called.wants(passage) if self._calling else {}
        points = sum(weight for point, weight in wants.items() if point not in self._said)
        return (
            hit.score
            + _POINT * points * min(1.0, _UNHEARD + hit.score)
            + (_ANSWERED * self._answers(passage) if len(self.hits) < FIRST else 0.0)
            + _PART * self._met(passage, self._parts)
            - _SAME_ARTICLE * self._articles.get(passage.article, 0)
        )

    def _answers(self, passage: Passage) -> float:
        """The weight of the scenarios that nothing chosen answers and this passage does."""
        if self._calling is None:
            return 0.0
        called = self._calling.called
        return sum(called.scenarios[name] for name in called.answered(passage.points) - self._answered)

    def add(self, hit: Hit) -> None:
        """Chooses a passage."""
        if self._calling is not None:
            self._answered |= self._calling.called.answered(hit.passage.points)
        self.hits.append(Hit(hit.passage, round(min(1.0, max(0.0, hit.score)), 4)))
        self._articles[hit.passage.article] = self._articles.get(hit.passage.article, 0) + 1
        self._said.update(hit.passage.points)
        for need, texts in self._parts_of(hit.passage).items():
            self._parts[need] |= texts
        self._suppliers.remove(hit)

    def cover(self) -> list[Hit]:
        """Few passages that together meet all that is still needed and can be met; empty when nothing is."""
        parts = {need: set(texts) for need, texts in self._parts.items()}
        rest = self._suppliers.beside(lambda hit: (self._met(hit.passage, parts), hit.score))
        cover: list[Hit] = []
        while rest.hits:
            best = rest.best()
            if not self._met(best.passage, parts):
                break
            cover.append(best)
            rest.remove(best)
            for need, texts in self._parts_of(best.passage).items():
                parts[need] |= texts
        return cover

    def _met(self, passage: Passage, parts: Mapping[str, set[str]]) -> float:
        """How much of what is needed, beyond `parts`, a passage holds; each need counts 1."""
        met = 0.0
        for need, texts in self._parts_of(passage).items():
            missing = self._needs[need] - len(parts[need])
            if missing > 0:
                met += min(missing, len(texts - parts[need])) / self._needs[need]
        return met

    def _parts_of(self, passage: Passage) -> dict[str, set[str]]:
        if self._calling is None:
            return {}
        if passage.id not in self._supply:
            self._supply[passage.id] = self._calling.parts(passage)
        return self._supply[passage.id]
