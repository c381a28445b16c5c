"""The vectors that come with the package, by the hash of what was encoded: a first start needs no encoder library.

They are made by `python -m training.vectors`. A passage that has changed since then is simply not among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from reflexiona.errors import CorpusError
from reflexiona.paths import resource

VECTORS, MANIFEST = "vectors.npy", "manifest.json"
_REMEDY = "Reinstala Reflexiona."


class ShippedManifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the file of vectors holds. `passages[i]` is the hash of the text that row `i` encodes."""

    encoder: str
    dimension: int
    made_with: str
    passages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShippedVectors:
    """Unit vectors of passages, all by one encoder."""

    encoder: str
    """Id of the encoder that made them; vectors of another one cannot be mixed with them."""
    rows: dict[str, int]
    matrix: NDArray[np.float32]
    """Shape (passages, dimension)."""

    def vector(self, passage_hash: str) -> list[float] | None:
        """The vector of the passage with this hash, or None."""
        row = self.rows.get(passage_hash)
        return None if row is None else self.matrix[row].tolist()


def load_shipped(folder: Path | None = None) -> ShippedVectors | None:
    """Reads the vectors in `folder`; None: those the package brings. None when there are none.

    Raises:
        CorpusError: the two files do not belong together or cannot be read.
    """
    folder = folder or resource("models", "included", "corpus")
    if not (folder / MANIFEST).is_file():
        return None
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=ShippedManifest)
        matrix = np.load(folder / VECTORS, allow_pickle=False)
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        raise CorpusError(f"No se pueden leer los vectores incluidos: {error}.", _REMEDY) from error
    if matrix.dtype != np.float32 or matrix.shape != (len(manifest.passages), manifest.dimension):
        raise CorpusError("Los vectores incluidos no corresponden a su manifiesto.", _REMEDY)
    return ShippedVectors(manifest.encoder, {key: row for row, key in enumerate(manifest.passages)}, matrix)


def save_shipped(
    folder: Path, *, encoder: str, made_with: str, hashes: Sequence[str], vectors: Sequence[Sequence[float]]
) -> None:
    """Writes the vectors and their manifest into `folder`."""
    matrix = np.asarray(vectors, dtype=np.float32)
    if matrix.ndim != 2 or len(matrix) != len(hashes):
        raise ValueError("one vector a passage")
    folder.mkdir(parents=True, exist_ok=True)
    manifest = ShippedManifest(encoder, matrix.shape[1], made_with, tuple(hashes))
    with (folder / VECTORS).open("wb") as file:
        np.save(file, matrix)
    (folder / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n")
