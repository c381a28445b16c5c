"""The vector store: exact, deaf to its surroundings, and plain about damage."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from reflexiona.adapters.chroma import COLLECTION, ChromaStore, library_version
from reflexiona.errors import StorageError

COUNT, DIMENSION = 300, 24
IDS = [f"articulo#{n}" for n in range(COUNT)]
VECTORS = np.random.default_rng(5).normal(size=(COUNT, DIMENSION)).astype(np.float32)
VECTORS /= np.linalg.norm(VECTORS, axis=1, keepdims=True)
QUERY = VECTORS[7] + 0.1 * VECTORS[9]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("chroma") / "chroma"
    ChromaStore.build(folder, IDS, VECTORS.tolist())
    return folder


@pytest.fixture
def folder(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "chroma"))


def test_order_and_similarities_are_exact(folder: Path) -> None:
    store = ChromaStore.open(folder)
    assert len(store) == COUNT
    cosines = VECTORS @ QUERY / np.linalg.norm(QUERY)
    found = store.query(QUERY.tolist(), COUNT)
    assert [key for key, _ in found] == [IDS[row] for row in np.argsort(-cosines)]
    np.testing.assert_allclose([score for _, score in found], np.sort(cosines)[::-1], atol=1e-5)
    assert store.query(QUERY.tolist(), 5) == found[:5]
    assert len(store.query(QUERY.tolist(), COUNT * 2)) == COUNT
    store.close()


@pytest.mark.filterwarnings("ignore:legacy embedding function")
def test_ids_and_vectors_only(folder: Path) -> None:
    import chromadb

    store = ChromaStore.open(folder)
    kept = store._collection.get(include=["documents", "metadatas", "uris"])
    assert set(kept["ids"]) == set(IDS)
    assert not any([*(kept["documents"] or []), *(kept["metadatas"] or []), *(kept["uris"] or [])])
    assert store._collection.configuration_json["hnsw"]["space"] == "cosine"
    assert store._collection._embedding_function is None
    with pytest.raises(ValueError, match="embedding function"):
        store._collection.query(query_texts=["hola"])
    store.close()
    assert chromadb.__version__ == library_version()


def test_what_points_nowhere(tmp_path: Path) -> None:
    ChromaStore.build(tmp_path / "a", ["x#1", "x#2"], [[0.0, 0.0], [0.0, 1.0]])
    store = ChromaStore.open(tmp_path / "a")
    assert [key for key, _ in store.query([1.0, 1.0], 5)] == ["x#2"]
    assert store.query([0.0, 0.0], 5) == []
    with pytest.raises(StorageError, match="leer el índice de vectores"):
        store.query([1.0, 0.0, 0.0], 5)
    store.close()
    ChromaStore.build(tmp_path / "b", [], [])
    store = ChromaStore.open(tmp_path / "b")
    assert store.query([1.0, 1.0], 5) == []
    store.close()


def test_vectors_are_in_the_index_files_when_the_build_ends(folder: Path) -> None:
    code = f"""
import sqlite3
with sqlite3.connect({str(folder / "chroma.sqlite3")!r}) as connection:
    connection.execute("DELETE FROM embeddings_queue")
from pathlib import Path
from reflexiona.adapters.chroma import ChromaStore
print(len(ChromaStore.open(Path({str(folder)!r})).query({QUERY.tolist()}, {COUNT})))
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(run.stdout) == COUNT


@pytest.mark.parametrize("damage", ["chroma.sqlite3", "header.bin", "index_metadata.pickle"])
def test_missing_or_damaged(folder: Path, damage: str) -> None:
    with pytest.raises(StorageError, match="No hay índice"):
        ChromaStore.open(folder / "nada")
    assert not (folder / "nada").exists()
    (path,) = folder.rglob(damage)
    path.write_bytes(b"\xff" * 2000)
    with pytest.raises(StorageError, match="índice de vectores") as caught:
        ChromaStore.open(folder)
    assert "reindexa" in caught.value.remedy


def test_a_build_never_mixes_with_what_is_there(folder: Path) -> None:
    with pytest.raises(StorageError, match="escribir"):
        ChromaStore.build(folder, ["x#1"], [[1.0] * DIMENSION])


def test_it_opens_whatever_the_environment_says(folder: Path, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("CHROMA_API_IMPL=chromadb.api.fastapi.FastAPI\nMIGRATIONS=none\n", encoding="utf-8")
    hostile = {
        "CHROMA_API_IMPL": "chromadb.api.fastapi.FastAPI",
        "CHROMA_SERVER_HOST": "example.org",
        "CHROMA_OTEL_COLLECTION_ENDPOINT": "http://example.org:4317",
        "ANONYMIZED_TELEMETRY": "True",
        "MIGRATIONS": "nonsense",
    }
    code = f"""
import sys
from pathlib import Path
from reflexiona.adapters import chroma
assert "chromadb" not in sys.modules
def audit(event, args):
    assert event not in ("socket.connect", "socket.getaddrinfo"), args
sys.addaudithook(audit)
store = chroma.ChromaStore.open(Path({str(folder)!r}))
assert store._client.get_settings().anonymized_telemetry is False
print(len(store.query({QUERY.tolist()}, 10)))
"""
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, **hostile},
    )
    assert (run.returncode, run.stdout) == (0, "10\n"), run.stderr


@pytest.mark.slow
def test_several_processes_read_at_once(folder: Path) -> None:
    code = f"""
from pathlib import Path
from reflexiona.adapters.chroma import ChromaStore
for _ in range(5):
    store = ChromaStore.open(Path({str(folder)!r}))
    assert len(store.query({QUERY.tolist()}, {COUNT})) == {COUNT}
    store.close()
"""
    readers = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(3)]
    assert [reader.wait() for reader in readers] == [0, 0, 0]
    assert COLLECTION == "pasajes"
