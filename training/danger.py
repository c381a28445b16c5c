"""The attentions that look for danger: a few words of a long text, told in passing.

Learnt over the states of the included encoder, which stay as they are, from all situations and from texts written for
this alone (`peligro*.jsonl`).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold
from torch.nn import functional

from reflexiona.adapters.attentive_pooling import AttentivePooling
from reflexiona.adapters.bert_encoder import BertEncoder
from reflexiona.stages.clauses import clauses
from training.student import batches
from training.texts import Situation

ATTENTIONS = 8
EPOCHS, BATCH, RATE, DECAY, DROPPED = 10, 64, 1e-3, 0.05, 0.2
TWO = 0.4
"""Share of the pieces that are two clauses."""
DANGER = 3.0
"""What a danger weighs beside a text without."""
FOLDS, SEED = 5, 1

Floats = NDArray[np.float32]
States = NDArray[np.float16]
"""(tokens × width), in half floats, for there are many."""


@dataclass(frozen=True, slots=True)
class DangerHead:
    """Attentions with their intercept."""

    pooling: AttentivePooling
    intercept: float

    def logits(self, states: Sequence[States]) -> Floats:
        """(texts,) from the states of each."""
        return (
            np.array([self.pooling.logit(own.astype(np.float32)) for own in states], dtype=np.float32) + self.intercept
        )

    def scaled(self, factor: float) -> DangerHead:
        """The head whose logits are `factor` times as large."""
        weights = self.pooling.weights.copy()
        weights[:, weights.shape[1] // 2 :] *= factor
        return DangerHead(AttentivePooling(weights), self.intercept * factor)


def calm_pieces(situations: Sequence[Situation]) -> list[Situation]:
    """A clause, or two that follow each other, of each text without danger: no danger is in them either.

    Without these, a short sentence that says little («me dijo que mañana paga») looks like the beginning of one.
    """
    chance, found = random.Random(SEED), []
    for situation in situations:
        spans = [] if situation.safety else clauses(situation.text)
        if spans:
            start, end = chance.choice(spans)
            if chance.random() < TWO:
                end = min((after for _, after in spans if after > end), default=end)
            found.append(replace(situation, id=f"{situation.id}-1", text=situation.text[start:end], of_danger=True))
    return found


def states_of(texts: Sequence[str], encoder: BertEncoder) -> list[States]:
    """The states that the encoder gives to each text."""
    return [encoder.states(text)[0].astype(np.float16) for text in texts]


def fit(states: Sequence[States], danger: NDArray[np.bool_]) -> DangerHead:
    """The head that tells these texts apart best; the same texts give the same head."""
    draw = random.Random(SEED)
    network = _Network(states[0].shape[1], torch.Generator().manual_seed(SEED))
    adam = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
    steps = EPOCHS * len(states) // BATCH
    drawn = batches([len(own) for own in states], draw, BATCH)
    for step in range(steps):
        at = next(drawn)
        padded, there = _padded([states[i] for i in at])
        truth = torch.from_numpy(danger[at]).float()
        lost = functional.binary_cross_entropy_with_logits(network(padded, there), truth, reduction="none")
        loss = (lost * torch.where(truth > 0, DANGER, 1.0)).mean()
        for group in adam.param_groups:
            group["lr"] = RATE * max(0.05, 1 - step / steps)
        adam.zero_grad()
        loss.backward()
        adam.step()
    return DangerHead(AttentivePooling(network.weights.detach().numpy()), float(network.intercept.detach()))


def held_out(states: Sequence[States], danger: NDArray[np.bool_], groups: Sequence[str], jobs: int = 1) -> Floats:
    """Logits of every text by heads that saw neither it nor another of its group: (texts,)."""
    torch.set_num_threads(1)
    found = np.zeros(len(states), dtype=np.float32)

    def measure(part: tuple[NDArray[np.int64], NDArray[np.int64]]) -> None:
        seen, unseen = part
        head = fit([states[i] for i in seen], danger[seen])
        found[unseen] = head.logits([states[i] for i in unseen])

    with ThreadPoolExecutor(jobs) as pool:  # the states are too many to be handed to other processes
        list(pool.map(measure, GroupKFold(FOLDS, shuffle=True, random_state=SEED).split(danger, groups=groups)))
    return found


class _Network(torch.nn.Module):  # type: ignore[misc]  # torch has no types here
    """The head while it learns."""

    def __init__(self, width: int, chance: torch.Generator) -> None:
        super().__init__()
        bound = width**-0.5
        start = torch.empty(width, 2 * ATTENTIONS + 1).uniform_(-bound, bound, generator=chance)
        self.weights = torch.nn.Parameter(start)
        self.chance = chance
        self.intercept = torch.nn.Parameter(torch.tensor(-2.0))

    def forward(self, states: torch.Tensor, there: torch.Tensor) -> torch.Tensor:
        """(texts,) from states, (texts × tokens × width), and which of the tokens are there."""
        kept = torch.rand(states.shape, generator=self.chance) >= DROPPED
        seen = (states * kept / (1 - DROPPED)) @ self.weights
        shares = seen[..., :ATTENTIONS].masked_fill(~there[..., None], -1e4).softmax(1)
        pointed = (shares * seen[..., ATTENTIONS:-1]).sum((1, 2))
        return pointed + (seen[..., -1] * there).sum(1) / there.sum(1) + self.intercept


def _padded(states: Sequence[States]) -> tuple[torch.Tensor, torch.Tensor]:
    """(texts × tokens × width), and which tokens are there: (texts × tokens)."""
    lengths = torch.tensor([len(own) for own in states])
    padded = torch.nn.utils.rnn.pad_sequence([torch.from_numpy(own).float() for own in states], batch_first=True)
    return padded, torch.arange(padded.shape[1])[None] < lengths[:, None]
