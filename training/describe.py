"""Says what the reader's numbers are worth: calibration, thresholds and measures from texts it was not trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from reflexiona.adapters.alarms import Alarms
from reflexiona.adapters.linear_reader import MILDER, Calibration, Description
from reflexiona.domain import NONE_SCENARIO
from reflexiona.ports import Thresholds
from training import calibrate
from training.heads import RETOLD, Labels
from training.texts import Situation

CLEAR, PROBABLE = 0.90, 0.70
"""Precision that a band promises."""
PROOF = 20
"""Texts that must reach a threshold before its precision counts."""
SAFETY_PRECISION = 0.70
"""Of the alarms of frames and head together: a danger that is missed weighs more than help lines nobody needed."""
ALARMED, WORRYING = 0.015, 0.05
"""Of the usual texts without danger, those that raise an alarm all the same, which the person can call off; and those
where the person is told how to say that there is danger, which costs a sentence."""
PLAIN_ALARMED, PLAIN_WORRYING = 0.08, 0.15
"""The same of those that are told with plain feelings, most of them with words of fear."""
SURE, UNEASY = 0.65, 0.4
"""An alarm of the head, and a warning, are at least so likely a danger among these texts.

A sixth of them are dangers, in life there are fewer; below, fear of losing a client raised many.
"""
PRESENT_PRECISION = 0.25
"""A secondary scenario that is shown must be there this often at least."""
KNOWN = 0.34
"""Below this share of known words a text is not read."""

Floats = NDArray[np.float64]
Measured = dict[str, float]


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Situations with the logits that heads gave which saw neither them nor another of their page."""

    cases: Sequence[Situation]
    labels: Labels
    scenarios: Floats
    problems: Floats
    courses: Floats
    safety: Floats

    @classmethod
    def split(cls, cases: Sequence[Situation], labels: Labels, logits: Floats) -> HeldOut:
        """From (cases × outputs)."""
        ends = np.cumsum([len(labels.scenarios), len(labels.problems), len(labels.courses)])
        parts = np.split(logits, ends, axis=1)
        return cls(cases, labels, parts[0], parts[1], parts[2], parts[3][:, 0])

    @property
    def none(self) -> int:
        """Column of the scenario that is none."""
        return self.labels.scenarios.index(NONE_SCENARIO)


def describe(
    situations: Sequence[Situation], logits: Floats, labels: Labels, words: int, alarms: Alarms
) -> Description:
    """Calibrates on the retold situations and measures what is shipped."""
    everything = HeldOut.split(situations, labels, logits)
    retold = [i for i, s in enumerate(situations) if s.measured]
    held = HeldOut.split([situations[i] for i in retold], labels, logits[retold])
    truth = np.array([labels.scenarios.index(s.primary) for s in held.cases])
    settings = calibrate.fit_primary(held.scenarios, truth, held.none)
    log_primary = calibrate.log_primary(held.scenarios, held.none, settings)
    clear, probable, measured = _bands(held, truth, np.exp(log_primary))
    present_line, secondary, present_measured = _present(held, log_primary)
    courses_line, weight, table, course_accuracy = _courses(held, situations, np.exp(log_primary))
    safety_line, (safety, worrying), safety_measured = _safety(everything, alarms)
    measured |= {**present_measured, "course_accuracy": course_accuracy, **safety_measured}
    return Description(
        list(labels.scenarios),
        list(labels.problems),
        list(labels.courses),
        words,
        Calibration(float(np.exp(settings[0])), settings[1:], present_line, courses_line, safety_line, weight),
        np.round(table, 4).tolist(),
        Thresholds(clear, probable, secondary, safety, worrying, KNOWN),
        {key: round(value, 4) for key, value in measured.items()},
    )


def _bands(held: HeldOut, truth: NDArray[np.int64], primary: Floats) -> tuple[float, float, Measured]:
    """Thresholds of *claro* and *probable*, and what was measured.

    Where too few texts reach the precision that a band promises, the probability itself is believed.
    """
    names = held.labels.scenarios
    said, confidence = primary.argmax(axis=1), primary.max(axis=1)
    right = said == truth
    proved = calibrate.lowest_with_precision(confidence, right, CLEAR, PROOF)
    enough = calibrate.lowest_with_precision(confidence, right, PROBABLE, PROOF)
    clear, probable = round(proved or CLEAR, 3), round(enough or PROBABLE, 3)
    ranked = np.argsort(-primary, axis=1)[:, :3]
    also = [names[k] in (s.primary, *s.secondary) for k, s in zip(said, held.cases, strict=True)]
    measured = {
        "retold": float(len(held.cases)),
        "top1": float(right.mean()),
        "top3": float((ranked == truth[:, None]).any(axis=1).mean()),
        "lenient": float(np.mean(also)),
        "log_loss": float(-np.log(primary[np.arange(len(truth)), truth]).mean()),
        "clear_proved": float(proved is not None),
        "probable_proved": float(enough is not None),
    }
    for name, low, high in (("claro", clear, 1.01), ("probable", probable, clear), ("no_claro", 0.0, probable)):
        inside = (confidence >= low) & (confidence < high)
        measured |= {f"{name}_n": float(inside.sum()), f"{name}_right": float(right[inside].sum())}
    return clear, probable, measured


