"""Generations of the index: each in a folder of its own, never changed once finished, swapped by one file.

    indice/actual          name of the generation in use
    indice/cerrojo         held by the one process that builds
    indice/g0007/          chroma/  fts.sqlite3  vectores/ (those the package does not bring)
                           lectores (held by those who read)  manifest.json (written last)

A build that was killed leaves a folder without a manifest: it is ignored, and removed by the next one.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from reflexiona.adapters.chroma import ChromaStore
from reflexiona.adapters.fts import FtsIndex
from reflexiona.corpus.library import Library, passage_hash
from reflexiona.corpus.shipped import ShippedVectors, load_shipped, save_shipped
from reflexiona.errors import CorpusError, StorageError, reason
from reflexiona.files import FileLock, write_whole
from reflexiona.indexing import manifest as manifests
from reflexiona.indexing.encoding import encode_passages
from reflexiona.indexing.manifest import CHROMA, FTS, MANIFEST, VECTORS, Manifest, manifest_for
from reflexiona.paths import DIRECTORY_MODE, DataFolder
from reflexiona.ports import Encoder

POINTER, WRITER, READERS = "actual", "cerrojo", "lectores"
PATIENCE = 20.0
"""Seconds that a process waits while another one builds."""
_BATCH = 8
"""Passages that are encoded before progress is reported again: with a large encoder they take a second or two."""
_NAME = re.compile(r"g\d{4,}")

Report = Callable[[str, float], None]
"""Called with a phase in Spanish and a fraction 0–1."""


class IndexBusyError(StorageError):
    """Another process is building and has not finished in time."""


def silent(phase: str, fraction: float) -> None:
    """A `Report` that tells nobody."""


class IndexFolder:
    """The folder of generations of one data folder."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self._folder = data.index

    def current(self, wanted: Manifest) -> Path | None:
        """The generation in use, where it was made from `wanted` and is whole."""
        generation = self.pointed()
        if generation is None or manifests.read(generation) != wanted or not manifests.intact(generation):
            return None
        return generation

    def pointed(self) -> Path | None:
        """The finished generation in use, whatever it was made from."""
        try:
            name = (self._folder / POINTER).read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            return None
        generation = self._folder / name
        return generation if _NAME.fullmatch(name) and manifests.read(generation) else None

    def made_by(self) -> tuple[str, str]:
        """Id of the encoder of the generation in use, and the folder it lay in; empty where not known."""
        generation = self.pointed()
        made_from = manifests.read(generation) if generation else None
        if generation is None or made_from is None or not manifests.intact(generation):
            return "", ""
        return made_from.encoder, manifests.read_encoder_folder(generation)

    def hold(self, generation: Path) -> FileLock | None:
        """Keeps a generation from being pruned while it is read; None when it is going or gone already."""
        try:
            lock = FileLock.shared(generation / READERS)
        except OSError:
            return None
        if lock and manifests.read(generation) is None:  # it was being pruned when its lock file was opened
            lock.release()
            return None
        return lock

    def build(
        self,
        library: Library,
        encoder: Encoder,
        shipped: ShippedVectors | None = None,
        report: Report = silent,
        *,
        anew: bool = False,
        encoder_folder: str = "",
        patience: float = PATIENCE,
    ) -> Path:
        """Makes the generation of `library` the one in use, and returns its folder.

        Vectors are taken from `shipped` and from the generation in use where the passage is unchanged and the encoder
        the same; the rest is encoded. What `report` raises breaks the build off, and all stays as it was. With `anew`,
        an index is built even where a fitting one is there, and nothing is taken from that. `encoder_folder` is kept
        with the generation: it can go on serving while one by another encoder is made.

        Raises:
            IndexBusyError: another process went on building for longer than `patience` seconds.
            StorageError: the folder cannot be written, or the disk is full; the generation in use stays.
        """
        wanted = manifest_for(library, encoder.id)
        self._data.ensure(self._folder)
        with self._writing(patience):
            found = None if anew else self._fitting(wanted)
            if found is None:
                found = self._new_generation()
                try:
                    earlier = None if anew else self._kept_vectors()
                    _fill(found, library, encoder, (shipped, earlier), report)
                    manifests.seal(found, wanted, encoder_folder)
                except BaseException:
                    shutil.rmtree(found, ignore_errors=True)
                    raise
            write_whole(self._folder / POINTER, found.name.encode())
            self._remove_unread()
            return found

    def discard(self, generation: Path) -> None:
        """Declares a generation unfinished, because it turned out to be damaged.

        Raises:
            StorageError: the folder cannot be written.
        """
        with _refusals(self._folder):
            (generation / MANIFEST).unlink(missing_ok=True)

    def prune(self, patience: float = 0.0) -> None:
        """Removes unfinished generations, and finished ones that are neither in use nor read by anybody.

        Raises:
            IndexBusyError: another process is building.
            StorageError: the folder cannot be written.
        """
        self._data.ensure(self._folder)
        with self._writing(patience):
            self._remove_unread()

    @contextmanager
    def _writing(self, patience: float) -> Iterator[None]:
        with _refusals(self._folder):
            lock = FileLock.exclusive(self._folder / WRITER, patience)
            if lock is None:
                raise IndexBusyError(
                    "Otro proceso de Reflexiona está preparando el índice y no ha terminado.",
                    "Espera un momento y vuelve a intentarlo.",
                    retryable=True,
                )
            with lock:
                yield

    def _generations(self) -> list[Path]:
        return sorted(path for path in self._folder.iterdir() if path.is_dir() and _NAME.fullmatch(path.name))

    def _fitting(self, wanted: Manifest) -> Path | None:
        """A finished generation made from `wanted`: another process may have built it meanwhile."""
        fitting = [path for path in self._generations() if manifests.read(path) == wanted and manifests.intact(path)]
        return fitting[-1] if fitting else None

    def _kept_vectors(self) -> ShippedVectors | None:
        """The vectors that the generation in use had to be given, where they are whole."""
        generation = self.pointed()
        if generation is None or not manifests.intact(generation):
            return None
        with suppress(CorpusError):
            return load_shipped(generation / VECTORS)
        return None

    def _new_generation(self) -> Path:
        last = max((int(path.name[1:]) for path in self._generations()), default=0)
        generation = self._folder / f"g{last + 1:04d}"
        generation.mkdir(mode=DIRECTORY_MODE)
        (generation / READERS).touch()
        return generation

    def _remove_unread(self) -> None:
        in_use = self.pointed()
        for generation in self._generations():
            if generation == in_use:
                continue
            lock = FileLock.exclusive(generation / READERS)
            if lock is None:
                continue
            with lock:
                # the manifest goes first: broken off here, what is left counts as unfinished
                (generation / MANIFEST).unlink(missing_ok=True)
                shutil.rmtree(generation, ignore_errors=True)


