"""Line mode: what it says, what it obeys, and that it reads well without a terminal."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from reflexiona.cli.console import Console
from reflexiona.cli.orders import ORDERS, help_text
from reflexiona.cli.plain import PROMPT, Talk
from reflexiona.domain import Register
from reflexiona.errors import EngineError
from reflexiona.events import Finished, ReadingReady
from reflexiona.paths import DataFolder
from reflexiona.settings import load_settings
from reflexiona.situation import fold
from reflexiona.storage.conversations import ConversationStore
from tests.support.cases import CASE, FIRST, PASSAGES, READING
from tests.support.line_mode import Talking
from tests.support.replayed_engine import ANSWER, ReplayedEngine


def test_a_blank_line_sends(talking: Talking, store: ConversationStore) -> None:
    engine = ReplayedEngine(*ANSWER)
    told = talking("\n\nNo me paga\ndesde mayo\n\n¿Y si no contesta?\n\n", engine)
    assert [request.text for request in engine.requests] == ["No me paga\ndesde mayo", "¿Y si no contesta?"]
    assert engine.requests[1].history[0].text == "No me paga\ndesde mayo"
    assert told.out.count("Lectura: Impago o pago tardío") == 2
    assert told.err.count(PROMPT) == 3
    assert "\x1b" not in told.out + told.err
    assert "\r" not in told.out + told.err
    assert not told.room.failed
    assert [len(store.get(case.id).turns) for case in store.list()] == [2]


def test_the_end_of_the_input_sends_what_there_is(talking: Talking) -> None:
    engine = ReplayedEngine(*ANSWER)
    talking("No me paga", engine)
    assert [request.text for request in engine.requests] == ["No me paga"]


def test_the_plan_is_read_and_steps_are_marked(talking: Talking, store: ConversationStore) -> None:
    told = talking(
        "/plan\nNo me paga\n\n/plan\n/hecho 2\n/Hecho 2\n/hecho 3\n/hecho 9\n/hecho\n", ReplayedEngine(*ANSWER)
    )
    assert "Todavía no hay pasos." in told.err
    assert told.out.count("3. Después: Revisar la tarifa (y el anticipo) [2]") == 2
    assert "Hecho: Enviar el aviso\n" in told.err
    assert "Otra vez por hacer: Enviar el aviso\n" in told.err
    assert "No hay ningún paso «9». Los números van del 1 al 3." in told.err
    assert "A la orden «/hecho» le falta algo. Se escribe: /hecho N" in told.err
    (summary,) = store.list()
    assert [step.done for step in store.get(summary.id).turns[0].plan] == [True, False, True]


def test_sources_are_read_one_by_one(talking: Talking) -> None:
    typed = "/fuentes\nNo me paga\n\n/fuentes\n/fuente 2\n/FUENTES 9\n/artículo 2\n"
    told = talking(typed, ReplayedEngine(*ANSWER))
    assert "Todavía no hay pasajes." in told.err
    assert told.out.count("[1] El último aviso › Con fecha\n") == 2
    assert "[2] Mis notas › Tarifas (documento propio)\n\nAnticipo del 40 %.\n" in told.out
    assert "No hay ningún pasaje «9». Los números van del 1 al 2." in told.err
    assert "El artículo ya no está entre los que hay." in told.err


def test_an_article_is_read_whole_and_without_marks(talking: Talking, store: ConversationStore) -> None:
    store.create(CASE)
    told = talking("/abre 1\n/fuente 1\n/articulo 1\n", ReplayedEngine())
    assert told.out.count("Artículo «El último aviso de pago», revisado el 20") == 2
    assert "/artículo 1 lo lee entero." in told.err
    assert len(told.out.split()) > 400
    assert "#" not in told.out
    assert "](" not in told.out


def test_numbers_mean_what_was_told_last(talking: Talking, store: ConversationStore) -> None:
    other = replace(FIRST, id="t9", passages=PASSAGES[1:], plan=())
    store.create(replace(CASE, turns=(FIRST, other)))
    told = talking("/abre 1\n/fuente 1\n/plan\n/fuente 1\n", ReplayedEngine())
    assert told.out.index("Anticipo del 40 %.") < told.out.index("Poner una fecha.")


def test_the_country_is_chosen_and_kept(talking: Talking, data: DataFolder) -> None:
    engine = ReplayedEngine(*ANSWER)
    first = "/pais\n/país españa\nNo me paga\n\n/pais Narnia\n/pais mx\n¿Y?\n\n"
    told = talking(f"{first}/pais EE. UU.\n¿Y?\n\n/pais méjico\n/pais ninguno\n", engine)
    assert [request.country for request in engine.requests] == ["ES", "MX", "US"]
    assert "País: México. Queda así en los ajustes." in told.err
    assert "Sin país elegido. «/país» y un nombre lo cambia." in told.err
    assert "País: España. Queda así en los ajustes." in told.err
    assert "«Narnia» no está entre los países que hay." in told.err
    assert load_settings(data.settings).country == ""


def test_a_new_case(talking: Talking, store: ConversationStore) -> None:
    engine = ReplayedEngine(*ANSWER)
    talking("No me paga\n\n/nuevo\nRegatea\n\n", engine)
    assert [request.history for request in engine.requests] == [(), ()]
    assert {case.title for case in store.list()} == {"No me paga", "Regatea"}


def test_every_order_is_documented_and_obeyed(talking: Talking) -> None:
    told = talking("/ayuda\n", ReplayedEngine())
    assert told.out == f"{help_text()}\n"
    obeyed = set(Talk(told.room)._acts) | {"salir"}
    assert obeyed == {fold(order.name) for order in ORDERS}
    assert all(f"/{order.name}" in told.out for order in ORDERS)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("/bah", "No hay ninguna orden «/bah». /ayuda dice las que hay;"),
        ("/feunte 2", "No hay ninguna orden «/feunte». ¿Será «/fuente»?"),
        ("/", "No hay ninguna orden «/»."),
        ("/salir de este contrato", "La orden «/salir» va sola, sin nada detrás."),
        ("/plan de pagos", "La orden «/plan» va sola, sin nada detrás."),
    ],
)
def test_a_mistyped_order_gets_one_sentence(talking: Talking, line: str, said: str) -> None:
    engine = ReplayedEngine(*ANSWER)
    told = talking(f"{line}\n/salir\nno\n\n", engine)
    assert said in told.err
    assert told.err.count("empieza la línea con un espacio.") == 1
    assert engine.requests == []
    assert not told.room.failed


@pytest.mark.parametrize(
    "text", ["Me dijo:\n/salir", " /plan de pagos, me pidió", "/2 de lo acordado", "plan", "ayuda", "país", "borra"]
)
def test_what_is_no_order_is_text(talking: Talking, text: str) -> None:
    engine = ReplayedEngine(*ANSWER)
    talking(f"{text}\n\n", engine)
    assert [request.text for request in engine.requests] == [text.strip()]


@pytest.mark.parametrize("word", ["salir", "Adiós", "exit"])
def test_a_word_that_means_to_leave_is_no_case(talking: Talking, word: str) -> None:
    engine = ReplayedEngine(*ANSWER)
    talking(f"{word}\n\nNo me paga\n\n", engine)
    assert engine.requests == []
    talking("Quiero\nsalir\n\n", engine)
    assert [request.text for request in engine.requests] == ["Quiero\nsalir"]


def test_in_danger_a_farewell_is_heard(talking: Talking) -> None:
    engine = ReplayedEngine(ReadingReady(replace(READING, safety=True), Register.TU), Finished("done"))
    talking("No quiero seguir\n\nadiós\n\nsalir\n\n", engine)
    assert [request.text for request in engine.requests] == ["No quiero seguir", "adiós"]


@pytest.mark.parametrize("script", [(EngineError("El motor se cerró."),), (Finished("error"),)])
def test_after_a_failure_one_can_go_on(talking: Talking, script: tuple[object, ...]) -> None:
    told = talking("No me paga\n\n/ayuda\n", ReplayedEngine(*script))
    assert told.room.failed
    assert told.err.count(PROMPT) == 3


def test_nothing_is_redrawn_once_simplified() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    out, err = Terminal(), Terminal()
    console = Console(out, err, {})
    assert console.styled
    assert console.redraws
    console.simplify()
    console.status("Leyendo")
    console.status("Leyendo", "40 %")
    console.line("Ya.")
    assert (out.getvalue(), err.getvalue()) == ("Ya.\n", "Leyendo…\n")
    assert not console.styled
    assert console.width is None
