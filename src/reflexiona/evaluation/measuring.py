"""Measures a local model on this machine and this task: how quick it is, what it adds to the reading, how it writes.

For any face: an async generator that says how far it is and ends with the figures. Closing it stops the engine.
"""

from __future__ import annotations

import re
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import mean, median
from typing import Protocol

from reflexiona.domain import NONE_SCENARIO, Reflection, TurnRequest
from reflexiona.errors import EngineError
from reflexiona.evaluation.cases import Case
from reflexiona.events import (
    Event,
    ModelViewReady,
    Notice,
    Problem,
    ReadingReady,
    ReflectionReady,
    SpeedReady,
    StatusReady,
    Token,
)
from reflexiona.models.installed import InstalledModel
from reflexiona.models.measurements import Figures, Judgement, Speed, Writing
from reflexiona.models.memory import peak_of
from reflexiona.opinions import Judged, best_weight, held_out
from reflexiona.stages.reflect import INVENTED
from reflexiona.stages.support import sentences

ANSWERS = 8
"""Whole answers that are written."""
_SPEED_TEXT = 2200
"""Characters that the model reads for its speed: somewhat more than a situation with its passages."""
_CITATION = re.compile(r"\[\d+\]")
LIBRARY = "llama-cpp-python"


class MeasuredEngine(Protocol):
    """What measuring needs of the engine's client."""

    @property
    def pid(self) -> int | None:
        """The worker's process number."""

    def ask(self, turn: TurnRequest) -> AsyncGenerator[Event, None]:
        """The events of a turn."""

    async def status(self, *, complete: bool = False) -> StatusReady:
        """What the worker has."""

    async def use_model(self, name: str, path: str, template: str = "") -> None:
        """Loads a model."""

    async def speed(self, text: str, new_tokens: int = 48) -> SpeedReady:
        """How quick the model in use is."""


@dataclass(frozen=True, slots=True)
class Measuring:
    """How far it is: a phase in Spanish, so many of so many, and what is left in seconds, where that is known."""

    phase: str
    done: int = 0
    of: int = 0
    seconds_left: float | None = None


@dataclass(slots=True)
class _Seen:
    """What came of one case."""

    judged: Judged
    reflection: Reflection | None = None
    invented: bool = False
    first_word: float | None = None
    """Seconds from sending to the first word."""


@dataclass(slots=True)
class _Run:
    seen: list[_Seen] = field(default_factory=list)
    load: float = 0.0
    speed: SpeedReady | None = None
    memory: int | None = None


