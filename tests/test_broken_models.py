"""A corpus of broken model files: one clear sentence each, a code that is not 0, and the engine lives on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reflexiona.domain import TurnRequest
from reflexiona.engine.client import EngineClient
from reflexiona.errors import ExitCode, ModelError, ReflexionaError
from reflexiona.events import Event, Problem, ReflectionReady
from reflexiona.models.preflight import inspect_gguf
from reflexiona.models.registry import ModelRegistry
from reflexiona.paths import DataFolder
from tests.support.broken_gguf import broken_files, cut_anywhere, flipped_headers
from tests.support.program import reflexiona
from tests.support.tiny_gguf import write_tiny

WRONG = ("doble", "otra_familia", "pagina", "cortado_0.6", "version_4", "vacio", "en_partes", "bert")


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    return tuple(broken_files(tmp_path_factory.mktemp("rotos")))


def refusal(registry: ModelRegistry, path: Path) -> str:
    with pytest.raises(ReflexionaError) as refused:
        registry.import_file(path)
    assert refused.value.exit_code == ExitCode.BAD_INPUT
    assert refused.value.remedy
    return refused.value.message


def test_every_one_is_refused_with_one_sentence_of_its_own(home: Path, broken: tuple[Path, ...]) -> None:
    data = DataFolder(home)
    said = {path.name: refusal(ModelRegistry(data), path) for path in broken}
    assert len(said) == 44
    for name, message in said.items():
        assert message.isprintable(), name
        assert message.endswith((".", ").")), name
        assert message.count(". ") == 0, name
    assert len(set(said.values())) >= 40
    assert not data.models.exists() or list(data.models.iterdir()) == []


def test_a_file_cut_anywhere_is_refused(home: Path, tmp_path: Path) -> None:
    for path in cut_anywhere(write_tiny(tmp_path / "sano.gguf"), tmp_path, 40, seed=3):
        assert "incompleto" in refusal(ModelRegistry(DataFolder(home)), path) or path.stat().st_size < 256
        path.unlink()


@pytest.mark.slow
def test_the_program_says_it_and_keeps_nothing(home: Path, broken: tuple[Path, ...]) -> None:
    for path in (path for path in broken if path.stem in WRONG):
        run = reflexiona(home, "modelos", "importa", str(path))
        assert (run.returncode, run.stdout) == (ExitCode.BAD_INPUT, ""), path.name
        assert len(run.stderr.splitlines()) == 1, run.stderr
    assert json.loads(reflexiona(home, "modelos", "lista", "--json").stdout)["installed"][1:] == []


@pytest.mark.slow
async def test_one_engine_meets_them_all_and_lives(home: Path, broken: tuple[Path, ...], tmp_path: Path) -> None:
    """The files go straight to the engine, as if the registry had let them through; flipped headers too."""
    engine = EngineClient(DataFolder(home))
    sound = write_tiny(tmp_path / "sano.gguf")
    refused: list[str] = []
    try:
        await engine.start()
        first = engine.pid
        for path in (*broken, *flipped_headers(sound, tmp_path, 25, seed=5)):
            try:
                await engine.use_model(path.stem, str(path))
            except ModelError as error:
                refused.append(error.message)
        assert len(refused) >= len(broken)
        assert all(message.isprintable() and message.endswith(".") for message in refused)
        await engine.use_model("sano", str(sound))
        events: list[Event] = [event async for event in engine.ask(TurnRequest("Me debe tres facturas y no contesta"))]
        assert [event for event in events if isinstance(event, Problem)] == []
        (answer,) = (event for event in events if isinstance(event, ReflectionReady))
        assert not answer.reflection.composed
        assert first is not None
    finally:
        await engine.close()


def test_a_header_check_never_reads_the_weights(tmp_path: Path) -> None:
    """A file of 40 GB, almost all of it a hole: the check is over at once, or this test would take minutes."""
    path = write_tiny(tmp_path / "sano.gguf")
    with path.open("r+b") as file:
        file.truncate(40_000_000_000)
    assert inspect_gguf(path).size == 40_000_000_000
