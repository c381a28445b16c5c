"""`modelos instala` in the real program, from a real server: what comes is a model, what does not leaves a sentence."""

from __future__ import annotations

import hashlib
import json
import signal
import stat
import time
from pathlib import Path

import pytest

from reflexiona.errors import BadInputError, ExitCode, ModelError, ReflexionaError, StorageError
from reflexiona.files import FileLock
from reflexiona.models.catalogue import UNTESTED, Entry, load_catalogue
from reflexiona.models.download.events import Manner, Received, Remark
from reflexiona.models.installing import Installation, Installed, InstallEvent, Partial, Seen, part_of, partials
from reflexiona.models.overview import overview
from reflexiona.models.registry import ModelRegistry
from reflexiona.paths import DataFolder
from tests.support.catalogue import write_catalogue
from tests.support.naughty_server import Naughty, drop, good, naughty, other_file, page, slow, unsized, without_length
from tests.support.program import Run, reflexiona, start
from tests.support.small_disk import small_disk
from tests.support.tiny_gguf import Shape, write_tiny

HASTY = Manner(silence=1.0, tries=2, pause=0.01)


@pytest.fixture(scope="module")
def body(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return write_tiny(tmp_path_factory.mktemp("gguf") / "diminuto.gguf").read_bytes()


@pytest.fixture
def data(home: Path) -> DataFolder:
    return DataFolder(home)


def entry_of(tmp_path: Path, server: Naughty, body: bytes | None, **known: object) -> Entry:
    path = write_catalogue(tmp_path / "catalogo.toml", server.port, body, **known)  # type: ignore[arg-type]
    return load_catalogue(path).entries[0]


def never(seen: Seen) -> bool:
    raise AssertionError(seen)


def installed(data: DataFolder, entry: Entry) -> list[InstallEvent]:
    return list(Installation(data, entry, never, manner=HASTY).events())


def test_a_model_comes_and_starts_do_not_hash_it_again(data: DataFolder, tmp_path: Path, body: bytes) -> None:
    with naughty(body, drop(0.6), good) as server:
        events = installed(data, entry := entry_of(tmp_path, server, body))
        last = events[-1]
        assert isinstance(last, Installed)
        (model,) = ModelRegistry(data).installed()
        assert model == last.model
        assert (model.name, model.sha256, model.unchanged) == ("diminuto", hashlib.sha256(body).hexdigest(), True)
        assert stat.S_IMODE(model.path.stat().st_mode) == 0o600
        left = sorted(path.name for path in data.models.iterdir())
        assert left == ["descarga.lock", "diminuto.gguf", "diminuto.json"]
        server.asked.clear()
        again = installed(data, entry)
    assert again == [Remark("diminuto ya está."), Installed(model)]
    assert server.asked == []


def test_a_wrong_hash_is_refused_and_nothing_stays(data: DataFolder, tmp_path: Path, body: bytes) -> None:
    with naughty(body, other_file) as server:
        with pytest.raises(ModelError, match=r"no es el archivo del catálogo: su huella es [0-9a-f]{16}…"):
            installed(data, entry_of(tmp_path, server, body))
        assert [path.name for path in data.models.iterdir()] == ["descarga.lock"]
        with pytest.raises(ModelError, match="no es el archivo del catálogo"):
            installed(data, entry_of(tmp_path, server, None, sha256="0" * 16, unverified=True))
    assert partials(data) == ()


def test_a_known_beginning_of_the_hash_suffices(data: DataFolder, tmp_path: Path, body: bytes) -> None:
    with naughty(body, good) as server:
        entry = entry_of(tmp_path, server, body, sha256=hashlib.sha256(body).hexdigest()[:16])
        assert isinstance(installed(data, entry)[-1], Installed)


def test_an_unverified_file_is_shown_first(data: DataFolder, tmp_path: Path, body: bytes) -> None:
    shown: list[Seen] = []

    def refuse(seen: Seen) -> bool:
        shown.append(seen)
        return False

    with naughty(body, without_length) as server:
        entry = entry_of(tmp_path, server, None, unverified=True)
        refusing = Installation(data, entry, refuse, manner=HASTY)
        with pytest.raises(ReflexionaError, match="No se ha instalado"):
            list(refusing.events())
        assert shown == [Seen("diminuto", len(body), hashlib.sha256(body).hexdigest())]
        assert (ModelRegistry(data).installed(), partials(data)) == ((), ())
        agreeing = Installation(data, entry, lambda seen: True, manner=HASTY)
        assert isinstance(list(agreeing.events())[-1], Installed)


def test_a_file_that_is_no_model_is_refused_whoever_vouches_for_it(data: DataFolder, tmp_path: Path) -> None:
    bad = b"GGUF" + b"\x03\0\0\0" + b"\xff" * 4000
    with naughty(bad, good) as server, pytest.raises(ModelError, match="cabecera imposible"):
        installed(data, entry_of(tmp_path, server, bad))
    assert (ModelRegistry(data).installed(), partials(data)) == ((), ())


def test_a_taken_name_is_said_before_anything_is_downloaded(data: DataFolder, tmp_path: Path, body: bytes) -> None:
    ModelRegistry(data).import_file(write_tiny(tmp_path / "otro.gguf", seed=9), "diminuto")
    with naughty(body, good) as server, pytest.raises(BadInputError, match="Ya hay un modelo con el nombre"):
        installed(data, entry_of(tmp_path, server, body))
    assert server.asked == []


def test_two_at_once_do_not_get_into_each_others_way(data: DataFolder, tmp_path: Path, body: bytes) -> None:
    with naughty(body, slow(10, 0.05)) as server:
        entry = entry_of(tmp_path, server, body)
        first = Installation(data, entry, never, manner=HASTY).events()
        next(first)
        with pytest.raises(StorageError, match="Ya hay otra descarga en marcha"):
            installed(data, entry)
        *_, last = first
    assert isinstance(last, Installed)
    assert len(server.asked) == 1


def test_stopping_lets_the_lock_go_and_leaves_a_part(data: DataFolder, tmp_path: Path, body: bytes) -> None:
    with naughty(body, slow(200, 0.02), good) as server:
        entry = entry_of(tmp_path, server, body)
        events = Installation(data, entry, never, manner=HASTY).events()
        next(event for event in events if isinstance(event, Received) and event.done)
        events.close()
        (half,) = partials(data)
        assert half == Partial("diminuto", part_of(data, "diminuto").stat().st_size, len(body))
        with FileLock.exclusive(data.models / "descarga.lock") or pytest.fail("still locked"):
            pass
        assert isinstance(installed(data, entry)[-1], Installed)
    assert server.ranges[1] == f"bytes={half.done}-"


def test_one_value_tells_a_face_all_there_is(data: DataFolder, tmp_path: Path, body: bytes) -> None:
    with naughty(body, drop(0.5)) as server:
        catalogue = load_catalogue(write_catalogue(tmp_path / "catalogo.toml", server.port, body))
        before = overview(data, catalogue, "")
        assert [(offer.entry.name, offer.partial) for offer in before.offered] == [("diminuto", None)]
        assert ([one.model.name for one in before.here], before.partials) == (["incluido"], ())
        with pytest.raises(ModelError):
            installed(data, catalogue.entries[0])
        (offer,) = overview(data, catalogue, "").offered
        assert offer.partial == partials(data)[0]
        server.script = [good]
        installed(data, catalogue.entries[0])
    ModelRegistry(data).import_file(write_tiny(tmp_path / "otro.gguf", seed=4))
    after = overview(data, catalogue, "otro")
    assert after.offered == ()
    assert [(one.model.name, one.in_use, one.entry) for one in after.here[1:]] == [
        ("diminuto", False, catalogue.entries[0]),
        ("otro", True, None),
    ]
    assert {one.experience for one in after.here[1:]} == {UNTESTED}
    assert after.memory is None or after.recommended is not None


# --- the real program


def instala(home: Path, catalogue: Path, *more: str, **how: object) -> Run:
    return reflexiona(home, "modelos", "instala", "diminuto", "--catalogo", str(catalogue), *more, **how)  # type: ignore[arg-type]


@pytest.mark.slow
def test_from_the_list_to_an_answer(home: Path, tmp_path: Path, body: bytes) -> None:
    with naughty(body, drop(0.6), good) as server:
        catalogue = write_catalogue(tmp_path / "catalogo.toml", server.port, body)
        listed = reflexiona(home, "modelos", "lista", "--catalogo", str(catalogue))
        assert "diminuto" in listed.stdout
        assert "no probado por nosotros: mídelo con «reflexiona modelos mide»" in listed.stdout
        run = instala(home, catalogue)
    assert (run.returncode, run.stdout) == (ExitCode.DONE, "diminuto\n"), run.stderr
    assert "Se sigue desde ahí" in run.stderr
    assert "Instalado y probado" in run.stderr
    assert reflexiona(home, "modelos", "usa", "diminuto").returncode == ExitCode.DONE
    answer = json.loads(reflexiona(home, "preguntar", "--json", "Me debe tres facturas y no contesta").stdout)
    assert (answer["model"]["name"], answer["composed"]) == ("diminuto", False)


@pytest.mark.slow
def test_what_goes_wrong_is_one_sentence_and_a_code(home: Path, tmp_path: Path, body: bytes) -> None:
    with naughty(body, page) as server:
        catalogue = write_catalogue(tmp_path / "catalogo.toml", server.port, body)
        run = instala(home, catalogue)
        assert (run.returncode, run.stdout) == (ExitCode.BAD_INPUT, "")
        assert "una página web en lugar del archivo" in run.stderr.splitlines()[-1]
        assert reflexiona(home, "modelos", "instala", "nadie").returncode == ExitCode.NOT_FOUND
        server.script = [good]
        unsure = write_catalogue(tmp_path / "otro.toml", server.port, None, unverified=True)
        refused = instala(home, unsure)
        assert refused.returncode == ExitCode.USAGE
        assert "--acepta" in refused.stderr
        wrong = instala(home, unsure, "--acepta", "0" * 64)
        assert (wrong.returncode, ModelRegistry(DataFolder(home)).installed()) == (ExitCode.FAILED, ())
        assert hashlib.sha256(body).hexdigest() in wrong.stderr
        assert instala(home, unsure, "--acepta", hashlib.sha256(body).hexdigest()).returncode == ExitCode.DONE


@pytest.mark.slow
def test_ctrl_c_and_a_kill_leave_what_came(home: Path, tmp_path: Path, body: bytes) -> None:
    with naughty(body, slow(400, 0.02)) as server:
        catalogue = write_catalogue(tmp_path / "catalogo.toml", server.port, body)
        for how, code in ((signal.SIGINT, ExitCode.INTERRUPTED), (signal.SIGKILL, -signal.SIGKILL)):
            program = start(home, "modelos", "instala", "diminuto", "--catalogo", str(catalogue))
            wait_until_there_is_more(DataFolder(home), than=sum(one.done for one in partials(DataFolder(home))))
            program.send_signal(how)
            _, said = program.communicate(timeout=10)
            assert program.returncode == code
            if how is signal.SIGINT:
                assert "Para seguir desde ahí: reflexiona modelos instala diminuto" in said
                listed = reflexiona(home, "modelos", "lista", "--catalogo", str(catalogue)).stdout
                assert "Descargas a medias" in listed
                assert "sigue con «reflexiona modelos instala diminuto»" in listed
        server.script = [good]
        assert instala(home, catalogue).returncode == ExitCode.DONE
    assert server.ranges[-1] != ""


@pytest.mark.slow
def test_a_full_disk_is_said_and_the_rest_comes_later(tmp_path: Path) -> None:
    """A model of 3 MB that does not say its size, on a disk of 2 MB; the same again once there is room."""
    body = write_tiny(tmp_path / "m.gguf", Shape(width=128, layers=4, feed_forward=384)).read_bytes()
    home, sha256 = tmp_path / "disco", hashlib.sha256(body).hexdigest()
    before, prepare = small_disk(home, 2, then=64)
    with naughty(body, unsized) as server:
        unsure = write_catalogue(tmp_path / "catalogo.toml", server.port, None, unverified=True)
        run = instala(home, unsure, "--acepta", sha256, before=before, prepare=prepare)
        assert "No se puede escribir la descarga" in run.stderr
        assert "no queda espacio en el disco" in run.stderr or "demasiado grande" in run.stderr
        assert "Traceback" not in run.stderr
        if prepare is not None:
            assert run.returncode == ExitCode.FAILED
            run = instala(home, unsure, "--acepta", sha256)
    assert (run.returncode, run.stdout) == (ExitCode.DONE, "diminuto\n")
    first, second = server.ranges
    assert first == ""
    assert 0 < int(second.removeprefix("bytes=").removesuffix("-")) < len(body)


@pytest.mark.slow
def test_a_disk_that_is_too_small_is_said_before_anything_comes(tmp_path: Path, body: bytes) -> None:
    home = tmp_path / "disco"
    before, prepare = small_disk(home, 2)
    with naughty(body, good) as server:
        catalogue = write_catalogue(tmp_path / "catalogo.toml", server.port, None, sha256="0" * 64, size=len(body))
        run = instala(home, catalogue, before=before, prepare=prepare)
    if prepare is None:
        assert "No hay sitio en el disco: faltan por bajar 0,6 MB y quedan" in run.stderr
    assert run.returncode in (ExitCode.FAILED, ExitCode.BAD_INPUT)


def wait_until_there_is_more(data: DataFolder, *, than: int) -> None:
    end = time.monotonic() + 20
    while sum(one.done for one in partials(data)) <= than:
        assert time.monotonic() < end
        time.sleep(0.02)
