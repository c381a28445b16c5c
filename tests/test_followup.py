"""What a message that goes on with a conversation asks for."""

import pytest

from reflexiona.domain import Band, Channel, Draft, Likelihood, Reading, Register, Tone, Turn
from reflexiona.stages.followup import (
    DraftWish,
    amounts_told,
    case_text,
    draft_wish,
    hardly_moves,
    is_correction,
    is_question,
    is_resolved,
    is_thanks,
    only_wishes,
    says_nothing_new,
    told_before,
)

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
        ("haceme vos un mail, y tratala de usted", DraftWish(Channel.EMAIL, None, Register.USTED)),
        ("dale, armame un wasap", DraftWish(Channel.WHATSAPP, None, None)),
        ("necesito un guion para decírselo por teléfono", DraftWish(Channel.CALL, None, None)),
        ("no sé cómo decirle que no", DraftWish(None, None, None)),
        ("no sé qué decirle", DraftWish(None, None, None)),
        ("ayúdame a contestarle", DraftWish(None, None, None)),
        ("un mensaje de correo para él", DraftWish(Channel.EMAIL, None, None)),
        ("un guion para llamarlo", DraftWish(Channel.CALL, None, None)),
        ("un whatsapp para decirle que no", DraftWish(Channel.WHATSAPP, None, None)),
        ("mensaje", DraftWish(None, None, None)),
    ],
)
def test_wishes(text: str, wish: DraftWish) -> None:
    assert draft_wish(text, BEFORE) == wish


@pytest.mark.parametrize(
    "text",
    [
        "Me escribió anoche gritando",
        "le mandé un correo y nada",
        "¿y si espero un mes?",
        "más firme",
        "la señora me escribe a las diez de la noche",
        "les escribí y no contestan",
        "yo redacto boletines y él me pasa un correo a las once con todo",
        "cada vez que le escribo me da largas",
        "¿será que le pongo por escrito hasta dónde opina?",
        "es la hermana la que escribe las reseñas",
    ],
)
def test_no_wish(text: str) -> None:
    assert draft_wish(text, BEFORE) is None


def test_after_a_draft_a_tone_alone_is_a_wish() -> None:
    assert draft_wish("más firme", AFTER_DRAFT) == DraftWish(None, Tone.FIRMER, None)
    assert draft_wish("mejor de usted", AFTER_DRAFT) == DraftWish(None, None, Register.USTED)


def test_after_a_draft_a_channel_or_a_sum_may_be_changed() -> None:
    assert draft_wish("mejor por whatsapp", AFTER_DRAFT) == DraftWish(Channel.WHATSAPP, None, None)
    assert draft_wish("me equivoqué: son 900 €, cámbialo", AFTER_DRAFT) == DraftWish(None, None, None)


@pytest.mark.parametrize(
    "text", ["le mandé el correo y me contestó más amable", "ya lo mandé por whatsapp y nada", "gracias"]
)
def test_after_a_draft_what_happened_is_no_wish(text: str) -> None:
    assert draft_wish(text, AFTER_DRAFT) is None


def test_a_long_message_tells_whatever_it_asks_for() -> None:
    assert only_wishes("escríbeme el correo, de usted")
    assert not only_wishes("Ayer me llamó a gritos delante de todos y " + "dijo de todo " * 10 + "¿qué le contesto?")


@pytest.mark.parametrize(
    ("texts", "amounts"),
    [
        (["me debe 1.450 €", "la factura es de abril"], ("1.450 €",)),
        (["me debe S/ 1,800", "perdon, son S/ 2,150 no 1,800"], ("S/ 2,150",)),
        (["que reponga $24,000", "Me equivoqué: no fueron $24,000, fueron $14,200"], ("$14,200",)),
        (["me debe Q4,500", "No, no, me equivoqué: son Q4,050"], ("Q4,050",)),
        (["me debe 900 €", "y ahora otros 300 €"], ("900 €", "300 €")),
        (["me paga 900 € y no 1.200 €"], ("900 €", "1.200 €")),
    ],
)
def test_amounts_that_hold(texts: list[str], amounts: tuple[str, ...]) -> None:
    assert amounts_told(texts) == amounts


def test_corrections() -> None:
    assert is_correction("perdón, no era la dueña, es la hermana")
    assert is_correction("Quise decir nueve, no once")
    assert not is_correction("Ayer me pidió perdón y pagó")
    assert not is_correction("no es mi culpa")


