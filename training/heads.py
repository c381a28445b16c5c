"""The linear models of the reader: one multinomial head for the main scenario, single ones for everything else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack
from sklearn.linear_model import LogisticRegression

from reflexiona.corpus.lists import load_lists
from reflexiona.domain import NONE_SCENARIO
from training.matrix import Vocabulary, rows, vocabulary
from training.noise import noisy
from training.texts import CORPUS, Situation

STRENGTH = 5.0
"""Inverse of the regularisation."""
RETOLD, PHRASE, NOISY = 2.5, 1.0, 0.35
"""Weights beside an invented situation's 1."""
SECONDARY = 0.3
"""Share of a situation's weight that its secondary scenarios get in the main head."""


@dataclass(frozen=True, slots=True)
class Labels:
    """The closed lists in the order of the columns."""

    scenarios: tuple[str, ...]
    problems: tuple[str, ...]
    courses: tuple[str, ...]


def list_labels() -> Labels:
    """The closed lists of the corpus."""
    lists = load_lists(CORPUS)
    scenarios = tuple(lists.scenarios)
    return Labels(scenarios, tuple(s for s in scenarios if s != NONE_SCENARIO), tuple(lists.courses))


@dataclass(frozen=True, slots=True)
class Heads:
    """Weights (columns × outputs) and intercepts (outputs): scenarios, problems, courses, safety."""

    known: Vocabulary
    weights: NDArray[np.float32]
    intercepts: NDArray[np.float32]

    def logits(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(texts × outputs)."""
        return np.asarray(rows(texts, self.known) @ self.weights + self.intercepts, dtype=np.float32)


def fit(situations: Sequence[Situation], labels: Labels, *, retold: float = RETOLD, noise: float = NOISY) -> Heads:
    """Fits every head on the situations and on a misspelt copy of each; those of danger teach what danger is alone."""
    known = vocabulary([s.text for s in situations if not s.of_danger])
    clean = rows([s.text for s in situations], known)
    weights = np.array([retold if s.retold else PHRASE if s.phrase else 1.0 for s in situations])
    if noise:
        clean = vstack([clean, rows([noisy(s.text, seed) for seed, s in enumerate(situations)], known)]).tocsr()
        weights = np.concatenate([weights * (1 - noise), weights * noise])
        situations = [*situations, *situations]
    usual = [i for i, s in enumerate(situations) if not s.of_danger]
    cases, told, counted = [situations[i] for i in usual], clean[usual], weights[usual]
    fitted = [_main(told, cases, counted, labels.scenarios)]
    fitted += [_single(told, [p in (s.primary, *s.secondary) for s in cases], counted) for p in labels.problems]
    whole = [i for i in usual if not situations[i].phrase]
    fitted += [
        _single(clean[whole], [c in situations[i].courses for i in whole], weights[whole]) for c in labels.courses
    ]
    fitted.append(_single(clean, [s.safety for s in situations], weights, balanced=True))
    return Heads(known, np.hstack([w for w, _ in fitted]), np.concatenate([b for _, b in fitted]))


def fit_main(situations: Sequence[Situation], labels: Labels) -> Callable[[Sequence[str]], NDArray[np.float32]]:
    """The head of the main scenario alone, on words: texts → (texts × scenarios)."""
    known = vocabulary([s.text for s in situations])
    matrix = rows([s.text for s in situations], known)
    weights = np.array([RETOLD if s.retold else PHRASE if s.phrase else 1.0 for s in situations])
    coefficients, intercepts = _main(matrix, situations, weights, labels.scenarios)
    return lambda texts: np.asarray(rows(texts, known) @ coefficients + intercepts, dtype=np.float32)


def _main(
    matrix: csr_matrix, situations: Sequence[Situation], weights: NDArray[np.float64], scenarios: Sequence[str]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """One row a situation and one a secondary scenario, so that a target may be shared."""
    at, targets, shares = [], [], []
    for row, s in enumerate(situations):
        own = 1 - SECONDARY if s.secondary else 1.0
        for scenario, share in [(s.primary, own), *((o, SECONDARY / len(s.secondary)) for o in s.secondary)]:
            at.append(row)
            targets.append(scenarios.index(scenario))
            shares.append(weights[row] * share)
    model = LogisticRegression(C=STRENGTH, max_iter=200, tol=2e-3)
    model.fit(matrix[at], np.array(targets), sample_weight=np.array(shares))
    coefficients = np.zeros((matrix.shape[1], len(scenarios)), dtype=np.float32)
    intercepts = np.full(len(scenarios), -20.0, dtype=np.float32)
    coefficients[:, model.classes_] = model.coef_.T
    intercepts[model.classes_] = model.intercept_
    return coefficients, intercepts


def _single(
    matrix: csr_matrix, target: Sequence[bool], weights: NDArray[np.float64], *, balanced: bool = False
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """One yes-or-no head; one that never says yes where there is nothing to learn it from."""
    if not any(target):
        return np.zeros((matrix.shape[1], 1), dtype=np.float32), np.array([-6.0], dtype=np.float32)
    model = LogisticRegression(C=STRENGTH, max_iter=200, tol=2e-3, class_weight="balanced" if balanced else None)
    model.fit(matrix, np.array(target), sample_weight=weights)
    return model.coef_.T.astype(np.float32), model.intercept_.astype(np.float32)
