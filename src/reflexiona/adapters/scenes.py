"""Which way of its scenario a text tells: a linear model over the encoder's vector, one softmax a scenario.

What it chooses among are the passages of the corpus about single ways in which a scenario happens.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from reflexiona.adapters.bert_encoder import BertEncoder, pooled
from reflexiona.ports import Scene

Array = NDArray[np.float32]


class SceneRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A passage that can be chosen."""

    id: str
    scenario: str
    courses: list[str]
    """Of its options."""


class SceneList(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`escenas.json`: what the columns of `escenas.npy` are."""

    scenes: list[SceneRow]
    measured: dict[str, float]
    """What was measured when it was made; for the record."""


class Scenes:
    """Reads `escenas.json` and `escenas.npy`, (width + 1 × scenes) with the intercepts last.

    Args:
        folder: where they lie.
        encoder: the one the weights were trained with.

    Raises:
        OSError: a file is missing.
        ValueError: they are damaged, or of another encoder.
    """

    def __init__(self, folder: Path, encoder: BertEncoder) -> None:
        self._list = msgspec.json.decode((folder / "escenas.json").read_bytes(), type=SceneList)
        weights = np.load(folder / "escenas.npy", allow_pickle=False).astype(np.float32)
        if weights.shape != (encoder.dimension + 1, len(self._list.scenes)):
            raise ValueError("the scenes belong to another encoder")
        self._encoder, self._weights, self._intercepts = encoder, weights[:-1], weights[-1]
        scenarios = [row.scenario for row in self._list.scenes]
        self._columns = {s: [n for n, other in enumerate(scenarios) if other == s] for s in dict.fromkeys(scenarios)}

    def likely(self, text: str) -> tuple[Scene, ...]:
        """All, each with its probability among those of its scenario."""
        logits = pooled(self._encoder.states(text)[0]) @ self._weights + self._intercepts
        chances = np.empty(len(logits), dtype=np.float32)
        for columns in self._columns.values():
            chances[columns] = _softmax(logits[columns])
        return tuple(
            Scene(row.id, row.scenario, tuple(row.courses), p)
            for row, p in zip(self._list.scenes, chances.tolist(), strict=True)
        )


def _softmax(logits: Array) -> Array:
    shares = np.exp(logits - logits.max())
    return np.asarray(shares / shares.sum(), dtype=np.float32)
