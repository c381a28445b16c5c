"""A conversation that was exported comes back, once, from wherever somebody says the file is."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from reflexiona.corpus.lists import load_lists
from reflexiona.domain import Conversation
from reflexiona.errors import BadInputError, NotFoundError, StorageError
from reflexiona.export.markdown import to_markdown
from reflexiona.export.reading_back import from_markdown
from reflexiona.paths import path_of, resource
from reflexiona.storage.conversations import ConversationStore
from reflexiona.storage.twins import take_in
from reflexiona.text_files import file_at, text_of
from tests.support.cases import CASE

IDS = iter(f"{n:08x}" for n in range(1, 1000))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ConversationStore]:
    with closing(ConversationStore(tmp_path / "c.sqlite3")) as opened:
        yield opened


def came_back() -> Conversation:
    return from_markdown(to_markdown(CASE, load_lists(resource("corpus"))))


def new_id(size: int) -> str:
    return next(IDS)


def test_it_is_kept_with_its_own_ids_and_once(store: ConversationStore) -> None:
    first = take_in(store, came_back(), new_id)
    assert (first.kept.id, first.twin, first.instead_of) == (CASE.id, False, "")
    again = take_in(store, replace(came_back(), id="otro", title="Otro título"), new_id)
    assert (again.kept.id, again.twin) == (CASE.id, True)
    assert len(store.list()) == 1


def test_beside_another_of_its_id_it_takes_new_ones(store: ConversationStore) -> None:
    store.create(CASE)
    changed = came_back()
    changed = replace(changed, turns=(replace(changed.turns[0], text="Otra cosa"), *changed.turns[1:]))
    taken = take_in(store, changed, new_id)
    assert (taken.instead_of, taken.twin) == (CASE.id, False)
    ids = [turn.id for case in store.list() for turn in store.get(case.id).turns]
    assert len(set(ids)) == 2 * len(CASE.turns)


def test_the_file_is_found_as_people_write_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    path = tmp_path / unicodedata.normalize("NFD", "mi opinión (2).md")
    path.write_text("hola", encoding="utf-8")
    name = unicodedata.normalize("NFC", path.name)
    escaped = name.replace(" ", r"\ ").replace("(", r"\(").replace(")", r"\)")
    for typed in (
        f"~/{name}",
        f"  {tmp_path}/{name} ",
        f"'{tmp_path}/{name}'",
        f'"~/{name}"',
        f"~/{escaped}",
        f"file://{tmp_path}/mi%20opini%C3%B3n%20(2).md".replace("%C3%B3", "o%CC%81"),
    ):
        assert text_of(file_at(typed)) == "hola", typed


@pytest.mark.parametrize("typed", ["~nadie/x.md", "a\0b"])
def test_what_is_no_path_is_told_so(typed: str) -> None:
    with pytest.raises(BadInputError, match="No se entiende la ruta"):
        path_of(typed)


def test_what_cannot_be_read_is_said_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"No existe el archivo .*nada\.md"):
        text_of(tmp_path / "nada.md")
    with pytest.raises(StorageError, match="es una carpeta"):
        text_of(tmp_path)
    (tmp_path / "x.md").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInputError, match="no es texto"):
        text_of(tmp_path / "x.md")
    closed = tmp_path / "c.md"
    closed.touch(mode=0)
    if os.geteuid():
        with pytest.raises(StorageError, match="falta permiso"):
            text_of(closed)


def test_ids_that_are_taken_are_left_alone(store: ConversationStore) -> None:
    store.create(CASE)
    changed = replace(came_back(), id="otro")
    changed = replace(changed, turns=(replace(changed.turns[0], text="Otra cosa"), *changed.turns[1:]))
    assert take_in(store, changed, new_id).kept.id != "otro"  # its turns have ids that are taken
    assert store.get(CASE.id) == CASE
    store.bin.put(CASE.id)
    taken = take_in(store, came_back(), new_id)  # deleted a moment ago: it comes back as another one
    store.bin.empty()
    assert [turn.text for turn in store.get(taken.kept.id).turns] == [turn.text for turn in CASE.turns]
    assert CASE.id not in [summary.id for summary in store.list()]


@pytest.mark.parametrize(
    "typed", [300 * "a", f"~/{300 * 'ñ'}.md", "/".join(2000 * ["abc"])], ids=["name", "home", "path"]
)
def test_what_is_too_long_for_a_path_is_told_so(typed: str) -> None:
    with pytest.raises(
        BadInputError, match=r"^Eso es demasiado largo para el nombre de un archivo\. Hace falta su ruta"
    ):
        text_of(file_at(typed))
