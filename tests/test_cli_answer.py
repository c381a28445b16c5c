"""What a person sees of an answer in plain lines: wrapping, emphasis, order, and nothing that a terminal would obey."""

import io
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TextIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reflexiona.cli.answer import Teller, plan_lines
from reflexiona.cli.console import Console, one_line, safe
from reflexiona.cli.flow import Flow
from reflexiona.corpus.lists import load_lists
from reflexiona.domain import Hit, ModelView, Reflection, Turn
from reflexiona.events import (
    DraftReady,
    Event,
    Finished,
    ModelViewReady,
    Notice,
    PassagesReady,
    PlanReady,
    Problem,
    Progress,
    ReadingReady,
    ReflectionReady,
    Token,
)
from reflexiona.paths import resource
from reflexiona.turn_building import advance
from tests.support.cases import FIRST, PASSAGES, READING, SECOND

LISTS = load_lists(resource("corpus"))
HITS = tuple(Hit(passage, 0.5) for passage in PASSAGES)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def console(out: TextIO, err: TextIO | None = None, environment: Mapping[str, str] | None = None) -> Console:
    return Console(out, err or io.StringIO(), {"TERM": "xterm", **(environment or {})})


def flowed(pieces: Sequence[str], width: int | None = None, *, styled: bool = False) -> str:
    written: list[str] = []
    flow = Flow(written.append, width, styled=styled)
    for piece in pieces:
        flow.feed(piece)
    flow.close()
    return "".join(written)


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("Tienes **un aviso** corto.", "Tienes un aviso corto.\n"),
        ("*¿Qué conservas?*", "¿Qué conservas?\n"),
        ("***Ya***: eso", "Ya: eso\n"),
        ("* uno\n* dos", "* uno\n* dos\n"),
        ("2 * 3 ** 4", "2 * 3 ** 4\n"),
        ("Nada de [50%] ni [/b] ni [nombre] [1].", "Nada de [50%] ni [/b] ni [nombre] [1].\n"),
        ("uno\n\ndos\n", "uno\n\ndos\n"),
        ("\x1b[31mrojo\x07\u202e", "[31mrojo\n"),
        ("", ""),
    ],
)
def test_emphasis_goes_and_everything_else_stays(markdown: str, plain: str) -> None:
    assert flowed([markdown]) == plain


def test_emphasis_is_bold_on_a_terminal_and_ends_with_its_paragraph() -> None:
    assert flowed(["a **b c** d"], styled=True) == "a \x1b[1mb c\x1b[0m d\n"
    assert flowed(["**abierta\n\nsigue"], styled=True).count("\x1b[0m") == 1
    assert flowed(["**abierta"], styled=True) == "\x1b[1mabierta\x1b[0m\n"


def test_lines_are_wrapped_at_words_and_lists_keep_their_indent() -> None:
    text = "- Reunir el presupuesto, las facturas y los mensajes en una carpeta con fechas"
    assert flowed([text], 30).splitlines() == [
        "- Reunir el presupuesto, las",
        "  facturas y los mensajes en",
        "  una carpeta con fechas",
    ]
    assert flowed(["x" * 50 + " y"], 30).splitlines() == ["x" * 50, "y"]


@given(st.text(alphabet="ab *\n-é", max_size=60), st.lists(st.integers(0, 60), max_size=6), st.booleans())
def test_pieces_read_like_the_whole(text: str, cuts: list[int], styled: bool) -> None:
    edges = [0, *sorted(cuts), len(text)]
    pieces = [text[a:b] for a, b in itertools.pairwise(edges)]
    for width in (None, 12):
        assert flowed(pieces, width, styled=styled) == flowed([text], width, styled=styled)


@given(st.text(max_size=80))
def test_wrapping_loses_no_word(text: str) -> None:
    words = safe(text).replace("*", "").split()
    assert flowed([text.replace("*", "")], 20).split() == words


