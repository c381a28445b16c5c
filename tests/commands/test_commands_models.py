"""Models as a person brings, uses and loses them: real processes, a real worker, a data folder of their own."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from reflexiona.cli.machine import family
from reflexiona.errors import ExitCode
from reflexiona.models.registry import ModelRegistry
from reflexiona.paths import DataFolder
from reflexiona.settings import load_settings
from tests.support.commands import SLOW_ENOUGH, TEXT, kept
from tests.support.program import Run, environment
from tests.support.tiny_gguf import write_cut, write_page, write_tiny

pytestmark = pytest.mark.slow


def test_a_model_comes_is_used_and_goes(reflexiona: Callable[..., Run], place: DataFolder, tmp_path: Path) -> None:
    file = write_tiny(tmp_path / "Diminuto v1.gguf")
    run = reflexiona("modelos", "importa", str(file))
    assert (run.returncode, run.stdout) == (ExitCode.DONE, "diminuto-v1\n"), run.stderr
    assert reflexiona("modelos", "usa", "diminuto-v1").returncode == ExitCode.DONE
    _, model = json.loads(reflexiona("modelos", "lista", "--json").stdout)["installed"]
    assert (model["name"], model["in_use"], model["template"]) == ("diminuto-v1", True, "chatml")

    answer = json.loads(reflexiona("preguntar", "--json", TEXT).stdout)
    assert answer["model"]["name"] == "diminuto-v1"
    assert answer["composed"] is False
    assert answer["reflection"]
    assert json.loads(reflexiona("preguntar", "--json", "--sin-modelo", TEXT).stdout)["model"] is None

    file.unlink()
    assert reflexiona("modelos", "quita", "diminuto-v1").returncode == ExitCode.DONE
    assert load_settings(place.settings).model == "incluido"
    assert ModelRegistry(place).installed() == ()


def test_files_that_are_no_model(reflexiona: Callable[..., Run], place: DataFolder, tmp_path: Path) -> None:
    files = [write_page(tmp_path / "pagina.gguf"), write_cut(tmp_path / "cortado.gguf")]
    for file in [*files, write_tiny(tmp_path / "doble.gguf", twin=True), tmp_path / "nada.gguf"]:
        run = reflexiona("modelos", "importa", str(file))
        assert (run.returncode, run.stdout) == (ExitCode.BAD_INPUT, "")
        assert len(run.stderr.splitlines()) == 1
    assert ModelRegistry(place).installed() == ()


def test_a_model_that_fails_its_trial_is_not_kept(
    reflexiona: Callable[..., Run], place: DataFolder, tmp_path: Path
) -> None:
    file = write_tiny(tmp_path / "otro.gguf")
    run = reflexiona("modelos", "importa", str(file), "--plantilla", "llama3")
    assert (run.returncode, run.stdout) == (ExitCode.BAD_INPUT, "")
    assert "no pasó la prueba" in run.stderr
    assert ModelRegistry(place).installed() == ()
    assert file.exists()


def test_a_chosen_model_that_is_gone_is_said(reflexiona: Callable[..., Run], place: DataFolder) -> None:
    place.settings.write_text('modelo = "fantasma"\n')
    try:
        run = reflexiona("preguntar", "--temporal", TEXT)
        assert run.returncode == ExitCode.DONE
        assert "«fantasma»" in run.stderr
        assert "se compone con los artículos" in run.stderr
    finally:
        place.settings.unlink()


def test_an_answer_that_fails_half_way_is_said_and_kept(reflexiona: Callable[..., Run], place: DataFolder) -> None:
    place.settings.write_text('codificador = "/no/hay"\n')
    try:
        run = reflexiona("preguntar", "--sin-modelo", "--json", TEXT)
    finally:
        place.settings.unlink()
    assert run.returncode == ExitCode.FAILED
    assert "/no/hay" in run.stderr
    answer = json.loads(run.stdout)
    assert answer["scenarios"][0]["id"] == "impago_o_pago_tardio"
    assert [turn.status for turn in kept(place, answer["conversation"]).turns] == ["error"]


def test_interrupting_keeps_what_was_written_and_ends_the_worker(
    reflexiona: Callable[..., Run], place: DataFolder, tmp_path: Path
) -> None:
    assert (
        reflexiona("modelos", "importa", str(write_tiny(tmp_path / "lento.gguf", SLOW_ENOUGH))).returncode
        == ExitCode.DONE
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "reflexiona", "preguntar", "--modelo", "lento", TEXT],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(place.root),
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("escribiendo"):
            break
    (_, worker) = family(process.pid)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == ExitCode.INTERRUPTED
    end = time.monotonic() + 10
    while Path(f"/proc/{worker}").exists() and time.monotonic() < end:
        time.sleep(0.05)
    assert not Path(f"/proc/{worker}").exists()
    (line,) = [line for line in err.splitlines() if "queda guardado como" in line]
    (turn,) = kept(place, line.split()[-1].rstrip(".")).turns
    assert turn.status == "cancelled"
    assert turn.reading
    assert turn.reflection
    assert (turn.reflection.complete, bool(turn.reflection.text)) == (False, True)
    ModelRegistry(place).remove("lento")
