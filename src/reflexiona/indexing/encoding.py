"""From passages to vectors: what a passage says and how people say it, in one vector."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reflexiona.corpus.library import prose
from reflexiona.domain import Passage
from reflexiona.ports import Encoder

SAYINGS = 0.6
"""What the mean of a passage's sayings counts beside its prose. Encoded as one text with it, they would fall behind the
encoder's longest text, and the prose would drown them: measured in `training/REPORT.md`."""


def encode_passages(encoder: Encoder, passages: Sequence[Passage]) -> list[list[float]]:
    """One unit vector a passage, in order; all zeros where nothing of it is known to the encoder."""
    sayings = [saying for passage in passages for saying in passage.sayings]
    encoded = encoder.encode_passages([*(prose(passage) for passage in passages), *sayings])
    vectors = np.array(encoded, dtype=np.float32).reshape(len(encoded), encoder.dimension)
    found = vectors[: len(passages)].copy()
    start = len(passages)
    for row, passage in enumerate(passages):
        if passage.sayings:
            end = start + len(passage.sayings)
            found[row] += SAYINGS * vectors[start:end].mean(axis=0)
            start = end
    found /= np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-12)
    combined: list[list[float]] = found.tolist()
    return combined