@given(st.text())
def test_nothing_reaches_the_terminal_that_it_would_obey(text: str) -> None:
    assert not set(safe(text)) & {"\x1b", "\x9b", "\x07", "\r", "\u202e", "\u2066", "\x00"}
    assert "\n" not in one_line(text)


def events(reflection: Reflection, *between: Event) -> list[Event]:
    return [
        ReadingReady(READING, FIRST.register),
        PassagesReady(HITS),
        *between,
        ReflectionReady(reflection, FIRST.question),
        PlanReady(FIRST.plan),
        Finished("done"),
    ]


def told(happening: Sequence[Event], out: io.StringIO, err: io.StringIO | None = None) -> tuple[str, Turn]:
    teller = Teller(console(out, err), LISTS)
    turn = Turn(FIRST.id, FIRST.text, FIRST.created, status="streaming")
    for event in happening:
        turn = advance(turn, event)
        teller.hear(turn, event)
    return out.getvalue(), turn


def test_a_composed_answer_is_told_in_order() -> None:
    assert FIRST.reflection
    text, turn = told(events(FIRST.reflection), io.StringIO())
    order = [
        "Lectura: ",
        "Se apoya en: «ni abre los whatsapps».",
        "No es un favor",
        "- Un aviso: corto [1].",
        "¿Qué quedó",
    ]
    order += [
        "Siguientes pasos:",
        "1. hecho · Hoy: Reunir",
        "Fuentes:",
        "[1] El último aviso › Con fecha",
        "compuesta con",
    ]
    places = [text.find(part) for part in order]
    assert -1 not in places
    assert places == sorted(places)
    assert "(documento propio)" in text
    assert "*" not in text
    assert "Nada [/b] de [50%]." in text
    assert turn == replace(FIRST, notices=())


def test_what_is_piped_reads_like_what_stood_on_the_terminal() -> None:
    assert FIRST.reflection
    live, turn = told(events(FIRST.reflection), io.StringIO())
    whole = io.StringIO()
    Teller(console(whole), LISTS).tell(turn)
    assert whole.getvalue() == live


def test_a_model_streams_after_the_passages() -> None:
    view = ModelView("qwen")
    written = Reflection("Hola. Idea propia ◦ Fin [2].", ("Idea propia",), composed=False, model=view)
    err = Terminal()
    between: list[Event] = [
        Progress("leyendo tu mensaje", 0.45),
        ModelViewReady(view),
        Token("Hola. **Idea"),
        Token("** propia Fin [2]."),
    ]
    text, turn = told(events(written, *between), io.StringIO(), err)
    assert text.index("Pasajes:") < text.index("Hola. Idea propia Fin [2].") < text.index("Frases del modelo")
    assert text.count("Hola.") == 1
    assert "◦ Idea propia\n" in text
    assert "Fuentes citadas: [1] [2]" in text
    assert "Escrita por el modelo local qwen." in text
    assert "leyendo tu mensaje 45 %" in err.getvalue()
    assert turn.reflection == written


def test_who_listens_hears_the_answer_first() -> None:
    assert FIRST.reflection
    out = io.StringIO()
    teller = Teller(console(out), LISTS, answer_first=True)
    turn = Turn(FIRST.id, FIRST.text, FIRST.created, status="streaming")
    for event in events(FIRST.reflection, Progress("leyendo tu mensaje", 0.45), Token("No es un favor")):
        turn = advance(turn, event)
        teller.hear(turn, event)
    text = out.getvalue()
    assert "Pasajes" not in text
    sources = "Fuentes (para oír una entera: /fuente 1):\n[1] El último"
    order = ["Lectura: ", "No es un favor", "Siguientes pasos:", sources]
    assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)
    assert "\n[2] Mis notas › Tarifas (documento propio)\n" in text


