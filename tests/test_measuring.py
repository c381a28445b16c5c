"""`modelos mide` through a real engine and a real, tiny model: figures, what is kept of them, progress, cancelling."""

from __future__ import annotations

import json
import signal
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from reflexiona.cli.measure import table
from reflexiona.domain import Band, Likelihood, ModelView, Reading, Reflection, Register, TurnRequest
from reflexiona.engine.client import EngineClient
from reflexiona.errors import EngineError, ExitCode
from reflexiona.evaluation.cases import Case, load_cases
from reflexiona.evaluation.measuring import Measuring, measure_model
from reflexiona.events import (
    Event,
    Finished,
    ModelViewReady,
    Notice,
    Problem,
    ReadingReady,
    ReflectionReady,
    SpeedReady,
    StatusReady,
    Token,
)
from reflexiona.models.installed import InstalledModel
from reflexiona.models.measurements import Figures, Measurements
from reflexiona.models.registry import ModelRegistry
from reflexiona.paths import DataFolder, resource
from reflexiona.stages.reflect import INVENTED
from tests.support.program import reflexiona, start
from tests.support.reciting_gguf import write_reciter
from tests.support.tiny_gguf import SLOW, write_tiny

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
MODEL = InstalledModel("uno", Path("/nada/uno.gguf"), 10, 0, "ab" * 32, "chatml")


def chances(first: str, second: str, p: float) -> tuple[Likelihood, ...]:
    return (Likelihood(first, p), Likelihood(second, 1 - p))


class Recorded:
    """An engine that answers every case as recorded: the reader is always wrong, the model always right."""

    pid = None

    def __init__(self, cases: Sequence[Case], *, failing: bool = False) -> None:
        self.truth = {case.text: case.primary for case in cases}
        self.failing = failing
        self.asked: list[tuple[str, bool]] = []
        """Texts, and whether their answer was heard to its end."""

    async def ask(self, turn: TurnRequest) -> AsyncGenerator[Event, None]:
        truth = self.truth[turn.text]
        self.asked.append((turn.text, False))
        yield ReadingReady(
            Reading(chances("otro", truth, 0.6), (), Band.UNCLEAR, (), (Likelihood("conversar", 1.0),), False),
            Register.TU,
        )
        if self.failing:
            yield Problem("El motor se cerró.", "Usa otro.")
        yield ModelViewReady(ModelView("uno", chances(truth, "otro", 0.8)))
        yield Token("Hola")
        yield Notice(INVENTED)
        text = "Uno cita [1] y [2]. Dos no cita nada. ¿Tres?"
        yield ReflectionReady(Reflection(text, ("Dos no cita nada.",), composed=False))
        self.asked[-1] = (turn.text, True)
        yield Finished("done")

    async def status(self, *, complete: bool = False) -> StatusReady:
        return StatusReady(1, "", "", "", (("llama-cpp-python", "0.3.36"),))

    async def use_model(self, name: str, path: str, template: str = "") -> None:
        assert (name, path, template) == ("uno", "/nada/uno.gguf", "chatml")

    async def speed(self, text: str, new_tokens: int = 48) -> SpeedReady:
        return SpeedReady(400, 4.0, 48, 2.0)


CASES = [Case(f"c{n}", f"texto {n}", "indecision") for n in range(12)] + [Case("nada", "¿hola?", "ninguno")]


async def measured(engine: Recorded, answers: int = 3) -> tuple[list[Measuring], Figures]:
    steps = measure_model(engine, MODEL, CASES, answers=answers, now=lambda: NOW)
    found = [step async for step in steps]
    figures = found.pop()
    assert isinstance(figures, Figures)
    return [step for step in found if isinstance(step, Measuring)], figures


async def test_figures_are_of_what_was_said() -> None:
    engine = Recorded(CASES)
    steps, figures = await measured(engine)
    assert [heard for _, heard in engine.asked] == [True] * 3 + [False] * 10
    assert engine.asked[-1][0] == "¿hola?"
    assert (figures.speed.read_tokens, figures.speed.write_tokens) == (100.0, 24.0)
    assert figures.judgement.cases == figures.judgement.asked == 13
    assert (figures.judgement.top1_reader, figures.judgement.top1_model) == (0.0, 1.0)
    assert figures.judgement.weight > 0
    assert figures.judgement.top1_together == 1.0
    assert figures.writing.answers == 3
    assert (figures.writing.citing, figures.writing.citations, figures.writing.invented) == (1.0, 2.0, 1.0)
    assert figures.writing.unsupported == pytest.approx(1 / 3, abs=0.001)
    assert (figures.library, figures.measured) == ("0.3.36", "2026-11-22T10:00:00+00:00")
    assert [step.done for step in steps if step.of] == list(range(13))
    assert {step.of for step in steps if step.of} == {13}
    assert [step.seconds_left is None for step in steps if step.of] == [True, *([False] * 12)]


async def test_an_engine_that_fails_gives_no_figures() -> None:
    with pytest.raises(EngineError, match="El motor se cerró"):
        await measured(Recorded(CASES, failing=True))


async def test_without_answers_there_is_nothing_to_say_of_writing() -> None:
    _, figures = await measured(Recorded(CASES), answers=0)
    assert figures.writing.answers == 0
    assert {figures.writing.words, figures.writing.citing, figures.writing.unsupported} == {None}
    rows = "\n".join(table(figures))
    assert "Frases sin respaldo" in rows
    assert "—" in rows


