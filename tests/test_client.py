"""The client with real worker processes: streams, cancels, crashes, restarts, and nothing left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from reflexiona.domain import TurnRequest
from reflexiona.engine.client import EngineClient
from reflexiona.engine.exit_reasons import describe
from reflexiona.engine.protocol import UseModel
from reflexiona.errors import EngineError, ModelError
from reflexiona.events import Event, Finished, Notice, PassagesReady, Problem, Progress, ReflectionReady, Token
from reflexiona.paths import DataFolder
from tests.support.tiny_gguf import SLOW, Shape, write_page, write_tiny

SCRIPT = str(Path(__file__).parent / "support" / "scripted_worker.py")
COMMAND = (sys.executable, SCRIPT)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("modelos")
    write_tiny(folder / "tiny.gguf", Shape(ends=False))
    write_tiny(folder / "slow.gguf", SLOW)
    write_tiny(folder / "twin.gguf", twin=True)
    write_page(folder / "page.gguf")
    return folder


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "datos")


@pytest.fixture
async def client(data: DataFolder) -> AsyncIterator[EngineClient]:
    client = EngineClient(data, command=COMMAND)
    yield client
    pid = client.pid
    await client.close()
    assert pid is None or not alive(pid)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def events_of(client: EngineClient, text: str, *, use_model: bool = True) -> list[Event]:
    return [event async for event in client.ask(TurnRequest(text, use_model=use_model))]


def kinds(events: list[Event]) -> list[str]:
    return [type(event).__name__ for event in events]


def composed(events: list[Event]) -> bool:
    return any(isinstance(event, ReflectionReady) and event.reflection.composed for event in events)


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


async def test_a_worker_that_does_not_obey_is_killed_and_started_again(data: DataFolder) -> None:
    client = EngineClient(data, command=COMMAND, patience=0.3)
    events: list[Event] = []
    async for event in client.ask(TurnRequest("sordo")):
        events.append(event)
        if isinstance(event, Token):
            await client.cancel()
    assert kinds(events) == ["PassagesReady", "Token", "Problem", "Finished"]
    assert "dejó de responder" in str(events[2])
    assert events[-1] == Finished("cancelled")
    assert kinds(await events_of(client, "hola")) == ["PassagesReady", "ReflectionReady", "Finished"]
    await client.close()


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


# --- starting and ending


async def test_a_worker_that_cannot_start_says_why(data: DataFolder) -> None:
    for command, message in (
        ((*COMMAND, "--broken"), "No se puede usar la carpeta de datos."),
        ((sys.executable, "-c", "raise SystemExit(7)"), "El motor no pudo arrancar (código 7)."),
        ((sys.executable, "-c", "print('hola')"), "El motor no pudo arrancar. Lo que respondió no es el motor"),
        (("/no/existe/python",), "No se pudo arrancar el motor"),
    ):
        client = EngineClient(data, command=command)
        with pytest.raises(EngineError, match=r"^") as failed:
            await client.start()
        assert failed.value.message.startswith(message)
        assert client.pid is None
        await client.close()


async def test_closing_leaves_no_process(data: DataFolder, models: Path) -> None:
    client = EngineClient(data, command=COMMAND)
    await client.use_model("lento", str(models / "slow.gguf"))
    pid = client.pid
    running = asyncio.create_task(events_of(client, "hola"))
    await asyncio.sleep(0.1)
    await client.close()
    await client.close()
    assert pid
    assert not alive(pid)
    assert (await running)[-1] == Finished("cancelled")
    with pytest.raises(EngineError, match="El motor está cerrado"):
        await events_of(client, "hola")


async def test_the_worker_sees_only_what_it_needs_of_the_environment(
    data: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRETO_DEL_BANCO", "1234")
    monkeypatch.setenv("HTTPS_PROXY", "http://example.invalid")
    client = EngineClient(data, command=COMMAND)
    names = next(event.text for event in await events_of(client, "entorno") if isinstance(event, Notice)).split()
    assert not {"SECRETO_DEL_BANCO", "HTTPS_PROXY"} & set(names)
    assert {"REFLEXIONA_HOME", "OMP_WAIT_POLICY", "OPENBLAS_NUM_THREADS", "HF_HUB_OFFLINE"} <= set(names)
    await client.close()


# --- reasons


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (-6, "archivo de modelo dañado"),
        (-9, "falta de memoria"),
        (-11, "fallo de memoria"),
        (-4, "este procesador no tiene"),
        (-7, "el disco falló"),
        (-15, "Otro programa cerró el motor"),
        (-1, "señal SIGHUP"),
        (-99, "señal 99"),
        (0, "sin decir por qué"),
        (3, "código 3"),
        (0xC000001D, "este procesador no tiene"),
    ],
)
def test_every_end_has_a_sentence(code: int, said: str) -> None:
    assert said in describe(code).message
