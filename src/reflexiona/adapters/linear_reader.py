"""The included reader: linear models over words, pieces of words, the text's vector and frames, read with numpy alone.

Its folder is made by `python -m training.reader`. It answers closed questions and never writes; what a probability is
worth was measured when it was made.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from reflexiona.adapters.alarms import Alarms
from reflexiona.adapters.bert_encoder import BertEncoder
from reflexiona.adapters.features import pieces, with_pairs, words
from reflexiona.adapters.further_views import FurtherViews
from reflexiona.adapters.scenes import Scenes
from reflexiona.domain import NONE_SCENARIO, Likelihood
from reflexiona.errors import ModelError
from reflexiona.ports import Scores, Thresholds

Array = NDArray[np.float32]
MILDER = 0.2
"""What is left of the head's alarm where strong words are known not to be danger."""
Weights = NDArray[np.float16]
Counts = dict[int, int]


class Calibration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How logits become probabilities."""

    temperature: float
    """Among the problems."""
    none: tuple[float, float]
    """Slope and intercept on the log-odds of `ninguno` against all problems."""
    present: tuple[float, float, float]
    """Slopes on a problem's own head and on its log-probability of being the main one; intercept."""
    courses: tuple[float, float]
    """Slope and intercept, shared by all courses."""
    safety: tuple[float, float]
    course_weight: float
    """Weight of the courses' own head; the rest is what the scenarios make likely."""


