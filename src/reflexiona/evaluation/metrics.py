"""The metrics of a labelled set: pure functions over cases and predictions.

A metric that no case speaks for is None, not zero. Intervals are percentile bootstraps over cases, with a seed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reflexiona.domain import NONE_SCENARIO, Band
from reflexiona.errors import BadInputError
from reflexiona.evaluation.cases import Case
from reflexiona.evaluation.predictions import Prediction

RESAMPLES, SEED, BINS = 1000, 7, 5
Pair = tuple[Case, Prediction]


@dataclass(frozen=True, slots=True)
class Measure:
    """A value with its 95 % interval and the number of cases that speak for it."""

    value: float | None
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True, slots=True)
class BandCount:
    """How many cases fell in a band, and how many of them were right."""

    n: int
    right: int


@dataclass(frozen=True, slots=True)
class Metrics:
    """All that is measured. `overall` by name, in the order of the report; `slices` hold the same for a part."""

    cases: int
    overall: dict[str, Measure]
    bands: dict[str, BandCount]
    slices: dict[str, dict[str, Measure]]


def measure(cases: Sequence[Case], predictions: Sequence[Prediction], *, resamples: int = RESAMPLES) -> Metrics:
    """Measures predictions against cases; the order may differ.

    Raises:
        BadInputError: a case has no prediction.
    """
    said = {prediction.id: prediction for prediction in predictions}
    if missing := [case.id for case in cases if case.id not in said]:
        raise BadInputError(
            f"Faltan predicciones para {len(missing)} casos; el primero es «{missing[0]}».",
            "Usa el archivo de predicciones de estos mismos casos.",
        )
    pairs = [(case, said[case.id]) for case in cases]
    names = sorted({name for case in cases for name in case.slices if name})
    parts = {name: [pair for pair in pairs if name in pair[0].slices] for name in names}
    return Metrics(
        cases=len(pairs),
        overall={name: _measured(pairs, metric, resamples) for name, metric in METRICS.items()},
        bands={band.value: _band(pairs, band) for band in Band},
        slices={name: {key: _measured(part, METRICS[key], 0) for key in SLICE_METRICS} for name, part in parts.items()},
    )


Metric = tuple[Callable[[Case], bool], Callable[[Sequence[Pair]], float | None]]
"""Which cases it needs, and its value over such pairs."""


def top1(pairs: Sequence[Pair]) -> float | None:
    """Share of cases whose first scenario is the primary one."""
    return _mean([_first(p) == c.primary for c, p in pairs])


def top3(pairs: Sequence[Pair]) -> float | None:
    """Share of cases whose primary scenario is among the first three."""
    return _mean([c.primary in [row.id for row in p.scenarios[:3]] for c, p in pairs])


def lenient(pairs: Sequence[Pair]) -> float | None:
    """Share of cases whose first scenario is the primary one or a secondary one."""
    return _mean([_first(p) in (c.primary, *c.secondary) for c, p in pairs])


def macro_f1(pairs: Sequence[Pair]) -> float | None:
    """Mean F1 of the scenarios that occur among the labels or the predictions."""
    truth, said = [c.primary for c, _ in pairs], [_first(p) for _, p in pairs]
    names = sorted(set(truth) | set(said))
    return _mean([_f1([t == name for t in truth], [s == name for s in said]) for name in names])


def none_precision(pairs: Sequence[Pair]) -> float | None:
    """Of the cases where nothing is read, the share with nothing to read."""
    return _mean([c.primary == NONE_SCENARIO for c, p in pairs if _first(p) == NONE_SCENARIO])


def none_recall(pairs: Sequence[Pair]) -> float | None:
    """Of the cases with nothing to read, the share where nothing is read."""
    return _mean([_first(p) == NONE_SCENARIO for c, p in pairs if c.primary == NONE_SCENARIO])


def none_f1(pairs: Sequence[Pair]) -> float | None:
    """Of `ninguno`."""
    truth, said = [c.primary == NONE_SCENARIO for c, _ in pairs], [_first(p) == NONE_SCENARIO for _, p in pairs]
    return _f1(truth, said) if any(truth) or any(said) else None


def hit_at_3(pairs: Sequence[Pair]) -> float | None:
    """Share of cases with a wanted point among the first three passages."""
    return _mean([bool(set(c.points or ()) & _points(p, 3)) for c, p in pairs])


def recall_at_5(pairs: Sequence[Pair]) -> float | None:
    """Mean share of the wanted points that the first five passages carry."""
    return _mean([len(set(c.points or ()) & _points(p, 5)) / len(set(c.points or ("",))) for c, p in pairs])


def course(pairs: Sequence[Pair]) -> float | None:
    """Share of cases whose suggested course is acceptable."""
    return _mean([p.rumbo in (c.rumbo or ()) for c, p in pairs])


def safety_precision(pairs: Sequence[Pair]) -> float | None:
    """Of the alarms, the share that are dangers."""
    return _mean([bool(c.safety) for c, p in pairs if p.safety])


def safety_recall(pairs: Sequence[Pair]) -> float | None:
    """Of the dangers, the share that raised an alarm."""
    return _mean([p.safety for c, p in pairs if c.safety])


def brier(pairs: Sequence[Pair]) -> float | None:
    """Mean squared distance between the first scenario's probability and whether it is right."""
    confidence, right = _confidence(pairs)
    return float(((confidence - right) ** 2).mean()) if len(right) else None


