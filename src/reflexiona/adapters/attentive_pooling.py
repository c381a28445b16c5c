"""Answers that may hang on a few words of a long text.

The mean of a text's states drowns what is told in passing. Attentions point at the tokens that matter to them, and
what they point at is weighed (Lin et al. 2017, «A structured self-attentive sentence embedding»): for danger several
together with the mean, for the scenarios one each (Mullenbach et al. 2018, «Explainable prediction of medical codes»).
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
        return float((_shares(seen[:, :attentions]) * seen[:, attentions:-1]).sum() + seen[:, -1].mean())


@dataclass(frozen=True, slots=True)
class LabelAttention:
    """An attention for each label, at which one output or more are read."""

    pointing: Array
    """(width × labels)."""
    read: Array
    """(width × outputs)."""
    labels: NDArray[np.int64]
    """At which label's attention each output is read: (outputs,)."""

    def __post_init__(self) -> None:
        """Raises: ValueError: the arrays do not belong together."""
        if self.pointing.ndim != 2 or self.read.shape != (len(self.pointing), len(self.labels)):
            raise ValueError("no arrays of a label attention")

    def logits(self, states: Array) -> Array:
        """(outputs,) from `states`: (tokens × width). Zeros without tokens."""
        if not len(states):
            return np.zeros(len(self.labels), dtype=np.float32)
        shares = _shares(states @ self.pointing)[:, self.labels]
        return np.asarray((shares * (states @ self.read)).sum(axis=0), dtype=np.float32)


def _shares(pointed: Array) -> Array:
    """What part of each attention (column) falls on each token (row)."""
    shares = np.exp(pointed - pointed.max(axis=0))
    return np.asarray(shares / shares.sum(axis=0), dtype=np.float32)
