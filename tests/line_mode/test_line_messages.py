"""Messages to the client in line mode: asked for, changed, copied; none of them in danger."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from reflexiona.domain import Channel, Register
from reflexiona.events import DraftReady, Finished, ReadingReady
from reflexiona.storage.conversations import ConversationStore
from tests.support.cases import CASE, FIRST, READING
from tests.support.line_mode import DRAFT, FIRMER, WITH_MESSAGE, Talking
from tests.support.replayed_engine import ANSWER, ReplayedEngine


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
