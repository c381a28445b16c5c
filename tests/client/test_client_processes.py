"""The client's worker processes: how they start, what they see, how they end, and nothing left behind."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

from reflexiona.domain import TurnRequest
from reflexiona.engine.client import EngineClient
from reflexiona.engine.exit_reasons import describe
from reflexiona.errors import EngineError
from reflexiona.events import Event, Finished, Notice, Token
from reflexiona.paths import DataFolder
from tests.support.client import COMMAND, alive, events_of, kinds

pytestmark = pytest.mark.slow


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
