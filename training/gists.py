"""A situation lies near what it comes to: its gist, as the English teacher sees it.

A label says which of twenty; the gist says who did what to whom, which the text may only hint at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from training.student import APART, CLOSER
from training.texts import Gist, Situation

RATE = 1e-3
HEAT = 20


@dataclass(frozen=True, slots=True)
class Gists:
    """The gists of retold texts with the teacher's vectors, by the id of the text."""

    told: Mapping[str, Gist]
    english: Mapping[str, NDArray[np.float32]]


class TowardsGists(torch.nn.Module):  # type: ignore[misc]  # torch has no types here
    """The loss, with a map of its own between the student's room and the teacher's: it begins as no change at all."""

    def __init__(self, width: int, gists: Gists) -> None:
        super().__init__()
        self.gists = gists
        wide = len(next(iter(gists.english.values()))) if gists.english else width
        self.map = torch.nn.Linear(width, wide, bias=False)
        torch.nn.init.eye_(self.map.weight)

    def group(self) -> dict[str, object]:
        """What learns at which rate."""
        return {"params": list(self.map.parameters()), "lr": RATE}

    def forward(self, vectors: torch.Tensor, cases: Sequence[Situation]) -> torch.Tensor:
        """How far `vectors`, (texts × width), are from their gists and how near to others'. 0 with fewer than two."""
        rows = [row for row, case in enumerate(cases) if case.id in self.gists.english]
        if len(rows) < 2:
            return torch.zeros(())
        goals = torch.from_numpy(np.stack([self.gists.english[cases[row].id] for row in rows]))
        found = functional.normalize(self.map(vectors[rows]), dim=1)
        away = 1 - (found * goals).sum(1).mean()
        others = functional.cross_entropy(found @ goals.T * HEAT, torch.arange(len(rows)))
        return CLOSER * away + APART * others
