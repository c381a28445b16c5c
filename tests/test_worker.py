"""The worker process by itself, over its pipes: descriptors, log, signals."""

from __future__ import annotations

import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from reflexiona.engine.process import WORKER
from reflexiona.engine.protocol import (
    Cancel,
    Message,
    Ready,
    Shutdown,
    Status,
    UseModel,
)
from reflexiona.engine.streams import LONGEST_LOG
from reflexiona.events import (
    Finished,
    Problem,
    StatusReady,
    Token,
)
from tests.support.pipes import SCRIPTED, Pipes, ask
from tests.support.tiny_gguf import write_tiny

pytestmark = pytest.mark.slow


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "datos"


@pytest.fixture
def scripted(home: Path) -> Iterator[Pipes]:
    pipes = Pipes(SCRIPTED, home)
    assert pipes.read() == Message(0, Ready())
    yield pipes
    pipes.process.kill()
    pipes.process.communicate()


def log_of(home: Path) -> str:
    return (home / "registro" / "motor.log").read_text()


def test_noise_goes_to_the_log_and_never_into_the_protocol(scripted: Pipes, home: Path) -> None:
    assert scripted.answer(ask("ruido y nada más"))[-1] == Finished("done")
    assert scripted.end() == (0, b"", b"")
    assert "texto de una biblioteca" in log_of(home)
    assert "ruido nativo" in log_of(home)
    assert stat.S_IMODE((home / "registro" / "motor.log").stat().st_mode) == 0o600
    assert stat.S_IMODE((home / "registro").stat().st_mode) == 0o700


def test_an_error_costs_one_request_and_leaves_no_word_in_the_log(scripted: Pipes, home: Path) -> None:
    failed = scripted.answer(ask("falla con un secreto: mi clienta Ana"))
    assert failed[-2:] == [
        Problem("Algo falló dentro de Reflexiona (ValueError).", "Vuelve a intentarlo."),
        Finished("error"),
    ]
    refused = scripted.answer(ask("rechaza"))
    assert refused[-2:] == [Problem("No hay texto que leer.", "Escribe algo."), Finished("error")]
    assert scripted.answer(ask("hola"))[-1] == Finished("done")
    assert "ValueError: scripted_worker.py" in log_of(home)
    assert "secreto" not in log_of(home)


def test_the_log_has_a_bound(home: Path) -> None:
    log = home / "registro" / "motor.log"
    log.parent.mkdir(parents=True)
    log.write_bytes(b"x" * (LONGEST_LOG + 1))
    pipes = Pipes(SCRIPTED, home)
    pipes.read()
    pipes.answer(ask("falla"))
    pipes.end()
    assert log.with_name("motor.log.1").stat().st_size == LONGEST_LOG + 1
    assert log.stat().st_size < 1000


def test_it_ends_when_the_face_goes_even_in_the_middle_of_something(scripted: Pipes) -> None:
    scripted.send(ask("sordo"))
    while not isinstance(scripted.read().content, Token):
        pass
    assert scripted.end()[0] == 0


def test_it_ends_when_it_is_told_to(scripted: Pipes) -> None:
    scripted.send(Shutdown())
    assert scripted.process.wait(timeout=20) == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, -15), (signal.SIGINT, 0)])
def test_it_ends_on_a_signal_but_leaves_ctrl_c_to_the_face(number: signal.Signals, code: int, home: Path) -> None:
    worker = Pipes(WORKER, home)
    worker.read()
    worker.process.send_signal(number)
    if number is signal.SIGINT:
        assert worker.answer(Status())[-1] == Finished("done")
    assert worker.end()[0] == code


def test_a_line_of_another_version_ends_it_with_a_sentence(scripted: Pipes) -> None:
    assert scripted.process.stdin
    scripted.process.stdin.write(b'{"v":99,"id":1,"type":"Status","body":{}}\n')
    scripted.process.stdin.flush()
    message = scripted.read()
    assert message.id == 0
    assert "misma versión" in message.content.message
    assert scripted.process.wait(timeout=20) == 1


def test_a_model_loads_beside_a_turn_and_a_load_can_be_cancelled(scripted: Pipes, tmp_path: Path) -> None:
    path = str(write_tiny(tmp_path / "tiny.gguf"))
    number = scripted.send(UseModel("diminuto", path))
    written = scripted.answer(ask("hola"))
    assert any(isinstance(event, Token) for event in written)
    assert written[-1] == Finished("done")
    scripted.send(Cancel(number))
    first, second = scripted.send(UseModel("otro", path)), scripted.send(UseModel("tercero", path))
    scripted.send(Cancel(second))
    ends: dict[int, Finished] = {}
    while not {first, second} <= set(ends):
        message = scripted.read()
        if isinstance(message.content, Finished):
            ends[message.id] = message.content
    assert ends[first] == Finished("done")
    status = scripted.answer(Status())[0]
    assert isinstance(status, StatusReady)
    assert (status.model == "otro") == (ends[second].status == "cancelled")
    assert scripted.answer(ask("hola"))[-1] == Finished("done")
