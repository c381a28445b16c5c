"""Moves subword vectors so that a situation lies near the passages that answer it and near situations of its kind.

Contrastive, within a batch: each text is drawn to its partner and away from the partners of the others, except from
those that would fit it as well. Seeded, one thread: the same texts give the same vectors.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers.sentence_transformer.modules import StaticEmbedding
from tokenizers import Tokenizer
from torch.nn import functional

from reflexiona.corpus.library import indexed_text
from reflexiona.domain import NONE_SCENARIO, Passage
from training.noise import noisy
from training.texts import Situation

STEPS, BATCH, RATE, SCALE = 400, 192, 0.001, 20.0
WARM_UP = 50
SITUATIONS = 0.6
"""Share of the pairs that begin with a situation; the others join a passage with its title, a saying or words of it."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts that belong together."""

    left: str
    right: str
    wants: frozenset[str]
    """What else the left text would fit: a scenario, guidance points, a passage."""
    carries: frozenset[str]
    """What the right text is."""


class Pairs:
    """Draws pairs from situations and passages."""

    def __init__(
        self, situations: Sequence[Situation], passages: Sequence[Passage], points: Mapping[str, Sequence[str]]
    ) -> None:
        """`points`: guidance points by scenario, for situations that have none of their own."""
        self._situations = [s for s in situations if s.primary != NONE_SCENARIO]
        self._passages = passages
        self._points = points
        self._of_scenario: dict[str, list[str]] = {}
        for situation in self._situations:
            self._of_scenario.setdefault(situation.primary, []).append(situation.text)
        self._with_point: dict[str, list[Passage]] = {}
        for passage in passages:
            for point in passage.points:
                self._with_point.setdefault(point, []).append(passage)

    def draw(self, chance: random.Random) -> Pair:
        """One pair."""
        return self._told(chance) if chance.random() < SITUATIONS else self._sought(chance)

    def _told(self, chance: random.Random) -> Pair:
        situation = chance.choice(self._situations)
        text = noisy(situation.text, chance.randrange(10**6)) if chance.random() < 0.2 else situation.text
        points = situation.points or self._points[situation.primary]
        wants = frozenset((situation.primary, *points))
        carried = [point for point in points if point in self._with_point]
        if carried and chance.random() < 0.6:
            point = chance.choice(carried)
            passage = chance.choice(self._with_point[point])
            return Pair(text, indexed_text(passage), wants, frozenset((situation.primary, *passage.points)))
        return Pair(text, chance.choice(self._of_scenario[situation.primary]), wants, frozenset((situation.primary,)))

    def _sought(self, chance: random.Random) -> Pair:
        passage = chance.choice(self._passages)
        words = passage.text.split()
        start = chance.randrange(max(1, len(words) - 12))
        left = chance.choice((passage.title, *passage.sayings, " ".join(words[start : start + 12])))
        own = frozenset((passage.id,))
        return Pair(left, passage.text, own, own)


def tune(
    tokenizer: Tokenizer, vectors: NDArray[np.float32], pairs: Pairs, *, seed: int, steps: int = STEPS
) -> NDArray[np.float32]:
    """The vectors after `steps` steps: (subwords × dimension)."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    chance = random.Random(seed)
    start = vectors / np.linalg.norm(vectors, axis=1).mean()
    module = StaticEmbedding(tokenizer, embedding_weights=start.astype(np.float32))
    optimizer = torch.optim.Adam(module.parameters(), lr=RATE)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1.0, step / WARM_UP) * max(0.05, 1 - step / steps)
    )
    for _ in range(steps):
        batch = [pairs.draw(chance) for _ in range(BATCH)]
        loss = _loss(module, batch)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        schedule.step()
    return np.asarray(module.embedding.weight.detach().numpy(), dtype=np.float32)


def _loss(module: StaticEmbedding, batch: Sequence[Pair]) -> torch.Tensor:
    left, right = _encode(module, [p.left for p in batch]), _encode(module, [p.right for p in batch])
    fits = [[i != j and bool(a.wants & b.carries) for j, b in enumerate(batch)] for i, a in enumerate(batch)]
    near = (SCALE * left @ right.T).masked_fill(torch.tensor(fits), -1e4)
    own = torch.arange(len(batch))
    return (functional.cross_entropy(near, own) + functional.cross_entropy(near.T, own)) / 2


def _encode(module: StaticEmbedding, texts: list[str]) -> torch.Tensor:
    return functional.normalize(module(module.preprocess(texts))["sentence_embedding"], dim=1)
