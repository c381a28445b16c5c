"""What people paste, made safe; facts copied word for word."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reflexiona.situation import LONGEST, clean, facts, fit, fold, in_whole, seems_spanish, title_of


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("  hola\r\nqué tal\r ", "hola\nqué tal"),
        ("cafe\u0301", "café"),
        ("a\x1b[31mrojo\x07", "a[31mrojo"),
        ("pago\u202eodnuf", "pagoodnuf"),
        ("tab\tsí\x00no", "tab\tsíno"),
        ("\u200b \n", ""),
    ],
)
def test_clean(raw: str, expected: str) -> None:
    assert clean(raw) == expected


@given(st.text())
def test_clean_is_stable_and_leaves_no_control_character(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert all(c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cf"} for c in cleaned)


def test_fit_keeps_both_ends_and_counts_the_rest() -> None:
    text = "a" * 50_000 + "z" * 50_000
    read, omitted = fit(text)
    assert read[0] == "a"
    assert read[-1] == "z"
    assert len(read) == LONGEST + 1
    assert omitted == 80_000
    assert fit("corto") == ("corto", 0)


@pytest.mark.parametrize(
    ("text", "amounts", "lapses"),
    [
        ("me debe 1.450 € desde hace dos semanas", ("1.450 €",), ("dos semanas",)),
        ("son $25.000 y llevo 3 meses", ("$25.000",), ("3 meses",)),
        ("U$S 300, 200 euros, 15 mil pesos, S/ 400", ("U$S 300", "200 euros", "15 mil pesos", "S/ 400"), ()),
        ("hace un mes y medio me debe 300€ y 300€", ("300€",), ()),
        ("lo quiere en dos semanas, versión 11", (), ()),
    ],
)
def test_facts(text: str, amounts: tuple[str, ...], lapses: tuple[str, ...]) -> None:
    found = facts(text)
    assert (found.amounts, found.lapses) == (amounts, lapses)


@given(st.text(max_size=300))
def test_facts_stand_in_the_text(text: str) -> None:
    found = facts(text)
    assert all(fact in text for fact in (*found.amounts, *found.lapses))


def test_fold() -> None:
    assert fold("¿Año PINGÜINO sí?") == "¿ano pinguino si?"


def test_title_is_cut_at_a_word() -> None:
    assert title_of("Me debe\ntres facturas") == "Me debe tres facturas"
    title = title_of("Le hice la identidad completa a una cafetería en abril y todavía no me ha pagado")
    assert title == "Le hice la identidad completa a una cafetería en abril y…"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Me debe tres facturas y no contesta", True),
        ("impago", True),
        ("qué hago", True),
        ("My client has not paid me and he does not answer", False),
        ("O cliente não me paga e ele não responde, o que eu faço com isso", False),
        ("Mon client ne paie pas et je ne sais pas quoi faire avec il", False),
        ("asdf qwer zxcv hjkl", False),
        ("12345 !!! 67", False),
        ("", False),
    ],
)
def test_seems_spanish(text: str, expected: bool) -> None:
    assert seems_spanish(text) is expected


def test_places_in_what_is_read_of_a_long_text_are_found_in_the_whole() -> None:
    text = "".join(chr(0x4E00 + n % 5000) for n in range(30_000))
    read, omitted = fit(text)
    assert omitted
    assert all(text[in_whole(n, omitted)] == read[n] for n in range(len(read)) if read[n] != "\n")
    assert all(in_whole(n, 0) == n for n in (0, 5, 20_000))
