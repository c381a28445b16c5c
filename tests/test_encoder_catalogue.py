"""Encoders of the catalogue: a schema that holds, a folder that comes whole or not at all, and the commands for it."""

from __future__ import annotations

import hashlib
import json
import re
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from reflexiona.adapters.encoder_folder import prefixes
from reflexiona.adapters.static_encoder import StaticEncoder
from reflexiona.errors import BadInputError, ExitCode, ModelError, NotFoundError, ReflexionaError
from reflexiona.models.catalogue import Catalogue, load_catalogue
from reflexiona.models.download.events import Manner, Remark
from reflexiona.models.encoder_installing import EncoderInstallation, EncoderInstalled, remove
from reflexiona.models.encoders import folder_of, is_here
from reflexiona.models.installing import Seen
from reflexiona.paths import DataFolder, resource
from reflexiona.settings import load_settings
from tests.support.encoders import static_folder
from tests.support.program import reflexiona

HASTY = Manner(silence=2.0, tries=2, pause=0.01)
FILES = ("modules.json", "tokenizer.json", "model.safetensors", "1_Normalize/config.json")


class Served(ThreadingHTTPServer):
    """A folder on this machine over HTTP."""

    asked: list[str]

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Handler(SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Served)
        self.server.asked.append(self.path)
        super().do_GET()

    def log_message(self, format: str, *arguments: object) -> None: ...


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    server = Served(("127.0.0.1", 0), partial(_Handler, directory=str(folder)))
    server.asked = []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def catalogue(path: Path, port: int, folder: Path, *, unverified: bool = False, **hashes: str) -> Path:
    """A catalogue of one encoder, `mini`, whose files are those of `folder`."""
    rows = []
    for place in FILES:
        body = (folder / place).read_bytes()
        digest = hashes.get(Path(place).stem, hashlib.sha256(body).hexdigest())
        rows.append(f'{{ archivo = "{place}", bytes = {len(body)}, sha256 = "{digest}" }}')
    lines = [
        "version = 1",
        f'url = "http://127.0.0.1:{port}/{{repo}}/{{revision}}/{{archivo}}"',
        "servidores = []",
        "[modelos]",
        "[codificadores.mini]",
        'titulo = "Mini"',
        'repo = "quien/mini"',
        'revision = "abc"',
        'licencia = "MIT"',
        'idiomas = "español"',
        'consulta = "query: "',
        'pasaje = "passage: "',
        f"sin_verificar = {str(unverified).lower()}",
        f"archivos = [{', '.join(rows)}]",
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def data(home: Path) -> DataFolder:
    return DataFolder(home)


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    """What the server has of the encoder."""
    return static_folder(tmp_path / "web" / "quien" / "mini" / "abc")


def never(seen: Seen) -> bool:
    raise AssertionError(seen)


def test_the_shipped_one_is_pinned(tmp_path: Path) -> None:
    shipped = load_catalogue(resource("models", "catalogue.toml"))
    (entry,) = shipped.encoders
    assert (entry.name, entry.query, entry.passage, entry.licence) == (
        "multilingual-e5-small",
        "query: ",
        "passage: ",
        "MIT",
    )
    assert {file.place for file in entry.files} >= {"modules.json", "model.safetensors", "1_Pooling/config.json"}
    for file in entry.files:
        assert re.search(r"^https://huggingface\.co/intfloat/multilingual-e5-small/resolve/[0-9a-f]{40}/", file.url)
        assert file.size
        assert re.fullmatch(r"[0-9a-f]{64}", file.sha256) or (entry.unverified and file.size < 1000)
    page = (resource("models") / "README.md").read_text(encoding="utf-8")
    assert f"reflexiona modelos instala {entry.name}" in page
    assert shipped.encoder(" Multilingual-E5-Small ") == entry
    with pytest.raises(NotFoundError) as missing:
        shipped.find("gpt-5")
    assert entry.name in missing.value.remedy
    assert Catalogue([]).encoders == ()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (('"modules.json"', '"../modules.json"'), "una ruta que no puede ser"),
        (('"modules.json"', '"/etc/modules.json"'), "una ruta que no puede ser"),
        (('"modules.json"', '"tokenizer.json"'), "está repetido"),
        (('"model.safetensors"', '"model.bin"'), "no hay pesos"),
        (("codificadores.mini", 'codificadores."../mini"'), "el nombre lleva algo más"),
        (("http://127.0.0.1", "http://ejemplo.org"), "no es https"),
        (('consulta = "query: "', 'consulto = "query: "'), "No se puede leer el catálogo"),
        (('sha256 = "', 'sha256 = "zz'), "entre 16 y 64 cifras"),
        (("bytes = ", "bytes = -"), "bytes debe ser positivo"),
    ],
)
def test_a_catalogue_that_breaks_the_rules_is_one_sentence(
    tmp_path: Path, remote: Path, change: tuple[str, str], expected: str
) -> None:
    path = catalogue(tmp_path / "c.toml", 1, remote)
    text = path.read_text(encoding="utf-8")
    assert change[0] in text
    path.write_text(text.replace(*change), encoding="utf-8")
    with pytest.raises(BadInputError, match=expected):
        load_catalogue(path)