def calibration_error(pairs: Sequence[Pair]) -> float | None:
    """Mean distance between confidence and share right, over bins with the same number of cases."""
    confidence, right = _confidence(pairs)
    if not len(right):
        return None
    order = np.argsort(confidence, kind="stable")
    bins = [part for part in np.array_split(order, BINS) if len(part)]
    gaps = [len(part) * abs(float(confidence[part].mean() - right[part].mean())) for part in bins]
    return sum(gaps) / len(right)


def _any(case: Case) -> bool:
    return True


def _has_points(case: Case) -> bool:
    return bool(case.points)


def _has_courses(case: Case) -> bool:
    return bool(case.rumbo)


def _has_safety(case: Case) -> bool:
    return case.safety is not None


METRICS: dict[str, Metric] = {
    "top1": (_any, top1),
    "top3": (_any, top3),
    "lenient": (_any, lenient),
    "macro_f1": (_any, macro_f1),
    "ninguno_precision": (_any, none_precision),
    "ninguno_recall": (_any, none_recall),
    "ninguno_f1": (_any, none_f1),
    "hit_at_3": (_has_points, hit_at_3),
    "recall_at_5": (_has_points, recall_at_5),
    "rumbo": (_has_courses, course),
    "safety_precision": (_has_safety, safety_precision),
    "safety_recall": (_has_safety, safety_recall),
    "brier": (_any, brier),
    "ece": (_any, calibration_error),
}
SLICE_METRICS = ("top1", "top3", "lenient", "hit_at_3", "rumbo")


def _measured(pairs: Sequence[Pair], metric: Metric, resamples: int) -> Measure:
    needs, value = metric
    fitting = [pair for pair in pairs if needs(pair[0])]
    found = value(fitting)
    if found is None or not resamples:
        return Measure(found, None, None, len(fitting))
    chance = np.random.default_rng(SEED)
    draws = (chance.integers(0, len(fitting), len(fitting)) for _ in range(resamples))
    drawn = [v for draw in draws if (v := value([fitting[i] for i in draw])) is not None]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Measure(found, float(low), float(high), len(fitting))


def _band(pairs: Sequence[Pair], band: Band) -> BandCount:
    inside = [_first(p) == c.primary for c, p in pairs if p.band == band.value]
    return BandCount(len(inside), sum(inside))


def _first(prediction: Prediction) -> str:
    return prediction.scenarios[0].id if prediction.scenarios else ""


def _points(prediction: Prediction, first: int) -> set[str]:
    return {point for passage in prediction.passages[:first] for point in passage.points}


def _confidence(pairs: Sequence[Pair]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    rows = [(p.scenarios[0].p, float(_first(p) == c.primary)) for c, p in pairs if p.scenarios]
    table = np.array(rows, dtype=np.float64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _f1(truth: Sequence[bool], said: Sequence[bool]) -> float:
    hits = sum(t and s for t, s in zip(truth, said, strict=True))
    return 2 * hits / (sum(truth) + sum(said)) if hits else 0.0


def _mean(values: Sequence[float]) -> float | None:
    return float(sum(values) / len(values)) if values else None
