"""The worker process by itself, over its pipes: descriptors, log, signals, lanes, and the real parts put together."""

from __future__ import annotations

import json
import queue
import re
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reflexiona.domain import TurnRequest
from reflexiona.engine.process import WORKER, worker_environment
from reflexiona.engine.protocol import (
    Ask,
    Cancel,
    Message,
    Ready,
    Reindex,
    Search,
    Shutdown,
    Status,
    UseModel,
    decode,
    encode,
)
from reflexiona.engine.service import Emit, Lane
from reflexiona.engine.streams import LONGEST_LOG
from reflexiona.events import (
    Event,
    Finished,
    ModelReady,
    Notice,
    PassagesReady,
    Problem,
    Progress,
    ReadingReady,
    ReflectionReady,
    SearchReady,
    StatusReady,
    Token,
)
from reflexiona.paths import DataFolder
from tests.support.tiny_gguf import write_tiny

SCRIPTED = (sys.executable, str(Path(__file__).parent / "support" / "scripted_worker.py"))

pytestmark = pytest.mark.slow


class Pipes:
    """A worker process, spoken to directly."""

    def __init__(self, command: tuple[str, ...], home: Path) -> None:
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=worker_environment(DataFolder(home)),
        )
        self._last = 0

    def send(self, content: Any) -> int:
        assert self.process.stdin
        self._last += 1
        self.process.stdin.write(encode(Message(self._last, content)))
        self.process.stdin.flush()
        return self._last

    def read(self) -> Message:
        assert self.process.stdout
        return decode(self.process.stdout.readline())

    def answer(self, content: Any) -> list[Event]:
        """The events that answer a request, `Finished` included."""
        number = self.send(content)
        found: list[Event] = []
        while not found or not isinstance(found[-1], Finished):
            message = self.read()
            if message.id == number:
                found.append(message.content)
        return found

    def end(self) -> tuple[int, bytes, bytes]:
        """Closes its input and returns its exit code and what else it said."""
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err


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


def ask(text: str) -> Ask:
    return Ask(TurnRequest(text))


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


# --- one lane by itself


