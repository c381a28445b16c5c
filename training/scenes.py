"""Teaches which way of its scenario a text tells: one of the passages about single ways in which it happens.

Learnt from the sayings of those passages, and from retold texts that their writers assigned to them, with the gists and
echoes of these. A linear model over the encoder's vector, one softmax a scenario.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold
from torch.nn import functional

from reflexiona.adapters.bert_encoder import BertEncoder
from reflexiona.adapters.scenes import SceneList, SceneRow
from reflexiona.domain import Passage
from reflexiona.stages.read import NAMED
from training.texts import DATA, Situation, load_passages

DECAY = 0.03
RETELLING = 0.6
"""What a gist or an echo weighs beside the text it comes from."""
FOLDS, STEPS = 5, 80
_RETOLD_FROM = re.compile(r"-(?:esencia|eco\d+)$")

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Examples:
    """Texts with the scene each tells, by its column."""

    vectors: Floats
    """(texts × width)."""
    scenes: NDArray[np.int64]
    weights: Floats

    def of(self, rows: NDArray[np.int64]) -> Examples:
        """Some of them."""
        return Examples(self.vectors[rows], self.scenes[rows], self.weights[rows])

    def beside(self, others: Examples) -> Examples:
        """These and others."""
        return Examples(
            np.concatenate([self.vectors, others.vectors]),
            np.concatenate([self.scenes, others.scenes]),
            np.concatenate([self.weights, others.weights]),
        )


def make(folder: Path, situations: Sequence[Situation], vectors: Floats, encoder: BertEncoder) -> dict[str, float]:
    """Learns, measures, and writes `escenas.npy` and `escenas.json`.

    Args:
        folder: of the reader.
        situations: retold ones and what was written after them; those that no scene was assigned to are passed over.
        vectors: (situations × width), by `encoder`.
        encoder: the included one.

    Returns:
        What was measured, held out by page: share of the right ones among all, share named, and right among those.
    """
    passages = [passage for passage in load_passages() if passage.scene]
    columns = {passage.id: column for column, passage in enumerate(passages)}
    among = _among(passages)
    assigned = {row["id"]: columns[row["scene"]] for row in _rows() if row["scene"]}
    sources = [_RETOLD_FROM.sub("", s.id) for s in situations]
    told = np.array([n for n, source in enumerate(sources) if source in assigned])
    examples = Examples(
        vectors[told],
        np.array([assigned[sources[n]] for n in told]),
        np.array([1.0 if situations[n].retold else RETELLING for n in told], dtype=np.float32),
    )
    said = _sayings(passages, encoder)
    measured = _measure(examples, said, [situations[n].origin for n in told], among)
    weights = _fit(examples.beside(said), among)
    np.save(folder / "escenas.npy", weights.astype(np.float16))
    rows = [
        SceneRow(p.id, p.scenarios[0], list(dict.fromkeys(option.course for option in p.options))) for p in passages
    ]
    about = SceneList(rows, {name: round(float(value), 4) for name, value in measured.items()})
    (folder / "escenas.json").write_bytes(msgspec.json.format(msgspec.json.encode(about), indent=1) + b"\n")
    return measured


def _among(passages: Sequence[Passage]) -> Floats:
    """(scenes × scenes): 0 where both are of one scenario, else so low that none is chosen."""
    scenarios = np.array([passage.scenarios[0] for passage in passages])
    return np.where(scenarios[:, None] == scenarios[None], 0.0, -1e4).astype(np.float32)


def _sayings(passages: Sequence[Passage], encoder: BertEncoder) -> Examples:
    said = [(saying, column) for column, passage in enumerate(passages) for saying in passage.sayings]
    vectors = np.array(encoder.encode_passages([saying for saying, _ in said]), dtype=np.float32)
    return Examples(vectors, np.array([column for _, column in said]), np.ones(len(said), dtype=np.float32))


def _fit(examples: Examples, among: Floats) -> Floats:
    """(width + 1 × scenes), the intercepts last."""
    vectors, scenes = torch.from_numpy(examples.vectors), torch.from_numpy(examples.scenes)
    only, counts = torch.from_numpy(among)[scenes], torch.from_numpy(examples.weights)
    weights = torch.zeros(vectors.shape[1] + 1, len(among), requires_grad=True)
    search = torch.optim.LBFGS([weights], max_iter=STEPS, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        search.zero_grad()
        logits = vectors @ weights[:-1] + weights[-1] + only
        lost = (functional.cross_entropy(logits, scenes, reduction="none") * counts).sum()
        lost = lost + DECAY * (weights[:-1] ** 2).sum()
        lost.backward()
        return lost

    search.step(loss)
    return np.asarray(weights.detach().numpy(), dtype=np.float32)


def _measure(examples: Examples, said: Examples, pages: Sequence[str], among: Floats) -> dict[str, float]:
    chances = np.zeros((len(pages), len(among)))
    for seen, unseen in GroupKFold(FOLDS).split(chances, groups=pages):
        weights = _fit(examples.of(seen).beside(said), among)
        logits = examples.vectors[unseen] @ weights[:-1] + weights[-1] + among[examples.scenes[unseen]]
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        chances[unseen] = shares / shares.sum(axis=1, keepdims=True)
    real = examples.weights == 1.0
    right, sure = (chances.argmax(axis=1) == examples.scenes)[real], (chances.max(axis=1) >= NAMED)[real]
    return {"right": right.mean(), "named": sure.mean(), "right where named": right[sure].mean() if sure.any() else 0.0}


def _rows() -> list[dict[str, str | None]]:
    lines = (DATA / "escenas.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]
