"""The chosen model comes beside the first turn; where it fails, it costs the model only."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from reflexiona.domain import TurnRequest
from reflexiona.engine.client import EngineClient
from reflexiona.engine.exit_reasons import describe
from reflexiona.engine.protocol import UseModel
from reflexiona.errors import ModelError
from reflexiona.events import Event, Finished, PassagesReady, Problem, Token
from reflexiona.paths import DataFolder
from tests.support.client import COMMAND, composed, events_of, kinds

pytestmark = pytest.mark.slow

# --- models that cannot be used


async def test_a_model_that_is_none_is_refused_and_the_worker_lives(client: EngineClient, models: Path) -> None:
    await client.start()
    pid = client.pid
    for name, message in (("page", "página web"), ("twin", "palabras repetidas"), ("none", "No existe el archivo")):
        with pytest.raises(ModelError, match=message):
            await client.use_model(name, str(models / f"{name}.gguf"))
    with pytest.raises(ModelError, match="no es de la familia Llama 3"):
        await client.use_model("tiny", str(models / "tiny.gguf"), "llama3")
    assert client.pid == pid
    assert composed(await events_of(client, "hola"))


async def test_a_model_that_brings_the_worker_down(data: DataFolder, models: Path) -> None:
    client = EngineClient(data, command=(*COMMAND, "--unchecked"))
    with pytest.raises(ModelError) as failed:
        await client.use_model("doble", str(models / "twin.gguf"))
    assert failed.value.message == describe(-6).message
    assert "archivo de modelo dañado" in failed.value.message
    events = await events_of(client, "hola")
    assert kinds(events) == ["PassagesReady", "ReflectionReady", "Finished"]
    await client.close()


async def test_the_chosen_model_is_loaded_beside_the_first_turn(data: DataFolder, models: Path) -> None:
    client = EngineClient(data, command=COMMAND, model=UseModel("diminuto", str(models / "tiny.gguf")))
    await client.start()
    assert (await client.status()).model == "diminuto"
    events = await events_of(client, "hola")
    assert isinstance(events[0], PassagesReady)
    assert any(isinstance(event, Token) for event in events)
    await client.close()


async def test_cancelling_a_turn_leaves_the_loading_of_the_chosen_model_alone(data: DataFolder, models: Path) -> None:
    client = EngineClient(data, command=COMMAND, model=UseModel("lento", str(models / "slow.gguf")))
    events: list[Event] = []
    async for event in client.ask(TurnRequest("hola")):
        events.append(event)
        if isinstance(event, PassagesReady):
            await client.cancel()
    assert events[-1] == Finished("cancelled")
    async for event in client.ask(TurnRequest("hola")):
        events.append(event)
        if isinstance(event, Token):
            await client.cancel()
    assert any(isinstance(event, Token) for event in events)
    assert not any(isinstance(event, Problem) for event in events)
    await client.close()


async def test_a_chosen_model_that_fails_is_said_with_the_next_turn(data: DataFolder, models: Path) -> None:
    client = EngineClient(data, command=COMMAND, model=UseModel("página", str(models / "page.gguf")))
    await client.start()
    await asyncio.sleep(0.3)
    events = await events_of(client, "hola")
    assert isinstance(events[0], Problem)
    assert events[0].message.startswith("El modelo «página» no se pudo usar: El archivo page.gguf es una página web")
    assert composed(events)
    assert kinds(await events_of(client, "hola")) == ["PassagesReady", "ReflectionReady", "Finished"]
    await client.close()


async def test_a_chosen_model_that_crashes_costs_the_model_only(data: DataFolder, models: Path) -> None:
    twin = UseModel("doble", str(models / "twin.gguf"))
    client = EngineClient(data, command=(*COMMAND, "--unchecked"), model=twin)
    await client.start()
    events = await events_of(client, "hola")
    problems = [event for event in events if isinstance(event, Problem)]
    assert [problem.message for problem in problems] == [describe(-6).message]
    assert "sin el modelo" in problems[0].remedy
    assert composed(events)
    await client.close()
