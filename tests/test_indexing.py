"""Generations of the index: derived, swapped whole, never lost, whoever is killed and whatever is full."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from stat import S_IMODE

import pytest

from reflexiona.adapters.static_encoder import StaticEncoder
from reflexiona.corpus.library import Library, indexed_text, passage_hash
from reflexiona.corpus.shipped import ShippedVectors, load_shipped, save_shipped
from reflexiona.errors import StorageError
from reflexiona.files import FileLock, write_whole
from reflexiona.indexing.generations import POINTER, WRITER, IndexBusyError, IndexFolder
from reflexiona.indexing.manifest import MANIFEST, VECTORS, manifest_for
from reflexiona.indexing.opening import OpenIndex, open_index
from reflexiona.paths import DataFolder
from tests.support.encoders import article, static_folder

ROOT = Path(__file__).resolve().parents[1]
TEXTS = ["El cliente no contesta.", "La factura y el pago.", "Todo urgente, todo hoy.", "Un favor gratis."]
LIBRARY = Library([article("uno", TEXTS)])
CHANGED = Library([article("uno", [*TEXTS[:3], "Un contrato con fecha."])])


class Counting(StaticEncoder):
    """A static encoder that remembers what it was asked for."""

    asked: list[str]

    def encode_passages(self, texts: Sequence[str]) -> list[list[float]]:
        self.asked = [*getattr(self, "asked", []), *texts]
        return super().encode_passages(texts)


@pytest.fixture
def data(home: Path) -> DataFolder:
    return DataFolder(home)


@pytest.fixture
def encoder(tmp_path: Path) -> Counting:
    return Counting(static_folder(tmp_path / "mini"))


@pytest.fixture
def shipped(tmp_path: Path, encoder: Counting) -> ShippedVectors:
    vectors = StaticEncoder(tmp_path / "mini").encode_passages([indexed_text(passage) for passage in LIBRARY])
    hashes = [passage_hash(passage) for passage in LIBRARY]
    save_shipped(tmp_path / "corpus", encoder=encoder.id, made_with="x", hashes=hashes, vectors=vectors)
    found = load_shipped(tmp_path / "corpus")
    assert found
    return found


def names(data: DataFolder) -> list[str]:
    return sorted(path.name for path in data.index.iterdir() if path.is_dir())


def first(index: OpenIndex, encoder: StaticEncoder, text: str) -> tuple[str, str]:
    return index.store.query(encoder.encode_query(text), 1)[0][0], index.lexical.query(text, 1)[0][0]


def run(code: str, *args: object) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, args)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )


COMMON = """
import os, sys, time
from pathlib import Path
from reflexiona.adapters.static_encoder import StaticEncoder
from reflexiona.corpus.library import Library
from reflexiona.indexing.generations import IndexFolder
from reflexiona.indexing.opening import open_index
from reflexiona.paths import DataFolder
from tests.support.encoders import article
from tests.test_indexing import CHANGED, LIBRARY
data, encoder = DataFolder(Path(sys.argv[1])), StaticEncoder(Path(sys.argv[2]))
"""


def test_the_first_start_builds_and_the_next_one_opens(data: DataFolder, encoder: Counting) -> None:
    said: list[tuple[str, float]] = []
    index = open_index(data, LIBRARY, encoder, report=lambda phase, fraction: said.append((phase, fraction)))
    assert index.generation == "g0001"
    assert index.notice == ""
    assert first(index, encoder, "la factura del cliente que no contesta")[0] in ("uno#1", "uno#2")
    assert first(index, encoder, "factura") == ("uno#2", "uno#2")
    assert said[0] == ("codificando los pasajes", 0.0)
    assert said[-1] == ("índice terminado", 1.0)
    index.close()
    again = open_index(data, LIBRARY, encoder, report=lambda phase, fraction: pytest.fail(phase))
    assert again.generation == "g0001"
    again.close()
    assert len(encoder.asked) == 4


def test_shipped_vectors_are_used_where_passage_and_encoder_are_the_same(
    data: DataFolder, encoder: Counting, shipped: ShippedVectors, tmp_path: Path
) -> None:
    encoder.asked = []
    folder = IndexFolder(data)
    folder.build(LIBRARY, encoder, shipped)
    assert encoder.asked == []
    folder.build(CHANGED, encoder, shipped)
    assert encoder.asked == ["Sobre uno › Parte 4\nUn contrato con fecha."]
    other = Counting(static_folder(tmp_path / "otro", seed=9))
    folder.build(LIBRARY, other, shipped)
    assert len(other.asked) == 4


def test_vectors_of_the_generation_in_use_are_used_again(data: DataFolder, encoder: Counting, tmp_path: Path) -> None:
    folder = IndexFolder(data)
    folder.build(LIBRARY, encoder)
    encoder.asked = []
    changed = folder.build(CHANGED, encoder)
    assert encoder.asked == ["Sobre uno › Parte 4\nUn contrato con fecha."]
    folder.build(CHANGED, encoder, anew=True)
    assert len(encoder.asked) == 1 + 4
    kept = load_shipped(folder.build(LIBRARY, encoder) / VECTORS)
    assert kept
    assert set(kept.rows) == {passage_hash(passage) for passage in LIBRARY}  # nothing of what is gone
    assert not changed.exists()
    other = Counting(static_folder(tmp_path / "otro", seed=9))
    folder.build(LIBRARY, other)
    assert len(other.asked) == 4


def test_a_changed_manifest_makes_a_new_generation(data: DataFolder, encoder: Counting, tmp_path: Path) -> None:
    folder = IndexFolder(data)
    one = folder.build(LIBRARY, encoder)
    assert folder.current(manifest_for(LIBRARY, encoder.id)) == one
    assert folder.current(manifest_for(CHANGED, encoder.id)) is None
    assert folder.current(manifest_for(LIBRARY, "otro-1")) is None
    two = folder.build(CHANGED, encoder)
    assert (one.name, two.name) == ("g0001", "g0002")
    assert folder.current(manifest_for(CHANGED, encoder.id)) == two
    assert names(data) == ["g0002"]
    three = folder.build(CHANGED, encoder, anew=True)
    assert names(data) == [three.name] == ["g0003"]
    assert folder.build(CHANGED, encoder) == three


def test_it_is_private(data: DataFolder, encoder: Counting) -> None:
    IndexFolder(data).build(LIBRARY, encoder)
    paths = [data.root, *data.root.rglob("*")]
    assert {S_IMODE(path.stat().st_mode) for path in paths if path.is_dir()} == {0o700}
    assert {S_IMODE(path.stat().st_mode) for path in paths if path.is_file()} == {0o600}


def test_losing_it_costs_nothing(data: DataFolder, encoder: Counting) -> None:
    open_index(data, LIBRARY, encoder).close()
    shutil.rmtree(data.index)
    index = open_index(data, LIBRARY, encoder)
    assert first(index, encoder, "factura") == ("uno#2", "uno#2")
    index.close()


@pytest.mark.parametrize("pointer", [b"", b"g0009", b"../..", b"\xff\xfe", b"g0001/../g0001"])
def test_a_pointer_to_nowhere(data: DataFolder, encoder: Counting, pointer: bytes) -> None:
    IndexFolder(data).build(LIBRARY, encoder)
    (data.index / POINTER).write_bytes(pointer)
    index = open_index(data, LIBRARY, encoder)
    assert index.generation == "g0001"
    index.close()


@pytest.mark.parametrize(
    "name",
    [
        *("link_lists.bin", "data_level0.bin", "chroma.sqlite3", "fts.sqlite3", "manifest.json", "header.bin"),
        "vectors.npy",
    ],
)
def test_a_damaged_generation_is_replaced(data: DataFolder, encoder: Counting, name: str) -> None:
    generation = IndexFolder(data).build(LIBRARY, encoder)
    path = min(generation.rglob(name), key=lambda found: len(found.parts))
    path.write_bytes(b"\0" * max(100, path.stat().st_size))
    index = open_index(data, LIBRARY, encoder)
    assert index.generation == "g0002" if name != "manifest.json" else "g0001"
    assert first(index, encoder, "factura") == ("uno#2", "uno#2")
    index.close()


def stop_at(fraction: float) -> Callable[[str, float], None]:
    def report(phase: str, reached: float) -> None:
        if reached >= fraction:
            raise KeyboardInterrupt

    return report


@pytest.mark.parametrize("fraction", [0.0, 0.9, 1.0])
def test_what_breaks_off_leaves_the_last_good_state(data: DataFolder, encoder: Counting, fraction: float) -> None:
    folder = IndexFolder(data)
    good = folder.build(LIBRARY, encoder)
    with pytest.raises(KeyboardInterrupt):
        folder.build(CHANGED, encoder, report=stop_at(fraction))
    assert names(data) == ["g0001"]
    assert folder.pointed() == good
    assert folder.current(manifest_for(LIBRARY, encoder.id)) == good


@pytest.mark.slow
@pytest.mark.parametrize("fraction", [0.0, 0.9, 1.0])
def test_a_killed_build_is_ignored_and_removed(data: DataFolder, encoder: Counting, fraction: float) -> None:
    folder = IndexFolder(data)
    good = folder.build(LIBRARY, encoder)
    code = f"""{COMMON}