def _present(held: HeldOut, log_primary: Floats) -> tuple[tuple[float, float, float], float, Measured]:
    """How a problem's presence is told, from which probability on it is shown, and what was measured."""
    problems = held.labels.problems
    there = np.array([[p in (s.primary, *s.secondary) for p in problems] for s in held.cases])
    beside = np.array([[p in s.secondary for p in problems] for s in held.cases])
    main = np.delete(log_primary, held.none, axis=1)
    line = calibrate.fit_present(held.problems, main, there)
    present = expit(line[0] * held.problems + line[1] * main + line[2])
    said = [held.labels.scenarios[k] for k in log_primary.argmax(axis=1)]
    column = np.array([problems.index(name) if name in problems else -1 for name in said])
    threshold, shown_there, found = calibrate.secondary_threshold(present, column, there, beside, PRESENT_PRECISION)
    return line, threshold, {"secondary_shown_there": shown_there, "secondary_found": found}


def _courses(
    held: HeldOut, situations: Sequence[Situation], primary: Floats
) -> tuple[tuple[float, float], float, Floats, float]:
    """Line of the courses' own head, its weight, courses given scenarios, share of first courses that are acceptable.

    The share is over situations that call for any course.
    """
    acceptable = np.array([[c in s.courses for c in held.labels.courses] for s in held.cases])
    line = calibrate.fit_line(held.courses, acceptable)
    table = _course_given(situations, held.labels)
    own, given, asked = calibrate.on_line(held.courses, line), primary @ table, acceptable.any(axis=1)
    scores = {}
    for weight in (0.0, 0.2, 0.4, 0.5, 0.6, 0.8, 1.0):
        first = (weight * own + (1 - weight) * given).argmax(axis=1)
        scores[weight] = float(acceptable[np.arange(len(first)), first][asked].mean())
    best = max(scores, key=lambda weight: (scores[weight], -abs(weight - 0.5)))
    return line, best, table, scores[best]


def _course_given(situations: Sequence[Situation], labels: Labels) -> Floats:
    """Scenarios × courses: how often a course is acceptable, retold situations weighted up, smoothed."""
    table = np.full((len(labels.scenarios), len(labels.courses)), 0.1)
    total = np.full(len(labels.scenarios), 1.0)
    for s in (s for s in situations if not s.of_danger):
        row, weight = labels.scenarios.index(s.primary), RETOLD if s.retold else 1.0
        total[row] += weight
        for course in s.courses:
            table[row, labels.courses.index(course)] += weight
    return np.asarray(table / total[:, None])


def _safety(held: HeldOut, alarms: Alarms) -> tuple[tuple[float, float], tuple[float, float], Measured]:
    """Line and thresholds of the danger head, and what head and frames find together.

    The first threshold is the lowest at which `SAFETY_PRECISION` of the alarms are dangers, among texts that the
    writers of the frames have not read (on the others the frames look far better than they are), and no more than
    `ALARMED` of the usual texts without danger, nor `PLAIN_ALARMED` of the plain ones, reach it; the second, the lowest
    that no more than `WORRYING` and `PLAIN_WORRYING` reach.
    """
    danger = np.array([s.safety for s in held.cases])
    line = calibrate.fit_line(held.safety, danger)
    milder = np.array([alarms.milder(s.text) for s in held.cases])
    chance = np.where(milder, MILDER, 1.0) * calibrate.on_line(held.safety, line)
    named = np.array([bool(alarms.find(s.text)) for s in held.cases])
    candidates = [round(float(t), 2) for t in np.arange(0.05, 0.6, 0.01)]
    fair = np.array([not s.danger_framed for s in held.cases])
    enough = (t for t in candidates if _share(danger, fair & ((chance >= t) | named)) >= SAFETY_PRECISION)
    retold, usual = np.array([s.retold for s in held.cases]), np.array([not s.of_danger for s in held.cases])
    calm, plain = usual & ~danger, np.array([s.plain for s in held.cases]) & ~danger

    def least(of_calm: float, of_plain: float) -> float:
        shares = ((calm, of_calm), (plain, of_plain))
        limits = [np.quantile(chance[rows], 1 - share) for rows, share in shares if rows.any()]
        return round(float(max(limits)), 3)

    alarmed, worrying = least(ALARMED, PLAIN_ALARMED), max(least(WORRYING, PLAIN_WORRYING), UNEASY)
    threshold = max(next(enough, 0.6), alarmed, SURE)
    worry, alarm = (chance >= worrying) | named, (chance >= threshold) | named
    said, danger, named = fair & alarm, fair & danger, fair & named
    return (
        line,
        (threshold, worrying),
        {
            "safety_recall": _share(said, danger),
            "safety_precision": _share(danger, said),
            "safety_recall_retold": _share(said, danger & retold),
            "safety_precision_retold": _share(danger, said & retold),
            "safety_alarms_without": _share(alarm, calm),
            "safety_alarms_plain": _share(alarm, plain),
            "safety_worries_plain": _share(worry, plain),
            "safety_recall_with_worrying": _share(worry, danger),
            "safety_recall_usual": _share(said, danger & usual),
            "safety_precision_usual": _share(danger, said & usual),
            "safety_frames_recall": _share(named, danger),
            "safety_frames_precision": _share(danger, named),
        },
    )


def _share(of: NDArray[np.bool_], among: NDArray[np.bool_]) -> float:
    """Share of `among` that is `of`; 0 where there is none."""
    return float(of[among].mean()) if among.any() else 0.0
