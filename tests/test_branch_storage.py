"""A branch in the store: copies in their order, the original untouched, whole or not at all, and gone when deleted."""

from __future__ import annotations

import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import pytest

from reflexiona.domain import Conversation, Reflection, Step, Turn, When
from reflexiona.storage.conversations import ConversationStore
from reflexiona.turn_building import begun, copied, once_more, seed_of
from tests.support.cases import FIRST
from tests.support.traces import traces

NOW = "2026-11-21T10:00:00+00:00"
TURNS = (
    replace(FIRST, id="t1", plan=(Step("Escribir", When.TODAY, "a#1", done=True, date="2026-12-01"),)),
    Turn("t2", "¿Y si no contesta?", NOW, reflection=Reflection("Espera [1].", complete=False), status="cancelled"),
    Turn("t3", "Lo último que dije", NOW, reflection=Reflection("A med"), status="streaming"),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ConversationStore]:
    with closing(ConversationStore(tmp_path / "c.sqlite3")) as opened:
        yield opened


def branch_of(turns: tuple[Turn, ...], text: str) -> Conversation:
    copies = tuple(copied(turn, f"b{number}") for number, turn in enumerate(turns))
    return Conversation("rama", "Rama 1 · Cafetería", NOW, NOW, (*copies, begun("b-última", text, NOW)))


def test_the_copies_are_whole_and_in_order_and_the_original_stays(store: ConversationStore) -> None:
    original = Conversation("c1", "Cafetería", NOW, NOW, TURNS)
    store.create(original)
    branch = branch_of(TURNS, "Otra cosa")
    store.create(branch)
    assert store.get("c1") == original
    assert store.get("rama") == branch
    assert [turn.text for turn in store.get("rama").turns] == [*(turn.text for turn in TURNS), "Otra cosa"]
    assert branch.turns[0] == replace(TURNS[0], id="b0")
    assert [turn.status for turn in branch.turns] == ["done", "cancelled", "error", "streaming"]


def test_what_happens_to_one_does_not_happen_to_the_other(store: ConversationStore) -> None:
    original = Conversation("c1", "Cafetería", NOW, NOW, TURNS[:2])
    store.create(original)
    store.create(branch_of(TURNS[:2], "Otra cosa"))
    store.set_plan("b0", ())
    store.save_turn("rama", begun("b4", "Y más", NOW), NOW)
    store.rename("rama", "Otro título")
    assert store.get("c1") == original
    store.delete("c1")
    assert [turn.text for turn in store.get("rama").turns] == [FIRST.text, TURNS[1].text, "Otra cosa", "Y más"]


def test_a_deleted_branch_is_in_no_file_and_the_original_is(store: ConversationStore, tmp_path: Path) -> None:
    store.create(Conversation("c1", "Cafetería", NOW, NOW, TURNS[:2]))
    store.create(branch_of(TURNS[:1], "El murciélago no paga"))
    store.drafts.remember("El murciélago no paga")
    store.rename("rama", "Rama 1 · Zarigüeya")
    store.delete("rama")
    assert traces(tmp_path, "murciélago", "Zarigüeya") == []
    assert store.get("c1").turns == TURNS[:2]
    store.delete("c1")
    assert traces(tmp_path, "¿Y si no contesta?") == []


def test_what_was_made_of_a_sent_text_goes_with_its_conversation_and_with_no_other(
    store: ConversationStore, tmp_path: Path
) -> None:
    store.create(Conversation("c1", "Cafetería", NOW, NOW, TURNS[:1]))
    store.create(Conversation("c2", "Otra", NOW, NOW, TURNS[1:2]))
    store.drafts.remember("El murciélago no paga", "c1")
    store.drafts.remember("El ornitorrinco", "c2")
    store.drafts.remember("Lo de nadie")
    store.drafts.save("La zarigüeya", "c1")
    store.drafts.save("La zarigüeya")  # the same text is of the same conversation still
    assert store.drafts.made_of("c1") == {"El murciélago no paga", "La zarigüeya"}
    store.delete("c1")
    assert traces(tmp_path, "murciélago", "zarigüeya") == []
    assert store.drafts.earlier() == ("Lo de nadie", "El ornitorrinco")
    store.drafts.remember("El murciélago otra vez", "c1")  # a window that still had it in hand
    store.drafts.save("La zarigüeya otra vez", "c1")
    assert traces(tmp_path, "murciélago", "zarigüeya") == []
    assert store.drafts.load() == ""


def test_a_draft_that_is_put_aside_stays_of_its_conversation(store: ConversationStore, tmp_path: Path) -> None:
    store.create(Conversation("c1", "Cafetería", NOW, NOW, TURNS[:1]))
    for text in ("El murciélago", "La zarigüeya"):
        with closing(ConversationStore(tmp_path / "c.sqlite3")) as window:
            window.drafts.save(text, "c1")
    assert store.drafts.take_over() == ("La zarigüeya", "El murciélago")
    store.drafts.put_aside()
    assert store.drafts.load() == ""
    assert store.drafts.earlier() == ("La zarigüeya", "El murciélago")
    store.delete("c1")
    assert store.drafts.earlier() == ()


class _Deadly(tuple[Turn, ...]):
    """Turns of which only the first ones are handed over: then the process is killed."""

    __slots__ = ()

    def __iter__(self) -> Iterator[Turn]:
        yield from list(super().__iter__())[:3]
        os.kill(os.getpid(), signal.SIGKILL)


def _die_branching(path: Path) -> None:
    branch = branch_of(TURNS, "Otra cosa")
    ConversationStore(path).create(replace(branch, turns=_Deadly(branch.turns)))


def test_killed_in_the_middle_there_is_no_branch_at_all(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite3"
    original = Conversation("c1", "Cafetería", NOW, NOW, TURNS)
    with closing(ConversationStore(path)) as store:
        store.create(original)
    child = get_context("spawn").Process(target=_die_branching, args=(path,))
    child.start()
    child.join(30)
    assert child.exitcode == -signal.SIGKILL
    with closing(ConversationStore(path)) as store:
        assert [summary.id for summary in store.list()] == ["c1"]
        assert store.get("c1") == original
        assert len(store.search("contesta")) == 1
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("SELECT count(*) FROM turn").fetchone() == (3,)


def test_only_a_text_that_is_answered_once_more_has_a_seed_and_keeps_it() -> None:
    one, other = (once_more(FIRST, name, NOW) for name in ("a1", "a2"))
    assert seed_of(begun("a1", FIRST.text, NOW)) == seed_of(FIRST) == 0
    assert 0 < seed_of(one) != seed_of(other) > 0
    assert seed_of(once_more(FIRST, "a1", NOW)) == seed_of(one)
    assert (one.text, one.reading, one.status) == (FIRST.text, None, "streaming")
    assert seed_of(copied(one, "b1")) == 0
