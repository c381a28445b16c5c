"""A problem that the words of a follow-up add to one that stands is named; where they add nothing, nothing is."""

import pytest

from reflexiona.corpus.library import load_library
from reflexiona.corpus.lists import load_lists
from reflexiona.corpus.phrases import Voice, load_phrases
from reflexiona.domain import Reading, Register, Turn
from reflexiona.paths import resource
from reflexiona.stages.compose import Composer
from reflexiona.stages.followup import hardly_moves, told_before
from reflexiona.stages.followup_answer import FollowUpAnswer
from reflexiona.stages.material import Material
from tests.test_read import CASE, STAGE

LISTS = load_lists(resource("corpus"))
PHRASES = load_phrases(resource("corpus"))
ANSWER = FollowUpAnswer(LISTS, PHRASES, Composer(LISTS, PHRASES))
PASSAGES = load_library().passages
BEFORE = STAGE.read(CASE)
HISTORY = (Turn("t", CASE, "", reading=BEFORE),)
STANDS = ("se mantiene", "no cambia la lectura")


def answered(text: str) -> tuple[Reading, str]:
    """The reading and the composed answer of a follow-up, the whole corpus before it."""
    reading = STAGE.read(text, told_before(text, HISTORY))
    if hardly_moves(text, BEFORE, reading):
        reading = BEFORE
    shown = [p for p in PASSAGES if reading.primary in p.scenarios or "falta_de_respeto" in p.scenarios]
    material = Material(text, reading, shown[:60], Voice(Register.TU, text), HISTORY)
    return reading, ANSWER.compose(material, BEFORE, standing=reading.primary == BEFORE.primary)


@pytest.mark.parametrize(
    "text",
    [
        "…y ahora me insultó",
        "Le reclamé la factura y ahora me insultó.",
        "Le escribí ayer para reclamarle la factura y ahora me insultó.",
        "le mandé el aviso de pago como dijiste y ahora me insultó por whatsapp",
        "dice que no paga y encima me insultó",
        "no solo no paga, ahora me insulta",
        "sigue sin pagar la factura y ahora encima me grita por teléfono",
        "le pedí el pago y me llamó ladrona",
        "me acaba de insultar",
        "Hoy lo llamé para cobrar. Me contestó con insultos. No sé qué hacer.",
    ],
)
def test_an_insult_beside_a_debt_is_answered(text: str) -> None:
    reading, said = answered(text)
    assert "falta_de_respeto" in {reading.primary, *(other.id for other in reading.secondary)}
    assert "impago_o_pago_tardio" in {reading.primary, *(other.id for other in reading.secondary)}
    assert not any(phrase in said for phrase in STANDS)
    assert f"«{LISTS.scenarios['falta_de_respeto'].name}»" in said


@pytest.mark.parametrize(
    ("text", "scenario"),
    [
        ("no paga y ahora quiere cambios gratis", "alcance_descontrolado"),
        ("sigue sin pagar y ahora usa mis fotos sin licencia", "viola_condiciones"),
        ("Sigue sin pagar. Además me llama los domingos a las once de la noche.", "exigencia_y_urgencias"),
    ],
)
def test_other_problems_are_named_too(text: str, scenario: str) -> None:
    reading, said = answered(text)
    assert reading.primary in ("impago_o_pago_tardio", scenario)
    assert not any(phrase in said for phrase in STANDS)
    assert f"«{LISTS.scenarios[scenario].name}»" in said


@pytest.mark.parametrize(
    "text",
    [
        "sigue sin pagar",
        "Nada nuevo, sigue igual",
        "tengo el presupuesto firmado por correo",
        "no tengo contrato",
        "me dijo que me paga el viernes",
        "¿y si me insulta?",
        "¿qué hago si me grita?",
    ],
)
def test_what_adds_nothing_leaves_the_reading(text: str) -> None:
    reading, said = answered(text)
    assert reading.primary == BEFORE.primary
    assert "se suma" not in said
    assert any(phrase in said for phrase in STANDS)
