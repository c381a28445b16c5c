"""The person's words: kept, found, and gone when deleted."""

import os
import sqlite3
import stat
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from reflexiona.domain import Band, Conversation, Likelihood, Reading, Reflection, Step, Turn, When
from reflexiona.errors import NotFoundError, StorageError
from reflexiona.storage.conversations import ConversationStore
from reflexiona.storage.drafts import EARLIER_TEXTS

NOW = "2026-11-21T10:00:00+00:00"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ConversationStore]:
    opened = ConversationStore(tmp_path / "c.sqlite3")
    yield opened
    opened.close()


def a_turn(turn_id: str = "t1", text: str = "Me debe la facturación de otoño", **parts: object) -> Turn:
    return replace(Turn(turn_id, text, NOW), **parts)  # type: ignore[arg-type]


def a_case(case_id: str = "c1", *turns: Turn, updated: str = NOW) -> Conversation:
    return Conversation(case_id, "Cafetería", NOW, updated, turns or (a_turn(f"t-{case_id}"),))


READING = Reading((Likelihood("impago_o_pago_tardio", 0.9), Likelihood("ninguno", 0.1)), (), Band.CLEAR, (), (), False)


def test_what_is_saved_comes_back_whole(store: ConversationStore) -> None:
    turn = a_turn(reading=READING, reflection=Reflection("Ánimo [1]."), plan=(Step("Escribir", When.TODAY, "a#1"),))
    store.create(a_case("c1", turn))
    assert store.get("c1") == a_case("c1", turn)


def test_saving_a_turn_twice_replaces_it(store: ConversationStore) -> None:
    store.create(a_case("c1", a_turn(status="streaming")))
    store.save_turn("c1", a_turn("t2", "segundo"), "2026-11-22")
    store.save_turn("c1", a_turn(text="otro", status="done"), "2026-11-23")
    case = store.get("c1")
    assert [turn.text for turn in case.turns] == ["otro", "segundo"]
    assert case.updated == "2026-11-23"


def test_prefix_finds_one_and_refuses_several(store: ConversationStore) -> None:
    store.create(a_case("ab1"))
    store.create(a_case("ab2"))
    assert store.get("ab1").id == "ab1"
    for wrong in ("ab", "zz", "", "%"):
        with pytest.raises(NotFoundError):
            store.get(wrong)


def test_list_tells_scenario_and_the_progress_of_the_plan_that_stands(store: ConversationStore) -> None:
    plan = (Step("uno", When.TODAY, "a#1", done=True), Step("dos", When.LATER, "a#1"))
    turns = (
        a_turn("t0", plan=(*plan, *plan)),
        a_turn("t1", reading=READING, plan=plan),
        a_turn("t3", "¿y luego?"),
    )
    store.create(a_case("viejo", *turns, updated="2026-01-01"))
    store.create(a_case("nuevo", updated="2026-02-01"))
    newest, oldest = store.list()
    assert (newest.id, newest.scenario, newest.steps) == ("nuevo", "", 0)
    assert (oldest.scenario, oldest.steps_done, oldest.steps, oldest.turns) == ("impago_o_pago_tardio", 1, 2, 3)


@pytest.mark.parametrize(("query", "hits"), [("facturacion", 1), ("FACTURACIÓN oto", 1), ("nada", 0), ('" OR *', 0)])
def test_search_folds_accents_and_takes_any_text(store: ConversationStore, query: str, hits: int) -> None:
    store.create(a_case())
    found = store.search(query)
    assert len(found) == hits
    if hits:
        assert "⟦facturación⟧" in found[0].snippet
        assert (found[0].summary.id, found[0].turn) == ("c1", "t-c1")


def test_plan_is_replaced(store: ConversationStore) -> None:
    store.create(a_case("c1", a_turn(plan=(Step("uno", When.TODAY, "a#1"),))))
    store.set_plan("t1", [Step("uno", When.TODAY, "a#1", done=True)])
    assert store.get("c1").turns[0].plan[0].done
    with pytest.raises(NotFoundError):
        store.set_plan("no", [])


def test_deleting_leaves_no_word_in_any_file(tmp_path: Path) -> None:
    store = ConversationStore(tmp_path / "c.sqlite3")
    secret = "murciélago" * 40
    store.create(a_case("c1", a_turn(text=f"{secret} debe", reflection=Reflection("ornitorrinco " * 300))))
    store.create(a_case("c2", a_turn("t2", "otra cosa")))
    store.drafts.remember(f"{secret} debe")
    store.rename("c1", "Zarigüeya y compañía")
    store.delete("c1")
    assert [row.id for row in store.list()] == ["c2"]
    for path in tmp_path.iterdir():
        data = path.read_bytes()
        for word in (secret, "ornitorrinco", "Zarigüeya"):
            assert word.encode() not in data, path.name
    store.close()


def test_draft_and_earlier_texts(store: ConversationStore) -> None:
    store.drafts.save("a medias, ñandú")
    assert store.drafts.load() == "a medias, ñandú"
    store.drafts.save("")
    assert store.drafts.load() == ""
    for number in range(EARLIER_TEXTS + 5):
        store.drafts.remember(f"texto {number}")
    store.drafts.remember("texto 100")
    assert store.drafts.earlier()[:2] == ("texto 100", f"texto {EARLIER_TEXTS + 4}")
    assert len(store.drafts.earlier()) <= EARLIER_TEXTS


def test_files_are_private(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        store = ConversationStore(tmp_path / "c.sqlite3")
        store.create(a_case())
        modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    finally:
        os.umask(old)
    assert modes == {0o600}
    store.close()


def test_two_open_stores_see_each_other(tmp_path: Path) -> None:
    one, other = ConversationStore(tmp_path / "c.sqlite3"), ConversationStore(tmp_path / "c.sqlite3")
    one.create(a_case("c1"))
    other.create(a_case("c2"))
    assert {row.id for row in one.list()} == {row.id for row in other.list()} == {"c1", "c2"}
    one.close()
    other.close()


def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite3"
    path.write_bytes(b"<html>" * 500)
    with pytest.raises(StorageError, match="No se pueden abrir"):
        ConversationStore(path)
    assert path.read_bytes() == b"<html>" * 500


def test_a_first_opening_waits_for_another_one(tmp_path: Path) -> None:
    """Turning a new file to write-ahead mode needs it alone, and SQLite does not wait for that by itself."""
    path = tmp_path / "c.sqlite3"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("CREATE TABLE t (x)")
    other.execute("BEGIN IMMEDIATE")
    threading.Timer(0.3, lambda: other.execute("ROLLBACK")).start()
    store = ConversationStore(path)
    assert store.list() == ()
    store.close()
    other.close()