def test_a_folder_comes_whole_private_and_with_its_prefixes(data: DataFolder, tmp_path: Path, remote: Path) -> None:
    with served(tmp_path / "web") as server:
        (entry,) = load_catalogue(catalogue(tmp_path / "c.toml", server.port, remote)).encoders
        *_, last = EncoderInstallation(data, entry, never, manner=HASTY).events()
        again = list(EncoderInstallation(data, entry, never, manner=HASTY).events())
    folder = folder_of(data, "mini")
    assert last == EncoderInstalled(folder)
    assert again == [Remark("mini ya está."), last]
    assert len(server.asked) == len(FILES)
    assert prefixes(folder) == ("query: ", "passage: ")
    assert any(StaticEncoder(folder).encode_query("factura"))
    found = sorted(folder.rglob("*"))
    assert {path.relative_to(folder).as_posix() for path in found if path.is_file()} == {
        *FILES,
        "config_sentence_transformers.json",
    }
    assert {stat.S_IMODE(path.stat().st_mode) for path in found if path.is_file()} == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in (data.encoders, folder, *found) if path.is_dir()} == {0o700}
    assert [path.name for path in data.encoders.iterdir()] == ["mini"]


def test_a_wrong_file_is_refused_and_the_others_need_not_come_again(
    data: DataFolder, tmp_path: Path, remote: Path
) -> None:
    with served(tmp_path / "web") as server:
        wrong = catalogue(tmp_path / "mal.toml", server.port, remote, model="0" * 64)
        with pytest.raises(ModelError, match="no es el archivo del catálogo"):
            list(EncoderInstallation(data, load_catalogue(wrong).encoders[0], never, manner=HASTY).events())
        assert not is_here(data, "mini")
        server.asked.clear()
        right = catalogue(tmp_path / "c.toml", server.port, remote)
        list(EncoderInstallation(data, load_catalogue(right).encoders[0], never, manner=HASTY).events())
    assert server.asked == [f"/quien/mini/abc/{place}" for place in FILES[2:]]
    assert is_here(data, "mini")
    assert remove(data, "mini")
    assert not remove(data, "mini")


def test_an_unverified_one_is_shown_first(data: DataFolder, tmp_path: Path, remote: Path) -> None:
    shown: list[Seen] = []

    def refuse(seen: Seen) -> bool:
        shown.append(seen)
        return False

    with served(tmp_path / "web") as server:
        path = catalogue(tmp_path / "c.toml", server.port, remote, unverified=True, modules="")
        (entry,) = load_catalogue(path).encoders
        with pytest.raises(ReflexionaError, match="No se ha instalado"):
            list(EncoderInstallation(data, entry, refuse, manner=HASTY).events())
    weights = (remote / "model.safetensors").read_bytes()
    assert shown == [Seen("mini (model.safetensors)", len(weights), hashlib.sha256(weights).hexdigest())]
    assert list(data.encoders.iterdir()) == []


@pytest.mark.slow
def test_the_commands_bring_one_use_it_and_let_it_go(data: DataFolder, tmp_path: Path, remote: Path) -> None:
    home = data.root
    with served(tmp_path / "web") as server:
        path = str(catalogue(tmp_path / "c.toml", server.port, remote))
        run = reflexiona(home, "modelos", "instala", "mini", "--catalogo", path)
    assert (run.returncode, run.stdout) == (ExitCode.DONE, "mini\n"), run.stderr
    assert load_settings(data.settings).encoder == str(folder_of(data, "mini"))
    told = reflexiona(home, "diagnostico").stdout
    assert re.search(r"Codificador: mini-[0-9a-f]{16}, antepone «query: » y «passage: »$", told, re.MULTILINE)
    assert reflexiona(home, "corpus", "busca", "factura").stdout
    listed = json.loads(reflexiona(home, "modelos", "lista", "--json", "--catalogo", path).stdout)["encoders"]
    assert [(one["name"], one["installed"], one["in_use"]) for one in listed] == [("mini", True, True)]
    run = reflexiona(home, "modelos", "quita", "mini")
    assert run.returncode == ExitCode.DONE
    assert "desde ahora se busca con el incluido" in run.stderr
    assert load_settings(data.settings).encoder == ""
    assert not is_here(data, "mini")
