"""Danger that may be: the person says whether it is, and their word holds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reflexiona.corpus.lists import load_help_lines
from reflexiona.corpus.phrases import Voice, load_phrases
from reflexiona.domain import Band, Evidence, Likelihood, Reading, Register, Turn, TurnRequest
from reflexiona.paths import resource
from reflexiona.self_harm import of_somebody_else, tells_of_self_harm
from reflexiona.stages.danger import SafetyAnswer
from reflexiona.stages.danger_said import afraid, as_they_say, no_danger

CALM = Reading(
    (Likelihood("impago_o_pago_tardio", 0.8), Likelihood("ninguno", 0.2)),
    (),
    Band.PROBABLE,
    (),
    (Likelihood("conversar", 0.6), Likelihood("protegerse", 0.4)),
    safety=False,
)
ANSWER = SafetyAnswer(load_phrases(resource("corpus")), load_help_lines(resource("corpus")))
WORRYING = replace(CALM, worrying=True)
DANGER = replace(CALM, safety=True, courses=(Likelihood("protegerse", 0.4), Likelihood("conversar", 0.6)))


def told(*turns: tuple[str, Reading]) -> tuple[Turn, ...]:
    return tuple(Turn(str(n), text, "", reading=reading) for n, (text, reading) in enumerate(turns))


def names_a_knife(text: str) -> bool:
    return "cuchillo" in text


DYING = "No quiero seguir viviendo, no me paga nadie."


@pytest.mark.parametrize(
    "answer",
    [
        "me da miedo",
        "sí, me da mucho miedo que vuelva",
        "me da un poco de miedo",
        "miedo sí me da",
        "la verdad tengo miedo",
        "estoy muerta de miedo",
        "me dio miedo",
        "me da terror",
        "me aterra",
        "estoy aterrorizada",
        "me asusté",
        "le temo",
        "temo por mi hija",
        "tenemos miedo",
        "Estoy asustada",
        "estamos en peligro",
        "hay peligro, sí",
        "ayuda",
        "¡socorro!",
        "ME DA MIEDO",
        "sí",
        "sí, mucho",
        "nunca me había pasado y me da miedo",
        "no sé qué hacer tengo miedo",
        "no puedo más tengo miedo",
        "no le abro porque me da miedo",
        "sin dormir y con miedo",
    ],
)
def test_who_is_asked_and_is_afraid_is_in_danger(answer: str) -> None:
    reading = as_they_say(CALM, answer, told(("Me espera a la salida.", WORRYING)), names_a_knife)
    assert reading.safety
    assert not reading.worrying
    assert reading.course == "protegerse"


@pytest.mark.parametrize(
    "answer",
    [
        "¿y cuánto le cobro?",
        "¿me ayuda a escribirle un correo para que me pague?",
        "esto me ayuda",
        "temo que no me pague",
        "me da miedo perderlo como cliente, es el que más paga",
        "me da miedo que no me pague",
        "si no paga, ¿qué hago?",
    ],
)
def test_other_answers_change_nothing(answer: str) -> None:
    assert as_they_say(CALM, answer, told(("Me espera a la salida.", WORRYING)), names_a_knife) is CALM


@pytest.mark.parametrize(
    "answer", ["no me da miedo", "no, no me da miedo", "no tengo ningún miedo", "no hay peligro", "no estoy en peligro"]
)
def test_who_is_asked_and_is_not_afraid_is_not_asked_again(answer: str) -> None:
    reading = as_they_say(WORRYING, answer, told(("Me espera a la salida.", WORRYING)), names_a_knife)
    assert (reading.safety, reading.worrying) == (False, False)


def test_who_says_unasked_that_there_is_none_is_not_asked() -> None:
    reading = as_they_say(WORRYING, "no me da miedo, es un pesado", told(("No me paga.", CALM)), names_a_knife)
    assert (reading.safety, reading.worrying) == (False, False)


def test_fear_is_heard_some_turns_later() -> None:
    history = told(("Me espera a la salida.", WORRYING), ("¿cuánto espero?", CALM), ("le escribí ayer", CALM))
    assert as_they_say(CALM, "me da miedo", history, names_a_knife).safety


def test_a_text_that_may_tell_of_danger_and_of_fear_is_answered_with_help_first() -> None:
    afraid_too = as_they_say(WORRYING, "Me espera a la salida y me da miedo.", (), names_a_knife)
    assert (afraid_too.safety, afraid_too.alarmed, afraid_too.warns) == (False, True, True)
    assert as_they_say(WORRYING, "me tomé las pastillas", (), names_a_knife).safety
    assert not as_they_say(WORRYING, "Me espera a la salida.", (), names_a_knife).safety


def test_fear_that_nobody_asked_about_is_heard_when_it_is_all_that_is_said() -> None:
    history = told(("Da golpes en la mesa.", CALM))
    assert as_they_say(CALM, "tengo miedo", history, names_a_knife).safety
    assert as_they_say(CALM, "me da miedo perderlo", history, names_a_knife) is CALM
    long = "le conté lo del presupuesto y le dije que me daba miedo la fecha"
    assert as_they_say(CALM, long, history, names_a_knife) is CALM
    assert as_they_say(CALM, "me da miedo", (), names_a_knife) is CALM


def test_danger_that_was_shown_stays() -> None:
    history = told(("Está en mi puerta.", DANGER), ("¿y la factura?", DANGER))
    assert as_they_say(CALM, "¿cuánto espero?", history, names_a_knife).safety


@pytest.mark.parametrize(
    "answer",
    [
        "no hay peligro",
        "No hay ningún peligro, es un decir.",
        "falsa alarma",
        "tranquila, era broma",
        "no corro peligro",
        "no corre peligro nadie",
        "no estoy en peligro",
        "no creo que haya peligro",
        "no es nada de eso",
        "me entendiste mal",
        "me has entendido mal",
        "usted me entendió mal",
        "es una forma de hablar",
    ],
)
def test_an_alarm_can_be_called_off(answer: str) -> None:
    there = replace(DANGER, evidence=(Evidence(answer, 0, len(answer)),))
    reading = as_they_say(there, answer, told(("Me mandaron a una carretera.", DANGER)), names_a_knife)
    assert not reading.safety
    assert reading.course == "conversar"
    assert reading.courses[-1].id == "protegerse"
    assert reading.evidence == ()


@pytest.mark.parametrize(
    "answer",
    [
        "no sé si hay peligro",
        "no sé si no hay peligro",
        "¿Cómo sé que no hay peligro?",
        "Mi marido dice que no hay peligro",
        "dicen que no hay peligro pero me sigue",
        "el cliente entendió mal lo del anticipo",
        "no es una falsa alarma",
        "ojalá fuera falsa alarma",
        "no es nada de eso de exagerar",
        "no me da miedo él, me dan miedo sus hermanos",
        "no hay peligro de que pague",
        "no hay peligro, pero volvió",
        "no hay peligro ahora. Volvió con un cuchillo",
        "sí, estoy en casa",
        "hay peligro",
        "¿qué hago con la factura?",
    ],
)
def test_it_is_not_called_off_by_less(answer: str) -> None:
    assert as_they_say(DANGER, answer, told(("Vino a casa.", DANGER)), names_a_knife).safety


@pytest.mark.parametrize(
    "answer", ["no me da miedo morir", "no hay peligro", "no tengo miedo", "me entendiste mal", "no es nada de eso"]
)
def test_thoughts_of_dying_are_not_called_off_so(answer: str) -> None:
    assert as_they_say(DANGER, answer, told((DYING, DANGER)), names_a_knife).safety


@pytest.mark.parametrize("answer", ["era una forma de hablar", "es un decir, no pienso en matarme"])
def test_a_way_of_speaking_is_said_to_be_one(answer: str) -> None:
    assert not as_they_say(DANGER, answer, told((DYING, DANGER)), names_a_knife).safety


def test_who_is_safe_by_now_can_go_on() -> None:
    answer = "Ya estoy a salvo en casa de mi hermana. Ahora quiero ver lo del dinero: ¿qué dice el acuerdo?"
    assert not as_they_say(DANGER, answer, told(("Me pegó.", DANGER)), names_a_knife).safety
    assert as_they_say(DANGER, "estoy a salvo", told(("Me pegó.", DANGER)), names_a_knife).safety


def test_what_is_told_after_it_was_called_off_is_heard_anew() -> None:
    off = told(("Vino a casa.", DANGER), ("falsa alarma", CALM))
    assert not as_they_say(DANGER, "¿y la factura?", off, names_a_knife).safety
    for relapse in ("hoy trajo un cuchillo", "perdona, sí me da miedo", "ayuda"):
        assert as_they_say(CALM, relapse, off, names_a_knife).safety, relapse
    later = (*off, *told(("hoy trajo un cuchillo", DANGER)))
    assert as_they_say(CALM, "¿y la factura?", later, names_a_knife).safety


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("he pensado en tirarme a las vías", True),
        ("me corto para aguantar", True),
        ("a veces quiero desaparecer", True),
        ("una clienta se quiere suicidar", True),
        ("Me amenazó con matarme", False),
        ("Me dijo que iba a hacerme daño si no entrego", False),
        ("pienso en matarme", True),
        ("no me paga", False),
    ],
)
def test_who_would_be_harmed_by_whom(text: str, own: bool) -> None:
    assert tells_of_self_harm(text) is own


def test_words_without_a_case() -> None:
    assert afraid("tengo miedo de él")
    assert not afraid("")
    assert not no_danger("")


@pytest.mark.parametrize(
    ("text", "another"),
    [
        ("El cliente dice que si le reclamo se mata, y que será por mi culpa", True),
        ("Mi clienta me contó que piensa en quitarse la vida y no sé qué decirle", True),
        ("La señora no quiere vivir más, me lo dijo mientras le cortaba el pelo", True),
        ("No quiero seguir viviendo, ya no puedo con las deudas", False),
        ("El jefe dice que se mata y yo también he pensado en matarme", False),
        ("Me quiero morir, y mi cliente ni se entera", False),
        ("Me dijo que me iba a matar", False),
    ],
)
def test_whose_life_it_is(text: str, another: bool) -> None:
    assert of_somebody_else(text) is another


def test_who_tells_of_somebody_else_hears_what_to_do_for_them() -> None:
    text = "Mi clienta me contó que piensa en quitarse la vida."
    said, question = ANSWER.answer(text, TurnRequest(text), (), Voice(Register.TU, text))
    assert said.startswith("**Antes que nada, esa persona.**")
    assert "volante" not in said
    assert question == "¿Sabes si hay alguien con esa persona ahora?"
    again = "Yo también he pensado en matarme."
    request = TurnRequest(again, told((text, DANGER)))
    said, question = ANSWER.answer(again, request, (), Voice(Register.TU, again))
    assert said.startswith("**Antes que nada, cómo estás.**")
    assert question == "¿Hay alguien a quien puedas llamar ahora mismo?"