def read_as(scenario: str, p: float = 0.8, *, safety: bool = False) -> Reading:
    return Reading((Likelihood(scenario, p), Likelihood("ninguno", 1 - p)), (), Band.PROBABLE, (), (), safety)


def test_a_case_begins_where_its_reading_began() -> None:
    history = (
        Turn("1", "Pide extras a cada rato y no los paga", "", reading=read_as("alcance_descontrolado")),
        Turn("2", "Ahora me debe dos facturas", "", reading=read_as("impago_o_pago_tardio")),
        Turn("3", "¿y si no paga?", "", reading=read_as("impago_o_pago_tardio")),
    )
    assert told_before("¿lo llamo?", history) == ("Ahora me debe dos facturas",)
    assert "extras" not in case_text("¿lo llamo?", history)


@pytest.mark.parametrize(
    "over", ["Al final me pagó todo.", "El problema ahora es otro.", "Le dije que no y lo tomó bien, tema cerrado."]
)
def test_what_is_over_is_not_read_again_unless_it_was_dangerous(over: str) -> None:
    news = "Pero hoy me llamó a gritos delante de la gente, me dijo de todo y me colgó sin dejarme hablar ni una vez."
    text = f"{over} {news}"
    assert told_before(text, (Turn("1", "Me debe 900 €", "", reading=read_as("impago_o_pago_tardio")),)) == ()
    danger = Turn("1", "Dice que sabe dónde vivo", "", reading=read_as("falta_de_respeto", safety=True))
    assert told_before(text, (danger,)) == ("Dice que sabe dónde vivo",)


def test_what_is_not_over_is_read_with_the_rest() -> None:
    owed = Turn("1", "Me debe 900 €", "", reading=read_as("impago_o_pago_tardio"))
    text = "Espero que por fin me pague, porque ya me dice que está harto de mis mensajes y que el viernes sin falta."
    assert told_before(text, (owed,)) == ("Me debe 900 €",)


def test_few_words_change_a_reading_only_when_it_is_clear() -> None:
    before = read_as("impago_o_pago_tardio")
    assert hardly_moves("es la hermana", before, read_as("pedido_a_rechazar", 0.42))
    assert hardly_moves("perdón, no es la dueña, es la hermana", before, read_as("pedido_a_rechazar", 0.6))
    assert not hardly_moves("ahora me insulta", before, read_as("falta_de_respeto", 0.9))
    assert not hardly_moves("palabra " * 30, before, read_as("pedido_a_rechazar", 0.42))
    assert not hardly_moves("sabe dónde vivo", before, read_as("falta_de_respeto", 0.4, safety=True))


def test_questions() -> None:
    assert is_question("y si espero un mes")
    assert is_question("¿Espero?")
    assert not is_question("Ayer me pagó la mitad.")


def test_a_short_follow_up_is_searched_with_the_case() -> None:
    assert "tres facturas" in case_text("¿y si espero?", BEFORE)
    assert case_text("palabra " * 50, BEFORE) == "palabra " * 50
    assert case_text("hola", ()) == "hola"


@pytest.mark.parametrize(
    "text",
    [
        "¿y si me dice que no?",
        "y si me dice que no",
        "¿cuánto tiempo espero antes de reclamar?",
        "¿Puedo cobrarle intereses? ¿Y desde cuándo?",
        "vale, gracias",
        "Muchas gracias, hasta luego",
        "ok",
        "ya me pagó",
        "por fin me ha pagado",
        "se disculpó y lo arreglamos",
        "ya está resuelto",
    ],
)
def test_what_asks_thanks_or_closes_tells_nothing_new(text: str) -> None:
    assert says_nothing_new(text)


@pytest.mark.parametrize(
    "text",
    [
        "me insultó, ¿qué hago?",
        "ahora quiere otro cambio",
        "cuando le pedí el pago me insultó delante de todos y se fue sin decir nada más",
        "gracias, pero sigue sin pagar",
        "ya me pagó la mitad",
        "ya me pagó pero quiere otra versión",
        "todavía no me ha pagado",
        "no está resuelto",
        "¿ya me pagó?",
    ],
)
def test_what_tells_something_is_read(text: str) -> None:
    assert not is_thanks(text)
    assert not is_resolved(text)
    assert says_nothing_new(text) is (text == "¿ya me pagó?")
