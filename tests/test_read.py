"""The reading stage with the reader that is shipped: what a person may count on."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reflexiona.adapters.bert_encoder import BertEncoder
from reflexiona.adapters.linear_reader import LinearReader
from reflexiona.domain import NONE_SCENARIO, Band
from reflexiona.paths import resource
from reflexiona.stages.read import ReadStage

STAGE = ReadStage(
    LinearReader(resource("models", "included", "reader"), BertEncoder(resource("models", "included", "encoder")))
)

PLAIN = {
    "Me debe tres facturas y no contesta": "impago_o_pago_tardio",
    "La agencia todavía no me ha pagado los trabajos de verano": "impago_o_pago_tardio",
    "Cada vez que entrego aparece otra cosita que no estaba en el presupuesto": "alcance_descontrolado",
    "Lleva ocho propuestas rechazadas y no sabe explicar qué quiere": "indecision",
    "Hace un mes que le mandé la propuesta y no responde ni correos ni mensajes": "mala_comunicacion",
    "En la reunión me gritó y me llamó inútil delante de todos": "falta_de_respeto",
    "Me llama los domingos a las once de la noche y todo es urgente": "exigencia_y_urgencias",
    "Pretende que cumpla horario de oficina y que pida permiso para salir": "trato_de_empleado",
    "Siempre me pide descuento y quiere que le baje la tarifa": "regateo_y_cambio_de_condiciones",
    "Me dijo que eso lo hace su sobrino con Canva en cinco minutos": "no_valora_el_trabajo",
    "Prometió mandarme las fotos y los textos hace semanas y el proyecto está parado": "incumple_plazos",
    "Revisa y corrige cada decisión que tomo, no confía en mi experiencia": "desconfia_del_criterio",
    "Llevo años haciendo lo mismo para él, propongo ideas y ninguna le interesa": "sin_crecimiento_mutuo",
    "Está usando mis fotos en una campaña que no estaba en la licencia": "viola_condiciones",
    "Él aprobó el texto con errores y ahora dice que la culpa es mía": "no_asume_responsabilidad",
    "Estoy agotada, tengo demasiados clientes y no sé cuál dejar": "saturacion_propia",
    "Amenaza con dejarme malas reseñas en Google si no le devuelvo el dinero": "riesgo_de_reputacion",
    "Odio lo que hago para esta empresa y solo sigo porque paga bien": "solo_por_dinero",
    "Un amigo quiere que le diseñe el logo gratis y no sé cómo decirle que no": "pedido_a_rechazar",
    "Me pide que le programe una aplicación y yo solo soy ilustradora": "fuera_de_especialidad",
}


def bare(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


@pytest.mark.parametrize(("text", "scenario"), PLAIN.items())
def test_plain_sentences_are_read_and_quoted(text: str, scenario: str) -> None:
    reading = STAGE.read(text)
    assert reading.primary == scenario
    assert reading.band in {Band.CLEAR, Band.PROBABLE}
    assert reading.evidence
    assert reading.courses
    assert not reading.safety


def test_accents_and_typos_change_little() -> None:
    texts = list(PLAIN)
    same = [STAGE.read(bare(text)).primary == STAGE.read(text).primary for text in texts]
    assert all(same)
    misspelt = [text.replace("v", "b").replace("h", "").replace("que", "q") for text in texts]
    same = [STAGE.read(other).primary == STAGE.read(text).primary for text, other in zip(texts, misspelt, strict=True)]
    assert sum(same) >= 0.8 * len(texts)


@pytest.mark.parametrize(
    "text",
    [
        "¿Cómo me doy de alta como autónomo?",
        "¿Cuánto IVA pongo en una factura?",
        "gracias",
        "hola",
        "",
        " \n ",
        "asdfgh qwertz",
        "🤷‍♀️🤷‍♀️",
        "¿Qué tiempo hará mañana?",
        "My client owes me three invoices and never answers the phone",
        "Mon client ne me paie pas et ne répond plus",
        "12345 67890",
    ],
)
def test_nothing_is_read_where_there_is_nothing(text: str) -> None:
    reading = STAGE.read(text)
    assert reading.primary == NONE_SCENARIO
    assert reading.nothing_to_read
    assert reading.courses == ()
    assert reading.evidence == ()


@pytest.mark.parametrize(
    "text", ["", "🤷‍♀️", "12345 67890", "asdfgh qwertz", "blablabla bla bla", "My client owes me three invoices", "..."]
)
def test_what_is_not_understood_is_said_to_be_so(text: str) -> None:
    reading = STAGE.read(text)
    assert reading.not_understood
    assert (reading.band, reading.deciding, reading.secondary) == (Band.UNCLEAR, None, ())


@pytest.mark.parametrize("text", ["hola", "gracias", "¿Qué tiempo hará mañana?", *list(PLAIN)[:3]])
def test_plain_spanish_is_understood(text: str) -> None:
    assert not STAGE.read(text).not_understood


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.one_of(st.sampled_from(list(PLAIN)), st.text(max_size=40)), max_size=6).map(". ".join),
    st.lists(st.sampled_from(list(PLAIN)), max_size=2),
)
def test_readings_are_true_by_construction(text: str, earlier: list[str]) -> None:
    reading = STAGE.read(text, earlier)
    assert len(reading.scenarios) == 20
    assert sum(row.p for row in reading.scenarios) == pytest.approx(1, abs=1e-3)
    assert len(reading.evidence) <= 3
    for evidence in reading.evidence:
        assert text[evidence.start : evidence.end] == evidence.text
        assert 1 <= len(evidence.text.split()) <= 20
    assert len(reading.secondary) <= 3
    assert reading.primary not in [row.id for row in reading.secondary]
    settled = reading.band == Band.CLEAR or reading.not_understood
    assert (reading.deciding is None) == settled or (reading.band == Band.PROBABLE and reading.deciding is None)
    if reading.deciding:
        first, other = reading.deciding
        assert first == reading.primary
        assert other in [row.id for row in reading.scenarios[1:4]]
        assert reading.sides or other == reading.scenarios[1].id
        assert other == reading.scenarios[1].id or reading.scenarios[1].id != NONE_SCENARIO
    assert len(reading.sides) in (0, 2)
    assert not reading.sides or reading.sides[0] != reading.sides[1]
    assert not reading.alarm or reading.safety
    for quote in (*reading.sides, *reading.alarm):
        assert text[quote.start : quote.end] == quote.text


def test_evidence_is_short_where_the_text_has_no_punctuation() -> None:
    text = (
        "pues mira llevo con este cliente desde enero y al principio todo muy bien pero ahora me escribe a todas horas "
        "los domingos también y si no le contesto me llama y además me debe la factura de marzo y no me la paga"
    )
    reading = STAGE.read(text)
    assert {"impago_o_pago_tardio", "exigencia_y_urgencias"} <= {
        reading.primary,
        *(row.id for row in reading.secondary),
    }
    assert all(3 <= len(evidence.text.split()) <= 16 for evidence in reading.evidence)
    telling = "debe la factura" if reading.primary == "impago_o_pago_tardio" else "escribe a todas horas"
    assert any(telling in evidence.text for evidence in reading.evidence)


@pytest.mark.parametrize(
    "text",
    [
        "me escribió que sabe dónde vivo y que o le devuelvo el anticipo o me voy a arrepentir. no duermo",
        "El cliente me espera en el portal de mi casa y me sigue por la calle",
        "no puedo más con las entregas, anoche pensé en quitarme la vida",
        "Me tocó la pierna en la reunión y me manda mensajes obscenos",
        "amenaza con publicar mis fotos íntimas si no le rebajo la factura",
        "una clienta me escribió que se quiere suicidar",
    ],
)
def test_danger_comes_first(text: str) -> None:
    reading = STAGE.read(text)
    assert reading.safety
    assert not reading.nothing_to_read
    assert reading.course == "protegerse"
    assert reading.evidence


@pytest.mark.parametrize(
    "text",
    [
        "Me grita por teléfono y me dijo idiota delante de su equipo",
        "Me amenaza con una demanda si no le entrego mañana",
        "Dice que me va a poner una mala reseña en Google",
        "No me ha amenazado ni nada, simplemente no paga",
        "ME TIENE HARTA, TODO EL DÍA LLAMANDO Y GRITANDO",
        "Me muero de vergüenza de reclamarle la factura otra vez",
    ],
)
def test_shouting_and_legal_threats_are_no_danger(text: str) -> None:
    assert not STAGE.read(text).safety


CASE = "Me debe tres facturas desde marzo y no contesta al teléfono."


@pytest.mark.parametrize(
    "follow_up", ["¿y si se lo digo por WhatsApp?", "¿qué le digo?", "¿cuánto espero?", "vale, gracias", "asdf"]
)
def test_a_short_follow_up_leaves_the_reading(follow_up: str) -> None:
    reading = STAGE.read(follow_up, ["hola", CASE])
    assert reading.primary == "impago_o_pago_tardio"
    assert all(evidence.text in follow_up for evidence in reading.evidence)


def test_a_new_fact_changes_the_reading() -> None:
    reading = STAGE.read("ahora me ha insultado y me amenaza con ir a mi casa", [CASE])
    assert reading.primary == "falta_de_respeto"
    assert reading.safety
    assert "impago_o_pago_tardio" in [row.id for row in reading.secondary]
    turned = STAGE.read("Ya pagó todo. Ahora lo que pasa es que pide cambios y más cambios gratis cada semana.", [CASE])
    assert turned.primary == "alcance_descontrolado"


def test_danger_that_no_frame_names_is_quoted() -> None:
    text = "Le hice la web y no me paga. El otro día, al salir del gimnasio de mi hija, estaba él apoyado en el coche."
    reading = STAGE.read(text)
    assert reading.safety
    assert not STAGE.names_danger(text)
    assert any("estaba él apoyado en el coche" in evidence.text for evidence in reading.evidence)


def test_danger_stays_with_the_case() -> None:
    assert STAGE.read("¿y qué le contesto?", ["Dijo que sabe dónde vivo y que va a venir a por mí."]).safety


def test_a_greeting_before_the_case_weighs_nothing() -> None:
    assert STAGE.read(CASE, ["hola"]).primary == STAGE.read(CASE).primary


def test_long_texts_are_read() -> None:
    reading = STAGE.read((". ".join(PLAIN) + ". ") * 15)
    assert len(reading.scenarios) == 20
    assert len({evidence.text for evidence in reading.evidence}) == len(reading.evidence)
