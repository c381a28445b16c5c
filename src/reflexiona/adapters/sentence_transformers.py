"""Any local sentence-transformers folder, run by the library itself. The only importer of it.

The library and torch are imported when an encoder is made, never before: that costs seconds and 400 MB. Nothing is
ever looked up on a hub: a folder that is not there is an error.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reflexiona.adapters.encoder_folder import encoder_id, prefixes, reading
from reflexiona.errors import ModelError

_OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "false",
}


class LibraryEncoder:
    """An encoder run through sentence-transformers; fulfils `ports.Encoder`.

    Args:
        folder: a local sentence-transformers folder; a plain transformers folder is read with mean pooling.

    Raises:
        ModelError: the folder is missing, or the library cannot read it.
    """

    def __init__(self, folder: Path) -> None:
        self.id = encoder_id(folder)
        with reading(folder):
            wanted = prefixes(folder)
        # read by the libraries while they are imported; set for this process only
        os.environ.update(_OFFLINE)
        try:
            from sentence_transformers import SentenceTransformer

            self._model: Any = SentenceTransformer(
                str(folder.resolve()),
                device="cpu",
                local_files_only=True,
                trust_remote_code=False,
                # by itself it would pass over prompts that a folder calls «passage»
                prompts={"query": wanted.query, "document": wanted.passage},
            )
        except Exception as error:  # each architecture fails in its own way
            raise ModelError(
                f"sentence-transformers no puede leer {folder}: {_first_line(error)}.",
                "Elige otra carpeta o vuelve a copiarla entera.",
            ) from error
        self.dimension = len(self.encode_query("a"))

    def encode_query(self, text: str) -> list[float]:
        """One unit vector, with the folder's prefix for queries."""
        found: list[float] = self._model.encode_query(
            text, normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True
        ).tolist()
        return found

    def encode_passages(self, texts: Sequence[str]) -> list[list[float]]:
        """One unit vector a text, in order, with the folder's prefix for passages."""
        if not texts:
            return []
        found: list[list[float]] = self._model.encode_document(
            list(texts), normalize_embeddings=True, show_progress_bar=False, convert_to_numpy=True, batch_size=16
        ).tolist()
        return found


def library_version() -> str:
    """Version of sentence-transformers, without importing it."""
    from importlib.metadata import version

    return version("sentence-transformers")


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
