"""One turn on one screen: read → retrieve → reflect → plan, told as events.

Knows stages and ports only. Keeps nothing between turns: a request brings the history it needs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from reflexiona.about_program import no_case, program_topic
from reflexiona.corpus.lists import Lists
from reflexiona.corpus.phrases import Phrases, Voice
from reflexiona.domain import Evidence, HelpLine, Hit, Reading, Reflection, Turn, TurnRequest
from reflexiona.errors import BadInputError, ReflexionaError
from reflexiona.events import (
    DraftReady,
    Event,
    Finished,
    Notice,
    PassagesReady,
    PlanReady,
    Problem,
    ReadingReady,
    ReflectionReady,
)
from reflexiona.ports import Cancelled, Clock, Encoder, Generator
from reflexiona.prompts import Prompts
from reflexiona.situation import clean, fit, in_whole
from reflexiona.stages.case import Case, Found
from reflexiona.stages.compose import Composer
from reflexiona.stages.danger import SafetyAnswer
from reflexiona.stages.danger_said import afraid, as_they_say
from reflexiona.stages.danger_where import place_of
from reflexiona.stages.decision import Decision, settled
from reflexiona.stages.draft import carries_words, draft_for
from reflexiona.stages.followup import (
    case_text,
    draft_wish,
    hardly_moves,
    only_wishes,
    says_nothing_new,
    told_before,
)
from reflexiona.stages.followup_answer import FollowUpAnswer
from reflexiona.stages.material import Material
from reflexiona.stages.model_answer import Asked, ModelAnswer
from reflexiona.stages.own_words import OwnWords
from reflexiona.stages.plan import Candidates, candidates_for, plan_of, with_kept
from reflexiona.stages.read import ReadStage
from reflexiona.stages.register import register_for
from reflexiona.stages.retrieve import Retriever
from reflexiona.stages.support import Support

SHOWN = 10
"""Passages shown with an answer; the search for them looks at more."""
NO_MODEL_IN_DANGER = "Por si hay peligro en lo que se cuenta, esta respuesta no la escribe el modelo."
ANSWERING = 3
"""Passages that are looked for to answer a follow-up question, at most."""


class Pipeline:
    """Answers turns.

    Args:
        read: the reading stage.
        retriever: called when passages are needed; may wait for an index that is still opening.
        lists: scenarios and courses.
        phrases: the connecting words of composed answers.
        prompts: what a model is told.
        words: what the included model may say.
        encoder: compares what a model wrote with the passages; the included one, for which the marks were fitted.
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
        words: OwnWords,
        encoder: Encoder,
        help_lines: Sequence[HelpLine],
        clock: Clock,
    ) -> None:
        self._read = read
        self._decision = Decision(lists)
        self._retriever = retriever
        self._clock = clock
        self._phrases = phrases
        self._composer = Composer(lists, phrases)
        self._follow_up = FollowUpAnswer(lists, phrases, self._composer)
        self._safety = SafetyAnswer(phrases, help_lines)
        self._model = ModelAnswer(lists, prompts, Support(lambda: encoder), words)

    @property
    def fixed_prompt(self) -> str:
        """What every prompt begins with."""
        return self._model.fixed_prompt

    def turn(self, request: TurnRequest, generator: Generator | None) -> Iterator[Event]:
        """Answers one turn. Always ends with `Finished`; what fails on the way is a `Problem`."""
        started = self._clock.monotonic()
        status = "done"
        try:
            for event in self._answer(request, generator if request.use_model else None, started):
                yield PlanReady(with_kept(event.plan, request.history)) if isinstance(event, PlanReady) else event
        except Cancelled:
            status = "cancelled"
        except ReflexionaError as error:
            status = "error"
            yield Problem(error.message, error.remedy)
        yield Finished(status, self._ms(started))

    def read_ahead(self, request: TurnRequest, generator: Generator) -> int:
        """Has the model read a turn that is still being written; returns how many tokens its prompt has.

        Nothing, where there is nothing to read yet, or where no model would be asked: danger, nothing that is a client
        problem, a message that is only asked for.

        Raises:
            Cancelled: something else came.
        """
        if not clean(request.text):
            return 0
        case, _ = self._reading(request)
        quiet = case.reading.safety or case.reading.worrying or case.reading.nothing_to_read
        if quiet or case.only_words or case.topic:
            return 0
        return self._model.read_ahead(generator, self._material(case, self._retrieved(case)))

    def _answer(self, request: TurnRequest, generator: Generator | None, started: float) -> Iterator[Event]:
        case, omitted = self._reading(request)
        yield ReadingReady(case.reading, case.voice.register, case.standing, self._ms(started))
        if omitted:
            yield Notice(f"El texto es muy largo: leí el principio y el final, y salté {omitted} caracteres del medio.")
        if case.reading.safety:
            yield from self._in_danger(case, started)
            return
        if case.topic:
            yield PassagesReady((), self._ms(started))
            yield ReflectionReady(Reflection(self._about_program(case)))
            return
        if case.reading.nothing_to_read and not case.only_words:
            yield PassagesReady((), self._ms(started))
            material = Material(case.text, case.reading, (), case.voice, request.history)
            yield ReflectionReady(Reflection(self._composed(case, material)), self._composer.question(material))
            return
        found = self._retrieved(case)
        yield PassagesReady(found.hits, self._ms(started))
        if case.only_words:
            yield ReflectionReady(*self._follow_up.about_draft(found.draft, found.passages, case.voice))
        else:
            if generator and case.reading.worrying:
                yield Notice(NO_MODEL_IN_DANGER)
            yield from self._reflection(case, found, None if case.reading.worrying else generator)
        if found.draft:
            yield DraftReady(found.draft)

    def _reading(self, request: TurnRequest) -> tuple[Case, int]:
        text = clean(request.text)
        if not text:
            raise BadInputError(
                "No hay texto que leer.", "Cuenta qué pasa con el cliente, con las palabras que salgan."
            )
        read_text, omitted = fit(text)
        reading = self._read.read(read_text, told_before(text, request.history))
        if omitted:
            reading = replace(
                reading,
                evidence=_in_whole(reading.evidence, omitted),
                alarm=_in_whole(reading.alarm, omitted),
                sides=_in_whole(reading.sides, omitted),
            )
        before = _last_reading(request.history)
        topic = program_topic(text, in_danger=before is not None and before.safety)
        wish = None if topic else draft_wish(text, request.history)
        only_asks = wish is not None and only_wishes(text) and not self._read.names_danger(text)
        nothing_new = bool(topic) or only_asks or (says_nothing_new(text) and not self._read.raises_alarm(text))
        if before and (chosen := self._decision.of(text, before)) and not reading.safety:
            reading = settled(reading, chosen)
        elif before and (nothing_new or hardly_moves(text, before, reading)):
            # Asking tells nothing new of the case; what is quoted stands in the earlier text.
            reading = replace(before, evidence=(), alarm=(), sides=())
        elif topic:
            reading = no_case(reading)
        reading = as_they_say(reading, text, request.history, self._read.raises_alarm)
        standing = None if before is None else (before.primary, before.safety) == (reading.primary, reading.safety)
        voice = Voice(register_for(text, request.history, request.register), text[:80])
        return Case(request, text, reading, standing, voice, wish, topic), omitted

    def _retrieved(self, case: Case) -> Found:
        """The passages shown: those that a question calls for first, that of the message asked for among them."""
        request, reading = case.request, case.reading
        query = case_text(case.text, request.history)
        retriever, country = self._retriever(), request.country
        if case.wish is None:
            hits = retriever.passages(query, reading, SHOWN, country=country)
            if not case.asks:
                return Found(hits)
            answering = retriever.answering(case.text, query, reading, ANSWERING, country=country)
            first = {hit.passage.id for hit in answering}
            rest = (hit for hit in hits if hit.passage.id not in first)
            return Found((*answering, *rest)[:SHOWN], answering=tuple(hit.score for hit in answering))
        words = retriever.carrying(query, reading, lambda p: carries_words(p, reading), country=country)
        sources = [hit.passage for hit in words]
        draft = draft_for(case.wish, reading, sources, case.text, request.history, country, self._phrases)
        hits = words[:SHOWN] if case.only_words else retriever.passages(query, reading, SHOWN, country=country)
        if draft and draft.source not in {hit.passage.id for hit in hits}:
            hits = (*hits, next(hit for hit in words if hit.passage.id == draft.source))
        return Found(hits, draft)

    def _in_danger(self, case: Case, started: float) -> Iterator[Event]:
        """Help comes first, whatever becomes of the passages."""
        request = case.request
        query = case_text(case.text, request.history)
        said = place_of(request.history, case.text)
        hits: tuple[Hit, ...] = ()
        problem = None
        try:
            country = said.code if said else request.country
            hits = self._retriever().passages(query, case.reading, SHOWN, country=country)
        except ReflexionaError as error:
            problem = Problem(error.message, error.remedy)
        yield PassagesReady(hits, self._ms(started))
        passages = [hit.passage for hit in hits]
        text, question = self._safety.answer(case.text, request, passages, case.voice, case.reading.alarm)
        if case.topic:
            text = f"{text}\n\n{self._about_program(case)}"
        yield ReflectionReady(Reflection(text), question)
        if problem:
            yield problem

    def _about_program(self, case: Case) -> str:
        return self._phrases.say(f"programa.{case.topic}", case.voice)

    def _reflection(self, case: Case, found: Found, generator: Generator | None) -> Iterator[Event]:
        material = self._material(case, found)
        candidates = self._candidates(case, material)
        question = self._composer.question(material)
        if generator is None:
            yield ReflectionReady(Reflection(self._composed(case, material)), question)
            if plan := plan_of(candidates):
                yield PlanReady(plan)
            return
        seed = case.request.seed
        asked = Asked(material, candidates, question, seed, lambda material: self._composed(case, material))
        yield from self._model.events(generator, asked)

    def _material(self, case: Case, found: Found) -> Material:
        history, country = case.request.history, case.request.country
        return Material(case.text, case.reading, found.passages, case.voice, history, country, found.answering)

    def _composed(self, case: Case, material: Material) -> str:
        before = _last_reading(case.request.history)
        if case.standing is None or before is None:
            text = self._composer.compose(material)
        else:
            understood = not case.standing or self._read.understands(case.text)
            text = self._follow_up.compose(material, before, standing=case.standing, understood=understood)
        earlier = [turn.reading for turn in case.request.history if turn.reading]
        if case.reading.alarmed and not any(reading.warns for reading in earlier):
            said, at_once = place_of(case.request.history, case.text), afraid(case.text)
            help_first = self._safety.in_short(case.request.country, case.voice, said, at_once=at_once)
            return f"{help_first}\n\n{text}"
        if case.reading.worrying and not any(reading.worrying for reading in earlier):
            return f"{text}\n\n{self._safety.how_to_say_so(case.voice)}"
        return text

    def _candidates(self, case: Case, material: Material) -> Candidates:
        """For a new plan, unless the reading stands and the case has one: then that one stands too."""
        history = case.request.history
        if case.standing and any(turn.plan for turn in history):
            return Candidates(())
        suggested = next((part.n for part in material.offered), 0)
        return candidates_for(
            case.reading, material.passages, case.text, case.request.country, history, suggested=suggested
        )

    def _ms(self, started: float) -> int:
        return round((self._clock.monotonic() - started) * 1000)


def _in_whole(quoted: Sequence[Evidence], omitted: int) -> tuple[Evidence, ...]:
    """Quotes of what was read of a long text, where they stand in the whole of it."""
    places = ((one, in_whole(one.start, omitted)) for one in quoted)
    return tuple(replace(one, start=at, end=at + one.end - one.start) for one, at in places)


def _last_reading(history: Sequence[Turn]) -> Reading | None:
    """The one that stands; what was asked about the program is no part of the case."""
    return next((turn.reading for turn in reversed(history) if turn.reading and not program_topic(turn.text)), None)
