"""What the tool said of a case, in the shape that other programs read: one JSON object a line."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from reflexiona.domain import Hit, Likelihood, ModelView, Reading
from reflexiona.errors import BadInputError, reason
from reflexiona.evaluation.cases import read_lines
from reflexiona.events import Event, Finished, ModelViewReady, PassagesReady, PlanReady, ReadingReady, ReflectionReady

SHOWN = 10
"""Passages of a prediction."""


class Chance(msgspec.Struct, frozen=True):
    """An id with a probability."""

    id: str
    p: float


class Found(msgspec.Struct, frozen=True):
    """A passage that was found."""

    id: str
    article: str
    title: str
    points: tuple[str, ...]
    score: float


class NextStep(msgspec.Struct, frozen=True):
    """A step of the plan; `source` is a passage id."""

    text: str
    source: str


class Model(msgspec.Struct, frozen=True):
    """What the language model alone said."""

    name: str
    scenarios: tuple[Chance, ...]


class Milliseconds(msgspec.Struct, frozen=True):
    """How long it took: `reading` without the model."""

    reading: int
    total: int


class Prediction(msgspec.Struct, frozen=True):
    """One line of the predictions."""

    id: str
    scenarios: tuple[Chance, ...]
    """Best first, all of them, summing to 1."""
    secondary: tuple[Chance, ...]
    band: str
    evidence: tuple[str, ...]
    passages: tuple[Found, ...]
    rumbo: str | None
    next_steps: tuple[NextStep, ...]
    safety: bool
    model: Model | None
    ms: Milliseconds


def prediction_from(case_id: str, events: Iterable[Event]) -> Prediction:
    """The prediction that the events of one turn amount to; consumes them to the end.

    Raises:
        BadInputError: the turn never came to a reading (an empty text).
    """
    reading: Reading | None = None
    read_ms, total_ms = 0, 0
    hits: tuple[Hit, ...] = ()
    steps: tuple[NextStep, ...] = ()
    view: ModelView | None = None
    for event in events:
        match event:
            case ReadingReady():
                reading, read_ms = event.reading, event.ms
            case PassagesReady():
                hits, read_ms = event.hits, max(read_ms, event.ms)
            case ModelViewReady():
                view = event.view
            case ReflectionReady() if event.reflection.model:
                view = event.reflection.model
            case PlanReady():
                steps = tuple(NextStep(step.text, step.source) for step in event.plan)
            case Finished():
                total_ms = event.ms
    if reading is None:
        raise BadInputError(f"Del caso «{case_id}» no salió ninguna lectura.", "Revisa que su texto no esté vacío.")
    return Prediction(
        id=case_id,
        scenarios=_chances(reading.scenarios),
        secondary=_chances(reading.secondary),
        band=reading.band.value,
        evidence=tuple(evidence.text for evidence in reading.evidence),
        passages=tuple(_found(hit) for hit in hits[:SHOWN]),
        rumbo=reading.course,
        next_steps=steps,
        safety=reading.warns,
        model=Model(view.name, _chances(view.scenarios)) if view else None,
        ms=Milliseconds(read_ms, total_ms),
    )


def write_predictions(path: Path, predictions: Iterable[Prediction]) -> None:
    """One prediction a line, in the order given.

    Raises:
        BadInputError: the file cannot be written.
    """
    try:
        path.write_bytes(b"".join(msgspec.json.encode(prediction) + b"\n" for prediction in predictions))
    except OSError as error:
        raise BadInputError(f"No se puede escribir {path}: {reason(error)}.", "Elige otra ruta.") from error


def load_predictions(path: Path) -> tuple[Prediction, ...]:
    """The predictions of a file, in its order.

    Raises:
        BadInputError: the file cannot be read or a line is not a prediction.
    """
    return tuple(read_lines(path, Prediction, "una predicción"))


def _chances(rows: Iterable[Likelihood]) -> tuple[Chance, ...]:
    return tuple(Chance(row.id, round(row.p, 6)) for row in rows)


def _found(hit: Hit) -> Found:
    passage = hit.passage
    return Found(passage.id, passage.article, passage.title, passage.points, round(hit.score, 6))
