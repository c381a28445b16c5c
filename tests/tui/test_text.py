"""What becomes of text on its way to the terminal: control characters, markup, figures, widths."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reflexiona.domain import Reflection
from reflexiona.tui.phrases import bar, decimal, moment, percent, speed
from reflexiona.tui.plain import folded, one_line, plain
from reflexiona.tui.prose import citations, parser, prose
from reflexiona.tui.sharing import answer_text
from reflexiona.tui.typeset import card, hanging, meant, sources
from tests.support.cases import FIRST, UNREAD

UTC_ZONE = UTC
NOW = datetime(2026, 7, 20, 16, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hola\r\nqué tal\rya", "hola\nqué tal\nya"),
        ("\x1b[2Jlimpia\x07", "[2Jlimpia"),
        ("a\u202eb\u200bc\u2028d", "abc\nd"),
        ("n\u0303 con tilde suelta", "ñ con tilde suelta"),
        ("\tse queda\n", "\tse queda\n"),
        ("\x9b31m y \x85", "31m y \n"),
    ],
)
def test_plain(text: str, expected: str) -> None:
    assert plain(text) == expected


@given(st.text())
def test_plain_leaves_nothing_a_terminal_obeys(text: str) -> None:
    left = plain(text)
    assert not any((ord(c) < 32 and c not in "\n\t") or 127 <= ord(c) < 160 for c in left)
    assert plain(left) == left


def test_one_line_and_folded() -> None:
    assert one_line("  dos\nlíneas\t y más ") == "dos líneas y más"
    assert folded("BÚSQUEDA Ñandú") == "busqueda nandu"


@pytest.mark.parametrize(
    "text",
    [
        "el [50%] y «[/b]», [nombre], [Cliente]: hola",
        "[Cliente]: hola",
        "<b>no es HTML</b> &amp; tampoco esto: <script>",
        "[texto](http://ejemplo.es) y ![imagen](x.png) y <http://ejemplo.es>",
        "    con sangría",
        "un título\n---",
        "| a | b |\n|---|---|\n| 1 | 2 |",
    ],
)
def test_what_looks_like_markup_survives(text: str) -> None:
    shown = " ".join(prose(text).plain.split())
    for word in text.replace("&amp;", "&").split():
        assert word.strip("-") in shown


def test_prose_sets_paragraphs_lists_and_emphasis() -> None:
    shown = prose("# Título\n\nUno **fuerte** y *suave* [1].\n\n- a\n- b\n  - c\n\n2. dos", lambda n: f"cite({n})")
    assert shown.plain == "Título\n\nUno fuerte y suave [1].\n\n• a\n• b\n  • c\n\n2. dos"
    styles = {shown.plain[span.start : span.end]: str(span.style) for span in shown.spans}
    assert styles["fuerte"] == "bold"
    assert styles["suave"] == "italic"
    assert "cite(1)" in styles["[1]"]


def test_citations_of_several_numbers_become_one_each() -> None:
    assert citations("Así [2], y esto [1, 3]; otra vez [2]. No [x] ni [123].") == (2, 1, 3)
    tokens = parser().parse("Así [1, 3].")[1].children or []
    assert [token.attrs["href"] for token in tokens if token.type == "link_open"] == ["cita:1", "cita:3"]


def test_links_only_where_asked_for() -> None:
    text = "Más en [el aviso](ultimo-aviso) y [fuera](http://x.es)."
    linked = prose(text, None, lambda target: "follow()" if target == "ultimo-aviso" else "")
    assert linked.plain == "Más en el aviso y fuera."
    assert [linked.plain[span.start : span.end] for span in linked.spans if "follow" in str(span.style)] == ["el aviso"]
    assert "(ultimo-aviso)" in prose(text).plain


@given(st.text(alphabet=st.sampled_from("ab[]()*_`#->\n 12,\\<>|&!:")))
def test_prose_takes_anything(text: str) -> None:
    prose(text, lambda n: f"cite({n})", lambda target: "")


def test_figures() -> None:
    assert decimal(0.934) == "0,93"
    assert percent(0.451) == "45\u00a0%"
    assert [speed(6.2), speed(1.26)] == ["6 palabras/s", "1,3 palabras/s"]
    assert [len(part) for part in bar(0.58)] == [12, 8]
    assert bar(2.0)[1] == ""


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        ("2026-07-20T06:05:00+00:00", "hoy 6:05"),
        ("2026-07-19T23:59:00Z", "ayer 23:59"),
        ("2026-07-16T10:00:00+00:00", "jue 16 jul"),
        ("2026-05-02T10:00:00+00:00", "2 may"),
        ("2025-12-31T10:00:00+00:00", "31 dic 2025"),
        ("no es una fecha", "no es una fecha"),
    ],
)
def test_moment(stamp: str, expected: str) -> None:
    assert moment(stamp, NOW, UTC_ZONE) == expected


def test_hanging_text_never_runs_wider() -> None:
    shown = hanging("[12] ", "Un título largo que no cabe en una sola línea del panel", 24)
    lines = shown.plain.split("\n")
    assert all(len(line) <= 24 for line in lines)
    assert all(line.startswith("     ") for line in lines[1:])


@pytest.mark.parametrize(("text", "expected"), [("a", "x"), (" B) ", "y"), ("a ver", "a ver"), ("", "")])
def test_a_letter_alone_answers_the_deciding_question(text: str, expected: str) -> None:
    options = ("pide cosas nuevas", "no decide")
    sentences = {"x": "Se parece más a esto: «pide cosas nuevas».", "y": "Se parece más a esto: «no decide»."}
    assert meant(text, options) == sentences.get(expected, expected)
    assert meant(text, ()) == text


def test_a_text_that_was_not_understood_has_no_figure() -> None:
    assert (
        card(UNREAD, None, standing=None).plain == card(UNREAD, None, standing=True).plain == "No se entendió el texto"
    )


def test_an_answer_that_cites_nothing_names_no_sources() -> None:
    bare = replace(FIRST, reflection=Reflection("Gracias por contarlo."))
    assert sources(FIRST).plain == "Fuentes  [1] Con fecha"
    assert sources(bare).plain == ""
    assert sources(replace(bare, reflection=None, status="streaming")).plain == "Fuentes  [1] Con fecha · [2] Tarifas"
    assert sources(replace(bare, reflection=None, status="interrupted")).plain == ""
    assert answer_text(FIRST).count("[2] Tarifas") == 1
    assert "Tarifas" not in answer_text(replace(bare, plan=()))