def report(phase, reached):
    if reached >= {fraction}:
        os.kill(os.getpid(), 9)
IndexFolder(data).build(CHANGED, encoder, report=report)
"""
    process = run(code, data.root, data.root.parent / "mini")
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert names(data) == ["g0001", "g0002"]
    assert not (data.index / "g0002" / MANIFEST).exists()
    assert folder.pointed() == good
    index = open_index(data, LIBRARY, encoder)
    assert index.generation == "g0001"
    index.close()
    folder.prune()
    assert names(data) == ["g0001"]


def test_readers_keep_their_generation(data: DataFolder, encoder: Counting) -> None:
    old = open_index(data, LIBRARY, encoder)
    folder = IndexFolder(data)
    folder.build(CHANGED, encoder)
    assert names(data) == ["g0001", "g0002"]
    assert first(old, encoder, "gratis")[1] == "uno#4"
    old.close()
    folder.prune()
    assert names(data) == ["g0002"]
    assert folder.hold(data.index / "g0001") is None


@pytest.mark.slow
def test_two_processes_build_one_after_the_other_and_only_once(data: DataFolder, encoder: Counting) -> None:
    code = f"""{COMMON}
index = open_index(data, LIBRARY, encoder, report=lambda phase, fraction: time.sleep(0.2))
print(index.generation, len(index.store), len(index.lexical))
"""
    processes = [run(code, data.root, data.root.parent / "mini") for _ in range(3)]
    said = [process.communicate() for process in processes]
    assert [out for out, _ in said] == ["g0001 4 4\n"] * 3, said


def test_while_another_builds_the_earlier_generation_serves(data: DataFolder, encoder: Counting) -> None:
    folder = IndexFolder(data)
    data.ensure(data.index)
    with FileLock.exclusive(data.index / WRITER) or pytest.fail("the lock is free"):
        with pytest.raises(IndexBusyError) as caught:
            open_index(data, LIBRARY, encoder, patience=0.1)
        assert caught.value.retryable
        assert "preparando el índice" in caught.value.message
    folder.build(LIBRARY, encoder)
    with FileLock.exclusive(data.index / WRITER) or pytest.fail("the lock is free"):
        index = open_index(data, CHANGED, encoder, patience=0.1)
        assert index.generation == "g0001"
        assert "se usa el anterior" in index.notice
        index.close()
        with pytest.raises(IndexBusyError):
            folder.prune()


def test_vectors_of_another_encoder_never_serve(data: DataFolder, encoder: Counting, tmp_path: Path) -> None:
    IndexFolder(data).build(LIBRARY, encoder)
    other = StaticEncoder(static_folder(tmp_path / "otro", seed=9))
    with FileLock.exclusive(data.index / WRITER) or pytest.fail("the lock is free"), pytest.raises(IndexBusyError):
        open_index(data, LIBRARY, other, patience=0.1)


def test_a_folder_that_cannot_be_used(encoder: Counting, tmp_path: Path) -> None:
    (tmp_path / "archivo").write_text("no soy una carpeta", encoding="utf-8")
    with pytest.raises(StorageError, match="No se puede usar la carpeta de datos") as caught:
        open_index(DataFolder(tmp_path / "archivo" / "datos"), LIBRARY, encoder)
    assert "REFLEXIONA_HOME" in caught.value.remedy


@pytest.mark.slow
def test_a_read_only_folder(tmp_path: Path) -> None:
    """As a user to whom the folder does not belong: the superuser may write anywhere."""
    code = """
