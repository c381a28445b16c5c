"""What a message that goes on with a conversation asks for."""

import pytest

from reflexiona.domain import Channel, Draft, Register, Tone, Turn
from reflexiona.stages.followup import DraftWish, case_text, draft_wish, is_question

BEFORE = (Turn("t", "Me debe tres facturas y no contesta", ""),)
AFTER_DRAFT = (*BEFORE, Turn("t2", "x", "", draft=Draft("Hola", Channel.EMAIL, Register.TU, Tone.BALANCED)))


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("Escríbeme el correo", DraftWish(Channel.EMAIL, None, None)),
        ("¿cómo se lo digo por WhatsApp?", DraftWish(Channel.WHATSAPP, None, None)),
        ("hacé un mensaje más corto, de usted", DraftWish(None, Tone.SHORTER, Register.USTED)),
        ("redacta un guion para la llamada, más firme", DraftWish(Channel.CALL, Tone.FIRMER, None)),
        ("¿Qué le digo?", DraftWish(None, None, None)),
    ],
)
def test_wishes(text: str, wish: DraftWish) -> None:
    assert draft_wish(text, BEFORE) == wish


@pytest.mark.parametrize(
    "text", ["Me escribió anoche gritando", "le mandé un correo y nada", "¿y si espero un mes?", "más firme"]
)
def test_no_wish(text: str) -> None:
    assert draft_wish(text, BEFORE) is None


def test_after_a_draft_a_tone_alone_is_a_wish() -> None:
    assert draft_wish("más firme", AFTER_DRAFT) == DraftWish(None, Tone.FIRMER, None)
    assert draft_wish("mejor de usted", AFTER_DRAFT) == DraftWish(None, None, Register.USTED)


def test_questions() -> None:
    assert is_question("y si espero un mes")
    assert is_question("¿Espero?")
    assert not is_question("Ayer me pagó la mitad.")


def test_a_short_follow_up_is_searched_with_the_case() -> None:
    assert "tres facturas" in case_text("¿y si espero?", BEFORE)
    assert case_text("palabra " * 50, BEFORE) == "palabra " * 50
    assert case_text("hola", ()) == "hola"
