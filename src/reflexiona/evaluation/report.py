"""Metrics as a person reads them, and as one object for `--json`."""

from __future__ import annotations

from typing import Any

from reflexiona.domain import Band
from reflexiona.evaluation.metrics import SLICE_METRICS, Measure, Metrics

LABELS = {
    "top1": "acierta el principal",
    "top3": "principal entre los tres primeros",
    "lenient": "acierta uno de los presentes",
    "macro_f1": "F1 medio por escenario",
    "ninguno_precision": "«ninguno»: precisión",
    "ninguno_recall": "«ninguno»: cobertura",
    "ninguno_f1": "«ninguno»: F1",
    "hit_at_3": "un punto útil en 3 pasajes",
    "recall_at_5": "puntos útiles en 5 pasajes",
    "rumbo": "rumbo aceptable",
    "safety_precision": "peligro: precisión",
    "safety_recall": "peligro: cobertura",
    "brier": "Brier (menos es mejor)",
    "ece": "error de calibración",
}
_SHORT = {"top1": "principal", "top3": "entre 3", "lenient": "presente", "hit_at_3": "punto en 3", "rumbo": "rumbo"}
_ABSENT = "—"


def report(metrics: Metrics) -> str:
    """A plain text in Spanish: the metrics with their intervals, the bands, a table per slice."""
    width = max(len(label) for label in LABELS.values())
    lines = [f"{metrics.cases} casos", ""]
    for name, measure in metrics.overall.items():
        lines.append(f"{LABELS[name]:<{width}}  {_number(measure.value)}  {_interval(measure)}".rstrip())
    lines += ["", "Por banda"]
    for band in Band:
        count = metrics.bands[band.value]
        share = f"{_number(count.right / count.n)}" if count.n else _ABSENT
        lines.append(f"  {band.label:<9} {count.n:>4} casos, aciertos {count.right:>4}  {share}")
    if metrics.slices:
        lines += ["", *_table(metrics)]
    return "\n".join(lines)


def as_dict(metrics: Metrics) -> dict[str, Any]:
    """One object of plain values: `cases`, `metrics`, `bands`, `slices`."""
    return {
        "cases": metrics.cases,
        "metrics": {name: _plain(measure) for name, measure in metrics.overall.items()},
        "bands": {name: {"n": count.n, "right": count.right} for name, count in metrics.bands.items()},
        "slices": {
            name: {key: {"value": measure.value, "n": measure.n} for key, measure in part.items()}
            for name, part in metrics.slices.items()
        },
    }


def _plain(measure: Measure) -> dict[str, Any]:
    return {"value": measure.value, "low": measure.low, "high": measure.high, "n": measure.n}


def _table(metrics: Metrics) -> list[str]:
    width = max(len("Por grupo"), *(len(name) for name in metrics.slices))
    head = "  ".join(f"{_SHORT[key]:>10}" for key in SLICE_METRICS)
    rows = [f"{'Por grupo':<{width}}  {'casos':>5}  {head}"]
    for name, part in metrics.slices.items():
        cells = "  ".join(f"{_number(part[key].value):>10}" for key in SLICE_METRICS)
        rows.append(f"{name:<{width}}  {part['top1'].n:>5}  {cells}")
    return rows


def _number(value: float | None) -> str:
    return _ABSENT if value is None else f"{value:.3f}".replace(".", ",")


def _interval(measure: Measure) -> str:
    if measure.low is None or measure.high is None:
        return ""
    return f"({_number(measure.low)}–{_number(measure.high)}; n = {measure.n})"
