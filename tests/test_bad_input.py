"""What cannot be used: one Spanish sentence with what to do, the right exit code, and never a traceback."""

from __future__ import annotations

import errno
import json
import os
import re
import sqlite3
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from reflexiona.errors import ExitCode, reason
from tests.support.confinement import obeying_modes
from tests.support.program import PROGRAM, SHORT, SITUATION, Run, kept, reflexiona
from tests.support.terminal import Terminal
from tests.support.tiny_gguf import write_cut, write_page, write_tiny

pytestmark = pytest.mark.slow

BINARY = bytes(range(256)) * 8
REMEDIES = (
    "corrígelo|cuenta|mira|revisa|hace falta|elige|comprueba|vuelve|importa|añade|deja|usa|trae|indica|escribe|"
    "se puede elegir"
)
"""Every message ends by saying what to do: with one of these words."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "datos"


def refused(run: Run, code: ExitCode) -> str:
    """The one line that a refused command says."""
    assert (run.returncode, run.stdout) == (code, ""), run.stderr
    (line,) = run.stderr.splitlines()
    assert "Traceback" not in line
    assert re.search(r"[.»)]$", line), line
    assert re.search(rf"\b({REMEDIES})", line, re.IGNORECASE), f"no remedy: {line}"
    assert not re.search(r"\b(the|error|errno|invalid|file|directory|permission)\b", line, re.IGNORECASE), line
    return line


@pytest.mark.parametrize("text", ["", " \n\t\n ", "\x01\x07\u202e\x1b"], ids=["none", "blank", "unseen"])
def test_no_text(home: Path, text: str) -> None:
    line = refused(reflexiona(home, "preguntar", stdin=text), ExitCode.BAD_INPUT)
    assert line.startswith("No hay texto que leer.")
    assert refused(reflexiona(home, "preguntar", ""), ExitCode.BAD_INPUT) == line
    assert not home.exists()


def test_a_hundred_kilobytes_are_read_in_part_and_that_is_said(home: Path) -> None:
    text = "\n\n".join(f"{n}. {SITUATION}" for n in range(130))
    assert len(text.encode()) > 100_000
    run = reflexiona(home, "preguntar", "--sin-modelo", "--json", stdin=text)
    assert run.returncode == ExitCode.DONE, run.stderr
    answer = json.loads(run.stdout)
    (notice,) = [notice for notice in answer["notices"] if "salté" in notice]
    left_out = int(re.findall(r"\d+", notice.replace(".", ""))[0])
    assert left_out == len(text) - 20_000
    assert answer["passages"]
    assert all(quote in text for quote in answer["evidence"])
    assert kept(home)[0].turns[0].text == text
    told = reflexiona(home, "preguntar", "--sin-modelo", "--temporal", stdin=text)
    assert (told.returncode, notice in " ".join(told.stdout.split())) == (ExitCode.DONE, True)


def test_what_is_no_text(home: Path) -> None:
    for raw in (BINARY, "año".encode("latin-1"), b"texto\x00oculto"):
        line = refused(reflexiona(home, "preguntar", stdin=raw), ExitCode.BAD_INPUT)
        assert line.startswith("La entrada no es texto.")
    line = refused(reflexiona(home, "casos", "importa", "-", stdin=BINARY), ExitCode.BAD_INPUT)
    assert line.startswith("La entrada no es texto.")
    line = refused(reflexiona(home, "casos", "importa", "-", stdin="# Una lista de la compra\n"), ExitCode.BAD_INPUT)
    assert "Reflexiona" in line


def test_a_picture_piped_into_the_interface(home: Path, tmp_path: Path) -> None:
    (tmp_path / "foto.png").write_bytes(BINARY)
    with Terminal(home, ("sh", "-c", f"cat foto.png | {' '.join(PROGRAM)}; echo código $?")) as terminal:
        terminal.until("La entrada no es texto.")
        terminal.until(f"código {int(ExitCode.BAD_INPUT)}")


def test_files_that_are_no_model(home: Path, tmp_path: Path) -> None:
    page = refused(reflexiona(home, "modelos", "importa", str(write_page(tmp_path / "p.gguf"))), ExitCode.BAD_INPUT)
    assert "página web" in page
    cut = refused(reflexiona(home, "modelos", "importa", str(write_cut(tmp_path / "c.gguf"))), ExitCode.BAD_INPUT)
    assert cut != page
    refused(reflexiona(home, "modelos", "importa", str(tmp_path)), ExitCode.BAD_INPUT)
    refused(reflexiona(home, "modelos", "importa", str(tmp_path / "nada.gguf")), ExitCode.BAD_INPUT)
    (tmp_path / "vacío.gguf").write_bytes(b"")
    refused(reflexiona(home, "modelos", "importa", str(tmp_path / "vacío.gguf")), ExitCode.BAD_INPUT)
    twin = write_tiny(tmp_path / "t.gguf", twin=True)
    refused(reflexiona(home, "modelos", "importa", str(twin)), ExitCode.BAD_INPUT)
    assert json.loads(reflexiona(home, "modelos", "lista", "--json").stdout)["installed"][1:] == []


def test_names_that_are_not_there(home: Path) -> None:
    assert "«fantasma»" in refused(reflexiona(home, "preguntar", "--modelo", "fantasma", SHORT), ExitCode.NOT_FOUND)
    assert "«fantasma»" in refused(reflexiona(home, "modelos", "usa", "fantasma"), ExitCode.NOT_FOUND)
    refused(reflexiona(home, "modelos", "quita", "fantasma"), ExitCode.NOT_FOUND)
    for arguments in (("muestra", "zzz"), ("exporta", "zzz", "-"), ("borra", "zzz", "--si"), ("importa", "zzz.md")):
        refused(reflexiona(home, "casos", *arguments), ExitCode.NOT_FOUND)
    refused(reflexiona(home, "preguntar", "--sigue", "zzz", SHORT), ExitCode.NOT_FOUND)
    assert kept(home) == ()


@pytest.mark.parametrize(
    "arguments",
    [
        ("pregunta", SHORT),
        ("--inventada",),
        ("preguntar", "--json", "--markdown", SHORT),
        ("preguntar", "--modelo"),
        ("preguntar", "--sin-modelo", "--modelo", "x", SHORT),
        ("corpus",),
        ("corpus", "inventa"),
        ("casos", "muestra"),
        ("modelos", "usa"),
        ("evalua",),
    ],
    ids=" ".join,
)
def test_bad_usage(home: Path, arguments: tuple[str, ...]) -> None:
    line = refused(reflexiona(home, *arguments), ExitCode.USAGE)
    assert "--help" in line
    assert not home.exists()


@pytest.fixture
def locked(home: Path) -> Iterator[Path]:
    """A data folder that was used and cannot be written any more."""
    assert reflexiona(home, "preguntar", "--sin-modelo", SHORT).returncode == ExitCode.DONE
    places = [home, *(path for path in home.rglob("*") if path.is_dir())]
    for place in places:
        place.chmod(0o500)
    yield home
    for place in places:
        place.chmod(0o700)


def test_a_data_folder_that_is_read_only(locked: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in locked.rglob("*") if path.is_file()}
    model = write_tiny(tmp_path / "mudo.gguf")
    for arguments in (
        ("preguntar", SHORT),
        ("preguntar", "--sigue", kept(locked)[0].id, SHORT),
        ("casos", "lista"),
        ("corpus", "reindexa"),
        ("modelos", "importa", str(model)),
        ("modelos", "usa", "ninguno"),
    ):
        line = refused(reflexiona(locked, *arguments, prepare=obeying_modes()), ExitCode.FAILED)
        assert str(locked) in line
    with Terminal(locked, prepare=obeying_modes()) as terminal:
        terminal.until("es de solo lectura")
        assert terminal.end() == ExitCode.FAILED
    assert {path: path.read_bytes() for path in locked.rglob("*") if path.is_file()} == before


def test_a_data_folder_that_cannot_be_made(tmp_path: Path) -> None:
    place = tmp_path / "cerrada"
    place.mkdir(mode=0o500)
    for home in (place / "datos", Path("/proc/reflexiona")):
        run = reflexiona(
            tmp_path / "x", before=("env", f"REFLEXIONA_HOME={home}"), prepare=obeying_modes(), stdin=SHORT
        )
        assert str(home) in refused(run, ExitCode.FAILED)
    (tmp_path / "archivo").write_text("no es una carpeta")
    assert "archivo" in refused(reflexiona(tmp_path / "archivo", "preguntar", SHORT), ExitCode.FAILED)
    assert os.listdir(place) == []


def test_conversations_and_settings_that_are_damaged(home: Path) -> None:
    home.mkdir(mode=0o700)
    damaged = home / "conversaciones.sqlite3"
    damaged.write_bytes(b"esto no es una base de datos" * 100)
    refused(reflexiona(home, "preguntar", SHORT), ExitCode.FAILED)
    refused(reflexiona(home, "casos", "lista"), ExitCode.FAILED)
    assert damaged.read_bytes() == b"esto no es una base de datos" * 100
    damaged.unlink()
    (home / "ajustes.toml").write_text("modelo = ")
    assert "ajustes.toml" in refused(reflexiona(home, "preguntar", SHORT), ExitCode.BAD_INPUT)


def test_the_usual_reasons_are_said_in_spanish(tmp_path: Path) -> None:
    def why(act: Callable[[], object]) -> str:
        with pytest.raises((OSError, ValueError, sqlite3.Error)) as caught:
            act()
        return reason(caught.value)

    (tmp_path / "datos").write_bytes(b"\xff" * 200)
    broken = sqlite3.connect(tmp_path / "datos")
    assert why(lambda: (tmp_path / "nada").read_text()) == "no existe"
    assert why(tmp_path.read_text) == "es una carpeta"
    assert why((tmp_path / "datos" / "x").read_text) == "una parte de la ruta no es una carpeta"
    assert why(lambda: (tmp_path / "datos").read_text(encoding="utf-8")) == "no es texto en UTF-8"
    assert why(lambda: broken.execute("SELECT 1 FROM x")) == "no es una base de datos"
    assert why(lambda: tomllib.loads("a = 1\nb == 2\nc = 3")) == "la línea 2 no está bien escrita"
    assert why(lambda: tomllib.loads("a = ")) == "está a medio escribir"
    assert reason(OSError(errno.ENOSPC, "No space left on device")) == "no queda espacio en el disco"
    assert reason(OSError("otra cosa")) == "otra cosa"
