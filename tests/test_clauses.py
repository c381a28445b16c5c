"""Clauses: spans of the text itself, short enough to quote, with or without punctuation."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reflexiona.domain import Evidence
from reflexiona.stages.clauses import LONGEST, SHORTEST, clauses, quotable, whole


def quotes(text: str) -> list[str]:
    return [text[start:end] for start, end in clauses(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "1.450 €, factura a 30 días. Desde hace dos semanas ni abre los whatsapps.",
            ["factura a 30 días", "Desde hace dos semanas ni abre los whatsapps"],
        ),
        (
            "cada vez que le mando algo me dice «no es eso» pero nunca me dice qué es",
            ["cada vez que le mando algo me dice «no es eso»", "nunca me dice qué es"],
        ),
        ("y el guión «final» llega cada lunes", ["el guión «final» llega cada lunes"]),
        ("mientras tanto llevo dos meses esperando", ["llevo dos meses esperando"]),
        (
            "Que le rebaje la noche. Dice que le rebaje la noche.",
            ["Que le rebaje la noche", "Dice que le rebaje la noche"],
        ),
        (
            "al principio todo bien pero ahora me escribe a todas horas y además me debe la factura de marzo",
            ["al principio todo bien", "ahora me escribe a todas horas", "me debe la factura de marzo"],
        ),
        ("Y encima, ¿sabes?, me gritó por teléfono.", ["me gritó por teléfono"]),
        ("Les di permiso para una. Una.", ["Les di permiso para una"]),
        ("Hola. No. Sí.", []),
        ("", []),
    ],
)
def test_clauses_of(text: str, expected: list[str]) -> None:
    assert quotes(text) == expected


def test_dictated_text_is_cut_too() -> None:
    text = (
        "pues mira llevo con este cliente desde enero y me llama los domingos y me pide cosas nuevas cada semana " * 5
    )
    found = quotes(text.strip())
    assert len(found) >= 8
    assert all(SHORTEST <= len(quote.split()) <= LONGEST for quote in found)


@given(st.text(alphabet="abc ñáé.,;:¿?¡!()«»\"'\n-—%€1 y pero", max_size=300))
def test_clauses_are_spans_in_order(text: str) -> None:
    found = clauses(text)
    assert all(0 <= start < end <= len(text) for start, end in found)
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(found))
    assert all(text[start:end] == text[start:end].strip() for start, end in found)


@given(st.text(max_size=200))
def test_any_text_is_taken(text: str) -> None:
    clauses(text)


def test_a_span_is_quoted_with_its_clause() -> None:
    text = "Ayer no fui. Me escribió que sabe dónde vivo, y que espere."
    start = text.index("sabe")
    span = quotable(text, start, start + 15)
    assert span is not None
    assert text[slice(*span)] == "Me escribió que sabe dónde vivo"


def test_a_span_outside_any_clause_is_quoted_with_words_around_it() -> None:
    text = "Me pegó."
    assert quotable(text, 0, 7) == (0, 7)
    assert quotable("¡¡!!", 0, 2) is None


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("Va bien. No me insulta, no me debe. Pero cansa.", "No me insulta, no me debe"),
        (
            "¿Y qué? Que qué rico mi trabajo, sobar gente con musiquita.",
            "qué rico mi trabajo, sobar gente con musiquita",
        ),
        (
            "Acá no: «paciencia, que ya sale» y así desde enero, cada semana lo mismo",
            "Acá no: «paciencia, que ya sale»",
        ),
    ],
)
def test_a_clause_is_quoted_with_the_rest_of_its_short_sentence(text: str, quoted: str) -> None:
    words = text.index(quoted.split(",")[0])
    start, end = whole(text, (words, words + len(quoted.split(",")[0])))
    assert text[start:end] == quoted


def test_a_mark_that_closes_opens_nothing() -> None:
    text = 'Me dijo "no te pago nada" y "lárgate ya" delante de todos los que estaban en la obra aquel día.'
    for end, quoted in ((7, 'Me dijo "no te pago nada"'), (24, "no te pago nada")):
        start, stop = whole(text, (text.index(quoted[:5]), end))
        assert text[start:stop] == quoted


@given(st.text(alphabet="ab .,;«»\n?", max_size=80))
def test_what_is_quoted_is_never_less_and_never_cut_in_a_quote(text: str) -> None:
    for span in clauses(text):
        start, end = whole(text, span)
        assert 0 <= start < end <= len(text)
        assert text[start:end].count("«") + text[start:end].count("»") in (0, 2, 4, 6) or "«" not in text[start:end]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ni abre los mensajes", "«ni abre los mensajes»"),
        ("«A sesenta días»", "«A sesenta días»"),
        ("me dijo «mañana» y nada", "«me dijo “mañana” y nada»"),
        ("«mañana» dice, «mañana»", "«“mañana” dice, “mañana”»"),
        ('me dice "no es eso"', '«me dice "no es eso"»'),
    ],
)
def test_a_quote_within_a_quote_has_its_own_marks(text: str, shown: str) -> None:
    assert Evidence(text, 0, len(text)).quoted == shown


def test_a_quote_ends_on_no_word_that_only_joins() -> None:
    text = "Te ofrecen tres dólares por algo de una semana porque «allá con eso vives»."
    assert "Te ofrecen tres dólares por algo de una semana" in quotes(text)
