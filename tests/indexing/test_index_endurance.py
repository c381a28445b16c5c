"""Generations of the index are never lost, whoever is killed, whoever else writes and whatever is full."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from reflexiona.errors import StorageError
from reflexiona.files import FileLock
from reflexiona.indexing.generations import WRITER, IndexBusyError, IndexFolder
from reflexiona.indexing.manifest import MANIFEST, manifest_for
from reflexiona.indexing.opening import open_index
from reflexiona.paths import DataFolder
from tests.support.indexing import CHANGED, COMMON, LIBRARY, Counting, first, names, run, stop_at


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
from tests.support.indexing import LIBRARY
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
