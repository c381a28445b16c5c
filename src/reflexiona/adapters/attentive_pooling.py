"""A yes-or-no answer that may hang on a few words of a long text.

The mean of a text's states drowns what is told in passing. Here several attentions each point at the tokens that matter
to them, and what they point at is weighed together with the mean (attentive pooling: Lin et al. 2017, «A structured
self-attentive sentence embedding»).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class AttentivePooling:
    """The answer's logit from the states of a text's tokens."""

    weights: Array
    """(width × (2 attentions + 1)): where each attention points, what is read there, what is read in the mean."""

    def __post_init__(self) -> None:
        """Raises: ValueError: the array has another form."""
        if self.weights.ndim != 2 or self.weights.shape[1] % 2 == 0:
            raise ValueError("no array of an attentive pooling")

    def logit(self, states: Array) -> float:
        """`states`: (tokens × width). 0 without tokens."""
        if not len(states):
            return 0.0
        seen = states @ self.weights
        attentions = self.weights.shape[1] // 2
        pointed = seen[:, :attentions]
        shares = np.exp(pointed - pointed.max(axis=0))
        shares /= shares.sum(axis=0)
        return float((shares * seen[:, attentions:-1]).sum() + seen[:, -1].mean())
