"""Parts of the passages that are shown: openings, options, steps … each with the number it is cited by.

Whatever an answer says is taken from here, so that every citation is true by construction.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from reflexiona.domain import Fragment, MessageTemplate, Option, Passage, Reading, StepTemplate
from reflexiona.situation import fold

_DEVOTED = 0.25
"""What coming from the scenario's own article is worth, in probability of the course."""

T = TypeVar("T", Fragment, Option, StepTemplate, MessageTemplate)

_COMMON = frozenset(
    "a al algo como con cual cuando de del desde donde el ella en era es esa ese eso esta este esto ha hasta hay la "
    "las le les lo los mas me mi muy nos o para pero por porque que quien se ser si sin sobre su sus te tu un una uno "
    "y ya".split()
)


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """A structured part, the passage it stands in, and the number by which that is cited, from 1."""

    content: T
    n: int
    passage: Passage

    def rank(self, told: Sequence[str]) -> int:
        """By the most telling fact of which it speaks, from 0; what speaks of none comes last."""
        return next((n for n, fact in enumerate(told) if fact in self.content.suits.told), len(told))


def stems(text: str) -> frozenset[str]:
    """Content words of a text, folded and cut to six letters: enough to see whether two texts speak of the same."""
    return frozenset(word[:6] for word in re.findall(r"[a-z0-9]{3,}", fold(text)) if word not in _COMMON)


def overlap(text: str, words: frozenset[str]) -> float:
    """Share of the content words of `text` that are among `words`, 0–1."""
    own = stems(text)
    return len(own & words) / len(own) if own else 0.0


@dataclass(frozen=True, slots=True)
class Usable:
    """Of which passages and parts an answer may be made.

    Those about one country only when it is the person's; of those about one way in which something happens only the
    one that the reading names; of those that need a fact to be told, or untold, only where it is so.
    """

    country: str = ""
    """ISO code, or empty: not known."""
    scene: str = ""
    told: Collection[str] = ()
    """Ids of facts."""

    @classmethod
    def by(cls, reading: Reading, country: str = "") -> Usable:
        """What an answer to `reading` may be made of."""
        return cls(country, reading.scene, reading.told)

    def __contains__(self, passage: Passage) -> bool:
        here = not passage.countries or self.country in passage.countries
        return here and (not passage.scene or passage.id == self.scene) and passage.suits.holds(self.told)


def parts(passages: Sequence[Passage], usable: Usable, pick: Callable[[Passage], Iterable[T]]) -> Iterator[Part[T]]:
    """The parts that `pick` takes from each usable passage, in order of citation."""
    for n, passage in enumerate(passages, start=1):
        if passage in usable:
            for content in pick(passage):
                if content.suits.holds(usable.told):
                    yield Part(content, n, passage)


def best(candidates: Iterable[Part[Fragment]], reading: Reading, words: frozenset[str]) -> Part[Fragment] | None:
    """That of the scene, else of the scenario's own article; what speaks of the most telling fact, then what is nearest
    to the person's words; then the first cited."""

    def distance(part: Part[Fragment]) -> tuple[bool, bool, int, float, int]:
        near = round(overlap(part.content.text, words), 2)
        own = part.passage.devoted_to(reading.primary)
        return not part.passage.scene, not own, part.rank(reading.told), -near, part.n

    return min(candidates, key=distance, default=None)


def options_for(passages: Sequence[Passage], usable: Usable, scenario: str) -> list[Part[Option]]:
    """The options that suit a scenario."""
    return [part for part in parts(passages, usable, lambda p: p.options) if scenario in part.content.scenarios]


def ranked_options(
    found: Sequence[Part[Option]], scenario: str, reading: Reading, words: frozenset[str]
) -> list[Part[Option]]:
    """One option a course; the scene's first, then the likeliest course, the scenario's own article before others."""
    likely = {course.id: course.p for course in reading.courses}

    def nearness(part: Part[Option]) -> tuple[bool, bool, int, float, int, int]:
        near = round(overlap(f"{part.content.name} {part.content.text}", words), 1)
        own = part.passage.devoted_to(scenario)
        # Among equals the section that is about the ways out, not one that names one in passing.
        return not part.passage.scene, not own, part.rank(reading.told), -near, -len(part.passage.options), part.n

    def likelihood(part: Part[Option]) -> tuple[bool, float, int]:
        own = _DEVOTED * part.passage.devoted_to(scenario)
        return not part.passage.scene, -likely.get(part.content.course, 0.0) - own, part.n

    chosen: dict[str, Part[Option]] = {}
    for part in sorted(found, key=nearness):
        chosen.setdefault(part.content.course, part)
    return sorted(chosen.values(), key=likelihood)
