"""One turn on one screen: read → retrieve → reflect → plan, told as events.

Knows stages and ports only. Keeps nothing between turns: a request brings the history it needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from reflexiona.corpus.lists import Lists
from reflexiona.corpus.phrases import Phrases, Voice
from reflexiona.domain import HelpLine, Hit, Passage, Reading, Reflection, Step, Turn, TurnRequest
from reflexiona.errors import BadInputError, ReflexionaError
from reflexiona.events import (
    DraftReady,
    Event,
    Finished,
    Notice,
    PassagesReady,
    PlanReady,
    Problem,
    Progress,
    ReadingReady,
    ReflectionReady,
)
from reflexiona.ports import Cancelled, Clock, Generator
from reflexiona.prompts import Prompts
from reflexiona.situation import clean, fit
from reflexiona.stages.compose import Composer, Material
from reflexiona.stages.danger import SafetyAnswer
from reflexiona.stages.draft import draft_for
from reflexiona.stages.followup import DraftWish, case_text, draft_wish
from reflexiona.stages.followup_answer import FollowUpAnswer
from reflexiona.stages.plan import plan_for
from reflexiona.stages.read import ReadStage
from reflexiona.stages.reflect import ModelReflection, Written
from reflexiona.stages.register import register_for
from reflexiona.stages.retrieve import Retriever

SHOWN = 8
"""Passages shown with an answer; the search for them looks at more."""
FOR_MODEL = 4
"""Passages a model is given: reading is what costs on a CPU."""


@dataclass(frozen=True, slots=True)
class _Case:
    """A turn that has been read."""

    request: TurnRequest
    text: str
    reading: Reading
    standing: bool | None
    voice: Voice


class Pipeline:
    """Answers turns.

    Args:
        read: the reading stage.
        retriever: called when passages are needed; may wait for an index that is still opening.
        lists: scenarios and courses.
        phrases: the connecting words of composed answers.
        prompts: what a model is told.
        help_lines: shown when a text shows danger.
        clock: for durations.
    """

    def __init__(
        self,
        *,
        read: ReadStage,
        retriever: Callable[[], Retriever],
        lists: Lists,
        phrases: Phrases,
        prompts: Prompts,
        help_lines: Sequence[HelpLine],
        clock: Clock,
    ) -> None:
        self._read = read
        self._retriever = retriever
        self._clock = clock
        self._composer = Composer(lists, phrases)
        self._follow_up = FollowUpAnswer(lists, phrases, self._composer)
        self._safety = SafetyAnswer(phrases, help_lines)
        self._model = ModelReflection(lists, prompts.reflection)

    def turn(self, request: TurnRequest, generator: Generator | None) -> Iterator[Event]:
        """Answers one turn. Always ends with `Finished`; what fails on the way is a `Problem`."""
        started = self._clock.monotonic()
        status = "done"
        try:
            yield from self._answer(request, generator if request.use_model else None, started)
        except Cancelled:
            status = "cancelled"
        except ReflexionaError as error:
            status = "error"
            yield Problem(error.message, error.remedy)
        yield Finished(status, self._ms(started))

    def _answer(self, request: TurnRequest, generator: Generator | None, started: float) -> Iterator[Event]:
        case, omitted = self._reading(request)
        yield ReadingReady(case.reading, case.voice.register, case.standing, self._ms(started))
        if omitted:
            yield Notice(f"El texto es muy largo: leí el principio y el final, y salté {omitted} caracteres del medio.")
        wish = draft_wish(case.text, request.history)
        if case.reading.nothing_to_read and not (wish and request.history):
            yield PassagesReady((), self._ms(started))
            material = Material(case.text, case.reading, (), case.voice)
            yield ReflectionReady(Reflection(self._composer.nothing(material)), self._composer.question(material))
            return
        query = case_text(case.text, request.history)
        hits = self._retriever().passages(query, case.reading, SHOWN, country=request.country)
        yield PassagesReady(hits, self._ms(started))
        if case.reading.safety:
            yield from self._in_danger(case, hits)
        elif wish:
            yield from self._message(case, hits, wish)
        else:
            yield from self._reflection(case, hits, generator)

    def _reading(self, request: TurnRequest) -> tuple[_Case, int]:
        text = clean(request.text)
        if not text:
            raise BadInputError(
                "No hay texto que leer.", "Cuenta qué pasa con el cliente, con las palabras que salgan."
            )
        read_text, omitted = fit(text)
        earlier = [turn.text for turn in request.history]
        reading = self._read.read(read_text, earlier)
        before = _last_reading(request.history)
        if before and draft_wish(text, request.history) and not reading.safety:
            # Asking for words tells nothing new of the case.
            reading = before
        standing = None if before is None else (before.primary, before.safety) == (reading.primary, reading.safety)
        voice = Voice(register_for(text, request.history, request.register), text[:80])
        return _Case(request, text, reading, standing, voice), omitted

    def _in_danger(self, case: _Case, hits: Sequence[Hit]) -> Iterator[Event]:
        passages = [hit.passage for hit in hits]
        text, question = self._safety.compose(case.text, passages, case.request.country, case.voice)
        yield ReflectionReady(Reflection(text), question)

    def _message(self, case: _Case, hits: Sequence[Hit], wish: DraftWish) -> Iterator[Event]:
        passages = [hit.passage for hit in hits]
        told = "\n".join((*(turn.text for turn in case.request.history), case.text))
        history, country = case.request.history, case.request.country
        draft = draft_for(wish, case.reading, passages, told, history, country)
        yield ReflectionReady(*self._follow_up.about_draft(draft, passages, case.voice))
        if draft:
            yield DraftReady(draft)

    def _reflection(self, case: _Case, hits: Sequence[Hit], generator: Generator | None) -> Iterator[Event]:
        passages = tuple(hit.passage for hit in hits)
        material = Material(case.text, case.reading, passages, case.voice, case.request.history, case.request.country)
        plan = self._plan(case, passages)
        question = self._composer.question(material)
        if generator is None:
            yield ReflectionReady(Reflection(self._composed(case, material)), question)
        else:
            yield from self._by_model(case, material, plan, generator, question)
        if plan:
            yield PlanReady(plan)

    def _composed(self, case: _Case, material: Material) -> str:
        if case.standing is None:
            return self._composer.compose(material)
        before = _last_reading(case.request.history)
        assert before is not None  # there is a standing only where there was a reading
        return self._follow_up.compose(material, before, standing=case.standing)

    def _by_model(
        self, case: _Case, material: Material, plan: Sequence[Step], generator: Generator, question: str
    ) -> Iterator[Event]:
        given = replace(material, passages=material.passages[:FOR_MODEL])
        written = Written(Reflection("", composed=False, complete=False))
        yield Progress("leyendo tu mensaje", 0.0)
        try:
            yield from self._model.reflect(generator, given, plan, case.request.seed, written)
        except Cancelled:
            yield ReflectionReady(written.reflection, "")
            raise
        if not written.reflection.text.strip():
            yield Notice("El modelo no escribió nada; esta respuesta está compuesta con los artículos.")
            text = self._composed(case, material)
            written.reflection = replace(written.reflection, text=text, composed=True, complete=True)
        yield ReflectionReady(written.reflection, question)

    def _plan(self, case: _Case, passages: Sequence[Passage]) -> tuple[Step, ...]:
        """A new plan, unless the reading stands and the case has one: then that one stands too."""
        kept = case.standing and any(turn.plan for turn in case.request.history)
        return () if kept else plan_for(case.reading, passages, case.text, case.request.country)

    def _ms(self, started: float) -> int:
        return round((self._clock.monotonic() - started) * 1000)


def _last_reading(history: Sequence[Turn]) -> Reading | None:
    return next((turn.reading for turn in reversed(history) if turn.reading), None)
