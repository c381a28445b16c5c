"""The commands for the person's own documents, as processes: taken in, found, answered with, taken out for good."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from stat import S_IMODE

import pytest

from reflexiona.documents.shelf import DocumentShelf
from reflexiona.errors import ExitCode
from reflexiona.indexing.generations import IndexFolder
from reflexiona.paths import DataFolder
from tests.support.papers import locked, pdf

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
CONTRACT = """# Acuerdo con la Zarzaparrilla Editores

Fecha: 4 de marzo de 2026

La editorial Zarzaparrilla encarga veinte xilografías para un libro de cuentos. Se pagan 1.450 euros en tres plazos: a
la firma, con los bocetos y a la entrega. Cada xilografía admite una sola ronda de cambios sobre el boceto.
"""
ASKED = "Zarzaparrilla no me paga el segundo plazo de las xilografías y encima quiere otra ronda de cambios del boceto"
WORDS = ("zarzaparrilla", "xilograf", "acuerdo-con")
Run = subprocess.CompletedProcess[str]


@pytest.fixture
def data(home: Path) -> DataFolder:
    return DataFolder(home)


@pytest.fixture
def reflexiona(home: Path) -> Callable[..., Run]:
    def run(*arguments: str | Path) -> Run:
        return subprocess.run(
            [sys.executable, "-m", "reflexiona", *map(str, arguments)],
            capture_output=True,
            text=True,
            env=environment(home),
            timeout=240,
            check=False,
        )

    return run


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "REFLEXIONA_HOME": str(home), "PYTHONUTF8": "1"}


def holding(data: DataFolder) -> dict[str, list[str]]:
    """The files of the data folder that hold one of the words, in any case, in UTF-8 or in UTF-16."""
    found: dict[str, list[str]] = {}
    for path in data.root.rglob("*"):
        raw = path.read_bytes().lower() if path.is_file() else b""
        words = [w for w in WORDS if w.encode() in raw or w.encode("utf-16-le") in raw or w in path.name.lower()]
        if words:
            found[path.relative_to(data.root).parts[0]] = words
    return found


def test_taken_in_found_answered_with_and_taken_out(
    reflexiona: Callable[..., Run], data: DataFolder, tmp_path: Path
) -> None:
    path = tmp_path / "Acuerdo con ellos.md"
    path.write_text(CONTRACT, encoding="utf-8")
    run = reflexiona("corpus", "agrega", path)
    assert (run.returncode, run.stdout) == (
        ExitCode.DONE,
        "propio-acuerdo-con-ellos Acuerdo con la Zarzaparrilla Editores · 2026-03-04 · nuevo\n",
    )
    assert "Índice al día" in run.stderr

    listed = json.loads(reflexiona("corpus", "lista", "--json").stdout)
    assert [row["id"] for row in listed if row["own"]] == ["propio-acuerdo-con-ellos"]
    assert set(listed[-1]) == {"id", "title", "passages", "scenarios", "points", "own"}
    assert "documento propio" in reflexiona("corpus", "lista").stdout.splitlines()[-1]

    found = json.loads(reflexiona("corpus", "busca", "xilografias", "--json").stdout)
    assert (found[0]["article"], found[0]["own"]) == ("propio-acuerdo-con-ellos", True)
    assert "documento propio" in reflexiona("corpus", "busca", "xilografias").stdout.splitlines()[0]

    answer = json.loads(reflexiona("preguntar", "--sin-modelo", "--json", ASKED).stdout)
    (own,) = [passage for passage in answer["passages"] if passage["own"]]
    assert own["id"] == "propio-acuerdo-con-ellos#1"
    assert f"[{own['n']}]" in answer["reflection"]
    told = reflexiona("preguntar", "--sin-modelo", "--temporal", ASKED).stdout
    assert "(documento propio)" in told
    assert set(holding(data)) == {"documentos", "indice", "conversaciones.sqlite3"}
    assert {S_IMODE(one.stat().st_mode) for one in data.root.rglob("*")} == {0o700, 0o600}

    assert reflexiona("corpus", "agrega", path).stderr.splitlines()[-1] == (
        "Ya estaba: Acuerdo con ellos.md (propio-acuerdo-con-ellos)."
    )
    reflexiona("casos", "borra", answer["conversation"], "--si")
    kept = json.loads(
        reflexiona("preguntar", "--sin-modelo", "--json", "La editorial no me paga el segundo plazo").stdout
    )
    run = reflexiona("corpus", "quita", "acuerdo")
    assert run.returncode == ExitCode.DONE, run.stderr
    assert "El archivo de donde vino no se toca" in run.stderr
    assert holding(data) == {}
    assert path.exists()
    assert reflexiona("casos", "muestra", kept["conversation"]).returncode == ExitCode.DONE
    assert reflexiona("corpus", "quita", "acuerdo").returncode == ExitCode.NOT_FOUND
    assert reflexiona("corpus", "quita", "impago").returncode == ExitCode.NOT_FOUND
    assert not any(row["own"] for row in json.loads(reflexiona("corpus", "lista", "--json").stdout))


def test_what_a_case_repeats_of_it_goes_too(reflexiona: Callable[..., Run], data: DataFolder, tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(CONTRACT.replace("acuerdo con", "trato con"), encoding="utf-8")
    assert reflexiona("corpus", "agrega", path).returncode == ExitCode.DONE
    text = "Me deben dinero: no me pagan el segundo de los tres plazos y quieren otra ronda de cambios sobre el boceto"
    answer = json.loads(reflexiona("preguntar", "--sin-modelo", "--json", text).stdout)
    assert any(passage["own"] for passage in answer["passages"])
    run = reflexiona("corpus", "quita", "propio-a")
    assert "También se quitó de 1 respuesta guardada" in run.stderr
    shown = reflexiona("casos", "muestra", answer["conversation"], "--json").stdout
    assert "Documento quitado" in shown
    assert len(json.loads(shown)["turns"][0]["passages"]) == len(answer["passages"])
    assert holding(data) == {}


def test_while_another_window_reads_the_old_index_what_is_left_of_it_is_said(
    reflexiona: Callable[..., Run], data: DataFolder, tmp_path: Path
) -> None:
    path = tmp_path / "a.md"
    path.write_text(CONTRACT, encoding="utf-8")
    assert reflexiona("corpus", "agrega", path).returncode == ExitCode.DONE
    index = IndexFolder(data)
    generation = index.pointed()
    assert generation
    with index.hold(generation) or pytest.fail("it may be held"):
        run = reflexiona("corpus", "quita", "propio-a")
        assert run.returncode == ExitCode.DONE
        assert "Otra ventana de Reflexiona usa todavía el índice anterior" in run.stderr
        assert set(holding(data)) == {"indice"}
    assert reflexiona("corpus", "busca", "factura").returncode == ExitCode.DONE
    assert holding(data) == {}


def test_a_folder_with_broken_files(reflexiona: Callable[..., Run], data: DataFolder, tmp_path: Path) -> None:
    folder = tmp_path / "papeles"
    folder.mkdir()
    (folder / "bien.txt").write_text("Notas de la llamada\n\nQuedó en pagar el lunes.", encoding="utf-8")
    (folder / "cerrado.pdf").write_bytes(locked(pdf([["hola"]]), "secreto"))
    (folder / "roto.docx").write_text("no soy un docx", encoding="utf-8")
    (folder / "foto.png").write_bytes(b"\x89PNG")
    run = reflexiona("corpus", "agrega", folder, tmp_path / "nada.md", *sorted((HERE / "data" / "paginas").glob("*")))
    assert run.returncode == ExitCode.DONE, run.stderr
    assert len(run.stdout.splitlines()) == 6
    skipped = [line for line in run.stderr.splitlines() if line.startswith("Saltado: ")]
    assert [line.split()[1] for line in skipped] == ["cerrado.pdf", "roto.docx", "nada.md"]
    assert "De otros tipos, sin mirar: 1 archivo." in run.stderr
    assert len(DocumentShelf(data).records()) == 6

    nothing = reflexiona("corpus", "agrega", "--json", folder / "roto.docx")
    assert nothing.returncode == ExitCode.BAD_INPUT
    (row,) = json.loads(nothing.stdout)
    assert (row["file"], row["outcome"], row["id"]) == ("roto.docx", "saltado", None)
    empty = tmp_path / "vacia"
    empty.mkdir()
    run = reflexiona("corpus", "agrega", empty)
    assert (run.returncode, run.stdout) == (ExitCode.BAD_INPUT, "")
    assert reflexiona("corpus", "agrega").returncode == ExitCode.USAGE


def test_five_hundred_documents_may_be_interrupted(
    reflexiona: Callable[..., Run], data: DataFolder, tmp_path: Path
) -> None:
    folder = tmp_path / "muchos"
    folder.mkdir()
    page = (HERE / "golden" / "paginas" / "wordpress.md").read_text(encoding="utf-8")
    for number in range(500):
        (folder / f"nota-{number:03}.md").write_text(f"# Nota {number}\n\nSobre el encargo {number}.\n\n{page}")
    process = subprocess.Popen(
        [sys.executable, "-m", "reflexiona", "corpus", "agrega", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(data.root),
    )
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(40)]
    process.send_signal(signal.SIGINT)
    rest, err = process.communicate(timeout=30)
    assert process.returncode == ExitCode.INTERRUPTED
    assert "Interrumpido tras" in err
    said = len(lines) + len(rest.splitlines())
    assert said <= len(DocumentShelf(data).records()) <= said + 1 < 500
    found = json.loads(reflexiona("corpus", "busca", "encargo", "7", "--json").stdout)
    assert found[0]["own"]

    again = reflexiona("corpus", "agrega", folder)
    assert again.returncode == ExitCode.DONE, again.stderr
    assert len(DocumentShelf(data).records()) == 500
    assert f"Ya estaban: {500 - len(again.stdout.splitlines())} archivos." in again.stderr
    assert len(list(data.index.glob("g*"))) == 1
