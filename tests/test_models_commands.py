"""`reflexiona modelos` in the real program: listing, verifying, memory, removing; and none of it asks for a network."""

from __future__ import annotations

import json
import os
import re
import shlex
from pathlib import Path

import pytest

from reflexiona.errors import BadInputError, ExitCode, ModelError
from reflexiona.models.catalogue import load_catalogue
from reflexiona.models.download.events import Manner
from reflexiona.models.installing import Installation
from reflexiona.models.registry import ModelRegistry
from reflexiona.paths import DataFolder
from tests.support.catalogue import write_catalogue
from tests.support.confinement import no_sockets
from tests.support.naughty_server import drop, naughty
from tests.support.program import kept, reflexiona
from tests.support.small_disk import little_memory
from tests.support.tiny_gguf import write_tiny

pytestmark = pytest.mark.slow

MEGABYTE = 1_000_000
ROOT = Path(__file__).resolve().parents[1]


NOBODYS = "~nadie-se-llama-asi/x"


@pytest.mark.parametrize(
    "arguments",
    [
        ("modelos", "importa", NOBODYS),
        ("modelos", "lista", "--catalogo", NOBODYS),
        ("corpus", "agrega", NOBODYS),
    ],
)
def test_a_home_that_there_is_not_is_one_sentence(home: Path, arguments: tuple[str, ...]) -> None:
    run = reflexiona(home, *arguments)
    assert run.returncode == ExitCode.BAD_INPUT
    assert run.stderr.strip() == f"No se entiende la ruta «{NOBODYS}». Escríbela entera, sin «~»."


