"""`reflexiona evalua`: runs labelled cases through the engine, one after the other, and measures what it said.

A case is asked as a person would who has set nothing: its text alone, labels and country left aside.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from reflexiona.cli.console import Console
from reflexiona.cli.corpus import index_anew
from reflexiona.cli.workplace import Writer, chosen_writer, engine_beside
from reflexiona.domain import TurnRequest
from reflexiona.errors import ExitCode, ReflexionaError
from reflexiona.evaluation import (
    Case,
    Prediction,
    as_dict,
    load_cases,
    measure,
    prediction_from,
    report,
    write_predictions,
)
from reflexiona.events import Event, Problem
from reflexiona.paths import DataFolder
from reflexiona.settings import load_settings

if TYPE_CHECKING:
    from reflexiona.engine.client import EngineClient


def evaluate(options: argparse.Namespace, console: Console) -> ExitCode:
    """Answers every case, writes the predictions and prints the metrics.

    Raises:
        BadInputError: the cases cannot be read, or the predictions not written.
        NotFoundError: there is no model of the name that was asked for.
        ModelError: the model cannot be used.
    """
    data = DataFolder.locate()
    without = options.sin_modelo or options.modelo is None  # the reading is measured, unless a model is named
    writer = chosen_writer(data, load_settings(data.settings), options.modelo, without=without)
    cases = load_cases(Path(options.casos))
    file = PredictionsFile(options.predicciones)
    predictions = asyncio.run(_predict(cases, console, data, writer, file))
    metrics = measure(cases, predictions)
    if options.json:
        console.json(as_dict(metrics))
    else:
        console.line(report(metrics))
    return ExitCode.DONE


async def _predict(
    cases: Sequence[Case], console: Console, data: DataFolder, writer: Writer, file: PredictionsFile
) -> list[Prediction]:
    async with engine_beside(data) as (engine, starting):
        await starting
        if writer.model:
            console.status("cargando el modelo")
            await engine.use_model(writer.model.name, str(writer.model.path), writer.model.family)
        if load_settings(data.settings).encoder:  # what is measured is the chosen one, not what serves in its place
            await index_anew(console, engine, anew=False)
        await engine.status(complete=True)  # opening the index is no part of answering the first case
        predictions: list[Prediction] = []
        try:
            for number, case in enumerate(cases, start=1):
                console.status("respondiendo los casos", f"{number} de {len(cases)}")
                predictions.append(await _answer(engine, console, case, use_model=writer.model is not None))
        except BaseException:
            file.leave(predictions)
            raise
    file.finish(predictions)
    return predictions


async def _answer(engine: EngineClient, console: Console, case: Case, *, use_model: bool) -> Prediction:
    events: list[Event] = []
    async for event in engine.ask(TurnRequest(case.text, use_model=use_model)):
        events.append(event)
        if isinstance(event, Problem):
            console.message(f"{case.id}: {event.message}")
    return prediction_from(case.id, events)


class PredictionsFile:
    """Where the predictions go: beside the file until all are there, so that an earlier one stays whole until then.

    Args:
        name: the file; None: the predictions are not written.

    Raises:
        BadInputError: it cannot be written.
    """

    def __init__(self, name: str | None) -> None:
        self._target = Path(name) if name else None
        self._part = Path(f"{name}.parte")
        if self._target:
            self._write(())

    def finish(self, predictions: Sequence[Prediction]) -> None:
        """Writes all of them and puts the file in its place."""
        if self._target:
            self._write(predictions)
            self._part.replace(self._target)

    def leave(self, predictions: Sequence[Prediction]) -> None:
        """Something came between: those that are done stay beside the file."""
        with suppress(ReflexionaError, OSError):
            if self._target and predictions:
                self._write(predictions)
            elif self._target:
                self._part.unlink()

    def _write(self, predictions: Sequence[Prediction]) -> None:
        write_predictions(self._part, predictions)
