"""A session between an engine and the real store: what is kept, and when, however a turn ends."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from reflexiona.cli import session as sessions
from reflexiona.cli.session import Manner, Session
from reflexiona.domain import Reflection, Register, Turn, TurnRequest
from reflexiona.errors import EngineError, StorageError
from reflexiona.events import (
    Event,
    Finished,
    PassagesReady,
    Problem,
    Token,
)
from reflexiona.storage.conversations import ConversationStore
from tests.support.cases import FIRST, PASSAGES, READING
from tests.support.replayed_engine import ANSWER, ReplayedEngine


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ConversationStore]:
    with closing(ConversationStore(tmp_path / "c.sqlite3")) as opened:
        yield opened


async def test_a_turn_is_built_from_its_events_and_kept(store: ConversationStore) -> None:
    engine = ReplayedEngine(*ANSWER)
    session = Session(engine, store, Manner("AR", "vos"))
    heard: list[Event] = []
    turn = await session.ask("  No me\x1b paga\r\nhace un mes ", lambda _, event: heard.append(event))
    assert tuple(heard) == ANSWER
    assert (turn.text, turn.status, turn.register) == ("No me paga\nhace un mes", "done", Register.VOS)
    assert (turn.reading, turn.passages, turn.plan) == (READING, PASSAGES, FIRST.plan)
    assert (turn.question, turn.notices) == ("¿Qué quedó?", ("El texto es muy largo.",))
    assert session.ms == {"reading": 7, "total": 40}
    assert session.conversation
    assert session.conversation.title == "No me paga hace un mes"
    assert store.get(session.conversation.id).turns == (turn,)
    assert engine.requests == [TurnRequest(turn.text, (), Register.VOS, True, "AR")]


async def test_a_second_turn_brings_the_first_along(store: ConversationStore) -> None:
    engine = ReplayedEngine(*ANSWER)
    session = Session(engine, store, Manner(use_model=False))
    first = await session.ask("No me paga")
    second = await session.ask("¿Y si no contesta?")
    assert session.conversation
    assert engine.requests[1] == TurnRequest("¿Y si no contesta?", (first,), None, False)
    assert store.get(session.conversation.id).turns == (first, second)
    assert len(store.list()) == 1


async def test_the_text_is_on_disk_before_the_engine_is_asked(store: ConversationStore) -> None:
    session = Session(ReplayedEngine(EngineError("El motor se cerró.")), store, Manner())
    with pytest.raises(EngineError):
        await session.ask("No me paga")
    (summary,) = store.list()
    (turn,) = store.get(summary.id).turns
    assert (turn.text, turn.status) == ("No me paga", "error")


async def test_what_came_before_a_failure_stays(store: ConversationStore) -> None:
    session = Session(ReplayedEngine(*ANSWER[:2], Token("A me"), EngineError("Se fue.")), store, Manner())
    with pytest.raises(EngineError):
        await session.ask("No me paga")
    (turn,) = store.get(store.list()[0].id).turns
    assert (turn.reading, turn.reflection) == (READING, Reflection("A me", composed=False, complete=False))


async def test_an_answer_that_grows_is_written_as_it_grows(
    store: ConversationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "WRITE_EVERY", 0.0)
    session = Session(ReplayedEngine(Token("Un "), Token("aviso"), *ANSWER[-1:]), store, Manner())
    seen: list[Turn] = []
    await session.ask("No me paga", lambda turn, _: seen.append(store.get(store.list()[0].id).turns[0]))
    assert [turn.reflection.text if turn.reflection else "" for turn in seen] == ["Un ", "Un aviso", "Un aviso"]
    assert [turn.status for turn in seen] == ["streaming", "streaming", "done"]


async def test_stopping_keeps_what_the_engine_hands_over(store: ConversationStore) -> None:
    session = Session(ReplayedEngine(*ANSWER[:2], ...), store, Manner())
    came = asyncio.Event()
    asking = asyncio.create_task(
        session.ask("No me paga", lambda _, event: came.set() if isinstance(event, PassagesReady) else None)
    )
    await came.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    (turn,) = store.get(store.list()[0].id).turns
    assert turn.status == "cancelled"
    assert turn.reflection == Reflection("A medias, con su cita [1].", composed=False, complete=False)


async def test_a_reader_that_goes_away_loses_nothing(store: ConversationStore) -> None:
    def gone(turn: Turn, event: Event) -> None:
        raise BrokenPipeError

    session = Session(ReplayedEngine(*ANSWER), store, Manner())
    with pytest.raises(BrokenPipeError):
        await session.ask("No me paga", gone)
    (turn,) = store.get(store.list()[0].id).turns
    assert (turn.status, turn.plan) == ("done", FIRST.plan)


async def test_a_temporary_session_leaves_nothing(tmp_path: Path) -> None:
    session = Session(ReplayedEngine(*ANSWER), None, Manner())
    assert (await session.ask("No me paga")).status == "done"
    assert list(tmp_path.iterdir()) == []


async def test_an_answer_that_cannot_be_kept_is_still_given(store: ConversationStore) -> None:
    session = Session(ReplayedEngine(*ANSWER), store, Manner())

    def close(turn: Turn, event: Event) -> None:
        store.close()

    turn = await session.ask("No me paga", close)
    assert turn.status == "done"
    assert isinstance(session.unsaved, StorageError)


async def test_a_text_that_cannot_be_kept_is_not_asked(store: ConversationStore) -> None:
    engine = ReplayedEngine(*ANSWER)
    store.close()
    with pytest.raises(StorageError):
        await Session(engine, store, Manner()).ask("No me paga")
    assert engine.requests == []


async def test_a_problem_is_a_notice(store: ConversationStore) -> None:
    session = Session(ReplayedEngine(Problem("Falló.", "Prueba otra vez."), Finished("error")), store, Manner())
    turn = await session.ask("No me paga")
    assert replace(turn, id="", created="") == Turn(
        "", "No me paga", "", notices=("Falló. Prueba otra vez.",), status="error"
    )
