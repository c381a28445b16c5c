"""Searching and filtering what was kept, deleting it with a moment to think again, and files written long ago."""

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from reflexiona.domain import Band, Conversation, Likelihood, Reading, Reflection, Step, Turn, When
from reflexiona.errors import NotFoundError, StorageError
from reflexiona.storage import schema
from reflexiona.storage.conversations import ConversationStore, _words
from reflexiona.storage.history import State, Wanted
from tests.support.cases import CASE, FIRST, SECOND

NOW = "2026-11-21T10:00:00+00:00"
READING = Reading((Likelihood("regateo", 0.9), Likelihood("ninguno", 0.1)), (), Band.CLEAR, (), (), False)
STEPS = (Step("Poner un límite", When.TODAY, "a#1", done=True), Step("Enviar el aviso", When.LATER, "a#1"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "c.sqlite3"


@pytest.fixture
def store(path: Path) -> Iterator[ConversationStore]:
    with closing(ConversationStore(path)) as opened:
        yield opened


def a_case(name: str, text: str, updated: str = NOW, **parts: object) -> Conversation:
    turn = replace(Turn(f"t-{name}", text, NOW), **parts)  # type: ignore[arg-type]
    return Conversation(name, name.title(), NOW, updated, (turn,))


def ids(found: object) -> list[str]:
    return [match.summary.id for match in found]  # type: ignore[attr-defined]


def test_words_may_stand_in_different_turns_and_in_every_part(store: ConversationStore) -> None:
    parts = {"reflection": Reflection("Un último plazo."), "question": "¿Quién decide?", "plan": STEPS}
    store.create(a_case("primero", "La heladería no paga", "2026-11-02", **parts))
    store.save_turn("primero", Turn("otro", "Ahora quiere otro rótulo", NOW), "2026-11-02")
    store.create(a_case("segundo", "La heladería sí paga", "2026-11-03"))
    assert ids(store.search("heladeria")) == ["segundo", "primero"]
    assert ids(store.search("rotulo heladeria")) == ["primero"]
    for part in ("ultimo plazo", "quien decide", "poner un limite", "Primero"):
        assert ids(store.search(part)) == ["primero"], part
    assert ids(store.search("helad")) == ["segundo", "primero"]
    assert ids(store.search("helad paga")) == []  # only the last word may be a beginning
    (found,) = store.search("rótu")
    assert (found.turn, found.snippet) == ("otro", "Ahora quiere otro ⟦rótulo⟧")


def test_without_words_everything_is_found_and_with_signs_alone_nothing(store: ConversationStore) -> None:
    for name in ("uno", "dos"):
        store.create(a_case(name, "texto"))
    assert len(store.search("  ")) == 2
    assert len(store.search("", limit=1)) == 1
    assert store.search("¿? \" ' * ( NEAR/2") == ()


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(), ["medio", "pleno", "plan", "nada"]),
        (Wanted(scenario="regateo"), ["plan"]),
        (Wanted(state=State.PENDING), ["plan"]),
        (Wanted(state=State.FINISHED), ["pleno"]),
        (Wanted(state=State.NO_PLAN), ["nada"]),
        (Wanted(state=State.INTERRUPTED), ["medio"]),
        (Wanted(since="2026-11-02"), ["medio", "pleno", "plan"]),
        (Wanted(since="2026-11-02", before="2026-11-04"), ["pleno", "plan"]),
        (Wanted(scenario="regateo", state=State.FINISHED), []),
    ],
)
def test_filters(path: Path, wanted: Wanted, expected: list[str]) -> None:
    with closing(ConversationStore(path)) as other:
        other.create(a_case("nada", "texto común", "2026-11-01"))
        other.create(a_case("plan", "texto común", "2026-11-02", reading=READING, plan=STEPS))
        other.create(a_case("pleno", "texto común", "2026-11-03", plan=STEPS[:1]))
        other.create(a_case("medio", "texto común", "2026-11-04", status="streaming"))
    with closing(ConversationStore(path)) as store:
        assert [summary.id for summary in store.list(wanted)] == expected
        assert ids(store.search("comun", wanted)) == expected


def test_an_answer_is_interrupted_only_when_nobody_is_writing_it(path: Path) -> None:
    writer, reader = ConversationStore(path), ConversationStore(path)
    writer.create(a_case("c1", "a medias", status="streaming"))
    for store in (writer, reader):
        assert store.interrupted() == ()
        assert store.list()[0].interrupted == 0
    assert reader.elsewhere() == {"t-c1"}
    assert writer.elsewhere() == frozenset()
    reader.set_plan("t-c1", STEPS)  # whoever checks a step does not take the answer over
    assert reader.elsewhere() == {"t-c1"}
    writer.close()
    assert [(case, turn.id) for case, turn in reader.interrupted()] == [("c1", "t-c1")]
    assert reader.list()[0].interrupted == 1
    reader.close()
    assert not (path.parent / "abierto").exists()


def test_who_is_open_says_so_privately(path: Path) -> None:
    with closing(ConversationStore(path)) as store:
        assert not (path.parent / "abierto").exists()  # reading alone says nothing
        store.drafts.save("algo")
        folder = path.parent / "abierto"
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert [stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()] == [0o600]
        assert [file.stat().st_size for file in folder.iterdir()] == [0]