class Echo:
    """Work that waits for a sign in the middle."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.started = threading.Event()
        self.stopped = threading.Event()
        self.skipped: list[Any] = []

    def answer(self, content: Any, emit: Emit) -> Iterator[Event]:
        emit(Notice(f"empieza {content}"))
        self.started.set()
        assert self.go.wait(10)
        yield Token("parado" if self.stopped.is_set() else "entero")

    def expect(self, content: Any) -> None: ...

    def skip(self, content: Any) -> None:
        self.skipped.append(content)

    def stop(self) -> None:
        self.stopped.set()

    def resume(self) -> None:
        self.stopped.clear()


class Silent:
    def fault(self, error: BaseException) -> None: ...


def test_a_lane_cancels_only_what_was_meant() -> None:
    sent: queue.SimpleQueue[Message] = queue.SimpleQueue()
    work = Echo()
    lane = Lane(work, sent.put, Silent())
    thread = threading.Thread(target=lane.run)
    thread.start()
    for number in (1, 2, 3):
        lane.put(Message(number, f"n{number}"))
    assert work.started.wait(10)
    lane.cancel(2)
    lane.cancel(99)
    lane.cancel(1)
    work.go.set()
    lane.end()
    thread.join(10)
    lane.cancel(3)
    said = [sent.get() for _ in range(sent.qsize())]
    assert said == [
        Message(1, Notice("empieza n1")),
        Message(1, Token("parado")),
        Message(1, Finished("done")),
        Message(2, Finished("cancelled")),
        Message(3, Notice("empieza n3")),
        Message(3, Token("entero")),
        Message(3, Finished("done")),
    ]
    assert work.skipped == ["n2"]
    assert not work.stopped.is_set()


# --- the real parts


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipes]:
    pipes = Pipes(WORKER, tmp_path_factory.mktemp("real") / "datos")
    assert pipes.read() == Message(0, Ready())
    yield pipes
    assert pipes.end()[0] == 0


SITUATION = (
    "Le hice la identidad completa a una cafetería en abril. 1.450 €, factura a 30 días. Estamos en julio y desde hace "
    "dos semanas ni abre los whatsapps. Encima he visto que ya tiene el rótulo puesto con mi logo."
)


def test_a_turn_through_the_real_parts(real: Pipes) -> None:
    events = real.answer(ask(SITUATION))
    assert [type(event) for event in events[:2]] == [ReadingReady, PassagesReady]
    assert events[-1] == Finished("done", events[-1].ms)  # type: ignore[union-attr]
    passages = next(event for event in events if isinstance(event, PassagesReady))
    assert len(passages.hits) >= 3
    final = next(event for event in events if isinstance(event, ReflectionReady))
    assert final.reflection.composed
    assert re.search(r"\[\d+\]", final.reflection.text)


def test_a_search_and_the_status_of_the_real_parts(real: Pipes) -> None:
    found = real.answer(Search("anticipo antes de empezar", 3))[0]
    assert isinstance(found, SearchReady)
    assert 1 <= len(found.hits) <= 3
    status = real.answer(Status(complete=True))[0]
    assert isinstance(status, StatusReady)
    assert status.generation == "g0001"
    assert status.passages > 100
    assert status.encoder.startswith("encoder-")
    assert dict(status.versions)["llama-cpp-python"] == "0.3.36"


def test_a_turn_with_a_real_model_through_the_real_parts(real: Pipes, tmp_path: Path) -> None:
    loaded = real.answer(UseModel("diminuto", str(write_tiny(tmp_path / "tiny.gguf"))))
    assert ModelReady("diminuto") in loaded
    events = real.answer(ask(SITUATION))
    assert events[-1] == Finished("done", events[-1].ms)  # type: ignore[union-attr]
    reading = [event.fraction for event in events if isinstance(event, Progress) and event.phase.startswith("leyendo")]
    assert reading[0] == 0.0
    assert reading[-1] == 1.0
    assert any(isinstance(event, Token) for event in events)
    final = next(event for event in events if isinstance(event, ReflectionReady))
    assert final.reflection.model
    assert final.reflection.model.name == "diminuto"
    assert ModelReady("") in real.answer(UseModel("", ""))


def test_a_model_that_fails_while_a_turn_waits_for_it_costs_the_model_only(real: Pipes, tmp_path: Path) -> None:
    loading = real.send(UseModel("doble", str(write_tiny(tmp_path / "twin.gguf", twin=True))))
    events = real.answer(ask(SITUATION))
    assert events[-1].status == "done"  # type: ignore[union-attr]
    assert next(event for event in events if isinstance(event, ReflectionReady)).reflection.composed
    real.send(Cancel(loading))
    status = real.answer(Status())[0]
    assert isinstance(status, StatusReady)
    assert status.model == ""


def test_reindexing_goes_through_the_library_into_a_new_generation(real: Pipes) -> None:
    before = real.answer(Status(complete=True))[0]
    events = real.answer(Reindex())
    assert events[-1] == Finished("done")
    assert next(event.phase for event in events if isinstance(event, Progress)) == "cargando sentence-transformers"
    after = real.answer(Status())[0]
    assert isinstance(before, StatusReady)
    assert isinstance(after, StatusReady)
    assert after.generation > before.generation
    assert real.answer(ask(SITUATION))[-1].status == "done"  # type: ignore[union-attr]


def test_what_keeps_the_real_worker_from_starting_is_its_first_line(tmp_path: Path) -> None:
    home = tmp_path / "datos"
    home.write_text("no es una carpeta")
    pipes = Pipes(WORKER, home)
    message = pipes.read()
    assert message.id == 0
    assert isinstance(message.content, Problem)
    assert message.content.message.startswith(f"No se puede usar la carpeta de datos {home}")
    assert pipes.end()[0] == 1


def test_settings_that_cannot_be_read_are_its_first_line(tmp_path: Path) -> None:
    (tmp_path / "ajustes.toml").write_text("modelo = ")
    pipes = Pipes(WORKER, tmp_path)
    assert "ajustes.toml" in pipes.read().content.message
    assert pipes.end()[0] == 4


def test_a_file_lying_about_in_the_working_folder_is_not_imported(tmp_path: Path) -> None:
    (tmp_path / "msgspec.py").write_text("raise SystemExit('tomado')")
    environment = worker_environment(DataFolder(tmp_path))
    run = subprocess.run(WORKER, cwd=tmp_path, input=b"", capture_output=True, env=environment, check=False)
    assert json.loads(run.stdout.splitlines()[0])["type"] == "Ready"
