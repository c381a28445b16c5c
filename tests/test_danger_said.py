"""Danger that may be: the person says whether it is, and their word holds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reflexiona.domain import Band, Likelihood, Reading, Turn
from reflexiona.stages.danger import as_they_say

CALM = Reading(
    (Likelihood("impago_o_pago_tardio", 0.8), Likelihood("ninguno", 0.2)),
    (),
    Band.PROBABLE,
    (),
    (Likelihood("conversar", 0.6), Likelihood("protegerse", 0.4)),
    safety=False,
)
WORRYING = replace(CALM, worrying=True)
DANGER = replace(CALM, safety=True, courses=(Likelihood("protegerse", 0.4), Likelihood("conversar", 0.6)))


def told(*turns: tuple[str, Reading]) -> tuple[Turn, ...]:
    return tuple(Turn(str(n), text, "", reading=reading) for n, (text, reading) in enumerate(turns))


def names_a_knife(text: str) -> bool:
    return "cuchillo" in text


@pytest.mark.parametrize(
    "answer",
    [
        "me da miedo",
        "sí, me da mucho miedo que vuelva",
        "la verdad tengo miedo",
        "temo por mi hija",
        "Estoy asustada",
        "hay peligro, sí",
        "ayuda",
        "ME DA MIEDO",
        "nunca me había pasado, pero me da miedo",
    ],
)
def test_who_is_asked_and_is_afraid_is_in_danger(answer: str) -> None:
    reading = as_they_say(CALM, answer, told(("Me espera a la salida.", WORRYING)), names_a_knife)
    assert reading.safety
    assert not reading.worrying
    assert reading.course == "protegerse"


@pytest.mark.parametrize(
    "answer", ["no me da miedo", "no tengo ningún miedo", "sin miedo", "¿y cuánto le cobro?", "tampoco tengo miedo"]
)
def test_other_answers_change_nothing(answer: str) -> None:
    assert as_they_say(CALM, answer, told(("Me espera a la salida.", WORRYING)), names_a_knife) is CALM


def test_who_was_not_asked_is_read_as_before() -> None:
    assert as_they_say(CALM, "me da miedo perderlo", told(("No me paga.", CALM)), names_a_knife) is CALM
    assert as_they_say(CALM, "me da miedo perderlo", (), names_a_knife) is CALM


def test_fear_holds_for_the_rest_of_the_conversation() -> None:
    history = told(("Me espera a la salida.", WORRYING), ("me da miedo", DANGER))
    assert as_they_say(CALM, "¿y la factura?", history, names_a_knife).safety


@pytest.mark.parametrize(
    "answer",
    [
        "no hay peligro",
        "No hay ningún peligro, es un decir.",
        "falsa alarma",
        "no corro peligro",
        "no creo que haya peligro",
        "no es nada de eso",
        "me entendiste mal",
    ],
)
def test_an_alarm_can_be_called_off(answer: str) -> None:
    reading = as_they_say(DANGER, answer, told(("Me mandaron a una carretera.", DANGER)), names_a_knife)
    assert not reading.safety
    assert reading.course == "conversar"


@pytest.mark.parametrize(
    "answer",
    [
        "no sé si hay peligro",
        "sí, estoy en casa",
        "no hay peligro ahora, pero volvió con un cuchillo",
        "hay peligro",
        "¿qué hago con la factura?",
    ],
)
def test_it_is_not_called_off_by_less(answer: str) -> None:
    assert as_they_say(DANGER, answer, told(("Vino a casa.", DANGER)), names_a_knife).safety


def test_what_is_told_after_it_was_called_off_is_heard_anew() -> None:
    off = told(("Vino a casa.", DANGER), ("falsa alarma", CALM))
    assert not as_they_say(DANGER, "¿y la factura?", off, names_a_knife).safety
    assert as_they_say(DANGER, "hoy trajo un cuchillo", off, names_a_knife).safety
    later = (*off, *told(("hoy trajo un cuchillo", DANGER)))
    assert as_they_say(DANGER, "¿y la factura?", later, names_a_knife).safety
