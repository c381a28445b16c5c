"""What the reader goes by beside words: the vector of the text and the frames it holds.

Both are added to the logits that the words give; what each is worth was fitted when the reader was made.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reflexiona.adapters.bert_encoder import BertEncoder
from reflexiona.adapters.frames import Found, Frames

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
        self._scenarios = {name: row for row, name in enumerate(scenarios)}
        self._by_frames: Array = np.load(folder / "pesos_marcos.npy", allow_pickle=False)
        self._by_vector: Array = np.load(folder / "pesos_vector.npy", allow_pickle=False)
        if len(self._by_vector) != encoder.dimension or len(self._by_frames) != len(self._scenarios):
            raise ValueError("the weights belong to another encoder or another list of scenarios")

    def logits(self, text: str) -> Array:
        """(outputs,)."""
        vector = np.asarray(self._encoder.encode_query(text), dtype=np.float32)
        return np.asarray(vector @ self._by_vector + self._frames.vector(text) @ self._by_frames, dtype=np.float32)

    def losses(self, text: str, spans: Sequence[tuple[int, int]]) -> list[Array]:
        """What is lost of the logits without each span: its frames, its part of the vector. (outputs,) each."""
        found = self._frames.find(text)
        rests = (self._counted([f for f in found if f.end <= start or f.start >= end]) for start, end in spans)
        frames = [self._counted(found) - rest for rest in rests]
        whole = np.array(self._encoder.encode_query(text), dtype=np.float32)
        vectors = [whole - np.array(rest, dtype=np.float32) for rest in self._encoder.encode_without(text, spans)]
        return [f @ self._by_frames + v @ self._by_vector for f, v in zip(frames, vectors, strict=True)]

    def _counted(self, found: Sequence[Found]) -> Array:
        counts = np.zeros(len(self._scenarios), dtype=np.float32)
        for scenario, _ in {(f.scenario, f.says) for f in found}:
            counts[self._scenarios[scenario]] += 1
        return np.log1p(counts)
