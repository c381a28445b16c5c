"""What the reader goes by beside words: the vector of the text, the frames it holds, and where it may tell of danger.

All are added to the logits that the words give; what each is worth was fitted when the reader was made.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reflexiona.adapters.attentive_pooling import AttentivePooling, LabelAttention
from reflexiona.adapters.bert_encoder import BertEncoder, pooled
from reflexiona.adapters.frames import Frames

Array = NDArray[np.float32]


class FurtherViews:
    """Logits from `marcos.toml`, `pesos_marcos.npy` (scenarios × outputs), `pesos_vector.npy` (width × outputs),
    `atencion.npy` for the scenarios and the problems, and `peligro.npy` for the last output (see `attentive_pooling`).

    Args:
        folder: where these files lie.
        encoder: the one the weights were trained with.
        scenarios: order of the frames' scenarios; one attention each.
        problems: which of them have an output of their own behind those of the scenarios.

    Raises:
        OSError: a file is missing.
        ValueError: an array is damaged or of another encoder.
        ModelError: the frames are malformed.
    """

    def __init__(self, folder: Path, encoder: BertEncoder, scenarios: Sequence[str], problems: Sequence[str]) -> None:
        self._encoder = encoder
        self._frames = Frames(folder / "marcos.toml", scenarios)
        self._by_frames: Array = np.load(folder / "pesos_marcos.npy", allow_pickle=False)
        self._by_vector: Array = np.load(folder / "pesos_vector.npy", allow_pickle=False)
        self._danger = AttentivePooling(np.load(folder / "peligro.npy", allow_pickle=False))
        self._attention = label_attention(np.load(folder / "atencion.npy", allow_pickle=False), scenarios, problems)
        by_encoder = len(self._attention.read) == len(self._by_vector) == len(self._danger.weights) == encoder.dimension
        if not by_encoder or len(self._by_frames) != len(scenarios):
            raise ValueError("the weights belong to another encoder or another list of scenarios")

    def logits(self, text: str) -> Array:
        """(outputs,)."""
        states, _ = self._encoder.states(text)
        return self._logits(states, self._frames.vector(text))

    def without(self, text: str, spans: Sequence[tuple[int, int]]) -> list[Array]:
        """The logits without each span: without its frames and its tokens' states. (outputs,) each."""
        found = self._frames.find(text)
        rests = (self._frames.counted(f for f in found if f.end <= start or f.start >= end) for start, end in spans)
        states = self._encoder.states_without(text, spans)
        return [self._logits(left, rest) for left, rest in zip(states, rests, strict=True)]

    def _logits(self, states: Array, frames: Array) -> Array:
        found = np.asarray(pooled(states) @ self._by_vector + frames @ self._by_frames, dtype=np.float32)
        by_attention = self._attention.logits(states)
        found[: len(by_attention)] += by_attention
        found[-1] += self._danger.logit(states)
        return found


def label_attention(weights: Array, scenarios: Sequence[str], problems: Sequence[str]) -> LabelAttention:
    """From one array: where each scenario points, then what is read there for it and for its problem.

    (width × (2 scenarios + problems)).

    Raises:
        ValueError: it has another form.
    """
    labels = [*range(len(scenarios)), *(scenarios.index(problem) for problem in problems)]
    return LabelAttention(weights[:, : len(scenarios)], weights[:, len(scenarios) :], np.array(labels))