import os, sys, tempfile, pathlib
from reflexiona.adapters import chroma
from reflexiona.errors import StorageError
from reflexiona.files import FileLock, write_whole
from reflexiona.indexing.opening import open_index
from reflexiona.paths import DataFolder
from reflexiona.adapters.static_encoder import StaticEncoder
from tests.support.encoders import static_folder
from tests.test_indexing import LIBRARY
with tempfile.TemporaryDirectory() as place:
    os.chmod(place, 0o755)
    data, encoder = DataFolder(pathlib.Path(place, "datos")), StaticEncoder(static_folder(pathlib.Path(place, "mini")))
    open_index(data, LIBRARY, encoder).close()
    for path in (data.root, *data.root.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    child = os.fork()
    if not child:
        if os.geteuid() == 0:
            os.setgid(65534)
            os.setuid(65534)
        try:
            open_index(data, LIBRARY, encoder)
        except StorageError as error:
            print(error, flush=True)
            os._exit(0)
        os._exit(1)
    status = os.waitpid(child, 0)[1]
    for path in (data.root, *data.root.rglob("*")):
        path.chmod(0o755)
    sys.exit(os.waitstatus_to_exitcode(status))
"""
    process = run(code)
    out, err = process.communicate()
    assert process.returncode == 0, err
    assert "datos" in out
    assert "permisos" in out
    assert len(out.splitlines()) == 1


@pytest.mark.slow
@pytest.mark.parametrize("limit", [1_000, 40_000, 150_000])
def test_a_full_disk_leaves_the_last_good_state(data: DataFolder, encoder: Counting, limit: int) -> None:
    """No file may grow beyond `limit` bytes, as if there was no space left."""
    folder = IndexFolder(data)
    good = folder.build(LIBRARY, encoder)
    code = f"""{COMMON}
import resource, signal
from reflexiona.adapters import chroma
from reflexiona.errors import StorageError
from reflexiona.files import FileLock, write_whole
from reflexiona.files import FileLock, write_whole
chroma.preload()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
try:
    IndexFolder(data).build(CHANGED, encoder)
except StorageError as error:
    print(error.remedy)
"""
    process = run(code, data.root, data.root.parent / "mini")
    out, err = process.communicate()
    assert process.returncode == 0, err
    assert "queda espacio" in out, (out, err)
    assert names(data) == ["g0001"]
    assert folder.current(manifest_for(LIBRARY, encoder.id)) == good
    index = open_index(data, CHANGED, encoder)
    assert index.generation == "g0002"
    index.close()


def test_locks_between_holders(tmp_path: Path) -> None:
    path = tmp_path / "cerrojo"
    with pytest.raises(OSError, match="No such file"):
        FileLock.shared(path)
    alone = FileLock.exclusive(path)
    assert alone
    assert FileLock.exclusive(path) is None
    assert FileLock.shared(path) is None
    alone.release()
    alone.release()
    one, two = FileLock.shared(path), FileLock.shared(path)
    assert one
    assert two
    assert FileLock.exclusive(path, patience=0.1) is None
    one.release()
    two.release()
    with FileLock.exclusive(path, patience=0.1) or pytest.fail("the lock is free"):
        pass
    assert S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    write_whole(tmp_path / "actual", b"g0001")
    write_whole(tmp_path / "actual", b"g0002")
    assert (tmp_path / "actual").read_bytes() == b"g0002"
    assert os.listdir(tmp_path) == ["actual"]
