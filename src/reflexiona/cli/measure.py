"""`reflexiona modelos mide`: how a local model does on this machine and this task, as a table or as JSON."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterator, Sequence
from contextlib import aclosing

import msgspec

from reflexiona.cli.console import Console
from reflexiona.cli.spanish import UsageError
from reflexiona.cli.workplace import engine_beside
from reflexiona.errors import ExitCode, NotFoundError
from reflexiona.evaluation.cases import Case, load_cases
from reflexiona.evaluation.measuring import Measuring, measure_model
from reflexiona.export.spanish import decimal
from reflexiona.models.installed import InstalledModel
from reflexiona.models.measurements import Figures, Measurements
from reflexiona.models.memory import size_text
from reflexiona.models.progress import time_text
from reflexiona.models.registry import ModelRegistry
from reflexiona.paths import DataFolder, resource
from reflexiona.settings import load_settings

_ABSENT = "—"


def measure(options: argparse.Namespace, console: Console, data: DataFolder) -> ExitCode:
    """Measures, keeps the figures by the file's hash, and prints them.

    Raises:
        NotFoundError: there is no such model, or none was named and none is in use.
        ModelError: it cannot be loaded.
        EngineError: the engine failed; nothing is kept then.
    """
    if options.casos < 0 or options.respuestas < 0:
        raise UsageError("Los casos y las respuestas se cuentan desde 0.")
    name = options.nombre or load_settings(data.settings).model
    if not name:
        raise NotFoundError("No se usa ningún modelo.", "Di cuál se mide: reflexiona modelos mide NOMBRE")
    model = ModelRegistry(data).find(name)
    cases = load_cases(resource("models", "medida.jsonl"))
    chosen = cases[: options.casos] if options.casos else cases
    figures = asyncio.run(_measured(console, data, model, chosen, options.respuestas))
    if len(chosen) == len(cases):
        Measurements(data).keep(figures)
    else:
        console.message("Con menos casos la medida es solo orientativa: no se guarda.")
    if options.json:
        console.json(msgspec.to_builtins(figures))
    else:
        for line in table(figures):
            console.line(line)
    return ExitCode.DONE


async def _measured(
    console: Console, data: DataFolder, model: InstalledModel, cases: Sequence[Case], answers: int
) -> Figures:
    async with engine_beside(data) as (engine, starting):
        await starting
        figures: Figures | None = None
        async with aclosing(measure_model(engine, model, cases, answers=answers)) as steps:
            async for step in steps:
                if isinstance(step, Measuring):
                    console.status(step.phase, _far(step))
                else:
                    figures = step
    assert figures is not None  # the last step
    return figures


def _far(step: Measuring) -> str:
    if not step.of:
        return ""
    left = f" · quedan unos {time_text(step.seconds_left)}" if step.seconds_left is not None else ""
    return f"{step.done + 1} de {step.of}{left}"


def table(figures: Figures) -> Iterator[str]:
    """The figures as lines of a table."""
    rows = list(_rows(figures))
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        yield f"{name:<{width}}  {value}".rstrip()


def _rows(figures: Figures) -> Iterator[tuple[str, str]]:
    speed, judged, written = figures.speed, figures.judgement, figures.writing
    yield "Modelo", f"{figures.name} ({size_text(figures.size)})"
    yield "Carga", f"{decimal(speed.load, 1)} s"
    yield "Lee", f"{decimal(speed.read_tokens, 1)} tokens por segundo"
    yield "Escribe", f"{decimal(speed.write_tokens, 1)} tokens por segundo"
    yield "Primera palabra, en frío", _seconds(speed.first_word_cold)
    yield "Primera palabra, después", _seconds(speed.first_word_warm)
    yield "Memoria del motor, como mucho", size_text(speed.memory) if speed.memory else _ABSENT
    yield "Casos con etiqueta", f"{judged.cases}; al modelo se le preguntó en {judged.asked}"
    yield "Acierta el principal, sin modelo", _percent(judged.top1_reader)
    alone = f"{_percent(judged.top1_model)} (sin modelo, en los mismos: {_percent(judged.top1_reader_asked)})"
    yield "Acierta el principal, solo el modelo", alone
    yield "Acierta el principal, los dos juntos", _percent(judged.top1_together)
    yield "Peso del modelo en la lectura", decimal(judged.weight)
    yield "Respuestas escritas", f"{written.answers}; {_number(written.words, 0)} palabras de media"
    yield "Respuestas que citan bien", f"{_percent(written.citing)}; {_number(written.citations, 1)} citas de media"
    yield "Respuestas con citas inventadas", f"{_percent(written.invented)} (se quitan)"
    yield "Frases sin respaldo", f"{_percent(written.unsupported)} (llevan la marca ◦)"


def _seconds(value: float | None) -> str:
    return _ABSENT if value is None else f"{decimal(value, 1)} s"


def _percent(value: float | None) -> str:
    return _ABSENT if value is None else f"{100 * value:.0f} %"


def _number(value: float | None, digits: int) -> str:
    return _ABSENT if value is None else decimal(value, digits)
