"""Teaches the student what it is for: to tell scenarios apart, and to lie near the passages that answer.

A head over its vectors and states gives the reader's outputs (main scenario, presence of each problem, courses,
danger) and is kept for the reader. Three contrasts go along: situations of one kind lie together (Khosla et al. 2020,
supervised contrast), a situation lies near a passage that carries one of its guidance points, nearer than to those of
others, and a retold one lies near its gist.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from reflexiona.corpus.library import prose
from reflexiona.domain import NONE_SCENARIO, Passage
from training.gists import Gists, TowardsGists
from training.heads import PHRASE, RETOLD, SECONDARY, Labels
from training.student import BATCH, Student, batches, learn, maybe_misspelt, optimiser, pace
from training.texts import Gist, Situation
from training.tuning_head import TuningHead, VectorHead, beside_the_point

EPOCHS = 2.0
RATE, WORD_RATE = 5e-5, 2e-4
LONGEST, LONGEST_PASSAGE = 192, 128
ALIKE, ANSWERS, GISTS = 0.5, 0.5, 1.0
"""What the contrasts count beside the labels."""
KEYS = 0.3
"""What it counts that attentions fall on the words that decide."""
NEAR = 0.15
"""Share of the target of those scenarios that a careful reader might have named instead."""
ALIKE_HEAT, ANSWERS_HEAT = 0.08, 0.06
SAME_KIND = 0.3
"""From this overlap of their targets on, two situations are of one kind."""
PASSAGES = 12
"""Situations of a batch that look for a passage."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Goals:
    """What is to be learnt of each situation."""

    scenarios: torch.Tensor
    """Shares of the main and secondary scenarios, in sum 1."""
    others: torch.Tensor
    """Presence of problems, courses, danger: 0 or 1."""
    counts: torch.Tensor
    """Whether an entry of `others` is labelled at all."""
    weights: torch.Tensor

    @classmethod
    def of(cls, situations: Sequence[Situation], labels: Labels, gists: Mapping[str, Gist]) -> Goals:
        """Goals in the order of `situations`; `gists` say what else they might have been called."""
        scenarios = torch.zeros(len(situations), len(labels.scenarios))
        rows, labelled = [], []
        for n, s in enumerate(situations):
            scenarios[n, labels.scenarios.index(s.primary)] = 1 - SECONDARY if s.secondary else 1.0
            for other in s.secondary:
                scenarios[n, labels.scenarios.index(other)] += SECONDARY / len(s.secondary)
            close = [other for other in _near(s, gists) if other not in (s.primary, *s.secondary)]
            if close:
                scenarios[n] *= 1 - NEAR
                scenarios[n, [labels.scenarios.index(other) for other in close]] = NEAR / len(close)
            present = [p in (s.primary, *s.secondary) for p in labels.problems]
            rows.append([*present, *(c in s.courses for c in labels.courses), s.safety])
            labelled.append([True] * len(present) + [not s.phrase] * len(labels.courses) + [True])
        weights = [RETOLD if s.retold else PHRASE if s.phrase else 1.0 for s in situations]
        return cls(scenarios, torch.tensor(rows).float(), torch.tensor(labelled).float(), torch.tensor(weights))

    def loss(self, logits: torch.Tensor, at: Sequence[int]) -> torch.Tensor:
        """Of a batch's logits."""
        shares, weights = self.scenarios[at], self.weights[at] / self.weights[at].sum()
        main = -(shares * functional.log_softmax(logits[:, : shares.shape[1]], dim=1)).sum(1)
        rest = logits[:, shares.shape[1] :]
        yes_no = functional.binary_cross_entropy_with_logits(rest, self.others[at], reduction="none")
        return ((main + 2 * (yes_no * self.counts[at]).mean(1)) * weights).sum()


