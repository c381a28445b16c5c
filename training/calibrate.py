"""What the reader's numbers are worth: probabilities and thresholds from texts it was not trained on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, log_expit, log_softmax, logsumexp
from sklearn.linear_model import LogisticRegression

Floats = NDArray[np.float64]


def log_primary(logits: Floats, none: int, settings: Sequence[float] | Floats) -> Floats:
    """(texts × scenarios) log-probabilities. `settings`: log temperature, slope and intercept of `none`."""
    temperature, slope, intercept = np.exp(settings[0]), settings[1], settings[2]
    problems = np.delete(logits, none, axis=1)
    odds = slope * (logits[:, none] - logsumexp(problems, axis=1)) + intercept
    found = log_softmax(problems / temperature, axis=1) + log_expit(-odds)[:, None]
    return np.insert(found, none, log_expit(odds), axis=1)


def fit_primary(logits: Floats, truth: NDArray[np.int64], none: int) -> tuple[float, float, float]:
    """The settings with the best log-likelihood."""

    def loss(settings: Floats) -> float:
        return float(-log_primary(logits, none, settings)[np.arange(len(truth)), truth].mean())

    best = minimize(loss, [-0.4, 0.7, 0.0], method="Nelder-Mead").x
    return float(best[0]), float(best[1]), float(best[2])


def fit_line(logits: Floats, truth: NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and intercept of one logistic line for all values of a head."""
    model = LogisticRegression(C=1e3).fit(logits.reshape(-1, 1), truth.ravel())
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def on_line(logits: Floats, line: tuple[float, float]) -> Floats:
    """Probabilities."""
    return np.asarray(expit(line[0] * logits + line[1]))


def fit_present(own: Floats, main: Floats, truth: NDArray[np.bool_]) -> tuple[float, float, float]:
    """Slopes on a problem's own logit and on its log-probability of being the main one; intercept."""
    model = LogisticRegression(C=1e3).fit(np.stack([own.ravel(), main.ravel()], axis=1), truth.ravel())
    return float(model.coef_[0, 0]), float(model.coef_[0, 1]), float(model.intercept_[0])


def lowest_with_precision(confidence: Floats, right: NDArray[np.bool_], wanted: float, at_least: int) -> float | None:
    """The lowest confidence such that, of all texts that reach it, `wanted` are right; None where there is none.

    `at_least` texts must reach it: fewer prove nothing.
    """
    order = np.argsort(-confidence)
    precision = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    fitting = [i for i in range(at_least - 1, len(order)) if precision[i] >= wanted]
    return float(confidence[order[fitting[-1]]]) if fitting else None


def secondary_threshold(
    present: Floats, primary: NDArray[np.int64], there: NDArray[np.bool_], beside: NDArray[np.bool_], wanted: float
) -> tuple[float, float, float]:
    """(threshold, share of what is shown that is there, share of the secondary scenarios that is shown).

    The lowest threshold with `wanted` of what is shown being there. Columns are problems; up to three are shown, never
    the primary one, whose column may be -1 (none).
    """
    shown = present.copy()
    rows = np.flatnonzero(primary >= 0)
    shown[rows, primary[rows]] = 0
    ranks = np.argsort(np.argsort(-shown, axis=1), axis=1)
    for threshold in (round(float(t), 2) for t in np.arange(0.1, 0.6, 0.01)):
        said = (shown >= threshold) & (ranks < 3)
        if said.any() and there[said].mean() >= wanted:
            return threshold, float(there[said].mean()), float((said & beside).sum() / max(1, beside.sum()))
    return 0.6, 0.0, 0.0