async def measure_model(
    engine: MeasuredEngine,
    model: InstalledModel,
    cases: Sequence[Case],
    *,
    answers: int = ANSWERS,
    clock: Callable[[], float] = time.monotonic,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> AsyncGenerator[Measuring | Figures, None]:
    """Loads the model in the running engine and measures it. `Figures` last.

    Args:
        engine: started, without a model.
        model: what to measure.
        cases: labelled.
        answers: how many are to be answered in full; of the others only the model's view is asked for.
        clock: seconds.
        now: for the date of the figures.

    Raises:
        ModelError: the model cannot be loaded.
        EngineError: the engine failed, or answered without the model.
    """
    run = _Run()
    yield Measuring("abriendo el índice")
    status = await engine.status(complete=True)
    yield Measuring("cargando el modelo")
    started = clock()
    await engine.use_model(model.name, str(model.path), model.family)
    run.load = clock() - started
    async for step in _judge(engine, cases, answers, run, clock):
        yield step
    yield Measuring("midiendo la velocidad")
    run.speed = await engine.speed(" ".join(case.text for case in cases)[:_SPEED_TEXT])
    run.memory = peak_of(engine.pid) if engine.pid else None
    library = dict(status.versions).get(LIBRARY, "")
    yield _figures(model, run, library, now().isoformat(timespec="seconds"))


async def _judge(
    engine: MeasuredEngine, cases: Sequence[Case], answers: int, run: _Run, clock: Callable[[], float]
) -> AsyncIterator[Measuring]:
    """Asks every case. The first ones with a client problem are answered in full, until there are enough answers."""
    told = [case for case in cases if case.primary != NONE_SCENARIO and not case.safety]
    took: dict[bool, list[float]] = {True: [], False: []}
    for done, case in enumerate([*told, *(case for case in cases if case not in told)]):
        missing = answers - sum(one.reflection is not None for one in run.seen)
        writes = missing > 0
        left = _left(took, full=min(missing, len(cases) - done), cases=len(cases) - done)
        yield Measuring("respondiendo casos" if writes else "leyendo casos", done, len(cases), left)
        started = clock()
        run.seen.append(await _one(engine, case, writes=writes, clock=clock))
        took[writes].append(clock() - started)


def _left(took: dict[bool, list[float]], *, full: int, cases: int) -> float | None:
    """Seconds left, going by the cases so far: those that are answered, and those of which only the view is asked."""
    if not took[True] and not took[False]:
        return None
    answered = mean(took[True]) if took[True] else mean(took[False])
    viewed = mean(took[False]) if took[False] else answered / 2
    return max(0, full) * answered + (cases - max(0, full)) * viewed


async def _one(engine: MeasuredEngine, case: Case, *, writes: bool, clock: Callable[[], float]) -> _Seen:
    seen = _Seen(Judged(case.primary, (), ()))
    started = clock()
    async with aclosing(engine.ask(TurnRequest(case.text))) as events:
        async for event in events:
            match event:
                case Problem():
                    raise EngineError(event.message, event.remedy)
                case ReadingReady():
                    seen.judged = Judged(case.primary, event.reading.scenarios, ())
                case ModelViewReady():
                    seen.judged = Judged(case.primary, seen.judged.reader, event.view.scenarios)
                    if not writes:
                        break
                case Token() if seen.first_word is None:
                    seen.first_word = clock() - started
                case Notice():
                    seen.invented |= event.text == INVENTED
                case ReflectionReady() if not event.reflection.composed:
                    seen.reflection = event.reflection
    return seen


def _figures(model: InstalledModel, run: _Run, library: str, moment: str) -> Figures:
    assert run.speed is not None  # measured last
    firsts = [one.first_word for one in run.seen if one.first_word is not None]
    speed = Speed(
        load=round(run.load, 3),
        read_tokens=round(run.speed.read_tokens / max(run.speed.read_seconds, 1e-9), 2),
        write_tokens=round(run.speed.written_tokens / max(run.speed.written_seconds, 1e-9), 2),
        first_word_cold=round(firsts[0], 3) if firsts else None,
        first_word_warm=round(median(firsts[1:]), 3) if firsts[1:] else None,
        memory=run.memory,
    )
    judged = [one.judged for one in run.seen]
    return Figures(model.name, model.sha256, model.size, moment, library, speed, _judgement(judged), _writing(run.seen))


def _judgement(judged: Sequence[Judged]) -> Judgement:
    asked = [one for one in judged if one.model]
    together = held_out(judged)
    return Judgement(
        cases=len(judged),
        asked=len(asked),
        top1_reader=_share([one.reader[0].id == one.primary for one in judged]),
        top1_model=_share([one.model[0].id == one.primary for one in asked]),
        top1_reader_asked=_share([one.reader[0].id == one.primary for one in asked]),
        top1_together=_share([both[0].id == one.primary for one, both in zip(judged, together, strict=True)]),
        weight=best_weight(judged),
    )


def _writing(seen: Sequence[_Seen]) -> Writing:
    written = [(one.reflection, one.invented) for one in seen if one.reflection is not None]
    cited = [len(_CITATION.findall(reflection.text)) for reflection, _ in written]
    said = sum(len(sentences(reflection.text)) for reflection, _ in written)
    unsupported = sum(len(reflection.unsupported) for reflection, _ in written)
    return Writing(
        answers=len(written),
        words=round(mean(len(reflection.text.split()) for reflection, _ in written), 1) if written else None,
        citing=_share([count > 0 for count in cited]),
        citations=round(mean(cited), 2) if cited else None,
        invented=_share([invented for _, invented in written]),
        unsupported=round(unsupported / said, 4) if said else None,
    )


def _share(hits: Sequence[bool]) -> float | None:
    return round(sum(hits) / len(hits), 4) if hits else None
