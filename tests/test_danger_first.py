"""Help comes before anything else, even where nothing else works."""

from __future__ import annotations

import pytest

from reflexiona.adapters.bert_encoder import BertEncoder
from reflexiona.adapters.linear_reader import LinearReader
from reflexiona.corpus.lists import load_help_lines, load_lists
from reflexiona.corpus.phrases import load_phrases
from reflexiona.domain import TurnRequest
from reflexiona.engine.composition import SystemClock
from reflexiona.errors import StorageError
from reflexiona.events import Finished, PassagesReady, Problem, ReadingReady, ReflectionReady
from reflexiona.models.included import included_words
from reflexiona.paths import resource
from reflexiona.pipeline import Pipeline
from reflexiona.prompts import load_prompts
from reflexiona.stages.own_words import load_own_words
from reflexiona.stages.read import ReadStage
from reflexiona.stages.retrieve import Retriever


def broken() -> Retriever:
    raise StorageError("No se puede leer el índice.", "Vuelve a hacerlo.")


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    corpus = resource("corpus")
    encoder = BertEncoder(resource("models", "included", "encoder"))
    return Pipeline(
        read=ReadStage(LinearReader(resource("models", "included", "reader"), encoder)),
        retriever=broken,
        lists=load_lists(corpus),
        phrases=load_phrases(corpus),
        prompts=load_prompts(resource("prompts")),
        words=load_own_words(included_words()),
        encoder=encoder,
        help_lines=load_help_lines(corpus),
        clock=SystemClock(),
    )


def test_help_is_shown_without_an_index(pipeline: Pipeline) -> None:
    text = "me escribió que sabe dónde vivo y que me va a partir las piernas"
    events = list(pipeline.turn(TurnRequest(text, country="CL"), None))
    assert [type(event) for event in events] == [ReadingReady, PassagesReady, ReflectionReady, Problem, Finished]
    reading, _, answer, problem, finished = events
    assert isinstance(reading, ReadingReady)
    assert reading.reading.safety
    assert isinstance(answer, ReflectionReady)
    assert "1455" in answer.reflection.text
    assert isinstance(problem, Problem)
    assert problem.message == "No se puede leer el índice."
    assert isinstance(finished, Finished)
    assert finished.status == "done"


@pytest.mark.parametrize(
    "text",
    [
        "acostándome con la idea de que ojalá no me despertara mañana, estarían más tranquilos sin mí",
        "anoche pensé que si me tiraba del balcón por fin descansaba",
        "ya no quiero seguir viviendo, no le hago falta a nadie",
    ],
)
def test_who_thinks_of_dying_is_not_told_to_keep_screenshots(pipeline: Pipeline, text: str) -> None:
    answers = [e for e in pipeline.turn(TurnRequest(text, country="ES"), None) if isinstance(e, ReflectionReady)]
    assert "024" in answers[0].reflection.text
    assert "capturas" not in answers[0].reflection.text
