"""What the reader goes by beside words: the vector of the text and the frames it holds.

Both are added to the logits that the words give; what each is worth was fitted when the reader was made.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reflexiona.adapters.bert_encoder import BertEncoder
from reflexiona.adapters.frames import Frames

Array = NDArray[np.float32]


class FurtherViews:
    """Logits from `marcos.toml`, `pesos_marcos.npy` (scenarios × outputs) and `pesos_vector.npy` (width × outputs).

    Args:
        folder: where these files lie.
        encoder: the one the weights were trained with.
        scenarios: order of the frames' scenarios.

    Raises:
        OSError: a file is missing.
        ValueError: an array is damaged or of another encoder.
        ModelError: the frames are malformed.
    """

    def __init__(self, folder: Path, encoder: BertEncoder, scenarios: Sequence[str]) -> None:
        self._encoder = encoder
        self._frames = Frames(folder / "marcos.toml", scenarios)
        self._by_frames: Array = np.load(folder / "pesos_marcos.npy", allow_pickle=False)
        self._by_vector: Array = np.load(folder / "pesos_vector.npy", allow_pickle=False)
        if len(self._by_vector) != encoder.dimension or len(self._by_frames) != len(scenarios):
            raise ValueError("the weights belong to another encoder or another list of scenarios")

    def logits(self, text: str) -> Array:
        """(outputs,)."""
        vector = np.asarray(self._encoder.encode_query(text), dtype=np.float32)
        return np.asarray(vector @ self._by_vector + self._frames.vector(text) @ self._by_frames, dtype=np.float32)

    def without(self, text: str, spans: Sequence[tuple[int, int]]) -> list[Array]:
        """The logits without each span: without its frames and its part of the vector. (outputs,) each."""
        found = self._frames.find(text)
        rests = (self._frames.counted(f for f in found if f.end <= start or f.start >= end) for start, end in spans)
        vectors = self._encoder.encode_without(text, spans)
        return [
            np.asarray(np.array(vector, dtype=np.float32) @ self._by_vector + rest @ self._by_frames, dtype=np.float32)
            for vector, rest in zip(vectors, rests, strict=True)
        ]