def test_a_file_left_by_a_process_that_was_killed_is_nobody(path: Path) -> None:
    (path.parent / "abierto").mkdir()
    (path.parent / "abierto" / "0123456789abcdef").touch()
    with closing(ConversationStore(path)) as store:
        store.drafts.save("algo")
        assert store.elsewhere() == frozenset()
        assert len(list((path.parent / "abierto").iterdir())) == 1


def test_each_window_has_its_draft_and_the_next_one_takes_over_what_was_left(path: Path) -> None:
    one, other = ConversationStore(path), ConversationStore(path)
    one.drafts.save("el de una")
    other.drafts.save("el de otra")
    one.drafts.save("el de una, y más")
    third = ConversationStore(path)
    assert third.drafts.take_over() == ()
    third.close()
    one.close()
    other.close()
    last = ConversationStore(path)
    assert last.drafts.take_over() == ("el de una, y más", "el de otra")
    assert last.drafts.load() == "el de una, y más"
    assert last.drafts.earlier() == ("el de otra",)
    last.drafts.save("")
    assert last.drafts.load() == ""
    last.close()


def test_a_draft_that_is_erased_is_in_no_file(path: Path) -> None:
    with closing(ConversationStore(path)) as store:
        store.drafts.save("murciélago " * 30)
        store.drafts.erase()
        assert all("murciélago".encode() not in file.read_bytes() for file in path.parent.iterdir() if file.is_file())


def test_the_bin(path: Path) -> None:
    store, other = ConversationStore(path), ConversationStore(path)
    for name in ("uno", "dos", "tres"):
        store.create(a_case(name, f"palabra {name}"))
    store.bin.put("uno")
    store.bin.put("dos")
    for window in (store, other):
        assert [summary.id for summary in window.list()] == ["tres"]
        assert ids(window.search("palabra")) == ["tres"]
        with pytest.raises(NotFoundError):
            window.get("uno")
    assert store.bin.take_back("dos")
    assert other.bin.empty() == 0  # the window that put it there still may take it back
    assert {summary.id for summary in store.list()} == {"dos", "tres"}
    store.bin.erase("uno")
    assert not store.bin.take_back("uno")
    store.bin.put("tres")
    store.close()
    assert other.bin.empty() == 1
    assert [summary.id for summary in other.list()] == ["dos"]
    with pytest.raises(NotFoundError, match="se borró"):
        other.save_turn("tres", Turn("nuevo", "más", NOW), NOW)
    other.close()


def old_file(path: Path) -> None:
    """A file as the first version wrote it."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in schema.MIGRATIONS[0]:
            connection.execute(statement)
        connection.execute("PRAGMA user_version = 1")
        connection.execute(
            "INSERT INTO conversation VALUES (?, ?, ?, ?)", (CASE.id, CASE.title, CASE.created, CASE.updated)
        )
        for number, turn in enumerate((FIRST, replace(SECOND, status="streaming")), 1):
            body = msgspec.json.encode(turn).decode()
            connection.execute("INSERT INTO turn VALUES (?, ?, ?, ?, ?)", (number, turn.id, CASE.id, turn.status, body))
            connection.execute("INSERT INTO turn_words(rowid, title, words) VALUES (?, ?, ?)", (number, CASE.title, ""))
        connection.execute("INSERT INTO draft VALUES ('composer', 'un borrador de antes')")
        connection.execute("INSERT INTO earlier(text) VALUES ('enviado antes')")


def test_a_file_of_the_first_version_goes_on(path: Path) -> None:
    old_file(path)
    with closing(ConversationStore(path)) as store:
        assert store.get(CASE.id).turns == (FIRST, replace(SECOND, status="streaming"))
        (summary,) = store.list()
        assert (summary.scenario, summary.steps_done, summary.steps) == ("impago_o_pago_tardio", 1, 3)
        assert (summary.turns, summary.interrupted) == (2, 1)
        assert ids(store.search("cafeteria que quedo por escrito")) == [CASE.id]
        assert store.drafts.take_over() == ("un borrador de antes",)
        assert store.drafts.earlier() == ("enviado antes",)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        connection.execute("INSERT INTO turn_words(turn_words) VALUES ('integrity-check')")
        words = connection.execute("SELECT words FROM turn_words ORDER BY rowid").fetchall()
        assert [row[0] for row in words] == [_words(FIRST), _words(SECOND)]


def test_a_migration_that_is_cut_off_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old_file(path)
    first, second, *rest = schema.MIGRATIONS
    monkeypatch.setattr(schema, "MIGRATIONS", (first, (*second[:-1], "SELECT no_such_function()")))
    with pytest.raises(StorageError):
        ConversationStore(path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        assert connection.execute("SELECT count(*), max(length(body) > 500) FROM turn").fetchone() == (2, 1)
    monkeypatch.setattr(schema, "MIGRATIONS", (first, second, *rest))
    with closing(ConversationStore(path)) as store:
        assert len(store.get(CASE.id).turns) == 2
