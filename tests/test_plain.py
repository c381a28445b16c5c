"""Line mode: what it says, what it obeys, and that it reads well without a terminal."""

import asyncio
import io
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from reflexiona.cli.case_orders import AT_ONCE
from reflexiona.cli.console import Console
from reflexiona.cli.orders import ORDERS, help_text
from reflexiona.cli.plain import PROMPT, Talk
from reflexiona.cli.room import Room
from reflexiona.cli.session import Manner, Session
from reflexiona.corpus.lists import load_lists
from reflexiona.domain import Channel, Draft, Register, Tone
from reflexiona.errors import EngineError
from reflexiona.events import DraftReady, Finished, ReadingReady
from reflexiona.paths import DataFolder, resource
from reflexiona.settings import load_settings
from reflexiona.situation import fold
from reflexiona.storage.conversations import ConversationStore
from tests.support.cases import CASE, FIRST, PASSAGES, READING
from tests.support.replayed_engine import ANSWER, ReplayedEngine

DRAFT = Draft("Hola, [nombre]: ¿qué día?", Channel.EMAIL, Register.TU, Tone.BALANCED, PASSAGES[0].id)
WITH_MESSAGE = (*ANSWER[:-1], DraftReady(DRAFT), ANSWER[-1])
FIRMER = replace(DRAFT, text="¿Qué día será?", channel=Channel.WHATSAPP, register=Register.USTED, tone=Tone.FIRMER)
LISTS = load_lists(resource("corpus"))


@dataclass
class Told:
    """What came of it."""

    room: Room
    out: str
    err: str


Talking = Callable[[str, ReplayedEngine], Told]


@pytest.fixture
def data(home: Path) -> DataFolder:
    folder = DataFolder.locate()
    folder.ensure()
    return folder


@pytest.fixture
def store(data: DataFolder) -> Iterator[ConversationStore]:
    with closing(ConversationStore(data.conversations)) as opened:
        yield opened


@pytest.fixture
def talking(store: ConversationStore, data: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Talking:
    monkeypatch.chdir(tmp_path)

    def run(typed: str, engine: ReplayedEngine) -> Told:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed.encode()), encoding="utf-8"))
        return listened(engine, store, data)

    return run


