"""A real model through the real worker: whatever it writes, only what is shown is cited and nothing is lost."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest

from reflexiona.domain import TurnRequest
from reflexiona.engine.client import EngineClient
from reflexiona.events import (
    Event,
    Finished,
    ModelViewReady,
    Notice,
    PassagesReady,
    PlanReady,
    Problem,
    Progress,
    ReadingReady,
    ReflectionReady,
    Token,
    TokensCounted,
)
from reflexiona.paths import DataFolder
from tests.support.program import SHORT, SITUATION, UNHURRIED
from tests.support.reciting_gguf import write_reciter
from tests.support.tiny_gguf import Shape, write_tiny

pytestmark = pytest.mark.slow

FOR_MODEL = 4
"""Passages that a model is given, and so may cite."""
SITUATIONS = (
    SITUATION,
    "Me pide cambios todos los días y ya vamos por la séptima ronda, che, ¿vos qué harías? Quedamos en dos.",
    "Buenos días, doctora: el cliente me llama de madrugada y los domingos y ya no duermo, usted dirá.",
)
E = TypeVar("E")


@dataclass(frozen=True)
class Heard:
    """The events of a turn."""

    events: list[Event]

    def all(self, kind: type[E]) -> list[E]:
        """Those of a kind."""
        return [event for event in self.events if isinstance(event, kind)]

    def one(self, kind: type[E]) -> E:
        """The only one of a kind."""
        (event,) = self.all(kind)
        return event

    @property
    def streamed(self) -> str:
        """The words as they came."""
        return "".join(token.text for token in self.all(Token))


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[EngineClient]:
    client = EngineClient(DataFolder(tmp_path / "datos"))
    yield client
    await client.close()
    assert client.pid is None


async def heard(engine: EngineClient, request: TurnRequest, *, stop_after: int = 0) -> Heard:
    """Asks, and cancels after so many tokens."""
    events: list[Event] = []
    async for event in engine.ask(request):
        events.append(event)
        if stop_after and len([e for e in events if isinstance(e, Token)]) == stop_after:
            stop_after = 0
            await engine.cancel()
    return Heard(events)


def cited(text: str) -> list[int]:
    return [int(number) for group in re.findall(r"\[([\d, y]+)\]", text) for number in re.findall(r"\d+", group)]


def holds(turn: Heard, text: str) -> None:
    """What is true of every answer, whoever wrote it."""
    passages = {hit.passage.id for hit in turn.one(PassagesReady).hits}
    reading = turn.one(ReadingReady).reading
    final = turn.all(ReflectionReady)[-1].reflection
    assert all(text[quote.start : quote.end] == quote.text for quote in reading.evidence)
    assert set(cited(turn.streamed)) | set(cited(final.text)) <= set(range(1, FOR_MODEL + 1))
    for plan in turn.all(PlanReady):
        assert 3 <= len(plan.plan) <= 5
        assert {step.source for step in plan.plan} <= passages
    assert all(sentence in final.text for sentence in final.unsupported)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]", turn.streamed + final.text)


async def test_noise_is_streamed_and_harms_nothing(engine: EngineClient, tmp_path: Path) -> None:
    await engine.use_model("ruido", str(write_tiny(tmp_path / "ruido.gguf", Shape(ends=False))))
    for seed, text in enumerate(SITUATIONS):
        turn = await heard(engine, TurnRequest(text, seed=seed))
        kinds = [type(event) for event in turn.events if not isinstance(event, Notice)]
        assert kinds[:2] == [ReadingReady, PassagesReady]
        assert (kinds[-1], kinds.count(ReflectionReady), kinds.count(PlanReady)) == (Finished, 1, 1)
        assert kinds.index(ModelViewReady) < kinds.index(Token)
        holds(turn, text)
        final = turn.one(ReflectionReady).reflection
        assert (final.composed, final.complete) == (False, True)
        assert final.model is not None
        assert final.model.name == "ruido"
        assert sum(scenario.p for scenario in final.model.scenarios) == pytest.approx(1)
        # it never ends by itself: what is kept is cut at its last whole sentence, or word
        assert turn.streamed.strip().startswith(final.text.replace(" ◦", "").removesuffix("…"))
        assert any("última frase entera" in notice.text or "repetirse" in notice.text for notice in turn.all(Notice))
        (counted,) = turn.all(TokensCounted)
        assert counted.written <= 420
        assert counted.read > 100
        assert [progress.fraction for progress in turn.all(Progress) if progress.phase == "leyendo tu mensaje"][-1] == 1
        assert turn.one(Finished).status == "done"


async def test_only_what_is_shown_is_cited(engine: EngineClient, tmp_path: Path) -> None:
    said = (
        "El rótulo está puesto y la carta en las mesas [",
        "1",
        "] desde la entrega [2,",
        " 77]. Hay\x1b[31m costumbre [5",
        "] de callar [0]. Las ballenas\u202e azules silban boleros en Saturno [2 y 1]. ",
        "¿Qué quedó escrito [",
    )
    pieces = tuple(piece if len(piece) > 3 else f"{piece}]   [{piece}" for piece in said)
    await engine.use_model("recita", str(write_reciter(tmp_path / "recita.gguf", pieces)))
    turn = await heard(engine, TurnRequest(SITUATION))
    holds(turn, SITUATION)
    assert turn.streamed == (
        "El rótulo está puesto y la carta en las mesas [1]   [1] desde la entrega [2]. Hay[31m costumbre  de callar . "
        "Las ballenas azules silban boleros en Saturno [2] [1]. ¿Qué quedó escrito "
    )
    final = turn.one(ReflectionReady).reflection
    assert "Las ballenas azules silban boleros en Saturno [2] [1]." in final.unsupported
    assert "boleros en Saturno [2] [1]. ◦" in final.text
    assert not any("rótulo" in sentence for sentence in final.unsupported)
    notices = " ".join(notice.text for notice in turn.all(Notice))
    assert "ningún pasaje las respalda" in notices
    assert "citó pasajes que no existen" in notices


async def test_a_model_that_says_nothing_is_replaced_and_that_is_said(engine: EngineClient, tmp_path: Path) -> None:
    await engine.use_model("blanco", str(write_reciter(tmp_path / "blanco.gguf", ["    \n   ", "  \n\n  "])))
    turn = await heard(engine, TurnRequest(SHORT))
    assert turn.streamed == ""
    final = turn.one(ReflectionReady).reflection
    assert (final.composed, final.complete) == (True, True)
    assert any("El modelo no escribió nada" in notice.text for notice in turn.all(Notice))
    assert turn.one(PlanReady).plan


async def test_cancelling_in_the_middle_keeps_what_was_written(engine: EngineClient, tmp_path: Path) -> None:
    await engine.use_model("lento", str(write_tiny(tmp_path / "lento.gguf", UNHURRIED)))
    turn = await heard(engine, TurnRequest(SITUATION), stop_after=8)
    holds(turn, SITUATION)
    final = turn.one(ReflectionReady).reflection
    assert (final.composed, final.complete) == (False, False)
    assert final.text.strip() == turn.streamed.strip() != ""
    assert len(turn.all(Token)) < 100
    assert turn.one(Finished).status == "cancelled"
    assert turn.all(Problem) == []
    again = await heard(engine, TurnRequest(SHORT, use_model=False))
    assert again.one(Finished).status == "done"


async def test_cancelling_while_the_prompt_is_read(engine: EngineClient, tmp_path: Path) -> None:
    await engine.use_model("lento", str(write_tiny(tmp_path / "lento.gguf", UNHURRIED)))
    events: list[Event] = []
    async for event in engine.ask(TurnRequest(SITUATION)):
        if isinstance(event, Progress) and 0 < (event.fraction or 0) < 1 and not isinstance(events[-1], Finished):
            await engine.cancel()
        events.append(event)
    turn = Heard(events)
    assert turn.streamed == ""
    assert turn.one(Finished).status == "cancelled"
    assert turn.one(PassagesReady).hits
    assert turn.all(Problem) == []
