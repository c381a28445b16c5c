"""The head with which the encoder is tuned, while it learns: over the text's vector, and over its states.

What tells a scenario may be a few words of a long text: an attention for each scenario points at tokens, and what it
points at counts for the scenario and for the presence of its problem. Where somebody has marked the words that decide,
the attention of the main scenario learns to fall on them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from reflexiona.adapters.attentive_pooling import LabelAttention
from reflexiona.adapters.further_views import label_attention
from training.heads import Labels
from training.student import Read, Student
from training.texts import Gist, Situation

SHARPNESS = 12.0
"""Vectors have length one; the head sees them so many times longer, else it would learn too slowly."""
RATE, ATTENTION_RATE = 5e-3, 2e-3
FAINT = 1e-4
"""Keeps the logarithm of an attention from falling without end."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class VectorHead:
    """Logits from a text's vector and states. Outputs as in `training.heads.Heads`."""

    weights: Floats
    """(width × outputs), over the vector."""
    intercepts: Floats
    attention: Floats
    """(width × (2 scenarios + problems)): see `reflexiona.adapters.further_views.label_attention`."""

    def logits(self, student: Student, texts: Sequence[str], labels: Labels) -> Floats:
        """(texts × outputs)."""
        attention = self.attention_of(labels)
        found = np.zeros((len(texts), len(self.intercepts)), dtype=np.float32)
        for row, states in student.states(texts):
            mean = states.mean(axis=0)
            found[row] = mean / np.linalg.norm(mean) @ self.weights + self.intercepts
            found[row, : len(attention.labels)] += attention.logits(states)
        return found

    def attention_of(self, labels: Labels) -> LabelAttention:
        """The attention as the reader runs it."""
        return label_attention(self.attention, labels.scenarios, labels.problems)


class TuningHead(torch.nn.Module):  # type: ignore[misc]  # torch has no types here
    """A linear map over the vector, and an attention for each scenario over the states."""

    def __init__(self, width: int, labels: Labels) -> None:
        super().__init__()
        self.scenarios, self.problems = len(labels.scenarios), len(labels.problems)
        self.linear = torch.nn.Linear(width, self.scenarios + self.problems + len(labels.courses) + 1)
        torch.nn.init.normal_(self.linear.weight, std=0.02)
        self.pointing = torch.nn.Parameter(torch.randn(width, self.scenarios) * 0.02)
        self.read = torch.nn.Parameter(torch.randn(width, self.scenarios + self.problems) * 0.005)
        own = [*range(self.scenarios), *(labels.scenarios.index(problem) for problem in labels.problems)]
        self.own = torch.tensor(own)

    def groups(self) -> tuple[dict[str, object], dict[str, object]]:
        """What learns at which rate."""
        return (
            {"params": list(self.linear.parameters()), "lr": RATE},
            {"params": [self.pointing, self.read], "lr": ATTENTION_RATE},
        )

    def forward(self, read: Read) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits, (texts × outputs), and which part of each attention falls on which token.

        (texts × tokens × scenarios).
        """
        shares = (read.states @ self.pointing).masked_fill(~read.there[..., None], -1e4).softmax(1)
        pointed = (shares[..., self.own] * (read.states @ self.read)).sum(1)
        found = self.linear(read.vectors * SHARPNESS)
        rest = found.shape[1] - pointed.shape[1]
        return found + functional.pad(pointed, (0, rest)), shares

    def learnt(self) -> VectorHead:
        """As arrays."""
        weights = self.linear.weight.detach().numpy().T * SHARPNESS
        attention = torch.cat([self.pointing, self.read], dim=1).detach().numpy()
        return VectorHead(np.ascontiguousarray(weights, dtype=np.float32), self.linear.bias.detach().numpy(), attention)


def beside_the_point(
    shares: torch.Tensor, read: Read, cases: Sequence[Situation], gists: Mapping[str, Gist], scenarios: Sequence[str]
) -> torch.Tensor:
    """How far the attention of each main scenario is from the words that decide; 0 where nobody has marked them.

    A text that was misspelt does not hold them as they were marked, and is left out.
    """
    found = []
    for row, (case, text) in enumerate(zip(cases, read.texts, strict=True)):
        key = gists[case.id].key if case.id in gists else ""
        start = text.find(key)
        if not key or start < 0:
            continue
        offsets = enumerate(read.offsets[row])
        tokens = [n for n, (left, right) in offsets if left < right and left < start + len(key) and right > start]
        if tokens:
            found.append(-torch.log(shares[row, tokens, scenarios.index(case.primary)].sum() + FAINT))
    return torch.stack(found).sum() / len(cases) if found else torch.zeros(())