def test_figures_are_kept_by_the_hash_of_the_file(home: Path) -> None:
    measurements = Measurements(DataFolder(home))
    assert (measurements.find(MODEL.sha256), measurements.weight(MODEL.sha256)) == (None, None)
    figures = _figures()
    measurements.keep(figures)
    assert measurements.find(MODEL.sha256) == figures
    assert measurements.weight(MODEL.sha256) == 0.35
    assert measurements.find("cd" * 32) is None
    path = DataFolder(home).measurements / f"{MODEL.sha256}.json"
    assert path.stat().st_mode & 0o777 == 0o600
    path.rename(path.with_name(f"{'cd' * 32}.json"))
    assert measurements.weight("cd" * 32) is None
    path.write_text("{roto")
    assert measurements.find(MODEL.sha256) is None


def _figures() -> Figures:
    from reflexiona.models.measurements import Judgement, Speed, Writing

    return Figures(
        *("uno", MODEL.sha256, 10, "2026-11-22T10:00:00+00:00", "0.3.36"),
        Speed(1.0, 100.0, 24.0, 9.1, None, 2_000_000_000),
        Judgement(60, 51, 0.75, 0.6, 0.8, 0.78, 0.35),
        Writing(8, 180.0, 1.0, 4.2, 0.125, 0.3),
    )


def test_the_table_is_read_in_spanish() -> None:
    rows = dict(row.split("  ", 1) for row in table(_figures()))
    assert rows["Escribe"].strip() == "24,0 tokens por segundo"
    assert rows["Primera palabra, después"].strip() == "—"
    assert rows["Memoria del motor, como mucho"].strip() == "2,0 GB"
    assert rows["Acierta el principal, sin modelo"].strip() == "75 %"
    assert rows["Peso del modelo en la lectura"].strip() == "0,35"


def test_the_shipped_cases_are_labelled_as_the_lists_have_it() -> None:
    from reflexiona.corpus.lists import load_lists

    lists = load_lists(resource("corpus"))
    cases = load_cases(resource("models", "medida.jsonl"))
    assert len(cases) == 60
    assert {case.primary for case in cases} == set(lists.scenarios)
    for case in cases:
        assert set(case.secondary) <= set(lists.scenarios) - {case.primary}
        assert set(case.rumbo or ()) <= set(lists.courses)
        assert case.safety is not None
    assert any(case.safety for case in cases)


# --- the real engine


@pytest.fixture
async def engine(home: Path) -> AsyncIterator[EngineClient]:
    client = EngineClient(DataFolder(home))
    await client.start()
    yield client
    await client.close()


@pytest.mark.slow
async def test_a_real_model_is_measured(engine: EngineClient, home: Path, tmp_path: Path) -> None:
    file = write_reciter(tmp_path / "recita.gguf", ["Reúne el presupuesto [1]. ", "Después, ", "pide fecha [9]."])
    model = ModelRegistry(DataFolder(home)).import_file(file)
    cases = load_cases(resource("models", "medida.jsonl"))[:6]
    *_, figures = [step async for step in measure_model(engine, model, cases, answers=2)]
    assert isinstance(figures, Figures)
    assert (figures.sha256, figures.library) == (model.sha256, "0.3.36")
    assert figures.judgement.cases == 6
    assert figures.judgement.asked >= 4
    assert (figures.writing.answers, figures.writing.citing, figures.writing.invented) == (2, 1.0, 1.0)
    assert figures.speed.read_tokens > 0
    assert figures.speed.write_tokens > 0
    assert figures.speed.first_word_cold is not None
    assert figures.speed.memory is None or figures.speed.memory > 10_000_000


@pytest.mark.slow
async def test_speed_needs_a_model(engine: EngineClient) -> None:
    with pytest.raises(EngineError, match="No hay ningún modelo en uso"):
        await engine.speed("Hola")


@pytest.mark.slow
def test_the_command_prints_a_table_and_json_and_keeps_what_it_measured(home: Path, tmp_path: Path) -> None:
    assert reflexiona(home, "modelos", "usa", "ninguno").returncode == ExitCode.DONE
    assert reflexiona(home, "modelos", "mide").returncode == ExitCode.NOT_FOUND
    assert reflexiona(home, "modelos", "mide", "nadie").returncode == ExitCode.NOT_FOUND
    assert reflexiona(home, "modelos", "importa", str(write_tiny(tmp_path / "mudo.gguf"))).returncode == ExitCode.DONE
    few = reflexiona(home, "modelos", "mide", "mudo", "--casos", "4", "--respuestas", "1")
    assert few.returncode == ExitCode.DONE, few.stderr
    assert "Casos con etiqueta" in few.stdout
    assert "no se guarda" in few.stderr
    assert not DataFolder(home).measurements.exists()
    run = reflexiona(home, "modelos", "mide", "mudo", "--respuestas", "1", "--json")
    figures = json.loads(run.stdout)
    assert (figures["name"], figures["judgement"]["cases"], figures["writing"]["answers"]) == ("mudo", 60, 1)
    assert figures["judgement"]["weight"] == Measurements(DataFolder(home)).weight(figures["sha256"])
    listed = reflexiona(home, "modelos", "lista").stdout
    assert "medido aquí el" in listed.split("Para descargar")[0]
    assert "no probado por nosotros" not in listed.split("Para descargar")[0]


@pytest.mark.slow
def test_ctrl_c_stops_it_and_keeps_nothing(home: Path, tmp_path: Path) -> None:
    path = write_tiny(tmp_path / "lento.gguf", replace(SLOW, layers=48))
    assert reflexiona(home, "modelos", "importa", str(path)).returncode == ExitCode.DONE
    program = start(home, "modelos", "mide", "lento")
    assert program.stderr is not None
    for line in program.stderr:
        if line.startswith("respondiendo casos"):
            break
    program.send_signal(signal.SIGINT)
    out, err = program.communicate(timeout=20)
    assert (program.returncode, out) == (ExitCode.INTERRUPTED, "")
    assert "Interrumpido." in err
    assert not DataFolder(home).measurements.exists()
