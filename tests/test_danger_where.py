"""Where the person says they are: an outright statement counts, nothing is guessed."""

from __future__ import annotations

import pytest

from reflexiona.corpus.lists import load_help_lines
from reflexiona.corpus.phrases import Voice, load_phrases
from reflexiona.domain import Band, Likelihood, Reading, Register, Turn, TurnRequest
from reflexiona.paths import resource
from reflexiona.settings import COUNTRIES
from reflexiona.stages.danger import SafetyAnswer
from reflexiona.stages.danger_where import place_of, says_where_only

DANGER = Reading((Likelihood("falta_de_respeto", 1.0),), (), Band.CLEAR, (), (), safety=True)
ANSWER = SafetyAnswer(load_phrases(resource("corpus")), load_help_lines(resource("corpus")))
SHOWN = (Turn("1", "Me va a partir las piernas.", "", reading=DANGER),)


def code(text: str, *before: str) -> str | None:
    """ISO code of where the person is by the last of some texts; help was shown after the first."""
    history = tuple(Turn(str(n), told, "", reading=DANGER if n == 0 else None) for n, told in enumerate(before))
    place = place_of(history, text)
    return place.code or place.name if place else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("estoy en México", "MX"),
        ("Vivo en España", "ES"),
        ("vivo en españa y me amenaza cada día", "ES"),
        ("Soy diseñadora, vivo en Chile y un cliente me sigue.", "CL"),
        ("ahora estoy en Perú", "PE"),
        ("No me deja en paz. Estoy en el Ecuador.", "EC"),
        ("vivimos en la Argentina", "AR"),
        ("Estoy en Estados Unidos, ¿a quién llamo?", "US"),
        ("vivo en EE. UU.", "US"),
        ("Estoy en México, D. F.", "MX"),
        ("vivo en la Ciudad de México", "MX"),
        ("Vivo en Rosario, Argentina.", "AR"),
        ("Me amenazó ayer. Vivo en Uruguay.", "UY"),
        ("Me llamo Ana, vivo en Ecuador y me sigue.", "EC"),
        ("aunque vivo en Colombia, me amenaza cada semana", "CO"),
        ("vivo en guadalajara mexico", "MX"),
        ("Estoy en Medellín (Colombia), sola en casa.", "CO"),
        ("te escribo desde Uruguay", "UY"),
        ("trabajo desde Venezuela para una empresa de fuera", "VE"),
        ("resido en Bolivia", "BO"),
        ("vivo en Argentina, pero estoy en España de viaje", "ES"),
        ("Vivo en Paraguay.", "Paraguay"),
        ("hola, estoy ahora mismo en Costa Rica", "Costa Rica"),
        ("estoy en Nuevo México", "US"),
        ("vivo en nuevo mexico", "US"),
        ("Estoy en los Estados Unidos Mexicanos.", "MX"),
        ("vivo en México DF", "MX"),
        ("Estoy en CDMX", "MX"),
        ("Vivo en Villa María, Argentina", "AR"),
        ("Estoy en Nuevo León, México.", "MX"),
        ("ESTOY EN COLOMBIA AYUDA", "CO"),
        ("Estoy en México\nMe espera abajo", "MX"),
    ],
)
def test_an_outright_statement(text: str, expected: str) -> None:
    assert code(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "mi cliente está en México y me amenaza",
        "el cliente vive en España",
        "España",
        "no estoy en España",
        "ya no vivo en México",
        "estuve en Chile el año pasado",
        "si estoy en Perú me mata",
        "cuando estoy en Colombia me sigue",
        "sabe que vivo en algún lugar de España",
        "dice que vivo en España",
        "¿estoy en México para esto?",
        "vivo en la calle Uruguay",
        "Vivo en Uruguay 1234, tercer piso",
        "Estoy en México y Corrientes, esperando",
        "estoy en contacto con Chile",
        "estoy en una reunión, México no contesta",
        "estoy en pleno proyecto Chile",
        "el jefe escribió: «vivo en España y sé dónde vives»",
        "soy de Argentina",
        "me dijo, estoy en México y voy para allá",
        "me ha escrito que ojo, vivo en España y sé ir",
        "El cliente: estoy en Chile y voy a por ti",
        "De: Ana\nAsunto: la factura\n\nHola, estoy en México esta semana y voy a verte.",
        "12/11 09:30 Luis\nestoy en España, te voy a encontrar",
        "la empresa tiene sede en España",
        "trabajo para clientes de México",
        "quiero irme a vivir a España",
        "voy a estar en Perú en enero",
        "me mandaron a una carretera de Colombia",
        "estoy en peligro",
        "vivo en Córdoba",
        "Vivo en Villa España, Berazategui",
        "Estoy en Villa España",
        "Vivo en Paseo Colombia",
        "vivo en colonia argentina",
        "Estoy en Colombia Digital desde hace dos años y el jefe me amenaza",
        "estoy en Nueva España",
    ],
)
def test_anything_less_is_no_statement(text: str) -> None:
    assert code(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("España", "ES"),
        ("españa.", "ES"),
        ("En México, por favor", "MX"),
        ("aquí en Chile", "CL"),
        ("el Perú", "PE"),
        ("ok, Uruguay, gracias", "UY"),
        ("EEUU", "US"),
        ("Honduras", "Honduras"),
    ],
)
def test_once_help_is_shown_a_country_alone_will_do(text: str, expected: str) -> None:
    assert code(text, "Me va a partir las piernas.") == expected
    assert says_where_only(text)
    assert code(text) is None


