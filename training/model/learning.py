"""Teaches the network: next tokens by what each is worth, and the meaning of a text as the English teacher sees it.

The second goal is that of the encoder (Reimers & Gurevych 2020): the state behind a situation should tell the vector
that all-MiniLM-L6-v2 gives to its English rendering. It uses no label, and what it brings cannot be had from our texts.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

from training.model.batches import Batch
from training.model.network import Network

RATE, LAST_RATE, WARMUP = 1.6e-3, 0.04, 150
DECAY, CLIP = 0.08, 1.0
MEANING = 1.5
"""What the distance to the teacher's vector counts beside the mean loss of a token."""
DROPPED = 0.1
"""Share of the states of each layer that is left out while learning."""
WRONG = 0.04
"""Share of the tokens of a situation that are read as others."""


@dataclass(slots=True)
class Learner:
    """Network, the map from its states to the teacher's vectors, optimiser, and how far it is."""

    network: Network
    meaning: nn.Linear
    optimiser: torch.optim.AdamW
    step: int = 0

    @classmethod
    def begin(cls, network: Network, width: int) -> Learner:
        """A learner that has learnt nothing yet; `width`: of the teacher's vectors."""
        meaning = nn.Linear(network.shape.width, width)
        every = [*network.parameters(), *meaning.parameters()]
        groups = [
            {"params": [p for p in every if p.dim() > 1], "weight_decay": DECAY},
            {"params": [p for p in every if p.dim() < 2], "weight_decay": 0.0},
        ]
        return cls(network, meaning, torch.optim.AdamW(groups, lr=RATE, betas=(0.9, 0.98)))

    def save(self, path: Path) -> None:
        """All that is needed to go on; whole or not at all."""
        half = path.with_suffix(".part")
        torch.save(
            {
                "network": self.network.state_dict(),
                "meaning": self.meaning.state_dict(),
                "optimiser": self.optimiser.state_dict(),
                "step": self.step,
                "chance": torch.get_rng_state(),
            },
            half,
        )
        half.replace(path)

    def load(self, path: Path) -> None:
        """Goes on where `save` was called."""
        kept = torch.load(path, weights_only=True)
        self.network.load_state_dict(kept["network"])
        self.meaning.load_state_dict(kept["meaning"])
        self.optimiser.load_state_dict(kept["optimiser"])
        self.step = kept["step"]
        torch.set_rng_state(kept["chance"])

    def learn(
        self,
        batches: Iterator[Batch],
        vectors: torch.Tensor,
        until: int,
        steps: int,
        watch: Callable[[int, float, float], None],
    ) -> None:
        """Up to step number `until` of a course of `steps`; `watch` is told step, loss and tokens a second."""
        self.network.train()
        tokens, loss_sum, seen, started = 0, 0.0, 0, time.monotonic()
        while self.step < until:
            batch = next(batches)
            for group in self.optimiser.param_groups:
                group["lr"] = RATE * pace(self.step, steps)
            loss = self._loss(batch, vectors)
            loss.backward()
            nn.utils.clip_grad_norm_(self.network.parameters(), CLIP)
            self.optimiser.step()
            self.optimiser.zero_grad(set_to_none=True)
            self.step += 1
            tokens, loss_sum, seen = tokens + batch.ids.numel(), loss_sum + float(loss.detach()), seen + 1
            if self.step % 50 == 0:
                watch(self.step, loss_sum / seen, tokens / (time.monotonic() - started))
                tokens, loss_sum, seen, started = 0, 0.0, 0, time.monotonic()

    def _loss(self, batch: Batch, vectors: torch.Tensor) -> torch.Tensor:
        ids = batch.ids
        wrong = (torch.rand(ids.shape) < WRONG) & (torch.arange(ids.shape[1]) < batch.told[:, None]) & (ids > 0)
        read = torch.where(wrong, torch.randint(4, self.network.shape.vocabulary - 8, ids.shape), ids)
        with torch.autocast("cpu", torch.bfloat16):
            states = self.network.states(read, dropped=DROPPED)
            worth = batch.worth[:, 1:]
            counted = worth > 0
            logits = self.network.logits(states[:, :-1][counted])
        losses = functional.cross_entropy(logits.float(), ids[:, 1:][counted], reduction="none")
        weights = worth[counted]
        loss = (losses * weights).sum() / weights.sum().clamp(min=1.0)
        known = (batch.rows >= 0).nonzero().flatten()
        if len(known):
            at = states[known, batch.told[known]].float()
            told = functional.normalize(self.meaning(at), dim=1)
            loss = loss + MEANING * (1 - (told * vectors[batch.rows[known]]).sum(1)).mean()
        return loss


def pace(step: int, steps: int) -> float:
    """Share of the full rate: up in a line, down along a cosine."""
    if step < WARMUP:
        return (step + 1) / WARMUP
    done = (step - WARMUP) / max(1, steps - WARMUP)
    return LAST_RATE + (1 - LAST_RATE) * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))
