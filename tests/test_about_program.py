"""Questions about the program are told from cases: a question of the program and nothing else, or it is a case."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import pytest

from reflexiona.about_program import _PATTERNS, no_case, program_topic
from reflexiona.corpus.phrases import Voice, load_phrases
from reflexiona.domain import Band, Likelihood, Reading, Register, Turn, TurnRequest
from reflexiona.events import Event, Finished, PassagesReady, ReadingReady, ReflectionReady
from reflexiona.paths import resource
from reflexiona.pipeline import Pipeline
from reflexiona.ports import Generator
from reflexiona.stages.followup import told_before
from tests.support.cases import FIRST, READING
from tests.test_danger_first import broken, made

ASKED = {
    "borrar": (
        "¿cómo borro esto?",
        "¿Cómo borro esta conversación?",
        "como elimino el caso",
        "¿Se puede borrar lo que escribí?",
        "¿puedo eliminar todo lo que te he contado?",
        "Quiero borrar esta conversación.",
        "hola, ¿cómo se borra esto, por favor?",
        "¿Hay forma de borrar mis conversaciones?",
    ),
    "guardado": (
        "¿dónde se guarda lo que escribo?",
        "¿En qué carpeta se guardan mis conversaciones?",
        "donde queda guardado esto",
        "¿se guarda lo que te cuento?",
        "¿Esto se guarda en algún lado?",
        "una duda: ¿guardas lo que escribo?",
    ),
    "privado": (
        "¿esto sale de mi computadora?",
        "¿Lo que escribo sale de mi ordenador?",
        "¿alguien puede leer lo que escribo?",
        "¿Quién ve esto?",
        "¿esto es privado?",
        "¿es confidencial lo que escribo?",
        "¿Es privado lo que te cuento?",
        "¿usas internet?",
        "¿necesitas conexión?",
        "¿esto se sube a la nube?",
        "¿Envías lo que escribo a algún servidor?",
        "¿es seguro contarte esto?",
        "¿Es seguro decírtelo?",
    ),
    "importar": (
        "¿Cómo importo una conversación?",
        "¿se puede importar un caso desde un archivo?",
        "¿cómo abro una conversación exportada antes?",
        "¿cómo puedo importar un archivo markdown?",
        "¿cómo importo lo que exporté?",
    ),
    "exportar": (
        "¿cómo exporto?",
        "¿Cómo exporto esta conversación?",
        "¿puedo exportar esto a un archivo?",
        "como guardo esto en un archivo",
        "¿Cómo imprimo esta conversación?",
    ),
    "temporal": (
        "¿cómo hago para que no se guarde?",
        "¿hay modo privado?",
        "¿puedo escribir sin que se guarde nada?",
    ),
    "anteriores": ("¿dónde están mis conversaciones anteriores?", "¿cómo veo mis casos?", "¿dónde veo el historial?"),
    "teclas": ("¿qué teclas hay?", "¿cómo se usa esto?", "¿Cómo funciona este programa?", "¿cómo salgo del programa?"),
    "pais": ("¿cómo cambio el país?", "¿Dónde elijo mi país?"),
    "modelo": ("¿qué modelo usas?", "¿Cómo instalo un modelo más grande?"),
    "quien": (
        "¿quién eres?",
        "¿Sos una persona?",
        "¿eres una inteligencia artificial?",
        "¿estoy hablando con un robot?",
        "¿Hablo con una persona?",
        "¿Eres psicóloga?",
    ),
}
CASES = (
    "¿cómo borro a este cliente de mi vida?",
    "¿cómo borro esto que me hizo el cliente?",
    "¿Cómo borro los archivos que me mandó la clienta?",
    "¿cómo elimino esta conversación de mi cabeza?",
    "¿puedo borrar el sitio si no me paga?",
    "¿Cómo borro la reseña que me puso?",
    "quiero borrar todo y empezar de nuevo",
    "¿esto se puede borrar?",
    "¿se puede borrar eso?",
    "¿puedo borrar todo?",
    "¿es confidencial?",
    "¿cómo funciona esto?",
    "¿cómo borro esto? El cliente no me paga",
    "¿dónde se guarda el contrato firmado?",
    "¿Dónde guardo las facturas que no me pagan?",
    "¿se guarda el anticipo si cancela?",
    "¿esto sale en el contrato?",
    "¿esto sale de mi bolsillo?",
    "¿esto sale a cuenta?",
    "¿es confidencial lo que me mandó el cliente?",
    "¿alguien puede leer el contrato y decirme si es legal?",
    "¿quién ve estos cambios, él o su socio?",
    "¿es seguro trabajar con él?",
    "¿cómo exporto a Chile sin que me cobren aduana?",
    "¿Cómo exporto el logo para que no lo use?",
    "¿cómo exporto los archivos fuente que me pide gratis?",
    "¿puedo exportar la base de datos de mi clienta?",
    "¿cómo guardo el trabajo en un archivo para que no lo use sin pagar?",
    "¿hay modo de cobrarle?",
    "¿puedo hablar con él sin que se enfade?",
    "¿cómo recupero mis conversaciones de WhatsApp con el cliente?",
    "¿dónde están mis archivos? El cliente me cortó el acceso",
    "¿cómo funciona el contrato de obra?",
    "¿cómo salgo de esto?",
    "¿cómo salgo de aquí sin quedar mal?",
    "¿cómo cambio el país de la factura?",
    "¿qué modelo de contrato uso?",
    "¿cómo cambio de modelo de cobro?",
    "¿quién es usted para cobrarme eso?, me dijo",
    "¿eres de los que no cobran por adelantado?, me soltó el cliente",
    "¿puedo ver el caso de mi clienta con un abogado?",
    "me hackearon y se subió todo a la nube",
    "El cliente sube mis fotos a internet sin pagar",
    "comparte mis datos con otros proveedores",
    "no me paga",
    "¿Hablo con un abogado?",
    "¿Hablo con un psicólogo?",
    "¿Estoy hablando con una abogada?",
    "¿hablo con ChatGPT para que me lo traduzca?",
    "¿Es seguro escribirle?",
    "¿es seguro decirle esto?",
    "¿Es seguro decirlo?",
    "¿Es seguro contarlo?",
)


@pytest.mark.parametrize(("text", "topic"), [(text, topic) for topic, texts in ASKED.items() for text in texts])
def test_a_question_about_the_program(text: str, topic: str) -> None:
    assert program_topic(text) == topic


@pytest.mark.parametrize("text", CASES)
def test_a_case_that_sounds_like_one(text: str) -> None:
    assert program_topic(text) == ""


@pytest.mark.parametrize(
    "text", ["¿Puedo borrar la conversación?", "¿Se puede borrar una conversación?", "¿Cómo imprimo la charla?"]
)
def test_in_danger_a_conversation_may_be_the_one_with_the_threats(text: str) -> None:
    assert program_topic(text)
    assert program_topic(text, in_danger=True) == ""


@pytest.mark.parametrize("text", ["¿Puedo borrar esta conversación?", "¿cómo borro esto?", "¿Alguien puede leer esto?"])
def test_in_danger_the_program_answers_for_itself(text: str) -> None:
    assert program_topic(text, in_danger=True) == program_topic(text) != ""


def test_there_is_an_answer_to_each() -> None:
    phrases = load_phrases(resource("corpus"))
    assert set(ASKED) == set(_PATTERNS)
    answers = {phrases.say(f"programa.{topic}", Voice(Register.VOS, "x")) for topic in _PATTERNS}
    assert len(answers) == len(_PATTERNS)
    assert not any("{" in answer or "[" in answer for answer in answers)


def test_there_is_no_problem_with_a_client_in_it() -> None:
    read = Reading(
        (Likelihood("viola_condiciones", 0.6), Likelihood("ninguno", 0.3), Likelihood("indecision", 0.1)),
        (Likelihood("indecision", 0.5),),
        Band.PROBABLE,
        (),
        (Likelihood("conversar", 1.0),),
        safety=False,
        deciding=("viola_condiciones", "ninguno"),
        worrying=True,
        scene="casos-de-acuerdos-rotos#1",
    )
    nothing = no_case(read)
    assert not nothing.scene
    assert nothing.nothing_to_read
    assert not nothing.not_understood
    assert not nothing.worrying
    assert [row.id for row in nothing.scenarios] == ["ninguno", "viola_condiciones", "indecision"]
    assert sum(row.p for row in nothing.scenarios) == pytest.approx(1.0)


class Never:
    """A model that must not be asked."""

    def __getattr__(self, name: str) -> object:
        raise AssertionError(f"the model was asked to {name}")


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return made(broken)  # nothing is searched for either


def answered(pipeline: Pipeline, text: str, *history: Turn) -> tuple[Reading, str]:
    events: list[Event] = list(pipeline.turn(TurnRequest(text, history), cast("Generator", Never())))
    assert [type(event) for event in events] == [ReadingReady, PassagesReady, ReflectionReady, Finished]
    read, _, said = events[:3]
    assert isinstance(read, ReadingReady)
    assert isinstance(said, ReflectionReady)
    return read.reading, said.reflection.text


def test_a_first_text_is_answered_without_a_model(pipeline: Pipeline) -> None:
    reading, said = answered(pipeline, "¿Esto sale de mi computadora?")
    assert reading.nothing_to_read
    assert said.startswith("Nada de lo que escribes sale de este equipo")


def test_what_is_told_after_it_is_a_first_text(pipeline: Pipeline) -> None:
    reading, _ = answered(pipeline, "¿quién eres?")
    asked = Turn("1", "¿quién eres?", "", reading=reading)
    events = list(pipeline.turn(TurnRequest("¿y tú qué tal?", (asked,)), None))
    assert next(event for event in events if isinstance(event, ReadingReady)).standing is None


def test_a_case_reads_on_as_it_did(pipeline: Pipeline) -> None:
    reading, said = answered(pipeline, "¿cómo exporto?", FIRST)
    assert reading == replace(READING, evidence=())
    assert said.startswith("La conversación se escribe en un archivo Markdown con Ctrl+E")
    assert pipeline.read_ahead(TurnRequest("¿cómo exporto?", (FIRST,)), cast("Generator", Never())) == 0
    asked = replace(FIRST, id="t9", text="Quiero borrar esta conversación")
    assert told_before("¿y si no contesta?", (FIRST, asked)) == (FIRST.text,)


def in_danger(pipeline: Pipeline, text: str) -> str:
    danger = replace(FIRST, text="me pegó en su oficina", reading=replace(READING, safety=True))
    events = list(pipeline.turn(TurnRequest(text, (danger,)), None))
    return next(event.reflection.text for event in events if isinstance(event, ReflectionReady))


def test_in_danger_help_stands_above(pipeline: Pipeline) -> None:
    said = in_danger(pipeline, "¿cómo borro esto?")
    assert said.startswith("**Antes que nada, tu seguridad.**")
    assert said.index("**Dónde pedir ayuda**") < said.index("La conversación abierta se borra con Alt+X")


def test_in_danger_a_threatening_chat_is_not_the_programs(pipeline: Pipeline) -> None:
    said = in_danger(pipeline, "¿Puedo borrar la conversación?")
    assert said.startswith("**Antes que nada, tu seguridad.**")
    assert "Alt+X" not in said