@pytest.fixture
def typing(talking: Talking, store: ConversationStore, data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> Talking:
    """As `talking`, at a terminal. The lines come at once, so a blank one between others belongs to a paste."""

    def run(typed: str, engine: ReplayedEngine) -> Told:
        hand, keyboard = os.openpty()
        with os.fdopen(hand, "wb", buffering=0) as keys, os.fdopen(keyboard, encoding="utf-8") as stdin:
            monkeypatch.setattr(sys, "stdin", stdin)
            keys.write(typed.encode() + 3 * b"\x04")  # Ctrl+D sends, and leaves
            return listened(engine, store, data)

    return run


def listened(engine: ReplayedEngine, store: ConversationStore, data: DataFolder) -> Told:
    out, err = io.StringIO(), io.StringIO()
    with asyncio.Runner() as runner:
        console = Console(out, err, {})
        room = Room(console, runner, Session(engine, store, Manner()), store, data, LISTS)
        Talk(room).run()
    return Told(room, out.getvalue(), err.getvalue())


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


def test_a_message_is_asked_for_and_changed(talking: Talking, store: ConversationStore) -> None:
    engine = ReplayedEngine(*WITH_MESSAGE)
    told = talking("/mensaje\nNo me paga\n\n/mensaje\n/mensaje azul\n/guarda\n/guarda\n", engine)
    assert "Todavía no hay ninguna conversación abierta." in told.err
    assert told.out.count("Mensaje propuesto (correo, tú):\nHola, [nombre]: ¿qué día?\n") == 2
    assert "/copia lo copia, /guarda lo escribe en un archivo." in told.err
    assert "No sé cómo es un mensaje «azul»." in told.err
    assert Path("mensaje-para-el-cliente.txt").read_text() == "Hola, [nombre]: ¿qué día?\n"
    assert "Ya hay un archivo mensaje-para-el-cliente.txt." in told.err
    engine.script = (DraftReady(FIRMER), Finished("done"))
    told = talking("/abre 1\n/mensaje un WhatsApp, más firme, de usted\n/mensaje\n", engine)
    assert told.out.count("Mensaje propuesto (whatsapp, usted):\n¿Qué día será?\n") == 2
    asked = engine.requests[-1]
    assert asked.text == "Escríbeme un mensaje de WhatsApp, más firme, de usted."
    assert asked.history[-1].draft == replace(DRAFT, channel=Channel.WHATSAPP, register=Register.USTED)
    (summary,) = store.list()
    (turn,) = store.get(summary.id).turns
    assert turn.draft == FIRMER


def test_where_there_is_no_message_it_is_asked_for_as_it_is_wanted(talking: Talking, store: ConversationStore) -> None:
    engine = ReplayedEngine(*ANSWER)
    told = talking("No me paga\n\n/copia\n/mensaje\n/mensaje llamada amable\n", engine)
    assert "Todavía no hay un mensaje propuesto. /mensaje lo pide." in told.err
    assert [request.text for request in engine.requests[1:]] == [
        "Escríbeme un mensaje para el cliente.",
        "Escríbeme un guion para una llamada, más cálido, de vos.",
    ]
    assert len(store.get(store.list()[0].id).turns) == 3


def test_a_message_of_an_earlier_reading_is_not_offered(talking: Talking, store: ConversationStore) -> None:
    other = replace(READING, scenarios=tuple(reversed(READING.scenarios)))
    turns = (replace(FIRST, draft=DRAFT), replace(FIRST, id="t9", reading=other))
    store.create(replace(CASE, turns=turns))
    engine = ReplayedEngine(*ANSWER)
    told = talking("/abre 1\n/guarda\n/mensaje\n", engine)
    assert "Guardado en mensaje-para-el-cliente.txt. Es de antes de lo último que se contó" in told.err
    assert "El caso ha cambiado desde el último mensaje: pido uno nuevo." in told.err
    assert [request.text for request in engine.requests] == ["Escríbeme un correo, de tú."]


def test_no_message_in_danger(talking: Talking) -> None:
    engine = ReplayedEngine(ReadingReady(replace(READING, safety=True), Register.TU), Finished("done"))
    told = talking("Me pegó\n\n/mensaje\n/país Chile\n", engine)
    assert "Para oír ya sus teléfonos de ayuda, escribe «estoy en Chile»." in told.err
    assert "Ahora va antes la seguridad: de momento, ningún mensaje." in told.err
    assert len(engine.requests) == 1


def test_no_business_plan_in_danger(talking: Talking, store: ConversationStore) -> None:
    danger = replace(FIRST, id="t9", text="Me pegó", reading=replace(READING, safety=True), plan=(), draft=None)
    store.create(replace(CASE, turns=(FIRST, danger)))
    told = talking("/abre 1\n/plan\n/hecho 2\n", ReplayedEngine())
    assert told.err.count("Ahora va antes la seguridad: de momento, ningún paso del trabajo.") == 2
    assert not any(step.text in told.out + told.err for step in FIRST.plan)
    assert store.get(CASE.id).turns[0].plan == FIRST.plan


def test_a_message_is_copied_by_a_tool_of_the_system(
    talking: Talking, store: ConversationStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.create(replace(CASE, turns=(replace(FIRST, draft=DRAFT),)))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert (
        "Aquí no hay con qué copiar. /guarda lo escribe en un archivo."
        in talking("/abre 1\n/copia\n", ReplayedEngine()).err
    )
    tool = tmp_path / "pbcopy"
    tool.write_text(f"#!/bin/sh\n/bin/cat > {tmp_path}/copiado\n")
    os.chmod(tool, 0o700)
    assert "Mensaje copiado." in talking("/abre 1\n/copia\n", ReplayedEngine()).err
    assert (tmp_path / "copiado").read_text() == DRAFT.text


def test_kept_conversations_are_listed_opened_and_gone_on_with(talking: Talking, store: ConversationStore) -> None:
    other = replace(CASE, id="b7000000", title="Once versiones", updated="2026-11-22T08:00:00+00:00")
    store.create(CASE)
    store.create(replace(other, turns=(replace(FIRST, id="x1"),)))
    engine = ReplayedEngine(*ANSWER)
    told = talking("/abre 2\n¿Y si no contesta?\n\n/casos\n/lee\n/abre zzz\n/abre 7\n/casos de ayer\n", engine)
    assert "Abierta: «Cafetería: «identidad»», 2 mensajes" in told.out
    assert "Lo último que contaste: Le hice la identidad a una cafetería: 1.450 €." in told.out
    assert [turn.text for turn in engine.requests[0].history] == [turn.text for turn in CASE.turns]
    assert len(store.get(CASE.id).turns) == 3
    lines = [line for line in told.out.splitlines() if re.match(r"\d\. \d+ de ", line)]
    assert "Cafetería" in lines[0]
    assert "Once versiones" in lines[1]
    assert told.out.count("No es un favor") == 1
    assert "No hay ningún caso «zzz». /casos dice los que hay, con su número." in told.err
    assert "No hay ningún caso «7». Los números van del 1 al 2." in told.err
    assert "No entiendo «/casos de ayer»." in told.err


def test_a_long_list_is_not_read_aloud(talking: Talking, store: ConversationStore) -> None:
    for n in range(AT_ONCE + 3):
        store.create(replace(CASE, id=f"c{n:07}", turns=(replace(FIRST, id=f"u{n}"),)))
    told = talking("/casos\n", ReplayedEngine())
    assert told.out.count("Cafetería") == AT_ONCE
    assert "Y 3 más: /casos todos, o /busca PALABRAS." in told.err
    assert talking("/casos todos\n", ReplayedEngine()).out.count("Cafetería") == AT_ONCE + 3


def test_search_without_accents_then_open(talking: Talking, store: ConversationStore) -> None:
    store.create(CASE)
    told = talking("/busca cafeteria escribeme\n/abre 1\n/busca zarzuela\n/busca\n", ReplayedEngine())
    assert "1. Cafetería: «identidad» · Escríbeme el mensaje" in told.out
    assert "Abierta: " in told.out
    assert "Ningún caso tiene esas palabras." in told.err
    assert "A la orden «/busca» le falta algo. Se escribe: /busca PALABRAS" in told.err


def test_a_conversation_is_renamed(talking: Talking, store: ConversationStore) -> None:
    told = talking("/título Nada\nNo me paga\n\n/titulo  La clínica\n", ReplayedEngine(*ANSWER))
    assert "Todavía no hay ninguna conversación abierta." in told.err
    assert "Ahora se llama «La clínica»." in told.err
    assert [summary.title for summary in store.list()] == ["La clínica"]


def test_deleting_asks_and_is_real(
    talking: Talking, typing: Talking, store: ConversationStore, data: DataFolder
) -> None:
    engine = ReplayedEngine(*ANSWER)
    talking("El pingüino no me paga\n\n", engine)
    told = typing("/abre 1\n/borra\nno\n/borra\n\n/casos\n/borra\n¡Sí!\n/casos\n/lee\nRegatea\n", engine)
    assert told.err.count("No se ha borrado nada.") == 2
    assert told.err.count("¿Borrar este caso para siempre? Escribe «sí» para borrarlo:") == 3
    assert told.out.count("El pingüino no me paga · ") == 1
    assert "Todavía no hay ningún caso guardado." in told.err
    assert "Todavía no hay ninguna conversación abierta." in told.err
    assert engine.requests[1].history == ()
    assert [summary.title for summary in store.list()] == ["Regatea"]
    kept = [path.read_bytes() for path in data.root.rglob("*") if path.is_file()]
    assert not any("pingüino".encode() in content for content in kept)


def test_another_conversation_is_deleted_by_its_number(
    talking: Talking, typing: Talking, store: ConversationStore
) -> None:
    store.create(CASE)
    talking("No me paga\n\n", ReplayedEngine(*ANSWER))
    told = typing("/abre 1\n/casos\n/borra 2\nsi\n/lee\n", ReplayedEngine())
    assert f"Borrado el caso {CASE.id}." in told.err
    assert [summary.title for summary in store.list()] == ["No me paga"]
    assert "\nNo me paga\n" in told.out


def test_what_is_no_answer_is_the_beginning_of_what_follows(typing: Talking, store: ConversationStore) -> None:
    store.create(CASE)
    engine = ReplayedEngine(*ANSWER)
    told = typing("/borra 1\n/casos\n/borra 1\nSí, le dije que no\ny gritó\n", engine)
    assert told.err.count("No se ha borrado nada.\nEsa línea cuenta como lo siguiente que escribes.\n") == 2
    assert "1. " in told.out
    assert [request.text for request in engine.requests] == ["Sí, le dije que no\ny gritó"]
    assert CASE.id in [summary.id for summary in store.list()]


def test_without_a_terminal_nothing_is_deleted_and_no_line_is_lost(talking: Talking, store: ConversationStore) -> None:
    store.create(CASE)
    engine = ReplayedEngine(*ANSWER)
    told = talking("/borra 1\nsí\nme pegó\n\n", engine)
    assert "Borrar es para siempre, y aquí no se puede preguntar." in told.err
    assert f"«reflexiona casos borra {CASE.id} --si»" in told.err
    assert [request.text for request in engine.requests] == ["sí\nme pegó"]
    assert CASE.id in [summary.id for summary in store.list()]


def test_a_temporary_conversation_is_not_kept(talking: Talking, store: ConversationStore, tmp_path: Path) -> None:
    engine = ReplayedEngine(*ANSWER)
    typed = "/temporal\nNo me paga\n\n¿Y ahora?\n\n/hecho 2\n/titulo Otro\n/exporta t.md\n/borra\n/lee\nRegatea\n\n"
    told = talking(typed, engine)
    assert [len(request.history) for request in engine.requests] == [0, 1, 0]
    assert [summary.title for summary in store.list()] == ["Regatea"]  # the next one is kept, and that is said
    assert "# Otro" in (tmp_path / "t.md").read_text()
    assert "y se pierde al salir o con /nuevo, /abre o /borra." in told.err
    assert "Olvidada: era temporal y no estaba guardada. La siguiente se guarda, salvo con /temporal." in told.err
    talking("/temporal\nNo me paga\n\n/nuevo\nGrita\n\n", engine)
    assert {summary.title for summary in store.list()} == {"Grita", "Regatea"}


def test_export(talking: Talking, tmp_path: Path) -> None:
    told = talking("/exporta\nNo me paga Ana Pérez\n\n/exporta caso.md\n/exporta caso.md\n", ReplayedEngine(*ANSWER))
    assert "Todavía no hay ninguna conversación abierta." in told.err
    assert (tmp_path / "caso.md").read_text().startswith("---\nreflexiona: 1\n")
    assert "Guardado en caso.md." in told.err
    assert "Ya hay un archivo caso.md." in told.err
    talking("/abre 1\n/exporta sin datos limpio.md\n/exportar\n", ReplayedEngine())
    assert "Pérez" not in (tmp_path / "limpio.md").read_text()
    assert len(list(tmp_path.glob("reflexiona-no-me-paga-*.md"))) == 1


@pytest.mark.parametrize(
    "asked",
    [
        "sin datos",
        "--sin-datos",
        "sin  datos",
        "SIN DATOS",
        "sin_datos",
        "sín datos",
        "—sin-datos",
        "sin\tdatos",
        "Sin datos personales",
    ],
)
def test_however_redaction_is_asked_for_it_is_done(talking: Talking, tmp_path: Path, asked: str) -> None:
    talking(f"No me paga Ana Pérez\n\n/exporta {asked} limpio.md\n/exporta {asked}\n", ReplayedEngine(*ANSWER))
    files = [path for path in tmp_path.iterdir() if path.suffix == ".md"]
    assert len(files) == 2
    assert tmp_path / "limpio.md" in files
    assert not any("Pérez" in path.read_text() for path in files)


@pytest.mark.parametrize(
    "asked",
    [
        "SIN DATOS.md",
        "—",
        "--sin-nombres",
        "-x",
        "sin nombres",
        "sindatos",
        "sin datos.md",
        "sin datos -x",
        "sin-datos,x",
    ],
)
def test_what_may_ask_for_redaction_is_no_file(talking: Talking, tmp_path: Path, asked: str) -> None:
    before = set(tmp_path.iterdir())
    told = talking(f"No me paga Ana Pérez\n\n/exporta {asked}\n", ReplayedEngine(*ANSWER))
    assert f"No entiendo «/exporta {asked}»." in told.err
    assert set(tmp_path.iterdir()) == before


def test_an_export_to_standard_output_and_to_an_odd_name(talking: Talking, tmp_path: Path) -> None:
    told = talking("No me paga\n\n/exporta -\n/exporta ./sin datos.md\n", ReplayedEngine(*ANSWER))
    assert "---\nreflexiona: 1\n" in told.out
    assert (tmp_path / "sin datos.md").exists()


@pytest.mark.parametrize("order", ["/guarda", "/exporta", "/exporta sin datos"])
def test_a_home_that_there_is_not_ends_nothing(talking: Talking, order: str) -> None:
    engine = ReplayedEngine(*WITH_MESSAGE)
    told = talking(f"/temporal\nNo me paga\n\n{order} ~nadie/x.txt\n¿Y?\n\n", engine)
    assert "No se entiende la ruta «~nadie/x.txt». Escríbela entera, sin «~»." in told.err
    assert [len(request.history) for request in engine.requests] == [0, 1]


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
