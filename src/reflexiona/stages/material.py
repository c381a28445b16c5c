"""What an answer is made of: the text, its reading, and the parts of the passages shown that fit them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from reflexiona.corpus.phrases import Voice
from reflexiona.corpus.triples import inflect
from reflexiona.domain import Fragment, Option, Passage, Reading, Turn
from reflexiona.stages.shown import Part, Usable, options_for, parts, ranked_options, stems

MOST_OPTIONS = 3
HARD = frozenset({"protegerse", "terminar_y_cerrar", "salir_con_aviso"})
"""Courses that cannot be taken back."""


@dataclass(frozen=True, slots=True)
class Material:
    """What an answer is made of. `passages[n-1]` is what [n] cites."""

    text: str
    reading: Reading
    passages: Sequence[Passage]
    voice: Voice
    history: Sequence[Turn] = ()
    country: str = ""
    """ISO code the person set, or empty."""
    answering: tuple[float, ...] = ()
    """Scores of the first passages, which were found for the question of a follow-up."""
    taken_up: str = ""
    """A sentence around the person's own words, where the included model wrote one."""

    def options(self, scenario: str) -> list[Part[Option]]:
        """One option a course for a scenario, the likeliest course first; what was offered before only if need be."""
        ranked = ranked_options(self.fresh_options(scenario), scenario, self.reading, self.words)
        if len(ranked) > 1:
            return ranked
        return ranked_options(options_for(self.passages, self.usable, scenario), scenario, self.reading, self.words)

    @property
    def offered(self) -> list[Part[Option]]:
        """The options an answer shows, the one it suggests first."""
        shown = self.options(self.reading.primary)[:MOST_OPTIONS]
        return sorted(shown, key=lambda part: part.content.course != self.reading.course)

    def fresh_options(self, scenario: str) -> list[Part[Option]]:
        """The options that suit a scenario and were not offered before."""
        return [
            part
            for part in options_for(self.passages, self.usable, scenario)
            if not self.history or inflect(part.content.name, self.voice.register).lower() not in self.said.lower()
        ]

    def option_of(self, scenario: str) -> Part[Option] | None:
        """The option to name while nothing is settled: one that can be taken back, of its own article if shown."""

        def boldness(part: Part[Option]) -> tuple[bool, bool]:
            return part.content.course in HARD, not part.passage.devoted_to(scenario)

        return min(self.options(scenario), key=boldness, default=None)

    def fragments(self, pick: Callable[[Passage], Iterable[Fragment]], *, course: bool = True) -> list[Part[Fragment]]:
        """Fragments for the primary scenario and, unless told otherwise, the suggested course."""
        return [
            part
            for part in parts(self.passages, self.usable, pick)
            if self.reading.primary in part.content.scenarios
            and (not course or self.reading.course in part.content.courses)
        ]

    @property
    def usable(self) -> Usable:
        """Of which passages it may be made."""
        return Usable.by(self.reading, self.country)

    @property
    def said(self) -> str:
        """All that was answered so far."""
        return "\n".join(turn.reflection.text for turn in self.history if turn.reflection)

    @property
    def words(self) -> frozenset[str]:
        """Content words of what the person wrote."""
        return stems(self.text)
