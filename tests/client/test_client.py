"""The client with real worker processes: streams, cancels, crashes, restarts."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from reflexiona.domain import TurnRequest
from reflexiona.engine.client import EngineClient
from reflexiona.engine.exit_reasons import describe
from reflexiona.errors import EngineError
from reflexiona.events import Event, Finished, Problem, Progress, ReflectionReady, Token
from tests.support.client import composed, events_of, kinds

pytestmark = pytest.mark.slow


async def test_a_turn_comes_as_events_and_ends(client: EngineClient) -> None:
    assert kinds(await events_of(client, "hola")) == ["PassagesReady", "ReflectionReady", "Finished"]
    assert (await client.status()).passages == 7


async def test_a_model_streams_its_answer(client: EngineClient, models: Path) -> None:
    await client.use_model("diminuto", str(models / "tiny.gguf"))
    assert (await client.status()).model == "diminuto"
    events = await events_of(client, "hola " * 400)
    assert [event.fraction for event in events if isinstance(event, Progress)][-1] == 1.0
    text = "".join(event.text for event in events if isinstance(event, Token))
    final = next(event for event in events if isinstance(event, ReflectionReady))
    assert text == final.reflection.text != ""
    assert not final.reflection.composed
    assert isinstance(events[-1], Finished)
    await client.use_model("", "")
    assert (await client.status()).model == ""
    assert composed(await events_of(client, "hola"))


async def test_kill_in_the_middle_of_an_answer(client: EngineClient, models: Path) -> None:
    await client.use_model("lento", str(models / "slow.gguf"))
    events: list[Event] = []
    async for event in client.ask(TurnRequest("hola")):
        if isinstance(event, Token) and client.pid and not any(isinstance(e, Problem) for e in events):
            os.kill(client.pid, signal.SIGKILL)
        events.append(event)
    problems = [event for event in events if isinstance(event, Problem)]
    assert [problem.message for problem in problems] == [describe(-9).message]
    assert "sin el modelo" in problems[0].remedy
    assert kinds(events[events.index(problems[0]) + 1 :]) == ["PassagesReady", "ReflectionReady", "Finished"]
    assert events[-1] == Finished("done")
    assert (await client.status()).model == ""


async def test_a_crash_without_a_model_is_answered_anew_once(client: EngineClient) -> None:
    events = await events_of(client, "cae-con-modelo")
    assert kinds(events) == ["PassagesReady", "Token", "Problem", "PassagesReady", "ReflectionReady", "Finished"]
    assert events[2] == Problem(describe(-11).message, "Se ha reiniciado y se responde de nuevo.")


async def test_a_second_crash_is_an_error_and_the_next_turn_works(client: EngineClient) -> None:
    with pytest.raises(EngineError) as failed:
        await events_of(client, "cae")
    assert failed.value.message == describe(-9).message
    assert kinds(await events_of(client, "hola")) == ["PassagesReady", "ReflectionReady", "Finished"]


async def test_a_worker_that_died_while_idle_is_said_with_the_next_turn(client: EngineClient) -> None:
    await client.start()
    assert client.pid
    os.kill(client.pid, signal.SIGKILL)
    await asyncio.sleep(0.2)
    assert client.pid is None
    assert (await client.status()).passages == 7
    events = await events_of(client, "hola")
    assert events[0] == Problem(describe(-9).message, "Se ha reiniciado y se responde de nuevo.")
    assert composed(events)
    assert not any(isinstance(event, Problem) for event in await events_of(client, "hola"))


async def test_cancel_while_the_prompt_is_read(client: EngineClient, models: Path) -> None:
    await client.use_model("lento", str(models / "slow.gguf"))
    events: list[Event] = []
    async for event in client.ask(TurnRequest("El cliente cambia de opinión cada día. " * 300)):
        events.append(event)
        if isinstance(event, Progress):
            await client.cancel()
    assert events[-1] == Finished("cancelled")
    assert not any(isinstance(event, Token) for event in events)
    assert max(event.fraction or 0 for event in events if isinstance(event, Progress)) < 0.9
    assert isinstance((await events_of(client, "hola"))[-1], Finished)


async def test_cancel_keeps_what_was_written(client: EngineClient, models: Path) -> None:
    await client.use_model("lento", str(models / "slow.gguf"))
    events: list[Event] = []
    async for event in client.ask(TurnRequest("hola")):
        events.append(event)
        if isinstance(event, Token):
            await client.cancel()
    assert events[-1] == Finished("cancelled")
    final = next(event for event in events if isinstance(event, ReflectionReady))
    assert final.reflection.text == "".join(event.text for event in events if isinstance(event, Token))
    assert not final.reflection.complete


async def test_cancel_of_a_turn_that_waits(client: EngineClient, models: Path) -> None:
    await client.use_model("lento", str(models / "slow.gguf"))
    first = asyncio.create_task(events_of(client, "hola"))
    second = asyncio.create_task(events_of(client, "hola"))
    await asyncio.sleep(0.05)
    await client.cancel()
    for events in (await first, await second):
        assert events[-1] == Finished("cancelled")
    assert not any(isinstance(event, Token) for event in await second)


async def test_who_stops_listening_cancels(client: EngineClient, models: Path) -> None:
    await client.use_model("lento", str(models / "slow.gguf"))
    events = client.ask(TurnRequest("hola"))
    async for event in events:
        if isinstance(event, Token):
            break
    await events.aclose()
    assert composed(await events_of(client, "hola", use_model=False))


async def test_an_index_is_made_beside_the_turns_until_nobody_listens(client: EngineClient) -> None:
    reindexing = client.reindex()
    assert await anext(reindexing) == Progress("codificando los pasajes", 0.5)
    answered = [event async for event in client.ask(TurnRequest("hola"))]
    assert answered[-1] == Finished("done")
    await client.cancel()  # meant for turns
    for _ in range(3):
        assert await anext(reindexing) == Progress("codificando los pasajes", 0.5)
    await reindexing.aclose()
    again = client.reindex()  # only one is made at a time
    assert await anext(again) == Progress("codificando los pasajes", 0.5)
    await again.aclose()


async def test_problems_are_errors_where_one_answer_is_asked_for(client: EngineClient) -> None:
    with pytest.raises(EngineError) as failed:
        await client.search("anticipo")
    assert (failed.value.message, failed.value.remedy) == ("Aquí no hay índice.", "Es un motor de prueba.")
