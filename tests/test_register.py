"""Tú, vos, usted: by marks in the text."""

import pytest

from reflexiona.domain import Register, Turn
from reflexiona.stages.register import detect_register, register_for


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("el presu era por 3 rondas y yo de buenudo seguí", Register.VOS),
        ("che, ¿vos qué harías?", Register.VOS),
        ("Buenas, ¿usted sabe cómo se liquida la seguridad social?", Register.USTED),
        ("¿Qué me aconseja hacer con este cliente?", Register.USTED),
        ("¿qué harías en mi lugar? ¿crees que debo esperar?", Register.TU),
        ("Me debe tres facturas y no contesta", None),
        ("El cliente me dijo «usted no sabe nada»", None),
        ("Primero pagá el sellado, después firmá, después esperá medio año", Register.VOS),
        ("mira yo hago tortas y le digo señora yo no trabajo con usted", Register.TU),
        ("Mire, yo solo quiero cobrar", Register.USTED),
        ("Lo mira y dice que es caro", None),
        ("«Poneme lo más barato», y la firma es mía", Register.VOS),
        ("mandámelo ya, me escribe", Register.VOS),
        ("dámelo ya, me escribe", None),
        ("bueno le cuento yo soy soldador y le hice unas rejas", Register.USTED),
        ("le cuento al cliente que no llego", None),
        ("Le escribo y me deja en visto", None),
        ("Le cuento lo del retraso y se enfada", None),
        ("El cliente me dijo «repítelo otra vez», imprímelo, llámelo", None),
    ],
)
def test_detect(text: str, expected: Register | None) -> None:
    assert detect_register(text) is expected


def test_setting_wins_then_the_text_then_the_conversation() -> None:
    before = (Turn("t", "che", "", register=Register.VOS),)
    assert register_for("no contesta", before, None) is Register.VOS
    assert register_for("¿usted qué haría?", before, None) is Register.USTED
    assert register_for("¿usted qué haría?", before, Register.TU) is Register.TU
    assert register_for("no contesta", (), None) is Register.TU