class Description(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`lector.json`: what the arrays are."""

    scenarios: list[str]
    problems: list[str]
    courses: list[str]
    words: int
    """How many of the vocabulary's first lines are words and pairs; the others are pieces."""
    calibration: Calibration
    course_given: list[list[float]]
    """Scenarios × courses: how often a course is acceptable in a scenario."""
    thresholds: Thresholds
    measured: dict[str, float]
    """What was measured when it was made; for the record."""


@dataclass(frozen=True, slots=True)
class _Block:
    """The features of one kind that a text has."""

    summed: Array
    """Weighted features, before the norm: (outputs,)."""
    norm: float
    """Squared length of the features."""


class LinearReader:
    """`ports.Classifier` over a folder with `lector.json`, `vocabulario.txt`, arrays and frames."""

    def __init__(self, folder: Path, encoder: BertEncoder) -> None:
        """Loads everything; `encoder` is the included one.

        Raises:
            ModelError: a file is missing or damaged.
        """
        try:
            self._about = msgspec.json.decode((folder / "lector.json").read_bytes(), type=Description)
            vocabulary = (folder / "vocabulario.txt").read_text(encoding="utf-8").split("\n")
            self._weights: Weights = np.load(folder / "pesos.npy", allow_pickle=False)
            self._idf: Array = np.load(folder / "idf.npy", allow_pickle=False)
            self._intercepts: Array = np.load(folder / "sesgos.npy", allow_pickle=False)
            self._further = FurtherViews(folder, encoder, self._about.scenarios, self._about.problems)
            self._scenes = Scenes(folder, encoder)
        except (OSError, ValueError, msgspec.MsgspecError) as error:
            raise ModelError(f"No se puede leer el lector incluido: {error}.", "Reinstala Reflexiona.") from error
        if not len(vocabulary) == len(self._weights) == len(self._idf):
            raise ModelError("El lector incluido está dañado.", "Reinstala Reflexiona.")
        split = self._about.words
        self._words = {feature: row for row, feature in enumerate(vocabulary[:split])}
        self._pieces = {feature: split + row for row, feature in enumerate(vocabulary[split:])}
        self._course_given = np.array(self._about.course_given, dtype=np.float32)
        self._none = self._about.scenarios.index(NONE_SCENARIO)
        self._alarms = Alarms(folder / "seguridad.toml")

    @property
    def thresholds(self) -> Thresholds:
        """The thresholds that were measured with these weights."""
        return self._about.thresholds

    def score(self, text: str) -> Scores:
        """Scores one text; linear in its length."""
        found = words(text)
        blocks = [self._block(counts, self._weights) for counts in self._counts(found)]
        primary, present, courses, safety = self._heads(_logits(blocks, self._intercepts) + self._further.logits(text))
        about = self._about
        letters = [word for word in found if word.isalpha()]
        known = sum(word in self._words for word in letters) / len(letters) if letters else 0.0
        dangers = self._alarms.find(text)
        return Scores(
            primary=_ranked(about.scenarios, primary),
            present=_ranked(about.problems, present),
            courses=_ranked(about.courses, courses),
            safety=safety * (MILDER if not dangers and self._alarms.milder(text) else 1.0),
            dangers=dangers,
            known=known,
            scenes=self._scenes.likely(text),
        )

    def effects(
        self, text: str, spans: Sequence[tuple[int, int]], scenarios: Sequence[str]
    ) -> tuple[tuple[float, ...], ...]:
        """How much the log-odds of each scenario fall without each span; linear in the length of the text."""
        whole, *rests = self._with_and_without(text, spans, slice(len(self._about.scenarios)))
        columns = [self._about.scenarios.index(scenario) for scenario in scenarios]
        odds = [self._log_odds(whole, column) for column in columns]
        return tuple(
            tuple(before - self._log_odds(rest, column) for rest in rests)
            for before, column in zip(odds, columns, strict=True)
        )

    def danger_effects(self, text: str, spans: Sequence[tuple[int, int]]) -> tuple[float, ...]:
        """How much the log-odds of danger fall without each span; linear in the length of the text."""
        slope, _ = self._about.calibration.safety
        whole, *rests = self._with_and_without(text, spans, slice(len(self._intercepts) - 1, None))
        return tuple(slope * float(whole[0] - rest[0]) for rest in rests)

    def _with_and_without(self, text: str, spans: Sequence[tuple[int, int]], outputs: slice) -> list[Array]:
        """Logits of some outputs, of the whole text and then without each span.

        The counts of a span are taken off those of the text, which scores the rest without reading it anew.
        """
        weights, intercepts = self._weights[:, outputs], self._intercepts[outputs]
        counts = self._counts(words(text))
        blocks = [self._block(part, weights) for part in counts]
        found = [_logits(blocks, intercepts) + self._further.logits(text)[outputs]]
        for (start, end), further in zip(spans, self._further.without(text, spans), strict=True):
            taken = self._counts(words(text[start:end]))
            rest = [self._without(*parts, weights) for parts in zip(blocks, counts, taken, strict=True)]
            found.append(_logits(rest, intercepts) + further[outputs])
        return found

    def _counts(self, found: list[str]) -> tuple[Counts, Counts]:
        """Counts of the known features: words with pairs, pieces."""
        lexical = {row: n for f, n in Counter(with_pairs(found)).items() if (row := self._words.get(f)) is not None}
        partial: Counter[int] = Counter()
        for word, n in Counter(found).items():
            for piece in pieces(word):
                row = self._pieces.get(piece)
                if row is not None:
                    partial[row] += n
        return lexical, dict(partial)

    def _block(self, counts: Counts, weights: Weights) -> _Block:
        ids = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
        values = self._values(ids, counts.values())
        return _Block(values @ weights[ids].astype(np.float32), float(values @ values))

    def _values(self, ids: NDArray[np.int64], counts: Iterable[int]) -> Array:
        tallies = np.fromiter(counts, dtype=np.float32, count=len(ids))
        logs = np.where(tallies > 0, 1 + np.log(np.maximum(tallies, 1)), 0)
        return (logs * self._idf[ids]).astype(np.float32)

    def _without(self, block: _Block, counts: Counts, taken: Counts, weights: Weights) -> _Block:
        """The block of the rest of the text. Pairs across the borders of what is taken off stay."""
        shared = {row: n for row, n in taken.items() if row in counts}
        ids = np.fromiter(shared.keys(), dtype=np.int64, count=len(shared))
        before = self._values(ids, [counts[row] for row in shared])
        after = self._values(ids, [max(0, counts[row] - n) for row, n in shared.items()])
        summed = block.summed + (after - before) @ weights[ids].astype(np.float32)
        return _Block(summed, max(0.0, block.norm + float(after @ after - before @ before)))

    def _log_primary(self, logits: Array) -> Array:
        """Log-probabilities of the scenarios: first whether there is a problem at all, then which."""
        calibration, own = self._about.calibration, logits[: len(self._about.scenarios)]
        problems = np.delete(own, self._none)
        slope, intercept = calibration.none
        odds = slope * (own[self._none] - _log_sum(problems)) + intercept
        scaled = problems / calibration.temperature
        found = scaled - _log_sum(scaled) - np.logaddexp(0, odds)
        return np.asarray(np.insert(found, self._none, -np.logaddexp(0, -odds)), dtype=np.float32)

    def _log_odds(self, logits: Array, column: int) -> float:
        """Of one scenario against all others: unlike its probability they never stop at one."""
        found = self._log_primary(logits)
        return float(found[column]) - _log_sum(np.delete(found, column))

    def _heads(self, logits: Array) -> tuple[Array, Array, Array, float]:
        """Calibrated probabilities of the four heads."""
        about, calibration = self._about, self._about.calibration
        first, second = len(about.scenarios), len(about.scenarios) + len(about.problems)
        third = second + len(about.courses)
        log_primary = self._log_primary(logits)
        primary = np.exp(log_primary)
        primary /= primary.sum()
        own_slope, main_slope, intercept = calibration.present
        main = main_slope * np.delete(log_primary, self._none)
        present = _sigmoid(own_slope * logits[first:second] + main, (1.0, intercept))
        own = _sigmoid(logits[second:third], calibration.courses)
        weight = calibration.course_weight
        courses = weight * own + (1 - weight) * (primary @ self._course_given)
        return primary, present, courses, float(_sigmoid(logits[third:], calibration.safety)[0])


def _logits(blocks: Sequence[_Block], intercepts: Array) -> Array:
    logits = intercepts.copy()
    for block in blocks:
        if block.norm > 1e-6:
            logits += block.summed / math.sqrt(block.norm)
    return logits


def _log_sum(logits: Array) -> float:
    top = float(logits.max())
    return top + math.log(float(np.exp(logits - top).sum()))


def _sigmoid(logits: Array, line: tuple[float, float]) -> Array:
    slope, intercept = line
    return np.asarray(1 / (1 + np.exp(-(slope * logits + intercept))), dtype=np.float32)


def _ranked(names: Sequence[str], probabilities: Any) -> tuple[Likelihood, ...]:
    rows = [Likelihood(name, float(p)) for name, p in zip(names, probabilities, strict=True)]
    return tuple(sorted(rows, key=lambda row: (-row.p, row.id)))
