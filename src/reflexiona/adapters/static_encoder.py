"""Runs a static sentence-transformers folder (token vectors, averaged) with numpy and tokenizers alone.

Gives the vectors that the library would give, without the seconds that importing it costs. Reads only folders whose
modules are one `StaticEmbedding` and, at most, one `Normalize`; any other folder belongs to `LibraryEncoder`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from reflexiona.adapters.encoder_folder import REMEDY, encoder_id, prefixes, read_json, reading
from reflexiona.errors import ModelError


def is_static(folder: Path) -> bool:
    """Whether this module can run the encoder in `folder`."""
    try:
        return _embedding_part(folder) is not None
    except (OSError, ValueError, KeyError, TypeError):
        return False


class StaticEncoder:
    """A static encoder from its folder; fulfils `ports.Encoder`.

    Args:
        folder: a sentence-transformers folder.

    Raises:
        ModelError: the folder cannot be read or holds another kind of encoder.
    """

    def __init__(self, folder: Path) -> None:
        self.id = encoder_id(folder)
        with reading(folder):
            part = _embedding_part(folder)
            if part is None:
                raise ModelError(f"El codificador {folder} no es estático.", REMEDY)
            embedding, self._normalise = part
            self._tokenizer = Tokenizer.from_file(str(embedding / "tokenizer.json"))
            self._weights: NDArray[np.float32] = load_file(embedding / "model.safetensors")["embedding.weight"].astype(
                np.float32, copy=False
            )
            self._prefixes = prefixes(folder)
        if self._weights.ndim != 2 or self._tokenizer.get_vocab_size() > len(self._weights):
            raise ModelError(f"En {folder}, el tokenizador y los pesos no se corresponden.", REMEDY)
        self._tokenizer.no_padding()
        self.dimension = int(self._weights.shape[1])

    def encode_query(self, text: str) -> list[float]:
        """One unit vector; all zeros where no token is known."""
        return self._encode([self._prefixes.query + text])[0]

    def encode_passages(self, texts: Sequence[str]) -> list[list[float]]:
        """One unit vector a text, in order."""
        return self._encode([self._prefixes.passage + text for text in texts])

    def _encode(self, texts: list[str]) -> list[list[float]]:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, encoding in enumerate(self._tokenizer.encode_batch(texts, add_special_tokens=False)):
            if encoding.ids:
                vectors[row] = self._weights[encoding.ids].mean(axis=0)
        if self._normalise:
            vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        found: list[list[float]] = vectors.tolist()
        return found


def _embedding_part(folder: Path) -> tuple[Path, bool] | None:
    """Where the token vectors lie, and whether sums are normalised; None for another kind of encoder."""
    if not (folder / "modules.json").is_file():  # a plain transformers folder
        return None
    modules = [(row["type"].rpartition(".")[2], row["path"]) for row in read_json(folder / "modules.json")]
    kinds = [kind for kind, _ in modules]
    if kinds not in (["StaticEmbedding"], ["StaticEmbedding", "Normalize"]):
        return None
    return folder / modules[0][1], len(kinds) == 2
