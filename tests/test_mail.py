"""What mail programs put around what people say is neither quoted nor read nor searched for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reflexiona.domain import Turn
from reflexiona.mail import told
from reflexiona.stages.followup import case_text
from tests.test_read import STAGE

NOTICE = (
    "Este mensaje y sus adjuntos son confidenciales y van dirigidos solo a su destinatario. Si lo ha recibido por\n"
    "error, le rogamos que lo elimine y avise al remitente. Queda prohibida su divulgación sin pagar la licencia."
)
SAID = "Me debe tres facturas desde marzo y no contesta al teléfono."


def left(text: str) -> str:
    return " ".join(told(text).split())


@pytest.mark.parametrize(
    ("pasted", "expected"),
    [
        (f"{SAID}\n\n{NOTICE}", SAID),
        (f"{NOTICE} {SAID}", SAID),
        (f"{SAID}\nAVISO LEGAL: la información contenida en este correo es confidencial.\n", SAID),
        (f"{SAID}\nThis e-mail and any attachment are confidential and intended for the recipient only.", SAID),
        (f"De: Marta Ríos <marta@x.es>\nEnviado el: lunes, 3 de junio de 2024 10:12\nPara: Ana\n\n{SAID}", SAID),
        ("*De:* Marta\n*Para:* Ana\n*Asunto:* Factura vencida\n\nHola", "Factura vencida Hola"),
        ("De: Marta Enviado el: 3/6/2024 10:12 Para: Ana Asunto: RE: logo no me gusta", "RE: logo no me gusta"),
        (f"From: Marta\nSent: Monday\nTo: Ana\nSubject: {SAID}", SAID),
        (f"On Mon, Jun 3, 2024 at 10:12 AM Marta <marta@x.es> wrote:\n> {SAID}", f"> {SAID}"),
        (f"El lun, 3 jun 2024 a las 10:12, Marta Ríos\n(<marta@x.es>) escribió:\n{SAID}", SAID),
        (f"{SAID}\n\n---------- Mensaje original ----------\nNo", f"{SAID} No"),
        (f"{SAID}\nEnviado desde mi iPhone", SAID),
        (f"{SAID}\n\nUn saludo,\n\nMarta Ríos\nAgencia Faro\nTel. +34 600 000 000\nwww.faro.es", f"{SAID} Un saludo,"),
        (f"{SAID}\n-- \nmarta, la de las facturas\nni un correo más\n\nY ya", f"{SAID} -- Y ya"),
    ],
)
def test_what_a_mail_program_added_is_left_out(pasted: str, expected: str) -> None:
    assert left(pasted) == expected
    assert len(told(pasted)) == len(pasted)


@pytest.mark.parametrize(
    "text",
    [
        SAID,
        "El 3 de junio de 2024 me escribió:\nno te voy a pagar",
        "Para: que me pague de una vez",
        "De lo que te dije: nada. Para mí: todo.",
        "Un saludo\n\nNo me paga nunca y ya no sé qué hacer.",
        "Este mensaje me llegó ayer y no sé qué contestar. Es confidencial lo que le conté.",
        "Este correo es confidencial y no lo puedo enseñar. Me debe 900 €.",
        "Me pide que le redacte el aviso legal. El destinatario soy yo.",
        NOTICE,  # nothing else is there: then it is what the person brings
        "-- \nhola",
    ],
)
def test_what_people_say_stays(text: str) -> None:
    assert left(text) == " ".join(text.split())


@given(
    st.lists(
        st.sampled_from(
            ["De: ", "Para: ", "Asunto: ", "\n", "-- ", "Un saludo", NOTICE, "On 2024 wrote:", "hola. ", ">"]
        )
    ).map("".join)
)
def test_places_are_kept(text: str) -> None:
    blanked = told(text)
    assert len(blanked) == len(text)
    assert all(after in (before, " ", "\n") for before, after in zip(text, blanked, strict=True))


def test_evidence_is_never_quoted_from_it() -> None:
    text = (
        "De: Impagos y Facturas S.L. <no-paga@x.es>\nEnviado el: lunes, 3 de junio de 2024 10:12\nPara: Ana Ruiz\n\n"
        f"{SAID}\n\nUn saludo,\nFacturas Sin Pagar\nNo Contesta Nunca\n\n{NOTICE}"
    )
    reading = STAGE.read(text)
    assert reading.primary == "impago_o_pago_tardio"
    assert reading.evidence
    for evidence in reading.evidence:
        assert text[evidence.start : evidence.end] == evidence.text
        assert evidence.text in SAID


def test_it_moves_no_reading() -> None:
    bare = STAGE.read(SAID)
    assert STAGE.read(f"{SAID}\n\n{NOTICE}").scenarios == bare.scenarios


def test_a_hostile_text_takes_no_longer() -> None:
    for piece in ("\n>", "De: ", "este correo ", "Un saludo\n", "On 2024 @", "El @\n", "- ", "Para: De: "):
        assert len(told(piece * (20_000 // len(piece)))) > 19_000


def test_its_words_are_not_searched_for() -> None:
    assert "confidencial" not in case_text(f"{SAID}\n\n{NOTICE}", ())
    earlier = (Turn("t", f"{SAID}\n\n{NOTICE}", ""),)
    assert case_text("¿y si espero?", earlier).split() == f"¿y si espero?\n¿y si espero?\n{SAID}".split()