def test_nor_is_one_in_the_environment_or_the_settings(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.mkdir()
    (home / "ajustes.toml").write_text(f'codificador = "{NOBODYS}"\n')
    for command in (("modelos", "lista", "--json"), ("corpus", "busca", "anticipo"), ("diagnostico",)):
        run = reflexiona(home, *command)
        assert f"No se entiende la ruta «{NOBODYS}»." in run.stdout + run.stderr
        assert "Traceback" not in run.stdout + run.stderr
    monkeypatch.setenv("REFLEXIONA_HOME", NOBODYS)
    with pytest.raises(BadInputError, match=f"«{NOBODYS}»"):
        DataFolder.locate()


def test_nothing_but_an_installation_asks_for_a_socket(home: Path, tmp_path: Path) -> None:
    confine = no_sockets()
    file = write_tiny(tmp_path / "mudo.gguf")
    for arguments in (
        ("lista",),
        ("lista", "--json"),
        ("importa", str(file)),
        ("usa", "mudo"),
        ("verifica",),
        ("mide", "--casos", "3", "--respuestas", "1"),
        ("lista",),
        ("quita", "mudo"),
    ):
        run = reflexiona(home, "modelos", *arguments, prepare=confine)
        assert run.returncode == ExitCode.DONE, (arguments, run.stderr)
    asks = reflexiona(home, "modelos", "instala", "qwen3-1.7b", prepare=confine)
    assert asks.returncode < 0  # killed: the filter works, and this is the one that asks


def test_the_list_says_what_fits_and_what_is_proposed(home: Path) -> None:
    listed = json.loads(reflexiona(home, "modelos", "lista", "--json").stdout)
    assert set(listed) == {"memory", "installed", "partial", "catalogue", "recommended", "encoders"}
    assert ([model["name"] for model in listed["installed"]], listed["partial"]) == (["incluido"], [])
    assert len(listed["catalogue"]) == 9
    assert {entry["tested"] for entry in listed["catalogue"]} == {False}
    assert {entry["fit"] for entry in listed["catalogue"]} <= {"cabe", "cabe_si_se_libera", "no_cabe", "no_se_sabe"}
    shown = reflexiona(home, "modelos", "lista").stdout
    assert shown.count("no probado por nosotros: mídelo con «reflexiona modelos mide»") == 9
    assert "Para descargar, equipos de 16 GB" in shown


def test_by_the_readme_alone_from_a_file_to_an_answer(home: Path, tmp_path: Path) -> None:
    """The commands under «Traer uno a mano», in their order, as they stand there."""
    page = (ROOT / "models" / "README.md").read_text(encoding="utf-8").split("## Traer uno a mano")[1].split("\n## ")[0]
    lines = re.findall(r"^    reflexiona (.+)$", page, re.MULTILINE)
    assert [line.split()[0] for line in lines] == ["modelos", "modelos", "preguntar"]
    file, said = write_tiny(tmp_path / "Mi modelo.gguf"), ""
    for line in lines:
        words = [str(file) if word == "ruta/al/modelo.gguf" else word for word in shlex.split(line)]
        run = reflexiona(home, *(said.strip() if word == "NOMBRE" else word for word in words))
        assert run.returncode == ExitCode.DONE, run.stderr
        said = run.stdout
    (case,) = kept(home)
    reflection = case.turns[0].reflection
    assert reflection is not None
    assert reflection.model is not None
    assert (reflection.model.name, reflection.composed) == ("mi-modelo", False)


def test_another_catalogue_that_is_broken_is_one_sentence(home: Path, tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text("version = ")
    run = reflexiona(home, "modelos", "lista", "--catalogo", str(tmp_path / "c.toml"))
    assert (run.returncode, run.stdout, len(run.stderr.splitlines())) == (ExitCode.BAD_INPUT, "", 1)


def test_verifying_finds_a_changed_byte_and_forgives_a_touch(home: Path, tmp_path: Path) -> None:
    file = write_tiny(tmp_path / "mudo.gguf")
    assert reflexiona(home, "modelos", "importa", str(file)).returncode == ExitCode.DONE
    registry = ModelRegistry(DataFolder(home))
    os.utime(file)
    assert not registry.installed()[0].unchanged
    assert reflexiona(home, "modelos", "usa", "mudo").returncode == ExitCode.BAD_INPUT
    run = reflexiona(home, "modelos", "verifica")
    assert (run.returncode, run.stdout) == (ExitCode.DONE, "mudo  está entero\n")
    assert registry.installed()[0].unchanged
    with file.open("r+b") as damaged:
        damaged.seek(-100, os.SEEK_END)
        damaged.write(b"\xff\xfe")
    run = reflexiona(home, "modelos", "verifica", "mudo")
    assert run.returncode == ExitCode.FAILED
    assert run.stdout.startswith("mudo  está dañado")
    assert reflexiona(home, "modelos", "verifica", "otro").returncode == ExitCode.NOT_FOUND


def test_a_stopped_download_can_be_removed(home: Path) -> None:
    with naughty(b"GGUF" + bytes(400_000), drop(0.5)) as server:
        catalogue = load_catalogue(write_catalogue(home.parent / "c.toml", server.port, server.body))
        impatient = Manner(silence=1, tries=1, pause=0.01)
        installation = Installation(DataFolder(home), catalogue.entries[0], lambda seen: False, manner=impatient)
        with pytest.raises(ModelError, match="La conexión se cortó al"):
            list(installation.events())
    assert len(json.loads(reflexiona(home, "modelos", "lista", "--json").stdout)["partial"]) == 1
    run = reflexiona(home, "modelos", "quita", "diminuto")
    assert (run.returncode, run.stderr) == (ExitCode.DONE, "Quitado lo que había de la descarga de diminuto.\n")
    assert reflexiona(home, "modelos", "quita", "diminuto").returncode == ExitCode.NOT_FOUND


def test_a_model_larger_than_the_machine_is_refused_before_it_is_read(home: Path, tmp_path: Path) -> None:
    """A hole as large as the machine's memory and more, behind a sound model."""
    path = write_tiny(tmp_path / "enorme.gguf")
    total = json.loads(reflexiona(home, "modelos", "lista", "--json").stdout)["memory"]["total"]
    os.truncate(path, total + 10_000 * MEGABYTE)
    run = reflexiona(home, "modelos", "importa", str(path))
    assert (run.returncode, run.stdout) == (ExitCode.BAD_INPUT, "")
    assert "no cabe en la memoria: necesita unos" in run.stderr
    assert "--a-pesar-de-la-memoria" in run.stderr
    assert len(run.stderr.splitlines()) == 1


def test_whoever_knows_better_loads_it_all_the_same(home: Path, tmp_path: Path) -> None:
    """On a machine that says it has 100 MB left. Where the system cannot be made to say so, all of it fits."""
    before = little_memory(tmp_path / "poca", 8_000 * MEGABYTE, 100 * MEGABYTE)
    poor = bool(before)
    file = write_tiny(tmp_path / "mudo.gguf")

    def run(*arguments: str, there: tuple[str, ...] = before) -> tuple[int, str]:
        done = reflexiona(home, *arguments, before=there)
        return done.returncode, done.stdout + done.stderr

    code, said = run("modelos", "importa", str(file))
    assert (code, "Cierra otros programas" in said) == ((ExitCode.BAD_INPUT, True) if poor else (ExitCode.DONE, False))
    code, said = run("modelos", "importa", str(file), "--a-pesar-de-la-memoria")
    assert code == ExitCode.DONE, said
    code, said = run("modelos", "usa", "mudo")
    assert code == (ExitCode.BAD_INPUT if poor else ExitCode.DONE)
    assert run("modelos", "usa", "mudo", "--a-pesar-de-la-memoria")[0] == ExitCode.DONE
    assert ModelRegistry(DataFolder(home)).find("mudo").heedless
    code, said = run("preguntar", "--json", "Me debe tres facturas y no contesta")
    assert code == ExitCode.DONE, said
    assert '"composed": false' in said
    assert run("modelos", "usa", "mudo", there=())[0] == ExitCode.DONE
    assert not ModelRegistry(DataFolder(home)).find("mudo").heedless
    code, said = run("preguntar", "--json", "Me debe tres facturas y no contesta")
    assert code == ExitCode.DONE, said
    assert ('"composed": true' in said) == poor
    assert ("no cabe en la memoria" in said) == poor
