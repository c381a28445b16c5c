"""Measures the tool on labelled cases: reading them, one prediction a case, metrics, a report.

Pure but for the two functions that read and write files. Knows nothing of how an answer is made.
"""

from reflexiona.evaluation.cases import Case, load_cases
from reflexiona.evaluation.metrics import Metrics, measure
from reflexiona.evaluation.predictions import Prediction, load_predictions, prediction_from, write_predictions
from reflexiona.evaluation.report import as_dict, report

__all__ = [
    "Case",
    "Metrics",
    "Prediction",
    "as_dict",
    "load_cases",
    "load_predictions",
    "measure",
    "prediction_from",
    "report",
    "write_predictions",
]
