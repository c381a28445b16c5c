"""How much each view of a text counts: its words, its vector (for danger: its states), its frames.

The weights are few and are fitted on logits of texts that the views were not trained on. For measuring, each text's
views are mixed with weights fitted on the other pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import softmax
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from training.heads import Labels
from training.texts import Situation

FOLDS, SEED = 5, 2
FRAME_PRIOR, FRAME_TIGHTNESS = 0.5, 0.004
"""What a frame counts before anything is fitted, and how hard its weight is held to it."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Views:
    """Held-out logits of the same texts: words and vectors (texts × outputs), frames (texts × scenarios)."""

    words: Floats
    vectors: Floats
    frames: Floats

    def of(self, rows: Sequence[int] | NDArray[np.int64]) -> Views:
        """Some of the texts."""
        return Views(self.words[rows], self.vectors[rows], self.frames[rows])


@dataclass(frozen=True, slots=True)
class Mix:
    """What is multiplied with each output of each view: (outputs,) each; frames only where a scenario is an output."""

    words: Floats
    vectors: Floats
    frames: Floats

    def __call__(self, views: Views, labels: Labels) -> Floats:
        """(texts × outputs)."""
        return views.words * self.words + views.vectors * self.vectors + spread(views.frames, labels) * self.frames


def spread(frames: Floats, labels: Labels) -> Floats:
    """Frames in the columns of the outputs: scenarios, problems; nothing for courses and danger."""
    problems = frames[:, [labels.scenarios.index(p) for p in labels.problems]]
    return np.hstack([frames, problems, np.zeros((len(frames), len(labels.courses) + 1))])


def fit(views: Views, situations: Sequence[Situation], labels: Labels) -> Mix:
    """Weights from held-out texts; retold ones decide, but for danger, of which life tells too little.

    Those that the writers of the frames had read say nothing of what a frame is worth.
    """
    ends = np.cumsum([len(labels.scenarios), len(labels.problems), len(labels.courses)])
    retold = np.array([i for i, s in enumerate(situations) if s.measured])
    life = views.of(retold)
    cases = [situations[i] for i in retold]
    truth = np.array([labels.scenarios.index(s.primary) for s in cases])
    main = _fit_main(life, truth, ends[0])
    framed = spread(life.frames, labels)
    there = np.array([[p in (s.primary, *s.secondary) for p in labels.problems] for s in cases])
    own = slice(ends[0], ends[1])
    present = _fit_line([life.words[:, own], life.vectors[:, own], framed[:, own]], there)
    given = slice(ends[1], ends[2])
    asked = np.array([bool(s.courses) for s in cases])
    acceptable = np.array([[c in s.courses for c in labels.courses] for s in cases])
    courses = _fit_line([life.words[asked, given], life.vectors[asked, given]], acceptable[asked])
    danger = _fit_line([views.words[:, -1], views.vectors[:, -1]], np.array([s.safety for s in situations]))
    sizes = (ends[0], ends[1] - ends[0], ends[2] - ends[1], 1)
    return Mix(
        np.repeat([main[0], present[0], courses[0], danger[0]], sizes),
        np.repeat([main[1], present[1], courses[1], danger[1]], sizes),
        np.concatenate([main[2:], np.full(sizes[1], present[2]), np.zeros(sizes[2] + 1)]),
    )


def cross_fitted(views: Views, situations: Sequence[Situation], labels: Labels) -> Floats:
    """(texts × outputs): every text mixed with weights that saw neither it nor another of its page."""
    found = np.zeros_like(views.words)
    groups = [s.origin for s in situations]
    for seen, unseen in GroupKFold(FOLDS, shuffle=True, random_state=SEED).split(found, groups=groups):
        mix = fit(views.of(seen), [situations[i] for i in seen], labels)
        found[unseen] = mix(views.of(unseen), labels)
    return found


def _fit_main(views: Views, truth: NDArray[np.int64], scenarios: int) -> Floats:
    """[words, vectors, one weight for each scenario's frames] with the best log-likelihood."""
    words, vectors, frames = views.words[:, :scenarios], views.vectors[:, :scenarios], views.frames
    rows = np.arange(len(truth))

    def loss(weights: Floats) -> tuple[float, Floats]:
        chances = softmax(weights[0] * words + weights[1] * vectors + weights[2:] * frames, axis=1)
        off = chances.copy()
        off[rows, truth] -= 1
        gradient = np.concatenate([[(off * words).sum()], [(off * vectors).sum()], (off * frames).sum(axis=0)])
        held = weights[2:] - FRAME_PRIOR
        gradient = gradient / len(rows)
        gradient[2:] += 2 * FRAME_TIGHTNESS * held
        return float(-np.log(chances[rows, truth] + 1e-12).mean() + FRAME_TIGHTNESS * (held**2).sum()), gradient

    start = np.concatenate([[0.7, 0.5], np.full(scenarios, FRAME_PRIOR)])
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B").x)


def _fit_line(views: Sequence[Floats], truth: NDArray[np.bool_]) -> Floats:
    """One weight a view; one that would count against itself counts nothing, all count alike where nothing is told."""
    if truth.all() or not truth.any():
        return np.ones(len(views))
    columns = np.stack([view.ravel() for view in views], axis=1)
    model = LogisticRegression(C=1e3).fit(columns, truth.ravel())
    return np.asarray(np.maximum(model.coef_[0], 0.0), dtype=np.float64)
