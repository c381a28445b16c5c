"""The worker with its real parts: a turn, a search, a model, a new index; and what keeps it from starting."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from reflexiona.engine.process import WORKER, worker_environment
from reflexiona.engine.protocol import (
    Cancel,
    Message,
    Ready,
    Reindex,
    Search,
    Status,
    UseModel,
)
from reflexiona.events import (
    Finished,
    ModelReady,
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
from tests.support.pipes import Pipes, ask
from tests.support.tiny_gguf import write_tiny

pytestmark = pytest.mark.slow


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
