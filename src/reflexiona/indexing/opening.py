"""Opens the index for reading, and builds it first where there is none that fits: what the worker asks for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reflexiona.adapters.chroma import ChromaStore
from reflexiona.adapters.fts import FtsIndex
from reflexiona.corpus.library import Library
from reflexiona.corpus.shipped import ShippedVectors
from reflexiona.errors import StorageError
from reflexiona.files import FileLock
from reflexiona.indexing import manifest as manifests
from reflexiona.indexing.generations import PATIENCE, IndexBusyError, IndexFolder, Report, silent
from reflexiona.indexing.manifest import CHROMA, FTS, manifest_for
from reflexiona.paths import DataFolder
from reflexiona.ports import Encoder


@dataclass(frozen=True, slots=True)
class OpenIndex:
    """Both halves of a generation, open for reading; it is not pruned before `close`."""

    store: ChromaStore
    lexical: FtsIndex
    generation: str
    """Name of the folder."""
    notice: str
    """What the person should know about this index, in Spanish; usually empty."""
    hold: FileLock

    def close(self) -> None:
        """Lets the generation go."""
        self.store.close()
        self.lexical.close()
        self.hold.release()


def open_index(
    data: DataFolder,
    library: Library,
    encoder: Encoder,
    shipped: ShippedVectors | None = None,
    report: Report = silent,
    *,
    encoder_folder: str = "",
    patience: float = PATIENCE,
) -> OpenIndex:
    """The index of `library`: the one in use where it fits and opens, else a new one.

    While another process is building, waits up to `patience` seconds and then reads the earlier generation, where the
    same encoder made it; `notice` says so. `encoder_folder` is kept with what is built.

    Raises:
        StorageError: the data folder cannot be used, or nothing could be built or read.
    """
    data.ensure(data.index)
    folder = IndexFolder(data)
    wanted = manifest_for(library, encoder.id)
    opened = _open(folder, folder.current(wanted), "")
    if opened:
        return opened
    try:
        built = folder.build(library, encoder, shipped, report, encoder_folder=encoder_folder, patience=patience)
    except IndexBusyError:
        earlier = _earlier(folder, encoder.id)
        if earlier is None:
            raise
        return earlier
    opened = _open(folder, built, "") or _open(folder, folder.current(wanted), "")
    if opened is None:
        raise StorageError(
            "El índice recién hecho no se puede abrir.",
            "Comprueba la carpeta de datos con «reflexiona diagnostico».",
            retryable=True,
        )
    return opened


def _earlier(folder: IndexFolder, encoder_id: str) -> OpenIndex | None:
    generation = folder.pointed()
    made_from = manifests.read(generation) if generation else None
    if generation is None or made_from is None or made_from.encoder != encoder_id or not manifests.intact(generation):
        return None
    return _open(folder, generation, "Otro proceso está preparando el índice: mientras tanto se usa el anterior.")


def _open(folder: IndexFolder, generation: Path | None, notice: str) -> OpenIndex | None:
    """Opens a generation; None when it has gone meanwhile or is damaged, and then it will not be offered again."""
    hold = folder.hold(generation) if generation else None
    if generation is None or hold is None:
        return None
    try:
        lexical = FtsIndex.open(generation / FTS)
        try:
            store = ChromaStore.open(generation / CHROMA)
        except BaseException:
            lexical.close()
            raise
    except StorageError:
        hold.release()
        folder.discard(generation)
        return None
    except BaseException:
        hold.release()
        raise
    return OpenIndex(store, lexical, generation.name, notice, hold)
