"""The vector store: one chromadb collection of passage ids and their vectors, nothing else. The only importer of it.

A collection is written once, by one process, into a folder of its own, and only queried afterwards; it is derived, so
losing it costs nothing. chromadb takes most of a second to import: that happens on first use or in `preload`, which a
thread may call while the rest is being loaded. Distances are cosine; no embedding function is ever attached (chromadb
would fetch an English one from the network), telemetry is off, and no setting is taken from the environment or from a
`.env` file that lies about.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from reflexiona.errors import StorageError

COLLECTION = "pasajes"
_REBUILD = "Vuelve a hacer el índice con «reflexiona corpus reindexa»."
_SPACE = "Comprueba que queda espacio y que la carpeta de datos se puede escribir."
_HNSW = {
    "space": "cosine",
    "ef_construction": 200,
    "ef_search": 400,  # a few hundred passages: wide enough to be exact
    "max_neighbors": 32,
    "num_threads": 1,  # the same graph every time
    "batch_size": 2,
    "sync_threshold": 2,  # written once: everything belongs in the index files, nothing in a log to replay
}

_THEIR_VARIABLES = frozenset(
    "ALLOW_RESET ANONYMIZED_TELEMETRY ENVIRONMENT IS_PERSISTENT MIGRATIONS MIGRATIONS_HASH_ALGORITHM PERSIST_DIRECTORY "
    "TENANT_ID TOPIC_NAMESPACE WORKER_MEMBERLIST_NAME".split()
)


def preload() -> None:
    """Imports chromadb. Worth a thread while other parts load."""
    _library()


def library_version() -> str:
    """Version of chromadb, without importing it: part of an index's manifest."""
    from importlib.metadata import version

    return version("chromadb")


class ChromaStore:
    """A finished collection, open for queries; fulfils `ports.PassageStore`."""

    def __init__(self, client: Any, collection: Any) -> None:
        self._client = client
        self._collection = collection
        self._size = int(collection.count())

    @classmethod
    def open(cls, folder: Path) -> ChromaStore:
        """Opens the collection in `folder`. chromadb writes to its own file while it opens: the folder must allow it.

        Raises:
            StorageError: there is none, it is damaged, or the folder cannot be written to.
        """
        if not (folder / "chroma.sqlite3").is_file():  # chromadb would make an empty one
            raise StorageError(f"No hay índice de vectores en {folder}.", _REBUILD)
        with _faults("abrir"):
            client = _client(folder)
            try:
                return cls(client, client.get_collection(COLLECTION, embedding_function=None))
            except BaseException:
                client.close()
                raise

    @classmethod
    def build(cls, folder: Path, ids: Sequence[str], vectors: Sequence[Sequence[float]]) -> None:
        """Writes a new collection to `folder`, which must not hold one. A vector of zeros points nowhere: left out.

        Raises:
            StorageError: it cannot be written.
        """
        pairs = [(key, list(vector)) for key, vector in zip(ids, vectors, strict=True) if any(vector)]
        with _faults("escribir"):
            folder.mkdir(parents=True, exist_ok=True)
            client = _client(folder)
            try:
                collection = client.create_collection(
                    COLLECTION, configuration={"hnsw": _HNSW}, embedding_function=None, get_or_create=False
                )
                most = int(client.get_max_batch_size())
                for first in range(0, len(pairs), most):
                    batch = pairs[first : first + most]
                    collection.add(ids=[key for key, _ in batch], embeddings=[vector for _, vector in batch])
                if pairs:
                    # the index files are written while a query reads the log
                    collection.query(query_embeddings=[pairs[0][1]], n_results=1, include=[])
            finally:
                client.close()

    def __len__(self) -> int:
        return self._size

    def query(self, vector: Sequence[float], n: int) -> list[tuple[str, float]]:
        """Up to `n` (passage id, cosine similarity), best first; none for a vector of zeros.

        Raises:
            StorageError: the collection cannot be read or holds vectors of another length.
        """
        wanted = min(n, self._size)
        if wanted < 1 or not any(vector):
            return []
        with _faults("leer"):
            found = self._collection.query(query_embeddings=[list(vector)], n_results=wanted, include=["distances"])
        rows = zip(found["ids"][0], found["distances"][0], strict=True)
        return sorted(((str(key), 1.0 - float(distance)) for key, distance in rows), key=lambda row: (-row[1], row[0]))

    def close(self) -> None:
        """Lets the files go."""
        self._client.close()


@functools.cache
def _library() -> ModuleType:
    # chromadb reads its settings once while it is imported, and fails there over a value it does not understand
    names = [name for name in os.environ if name.upper().startswith("CHROMA_") or name.upper() in _THEIR_VARIABLES]
    hidden = {name: os.environ.pop(name) for name in names}
    try:
        import chromadb
    finally:
        os.environ.update(hidden)
    library: ModuleType = chromadb
    return library


@functools.cache
def _settings_class() -> Any:
    Settings = _library().config.Settings

    class OwnSettings(Settings):  # type: ignore[misc, valid-type]  # chromadb is not typed for us
        """chromadb's settings, from our own arguments only."""

        @classmethod
        def settings_customise_sources(cls, settings_cls: Any, init_settings: Any, **others: Any) -> tuple[Any, ...]:
            return (init_settings,)

    return OwnSettings


def _client(folder: Path) -> Any:
    settings = _settings_class()(anonymized_telemetry=False)
    return _library().PersistentClient(str(folder), settings=settings)


@contextmanager
def _faults(verb: str) -> Iterator[None]:
    """Turns whatever chromadb raises into a `StorageError`; its native part panics with a BaseException of its own."""
    try:
        yield
    except BaseException as error:
        if isinstance(error, StorageError) or not (
            isinstance(error, Exception) or type(error).__name__ == "PanicException"
        ):
            raise
        raise StorageError(
            f"No se puede {verb} el índice de vectores: {_first_line(error)}.",
            _SPACE if verb == "escribir" else _REBUILD,
            retryable=verb == "escribir",
        ) from error


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")[:200]