@contextmanager
def _refusals(folder: Path) -> Iterator[None]:
    """What the disk refuses becomes a `StorageError`."""
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"No se puede escribir el índice en {folder}: {reason(error)}.",
            "Comprueba que queda espacio y que la carpeta de datos se puede escribir.",
            retryable=True,
        ) from error


def _fill(
    generation: Path, library: Library, encoder: Encoder, made: Sequence[ShippedVectors | None], report: Report
) -> None:
    hashes = [passage_hash(passage) for passage in library]
    usable = [vectors for vectors in made if vectors and vectors.encoder == encoder.id]
    vectors = _vectors(library, hashes, encoder, usable, report)
    report("escribiendo el índice", 0.9)
    FtsIndex.build(generation / FTS, library)
    ChromaStore.build(generation / CHROMA, [passage.id for passage in library], vectors)
    _keep_vectors(generation, hashes, vectors, encoder, made[0])
    report("índice terminado", 1.0)


def _keep_vectors(
    generation: Path,
    hashes: Sequence[str],
    vectors: Sequence[Sequence[float]],
    encoder: Encoder,
    shipped: ShippedVectors | None,
) -> None:
    """Keeps what the next generation may need and the package does not bring."""
    brought = shipped.rows if shipped and shipped.encoder == encoder.id else {}
    own = {key: vector for key, vector in zip(hashes, vectors, strict=True) if key not in brought}
    if own:
        save_shipped(
            generation / VECTORS, encoder=encoder.id, made_with="índice", hashes=list(own), vectors=list(own.values())
        )


def _vectors(
    library: Library, hashes: Sequence[str], encoder: Encoder, made: Sequence[ShippedVectors], report: Report
) -> list[list[float]]:
    """One vector a passage, in order: one that was made before, else encoded now."""
    found = [next((v for one in made if (v := one.vector(key)) is not None), None) for key in hashes]
    missing = [row for row, vector in enumerate(found) if vector is None]
    for first in range(0, len(missing), _BATCH):
        report("codificando los pasajes", 0.9 * first / len(missing))
        rows = missing[first : first + _BATCH]
        encoded = encode_passages(encoder, [library.passages[row] for row in rows])
        for row, vector in zip(rows, encoded, strict=True):
            found[row] = vector
    return [vector for vector in found if vector is not None]
