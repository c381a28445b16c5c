"""Line mode: a sent text changed, or answered once more, as a branch; and the way back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from reflexiona.domain import Conversation, Reflection, Register
from reflexiona.events import Finished, ReadingReady, ReflectionReady
from reflexiona.settings import INCLUDED_MODEL
from reflexiona.storage.conversations import ConversationStore
from tests.support.cases import CASE, READING
from tests.support.line_mode import Talking
from tests.support.replayed_engine import ANSWER, ReplayedEngine
from tests.support.traces import traces

FIRST, SECOND = "No me paga", "¿Y si no contesta?"
TWO = f"{FIRST}\n\n{SECOND}\n\n"


def cases(store: ConversationStore) -> dict[str, Conversation]:
    """Title → what is kept."""
    return {summary.title: store.get(summary.id) for summary in store.list()}


def with_model(name: str = "gemma") -> ReplayedEngine:
    engine = ReplayedEngine(*ANSWER)
    engine.model = name
    return engine


def test_the_last_text_is_changed_and_sent_as_a_branch(talking: Talking, store: ConversationStore) -> None:
    engine = ReplayedEngine(*ANSWER)
    told = talking(f"{TWO}/cambia\n¿Y si contesta\nque no?\n\n/casos\n", engine)
    assert f"Tu texto:\n{SECOND}\n" in told.out
    assert "Escribe cómo queda. Una línea vacía lo envía; sin nada escrito, lo deja como está." in told.err
    assert "Va como rama: la conversación de antes queda igual, y /vuelve lleva a ella." in told.err
    kept = cases(store)
    assert [turn.text for turn in kept[FIRST].turns] == [FIRST, SECOND]
    assert [turn.text for turn in kept[f"Rama 1 · {FIRST}"].turns] == [FIRST, "¿Y si contesta\nque no?"]
    assert [turn.status for turn in kept[f"Rama 1 · {FIRST}"].turns] == ["done", "done"]
    asked = engine.requests[-1]
    assert (asked.text, asked.seed, [turn.text for turn in asked.history]) == ("¿Y si contesta\nque no?", 0, [FIRST])
    ids = [turn.id for case in kept.values() for turn in case.turns]
    assert len(set(ids)) == 4


def test_an_earlier_text_is_changed_by_its_number(talking: Talking, store: ConversationStore) -> None:
    engine = ReplayedEngine(*ANSWER)
    told = talking(f"{TWO}/cambia 1\nNo me paga nunca\n\n/cambia 9\n/vuelve\n/cambia 2\nNada\n\n", engine)
    assert f"Tu texto:\n{FIRST}\n" in told.out
    assert "No hay ningún texto «9». Los números van del 1 al 1." in told.err
    kept = cases(store)
    assert set(kept) == {FIRST, f"Rama 1 · {FIRST}", f"Rama 2 · {FIRST}"}
    assert [turn.text for turn in kept[f"Rama 1 · {FIRST}"].turns] == ["No me paga nunca"]
    assert [turn.text for turn in kept[f"Rama 2 · {FIRST}"].turns] == [FIRST, "Nada"]


@pytest.mark.parametrize("instead", ["", SECOND, f"  {SECOND}  "])
def test_what_was_not_changed_is_not_sent(talking: Talking, store: ConversationStore, instead: str) -> None:
    engine = ReplayedEngine(*ANSWER)
    told = talking(f"/cambia\n{TWO}/cambia\n{instead}\n\n", engine)
    assert "Todavía no hay ninguna conversación abierta." in told.err
    assert "No se ha cambiado nada." in told.err
    assert len(engine.requests) == 2
    assert set(cases(store)) == {FIRST}


def test_an_order_in_place_of_the_text_is_obeyed(talking: Talking, store: ConversationStore) -> None:
    engine = ReplayedEngine(*ANSWER)
    told = talking(f"{TWO}/cambia\n/plan\n", engine)
    assert "No se ha cambiado nada." in told.err
    assert "1. " in told.out.split("Tu texto:")[1]
    assert set(cases(store)) == {FIRST}


@pytest.mark.parametrize("leaving", ["salir", "Salir", "exit", "adiós"])
def test_who_leaves_in_place_of_the_text_leaves(talking: Talking, store: ConversationStore, leaving: str) -> None:
    engine = ReplayedEngine(*ANSWER)
    told = talking(f"{TWO}/cambia\n{leaving}\n\nOtra cosa\n\n", engine)
    assert "No se ha cambiado nada." in told.err
    assert len(engine.requests) == 2
    assert set(cases(store)) == {FIRST}


def test_another_answer_has_another_seed(talking: Talking, store: ConversationStore) -> None:
    engine = with_model()
    told = talking(f"{TWO}/otra\n/regenerar\n", engine)
    assert [request.text for request in engine.requests[1:]] == [SECOND] * 3
    seeds = [request.seed for request in engine.requests[1:]]
    assert seeds[0] == 0
    assert len(set(seeds)) == 3
    assert [len(request.history) for request in engine.requests[1:]] == [1, 1, 1]
    assert set(cases(store)) == {FIRST, f"Rama 1 · {FIRST}", f"Rama 2 · {FIRST}"}
    assert told.err.count("Va como rama:") == 2


@pytest.mark.parametrize("model", ["", INCLUDED_MODEL])
def test_without_a_downloaded_model_it_says_why_not(talking: Talking, store: ConversationStore, model: str) -> None:
    engine = with_model(model)
    told = talking(f"/otra\n{TWO}/otra\n", engine)
    assert "Todavía no hay ninguna conversación abierta." in told.err
    assert "Sin un modelo descargado saldría lo mismo. /cambia deja cambiar el texto." in told.err
    assert len(engine.requests) == 2
    assert set(cases(store)) == {FIRST}


def test_what_no_model_writes_is_not_answered_once_more(talking: Talking) -> None:
    engine = with_model()
    engine.script = (ReadingReady(replace(READING, safety=True), Register.TU), Finished("done"))
    told = talking(f"{FIRST}\n\n/otra\n", engine)
    assert "Esto no lo escribe ningún modelo: saldría lo mismo. /cambia deja cambiar el texto." in told.err
    assert len(engine.requests) == 1


def test_one_goes_back_and_forth(talking: Talking, store: ConversationStore) -> None:
    engine = with_model()
    typed = f"/vuelve\n{TWO}/otra\n/vuelve\nUno\n\n/vuelve\nDos\n\n/nuevo\n/vuelve\n"
    told = talking(typed, engine)
    assert told.err.count("Aquí no hay ninguna rama de la que volver.") == 2
    assert f"Abierta: «{FIRST}», 2 mensajes" in told.out
    kept = cases(store)
    assert [turn.text for turn in kept[FIRST].turns] == [FIRST, SECOND, "Uno"]
    assert [turn.text for turn in kept[f"Rama 1 · {FIRST}"].turns] == [FIRST, SECOND, "Dos"]


def test_off_the_record_the_branch_is_too(talking: Talking, store: ConversationStore) -> None:
    engine = with_model()
    first, second, third = "El murciélago no paga", "El ornitorrinco tampoco", "La zarigüeya sí"
    typed = f"/temporal\n{first}\n\n{second}\n\n/cambia\n{third}\n\n/vuelve\n/lee\n/vuelve\n/cambia editor\n/borra\n"
    told = talking(typed, engine)
    assert [request.text for request in engine.requests] == [first, second, third]
    assert told.out.count(f"\n{second}\n") == 2  # as the text to change, and as it is read after the way back
    assert "En una conversación temporal no se abre el editor" in told.err
    assert "Olvidadas esta y la conversación de la que salió: eran temporales y no estaban guardadas." in told.err
    assert told.room.before is None
    assert store.list() == ()
    assert traces(told.room.data.root, "murciélago", "ornitorrinco", "zarigüeya") == []


def test_what_was_branched_off_can_be_deleted_and_is_forgotten(typing: Talking, store: ConversationStore) -> None:
    store.create(replace(CASE, title=FIRST, turns=CASE.turns[:1]))
    told = typing("/abre 1\n/otra\n/casos\n/borra 2\nsí\n/vuelve\n", with_model())
    assert set(cases(store)) == {f"Rama 1 · {FIRST}"}
    assert "Aquí no hay ninguna rama de la que volver." in told.err


def test_an_answer_that_failed_in_a_branch_keeps_both(talking: Talking, store: ConversationStore) -> None:
    engine = with_model()
    engine.script = (*ANSWER[:2], ReflectionReady(Reflection("Un aviso [1]."), ""), Finished("error"))
    told = talking(f"{FIRST}\n\n/otra\n/vuelve\n", engine)
    assert told.room.failed
    assert {title: [turn.status for turn in case.turns] for title, case in cases(store).items()} == {
        FIRST: ["error"],
        f"Rama 1 · {FIRST}": ["error"],
    }


def editor(folder: Path, script: str) -> str:
    """A program that changes a file."""
    path = folder / "editor.sh"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    return str(path)


def test_a_text_is_changed_in_an_editor_and_leaves_no_file(
    typing: Talking, store: ConversationStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.create(CASE)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.delenv("VISUAL", raising=False)
    seen = tmp_path / "visto"
    monkeypatch.setenv(
        "EDITOR", editor(tmp_path, f'cp -p "$1" {seen}; cp "$1" "$1~"; printf "Otro\\n\\ntexto\\n" > "$1"')
    )
    engine = ReplayedEngine(*ANSWER)
    told = typing("/abre 1\n/cambia 1 editor\n", engine)
    assert seen.read_text() == f"{CASE.turns[0].text}\n"
    assert seen.stat().st_mode & 0o777 == 0o600
    assert [request.text for request in engine.requests] == ["Otro\n\ntexto"]
    assert list(told.room.data.root.rglob("*editor-*")) == []


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("", "No hay ningún editor elegido: se elige con la variable VISUAL o EDITOR, por ejemplo «nano»."),
        ("vim '", "No se entiende qué editor dice la variable EDITOR: vim '"),
        ("/no/hay/nada", "No se encuentra el editor «/no/hay/nada»."),
        ("false", "El editor terminó con un fallo: no se ha cambiado nada."),
        ("true", "No se ha cambiado nada."),
    ],
)
def test_an_editor_that_does_nothing_changes_nothing(
    typing: Talking, store: ConversationStore, monkeypatch: pytest.MonkeyPatch, command: str, said: str
) -> None:
    store.create(CASE)
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", command)
    engine = ReplayedEngine(*ANSWER)
    assert said in typing("/abre 1\n/cambia editor\n", engine).err
    assert engine.requests == []


def test_without_a_terminal_there_is_no_editor(
    talking: Talking, store: ConversationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.create(CASE)
    monkeypatch.setenv("EDITOR", "true")
    assert "Aquí no se puede abrir un editor." in talking("/abre 1\n/cambia editor\n", ReplayedEngine()).err
