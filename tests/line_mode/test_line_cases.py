"""Kept cases in line mode: listed, opened, searched, renamed, deleted, exported; and those that are not kept."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from reflexiona.cli.case_orders import AT_ONCE
from reflexiona.paths import DataFolder
from reflexiona.storage.conversations import ConversationStore
from tests.support.cases import CASE, FIRST
from tests.support.line_mode import WITH_MESSAGE, Talking
from tests.support.replayed_engine import ANSWER, ReplayedEngine


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
    assert "se pierde al salir o con /nuevo, /abre, /importa o /borra." in told.err
    assert "Olvidada: era temporal y no estaba guardada. La siguiente se guarda, salvo con /temporal." in told.err
    assert "queda olvidada" not in told.err
    told = talking("/temporal\nNo me paga\n\n/nuevo\nGrita\n\n", engine)
    assert "La conversación temporal de antes no estaba guardada: queda olvidada." in told.err
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
