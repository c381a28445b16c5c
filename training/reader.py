"""Makes `models/included/reader/`: linear models that read a situation with numpy alone.

    python -m training.reader

Every number that is shipped as a probability or a threshold comes from texts that were not trained on: retold ones,
with all texts of one page on the same side of a split. Seeded; the same texts give the same files.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.model_selection import GroupKFold

from reflexiona.adapters.alarms import Alarms
from reflexiona.adapters.linear_reader import MILDER, Calibration, Description
from reflexiona.corpus.lists import load_lists
from reflexiona.domain import NONE_SCENARIO
from reflexiona.ports import Thresholds
from training import calibrate
from training.heads import RETOLD, Heads, Labels, fit
from training.texts import CORPUS, DATA, INCLUDED, Situation, load_phrases, load_situations

FOLDS, SEED = 5, 1
CLEAR, PROBABLE = 0.90, 0.70
"""Precision that a band promises."""
PROOF = 20
"""Texts that must reach a threshold before its precision counts."""
FALLBACK_CLEAR, FALLBACK_PROBABLE = 0.90, 0.70
"""Where too few texts reach the precision, the probability itself is believed."""
SAFETY_PRECISION = 0.85
"""Of the alarms of frames and head together. Below, the head finds hardly a danger more and alarms tired people."""
PRESENT_PRECISION = 0.25
"""A secondary scenario that is shown must be there this often at least."""
KNOWN = 0.34
"""Below this share of known words a text is not read."""


def list_labels() -> Labels:
    """The closed lists of the corpus."""
    lists = load_lists(CORPUS)
    scenarios = tuple(lists.scenarios)
    return Labels(scenarios, tuple(s for s in scenarios if s != NONE_SCENARIO), tuple(lists.courses))


def held_out(
    situations: Sequence[Situation], phrases: Sequence[Situation], labels: Labels, folds: int = FOLDS
) -> NDArray[np.float32]:
    """Logits of every situation by heads that saw neither it nor another of its page: (situations × outputs)."""
    width = len(labels.scenarios) + len(labels.problems) + len(labels.courses) + 1
    found = np.zeros((len(situations), width), dtype=np.float32)
    splitter = GroupKFold(folds, shuffle=True, random_state=SEED)
    groups = [s.origin for s in situations]
    for seen, unseen in splitter.split(np.zeros(len(situations)), groups=groups):
        heads = fit([*(situations[i] for i in seen), *phrases], labels)
        found[unseen] = heads.logits([situations[i].text for i in unseen])
    return found


def course_given(situations: Sequence[Situation], labels: Labels) -> NDArray[np.float64]:
    """Scenarios × courses: how often a course is acceptable, retold situations weighted up, smoothed."""
    table = np.full((len(labels.scenarios), len(labels.courses)), 0.1)
    total = np.full(len(labels.scenarios), 1.0)
    for s in situations:
        row, weight = labels.scenarios.index(s.primary), RETOLD if s.retold else 1.0
        total[row] += weight
        for course in s.courses:
            table[row, labels.courses.index(course)] += weight
    return table / total[:, None]


def describe(
    situations: Sequence[Situation], logits: NDArray[np.float32], labels: Labels, words: int, alarms: Alarms
) -> Description:
    """Calibrates on the retold situations and measures what is shipped."""
    retold = [i for i, s in enumerate(situations) if s.retold]
    cases, own = [situations[i] for i in retold], logits[retold].astype(np.float64)
    none, first = labels.scenarios.index(NONE_SCENARIO), len(labels.scenarios)
    second = first + len(labels.problems)
    third = second + len(labels.courses)
    truth = np.array([labels.scenarios.index(s.primary) for s in cases])
    temperature, slope, intercept = calibrate.fit_primary(own[:, :first], truth, none)
    log_primary = calibrate.log_primary(own[:, :first], none, (temperature, slope, intercept))
    primary = np.exp(log_primary)
    said, confidence = primary.argmax(axis=1), primary.max(axis=1)
    right = said == truth

    there = np.array([[p in (s.primary, *s.secondary) for p in labels.problems] for s in cases])
    beside = np.array([[p in s.secondary for p in labels.problems] for s in cases])
    main = np.delete(log_primary, none, axis=1)
    present_line = calibrate.fit_present(own[:, first:second], main, there)
    present = expit(present_line[0] * own[:, first:second] + present_line[1] * main + present_line[2])
    column = np.array([labels.problems.index(labels.scenarios[k]) if k != none else -1 for k in said])
    secondary, shown_there, secondary_found = calibrate.secondary_threshold(
        present, column, there, beside, PRESENT_PRECISION
    )

    acceptable = np.array([[c in s.courses for c in labels.courses] for s in cases])
    courses_line = calibrate.fit_line(own[:, second:third], acceptable)
    table = course_given(situations, labels)
    weight, course_accuracy = _course_weight(
        calibrate.on_line(own[:, second:third], courses_line), primary @ table, acceptable
    )

    danger = np.array([s.safety for s in situations])
    safety_line = calibrate.fit_line(logits[:, third:].astype(np.float64), danger)
    safety = calibrate.on_line(logits[:, third].astype(np.float64), safety_line)
    threshold, danger_measured = _safety(situations, safety, danger, alarms)

    clear = calibrate.lowest_with_precision(confidence, right, CLEAR, PROOF)
    probable = calibrate.lowest_with_precision(confidence, right, PROBABLE, PROOF)
    measured = {
        "retold": float(len(cases)),
        "top1": float(right.mean()),
        "top3": float(np.mean([t in np.argsort(-p)[:3] for t, p in zip(truth, primary, strict=True)])),
        "lenient": float(
            np.mean([labels.scenarios[k] in (s.primary, *s.secondary) for k, s in zip(said, cases, strict=True)])
        ),
        "log_loss": float(-np.log(primary[np.arange(len(truth)), truth]).mean()),
        "secondary_shown_there": shown_there,
        "secondary_found": secondary_found,
        "course_accuracy": course_accuracy,
        "clear_proved": float(clear is not None),
        "probable_proved": float(probable is not None),
        **danger_measured,
    }
    thresholds = Thresholds(
        clear=round(max(clear or FALLBACK_CLEAR, FALLBACK_CLEAR), 3),
        probable=round(probable or FALLBACK_PROBABLE, 3),
        secondary=secondary,
        safety=threshold,
        known=KNOWN,
    )
    for name, low, high in (
        ("claro", thresholds.clear, 1.01),
        ("probable", thresholds.probable, thresholds.clear),
        ("no_claro", 0.0, thresholds.probable),
    ):
        inside = (confidence >= low) & (confidence < high)
        measured |= {f"{name}_n": float(inside.sum()), f"{name}_right": float(right[inside].sum())}
    calibration = Calibration(
        float(np.exp(temperature)), (slope, intercept), present_line, courses_line, safety_line, weight
    )
    return Description(
        list(labels.scenarios),
        list(labels.problems),
        list(labels.courses),
        words,
        calibration,
        np.round(table, 4).tolist(),
        thresholds,
        {key: round(value, 4) for key, value in measured.items()},
    )


def _course_weight(
    own: NDArray[np.float64], given: NDArray[np.float64], acceptable: NDArray[np.bool_]
) -> tuple[float, float]:
    """(weight of the own head, share of first courses that are acceptable), over situations that call for any."""
    asked = acceptable.any(axis=1)
    scores = {}
    for weight in (0.0, 0.2, 0.4, 0.5, 0.6, 0.8, 1.0):
        first = (weight * own + (1 - weight) * given).argmax(axis=1)
        scores[weight] = float(acceptable[np.arange(len(first)), first][asked].mean())
    best = max(scores, key=lambda weight: (scores[weight], -abs(weight - 0.5)))
    return best, scores[best]


def _safety(
    situations: Sequence[Situation], safety: NDArray[np.float64], danger: NDArray[np.bool_], alarms: Alarms
) -> tuple[float, dict[str, float]]:
    """The lowest threshold at which `SAFETY_PRECISION` of the alarms of head and frames together are dangers."""
    named = np.array([bool(alarms.find(s.text)) for s in situations])
    safety = np.where([alarms.milder(s.text) for s in situations], safety * MILDER, safety)
    candidates = [round(float(t), 2) for t in np.arange(0.05, 0.6, 0.01)]
    threshold = next((t for t in candidates if danger[(safety >= t) | named].mean() >= SAFETY_PRECISION), 0.6)
    said = (safety >= threshold) | named
    retold = np.array([s.retold for s in situations])
    return threshold, {
        "safety_recall": float(said[danger].mean()),
        "safety_precision": float(danger[said].mean()),
        "safety_recall_retold": float(said[danger & retold].mean()),
        "safety_precision_retold": float(danger[said & retold].mean()),
        "safety_frames_recall": float(named[danger].mean()),
        "safety_frames_precision": float(danger[named].mean()) if named.any() else 0.0,
    }


def write(folder: Path, heads: Heads, about: Description) -> None:
    """Writes arrays, vocabulary, description and frames."""
    folder.mkdir(parents=True, exist_ok=True)
    scaled = heads.weights * heads.known.scale()[:, None]
    np.save(folder / "pesos.npy", scaled.astype(np.float16))
    np.save(folder / "idf.npy", heads.known.idf)
    np.save(folder / "sesgos.npy", heads.intercepts.astype(np.float32))
    (folder / "vocabulario.txt").write_text("\n".join((*heads.known.words, *heads.known.pieces)), encoding="utf-8")
    (folder / "lector.json").write_bytes(msgspec.json.format(msgspec.json.encode(about), indent=1) + b"\n")
    shutil.copyfile(DATA / "seguridad.toml", folder / "seguridad.toml")


def main(argv: Sequence[str] | None = None) -> int:
    """Measures, trains on everything, writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=INCLUDED / "reader")
    parser.add_argument("--limit", type=int, default=0, help="every n-th situation only, for a quick trial")
    options = parser.parse_args(argv)
    labels, phrases = list_labels(), load_phrases()
    situations = load_situations()[:: options.limit or 1]
    logits = held_out(situations, phrases, labels)
    heads = fit([*situations, *phrases], labels)
    about = describe(situations, logits, labels, len(heads.known.words), Alarms(DATA / "seguridad.toml"))
    write(options.out, heads, about)
    print(f"{options.out}: {heads.weights.shape[0]} features × {heads.weights.shape[1]} outputs")
    for key, value in about.measured.items():
        print(f"{key:28s}{value:8.3f}")
    print(about.thresholds, about.calibration)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