def test_a_reading_that_stands_is_only_named_to_who_listens() -> None:
    out = io.StringIO()
    stands = ReadingReady(READING, FIRST.register, standing=True)
    Teller(console(out), LISTS, answer_first=True).hear(advance(FIRST, stands), stands)
    assert out.getvalue() == "Lectura: sigue siendo «Impago o pago tardío».\n"


def test_a_crash_is_told_and_the_composed_answer_follows() -> None:
    composed = Reflection("Compuesta [1].")
    between: list[Event] = [Token("A medi"), Problem("El motor se cerró.", "Se ha reiniciado.")]
    text, _ = told(events(composed, *between), io.StringIO())
    order = ["A medi\n", "El motor se cerró. Se ha reiniciado.", "quedó sin terminar", "Compuesta [1]."]
    assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)


def test_an_answer_that_cites_nothing_names_no_sources() -> None:
    happening = [event for event in events(Reflection("Gracias por contarlo.")) if not isinstance(event, PlanReady)]
    text, turn = told(happening, io.StringIO())
    assert turn.passages
    assert "Gracias por contarlo." in text
    assert "Fuentes" not in text


def test_danger_comes_without_a_reading() -> None:
    reading = replace(READING, safety=True)
    text, _ = told(
        [ReadingReady(reading, FIRST.register), ReflectionReady(Reflection("**Antes que nada**"))], io.StringIO()
    )
    assert text == "Antes que nada\n"


def test_a_message_to_the_client_can_be_copied_as_it_stands() -> None:
    assert SECOND.draft
    text, _ = told([ReflectionReady(Reflection("Aquí va.")), DraftReady(SECOND.draft), Notice("Ojo.")], io.StringIO())
    assert "Mensaje propuesto (correo, tú):\nHola, [nombre]:\n\n¿Puedes pagar?\n" in text
    assert text.endswith("\nOjo.\n")


def test_steps_carry_their_date_and_source() -> None:
    assert plan_lines(FIRST) == [
        "1. hecho · Hoy: Reunir los mensajes en una carpeta [1]",
        "2. Esta semana: Enviar el aviso (2026-11-24) [1]",
        "3. Después: Revisar la tarifa (y el anticipo) [2]",
    ]


@pytest.mark.parametrize(
    ("environment", "styled"),
    [({}, True), ({"NO_COLOR": ""}, False), ({"ACCESSIBLE": "1"}, False), ({"TERM": "dumb"}, False)],
)
def test_bold_only_where_it_is_wanted(environment: dict[str, str], styled: bool) -> None:
    out = Terminal()
    here = console(out, environment=environment)
    assert here.styled is styled
    Teller(here, LISTS).tell(FIRST)
    assert ("\x1b" in out.getvalue()) is styled


def test_phases_are_said_once_where_nothing_can_be_redrawn() -> None:
    err = io.StringIO()
    here = console(io.StringIO(), err)
    for fraction in ("10 %", "20 %"):
        here.status("leyendo", fraction)
    here.status("escribiendo")
    assert err.getvalue() == "leyendo…\nescribiendo…\n"


def test_a_redrawn_phase_is_gone_before_anything_else() -> None:
    err = Terminal()
    here = console(io.StringIO(), err)
    here.status("leyendo", "10 %")
    here.message("Listo.")
    assert err.getvalue() == "\r\x1b[Kleyendo 10 %\r\x1b[KListo.\n"


def test_json_is_ascii_where_the_stream_cannot_take_more() -> None:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="latin-1")
    console(out).json({"título": "añejo — ¿sí?"})
    assert raw.getvalue().isascii()


def test_a_composed_answer_that_came_piece_by_piece_is_told_once() -> None:
    view = ModelView("incluido", confined=True)
    pieces = ("Compuesta [1].\n\n", "Y el final.")
    whole = Reflection("".join(pieces), model=view)
    text, _ = told(events(whole, *(Token(piece) for piece in pieces)), io.StringIO())
    assert text.count("Y el final.") == 1
    assert "quedó sin terminar" not in text
    assert "El modelo incluido solo dio su lectura" in text