class Answers:
    """Draws passages that answer situations."""

    def __init__(self, passages: Sequence[Passage], points: Mapping[str, Sequence[str]]) -> None:
        """`points`: scenario → guidance points, for situations that name none."""
        self._texts = [prose(p) for p in passages]
        self._carried = [frozenset(p.points) for p in passages]
        self._points = points
        self._with: defaultdict[str, list[int]] = defaultdict(list)
        for n, passage in enumerate(passages):
            for point in passage.points:
                self._with[point].append(n)

    def wanted(self, situation: Situation) -> frozenset[str]:
        """The points that would answer."""
        return frozenset(situation.points or self._points[situation.primary]) & self._with.keys()

    def draw(self, situations: Sequence[Situation], chance: random.Random) -> tuple[list[str], torch.Tensor]:
        """A passage for each, and which passages (columns) would answer which others (rows) as well."""
        wants = [self.wanted(s) for s in situations]
        drawn = [chance.choice(self._with[chance.choice(sorted(want))]) for want in wants]
        also = [[r != c and bool(want & self._carried[n]) for c, n in enumerate(drawn)] for r, want in enumerate(wants)]
        return [self._texts[n] for n in drawn], torch.tensor(also)


def tune(
    student: Student,
    situations: Sequence[Situation],
    labels: Labels,
    answers: Answers,
    gists: Gists,
    *,
    epochs: float,
    seed: int,
) -> VectorHead:
    """Tunes the student in place; returns the head it was tuned with."""
    torch.manual_seed(seed)
    chance = random.Random(seed)
    goals = Goals.of(situations, labels, gists.told)
    width = student.network.config.hidden_size
    head, towards = TuningHead(width, labels), TowardsGists(width, gists)
    adam = optimiser(student.network, WORD_RATE, RATE, *head.groups(), towards.group())
    steps = int(epochs * len(situations) / BATCH)
    student.network.train()
    drawn = batches([len(s.text) for s in situations], chance)
    for step in range(steps):
        at = next(drawn)
        cases = [situations[i] for i in at]
        pace(adam, step, steps, warm_up=60)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            read = student.read([maybe_misspelt(case.text, chance) for case in cases], LONGEST)
        vectors = read.vectors
        logits, shares = head(read)
        loss = goals.loss(logits, at) + ALIKE * _alike(vectors, goals.scenarios[at])
        loss = loss + GISTS * towards(vectors, cases)
        loss = loss + KEYS * beside_the_point(shares, read, cases, gists.told, labels.scenarios)
        loss = loss + ANSWERS * _unanswered(student, vectors, cases, answers, chance)
        learn(adam, student.network, loss)
        if (step + 1) % 100 == 0:
            print(f"  tuned {step + 1} of {steps}: loss {loss.item():.2f}", flush=True)
    return head.learnt()


def _unanswered(
    student: Student, vectors: torch.Tensor, cases: Sequence[Situation], answers: Answers, chance: random.Random
) -> torch.Tensor:
    asking = [row for row, case in enumerate(cases) if case.primary != NONE_SCENARIO][:PASSAGES]
    if len(asking) < 2:
        return torch.zeros(())
    texts, also = answers.draw([cases[row] for row in asking], chance)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = student.read(texts, LONGEST_PASSAGE).vectors
    near = (vectors[asking] @ found.T / ANSWERS_HEAT).masked_fill(also, -1e4)
    return functional.cross_entropy(near, torch.arange(len(asking)))


def _near(situation: Situation, gists: Mapping[str, Gist]) -> tuple[str, ...]:
    return gists[situation.id].near if situation.id in gists else ()


def _alike(vectors: torch.Tensor, shares: torch.Tensor) -> torch.Tensor:
    same = (shares @ shares.T) > SAME_KIND
    same.fill_diagonal_(False)
    near = vectors @ vectors.T / ALIKE_HEAT - torch.eye(len(vectors)) * 1e4
    chosen = near - torch.logsumexp(near, dim=1, keepdim=True)
    many = same.sum(1)
    if not many.any():
        return torch.zeros(())
    return (-(chosen * same).sum(1)[many > 0] / many[many > 0]).mean()