@pytest.mark.parametrize("text", ["España me debe tres facturas", "¿y en México?", "México lindo", "es de España"])
def test_a_country_among_other_words_will_not(text: str) -> None:
    assert code(text, "Me va a partir las piernas.") is None


@pytest.mark.parametrize(
    "text",
    [
        "estoy en México",
        "Hola, vivo en España, gracias",
        "sí, estoy ahora mismo en Chile, por favor",
        "ahora estoy en Perú.",
        "Vivo en Rosario, Argentina",
        "Te escribo desde Uruguay ahora",
        "¡Estoy en los Estados Unidos!",
    ],
)
def test_nothing_but_where(text: str) -> None:
    assert says_where_only(text)


@pytest.mark.parametrize(
    "text",
    [
        "Estoy en Perú, ya tomé las pastillas",
        "Estoy en España, me está pegando ahora",
        "Estoy en Chile y está en la puerta",
        "está en la puerta, estoy en Chile",
        "vivo en Chile, me sigue",
        "Chile. Vivo en Chile y me está pegando",
        "«te voy a matar» España",
        '"te mato" estoy en España',
        "estoy sola en España",
        "vivo en peligro, Chile",
        "ESTOY EN PELIGRO, CHILE",
        "Estoy en México, tengo miedo, gracias",
    ],
)
def test_where_and_more_is_told_help_whole(text: str) -> None:
    assert not says_where_only(text)
    told = request(text, history=SHOWN)
    assert told.startswith("**Antes que nada, ")
    assert "**Dónde pedir ayuda en " in told


def test_the_last_word_holds() -> None:
    assert code("¿y la factura?", "Vivo en España y me pegó.") == "ES"
    assert code("Ahora estoy en Chile", "Vivo en España y me pegó.") == "CL"
    assert code("ya no estoy en España", "Estoy en España y me pegó.") is None
    assert code("me sigue", "Me pegó.", "México") == "MX"


def test_every_country_of_the_settings_can_be_said() -> None:
    for country, name in COUNTRIES.items():
        assert code(f"vivo en {name}") == country
        assert code(name.upper(), "Me pegó.") == country


def request(text: str, country: str = "", history: tuple[Turn, ...] = ()) -> str:
    voice = Voice(Register.TU, "x")
    return ANSWER.answer(text, TurnRequest(text, history, country=country), (), voice)[0]


def test_the_numbers_of_there_are_shown_at_once() -> None:
    first = request("Vivo en España y un cliente me va a partir las piernas.")
    assert first.startswith("**Antes que nada, tu seguridad.**")
    assert "**Dónde pedir ayuda en España**" in first
    assert "016" in first
    assert "Argentina" not in first
    assert "Para que salgan siempre los de España, se puede dejar elegido en los ajustes." in first


def test_what_was_said_before_is_not_said_again_with_the_country() -> None:
    then = request("estoy en México", history=SHOWN)
    assert then.startswith("**Dónde pedir ayuda en México**")
    assert "079, opción 1" in then
    long = request("estoy en México y acaba de volver con su hermano, no sé dónde meterme", history=SHOWN)
    assert long.startswith("**Antes que nada, tu seguridad.**")


def test_what_is_said_counts_for_more_than_the_settings() -> None:
    assert "**Dónde pedir ayuda en Chile**" in request("Me sigue. Estoy en Chile.", "ES")
    same = request("Me sigue. Estoy en España.", "ES")
    assert "**Dónde pedir ayuda en España**" in same
    assert "en los ajustes" not in same


def test_a_country_without_confirmed_numbers_is_told_so() -> None:
    told = request("Paraguay", history=SHOWN)
    assert "De Paraguay no tengo números confirmados." in told
    assert "911" not in told


def test_thoughts_of_dying_get_the_crisis_line_first() -> None:
    told = request("No quiero seguir viviendo. Estoy en España.")
    assert told.index("- Crisis o suicidio: 024") < told.index("- Emergencias: 112")
