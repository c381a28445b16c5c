"""The shelf: what is taken in stays as it was read, once; what is taken out is gone."""

import hashlib
import os
from pathlib import Path
from stat import S_IMODE

import msgspec
import pytest

from reflexiona.corpus.library import OWN_PREFIX, load_library
from reflexiona.documents.adding import Taken, take_in
from reflexiona.documents.gathering import MOST_FILES, gather
from reflexiona.documents.joining import load_joined
from reflexiona.documents.keeping import Outcome, keeping
from reflexiona.documents.reader import DocumentReader
from reflexiona.documents.shelf import LOCK, DocumentShelf, Record
from reflexiona.errors import BadInputError, NotFoundError, StorageError
from reflexiona.files import FileLock
from reflexiona.paths import DataFolder

NOW = "2026-11-21T10:00:00+00:00"


@pytest.fixture
def data(home: Path) -> DataFolder:
    folder = DataFolder(home)
    folder.ensure()
    return folder


@pytest.fixture
def shelf(data: DataFolder) -> DocumentShelf:
    return DocumentShelf(data)


def taken(shelf: DocumentShelf, *paths: Path) -> list[Taken]:
    with DocumentReader() as reader:
        return list(take_in(gather(map(str, paths), shelf.folder).files, shelf, reader, lambda: NOW))


def outcomes(shelf: DocumentShelf, *paths: Path) -> list[str]:
    return [done.outcome.value for done in taken(shelf, *paths)]


def written(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def names(shelf: DocumentShelf) -> list[str]:
    return sorted(path.name for path in shelf.folder.iterdir())


def test_a_document_is_kept_with_its_record(shelf: DocumentShelf, tmp_path: Path) -> None:
    path = written(tmp_path / "Mis Tarifas (2026).md", "# Tarifas\n\nLima, 4 de mayo de 2026\n\nEl logo, 450 €.\n")
    (done,) = taken(shelf, path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    text = "Lima, 4 de mayo de 2026\n\nEl logo, 450 €.\n"
    assert done.record == Record(
        "propio-mis-tarifas-2026",
        "Tarifas",
        "2026-05-04",
        "Mis Tarifas (2026).md",
        str(path),
        digest,
        hashlib.sha256(text.encode()).hexdigest(),
        NOW,
        1,
    )
    assert (shelf.folder / done.record.text_name).read_text(encoding="utf-8") == text
    (article,) = shelf.shelved().articles
    (passage,) = article.passages
    assert (article.own, passage.own, passage.id) == (True, True, "propio-mis-tarifas-2026#1")
    assert article.text[passage.start : passage.end] == passage.text == text.strip()
    assert (article.scenarios, article.revised) == ((), "2026-05-04")
    (source,) = article.sources
    assert (source.title, source.author) == ("Mis Tarifas (2026).md", "documento propio")
    paths = [shelf.folder, *shelf.folder.iterdir()]
    assert {S_IMODE(one.stat().st_mode) for one in paths} == {0o700, 0o600}


def test_the_same_file_twice_changes_nothing(shelf: DocumentShelf, tmp_path: Path) -> None:
    path = written(tmp_path / "a.md", "# Uno\n\nEl texto.")
    assert outcomes(shelf, path, path) == ["nuevo"]
    before = names(shelf)
    again = written(tmp_path / "otro" / "copia.md", "# Uno\n\nEl texto.")
    spaced = written(tmp_path / "otro" / "espacios.md", "# Uno\n\n\nEl   texto.\n")
    assert outcomes(shelf, path, again, spaced) == ["igual"] * 3
    assert names(shelf) == before


def test_a_changed_file_of_the_same_name_replaces_the_old_one(shelf: DocumentShelf, tmp_path: Path) -> None:
    path = written(tmp_path / "a.md", "# Uno\n\nEl texto de antes.")
    (first,) = taken(shelf, path)
    written(path, "# Uno\n\nEl texto de ahora.")
    (second,) = taken(shelf, path)
    assert first.record
    assert second.record
    assert (second.outcome, second.record.id) == (Outcome.REPLACED, first.record.id)
    assert not (shelf.folder / first.record.text_name).exists()
    moved = written(tmp_path / "otra" / "a.md", "# Uno\n\nEl texto de mañana.")
    path.unlink()
    assert outcomes(shelf, moved) == ["cambiado"]
    assert len(names(shelf)) == 3
    assert b"antes" not in b"".join(one.read_bytes() for one in shelf.folder.iterdir())


def test_two_files_of_one_name_are_two_documents(shelf: DocumentShelf, tmp_path: Path) -> None:
    written(tmp_path / "c" / "ana" / "notas.md", "# Ana\n\nPaga bien.")
    written(tmp_path / "c" / "luis" / "notas.md", "# Luis\n\nPaga mal.")
    done = taken(shelf, tmp_path / "c")
    assert [one.name for one in done] == ["ana/notas.md", "luis/notas.md"]
    assert [one.record.id for one in done if one.record] == ["propio-notas", "propio-notas-2"]
    assert outcomes(shelf, tmp_path / "c") == ["igual", "igual"]


def test_a_folder_comes_in_without_what_is_broken(shelf: DocumentShelf, tmp_path: Path) -> None:
    folder = tmp_path / "c"
    for name in ("a.md", ".oculta/b.md", ".c.md", "node_modules/d.md", "e/f/g.txt", "h.xlsx"):
        written(folder / name, f"# {name}\n\nTexto de {name}.")
    written(folder / "roto.pdf", "no soy un pdf")
    (folder / "vuelta").symlink_to(folder)
    gathered = gather([str(folder)], shelf.folder)
    assert [found.name for found in gathered.files] == ["a.md", "roto.pdf", "e/f/g.txt"]
    assert gathered.others == 1
    done = taken(shelf, folder)
    assert [one.outcome.value for one in done] == ["nuevo", "saltado", "nuevo"]
    assert "no es un PDF" in done[1].message
    assert len(shelf.records()) == 2


def test_what_is_too_long_for_a_name_is_left_out_like_any_that_is_broken(shelf: DocumentShelf) -> None:
    (done,) = taken(shelf, Path(300 * "a"))
    assert (done.outcome.value, done.message) == ("saltado", "no se puede abrir (el nombre es demasiado largo).")


def test_its_own_folder_is_never_taken_in(shelf: DocumentShelf, data: DataFolder, tmp_path: Path) -> None:
    taken(shelf, written(tmp_path / "a.md", "# Uno\n\nDos."))
    assert [found.name for found in gather([str(tmp_path)], data.root).files] == ["a.md"]


def test_far_too_many_files_are_refused(data: DataFolder, tmp_path: Path) -> None:
    folder = tmp_path / "c"
    folder.mkdir()
    for number in range(MOST_FILES + 1):
        (folder / f"{number}.md").touch()
    with pytest.raises(BadInputError, match=str(MOST_FILES)):
        gather([str(folder)], data.root)


def test_no_id_meets_one_of_the_articles(shelf: DocumentShelf, data: DataFolder, tmp_path: Path) -> None:
    shipped = load_library()
    assert not any(article.startswith(OWN_PREFIX) for article in shipped.articles)
    name = next(iter(shipped.articles))
    taken(shelf, written(tmp_path / f"{name}.md", f"---\nid: {name}\n---\n# Otro\n\nTexto."))
    joined = load_joined(data)
    assert list(joined.library.articles) == [*shipped.articles, f"propio-{name}"]
    assert joined.notice == ""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("¡Señal!", "propio-senal"),
        ("***", "propio-documento"),
        ("../../etc", "propio-etc"),
        ("a" * 90, f"propio-{'a' * 48}"),
    ],
)
def test_ids_are_made_of_names(shelf: DocumentShelf, tmp_path: Path, name: str, expected: str) -> None:
    path = written(tmp_path / f"{name.replace('/', '_')}.md", "# Uno\n\nDos.")
    (done,) = taken(shelf, path)
    assert done.record
    assert done.record.id == expected


def test_a_document_is_found_by_its_id_or_the_beginning_of_it(shelf: DocumentShelf, tmp_path: Path) -> None:
    for name in ("tarifas", "tarifas-viejas", "contrato"):
        taken(shelf, written(tmp_path / f"{name}.md", f"# {name}\n\nDe {name}."))
    assert shelf.find("propio-tarifas").id == shelf.find("tarifas").id == "propio-tarifas"
    assert shelf.find("propio-con").id == shelf.find("con").id == "propio-contrato"
    for unknown in ("", "tar", "propio-", "nada", "impago"):
        with pytest.raises(NotFoundError):
            shelf.find(unknown)


def test_what_is_taken_out_leaves_nothing(shelf: DocumentShelf, tmp_path: Path) -> None:
    taken(
        shelf, written(tmp_path / "a.md", "# Uno\n\nZarzaparrilla."), written(tmp_path / "b.md", "# Dos\n\nOtra cosa.")
    )
    with keeping(shelf) as keeper:
        keeper.remove(shelf.find("a"))
    assert [record.id for record in shelf.records()] == ["propio-b"]
    assert len(names(shelf)) == 3


def test_what_was_interrupted_is_swept_away(shelf: DocumentShelf, tmp_path: Path) -> None:
    taken(shelf, written(tmp_path / "a.md", "# Uno\n\nDos."))
    kept = names(shelf)
    (shelf.folder / "propio-medio.0123456789abcdef.md").write_text("a medias")
    (shelf.folder / "propio-a.json.nuevo").write_text("{")
    (shelf.folder / "mio.txt").write_text("de la persona")
    with keeping(shelf):
        pass
    assert names(shelf) == sorted([*kept, "mio.txt"])


def test_a_damaged_document_is_left_out_and_said(shelf: DocumentShelf, data: DataFolder, tmp_path: Path) -> None:
    taken(shelf, *(written(tmp_path / f"{name}.md", f"# {name}\n\nDe {name}.") for name in "abcde"))
    a, b, c, d, _ = shelf.records()
    (shelf.folder / f"{a.id}.json").write_text("{")
    (shelf.folder / b.text_name).unlink()
    (shelf.folder / f"{c.id}.json").write_bytes(msgspec.json.encode(msgspec.structs.replace(c, id="impago")))
    evil = msgspec.structs.replace(d, text_sha256="../../../../etc/passwd")
    (shelf.folder / f"{d.id}.json").write_bytes(msgspec.json.encode(evil))
    joined = load_joined(data)
    assert [article for article in joined.library.articles if article.startswith(OWN_PREFIX)] == ["propio-e"]
    assert all(f"propio-{name}.json" in joined.notice for name in "abcd")


def test_a_text_changed_by_hand_is_read_as_it_is_now(shelf: DocumentShelf, tmp_path: Path) -> None:
    taken(shelf, written(tmp_path / "a.md", "# Uno\n\nDos."))
    (record,) = shelf.records()
    (shelf.folder / record.text_name).write_bytes("Tres\x1b[2J y \xff cuatro.".encode("latin-1"))
    (article,) = shelf.shelved().articles
    assert article.passages[0].text == "Tres[2J y � cuatro."


def test_one_process_writes_at_a_time(shelf: DocumentShelf, data: DataFolder) -> None:
    data.ensure(shelf.folder)
    with FileLock.exclusive(shelf.folder / LOCK) or pytest.fail("the lock is free"):
        assert shelf.records() == ()
        with pytest.raises(StorageError, match="Otro proceso"), shelf.writing(0.1):
            pass


def test_an_interruption_keeps_what_was_done(shelf: DocumentShelf, tmp_path: Path) -> None:
    files = gather([str(written(tmp_path / f"{n}.md", f"# {n}\n\nDe {n}.")) for n in range(5)], shelf.folder).files
    with DocumentReader() as reader:
        doing = take_in(files, shelf, reader, lambda: NOW)
        for _ in range(2):
            next(doing)
        with pytest.raises(KeyboardInterrupt):
            doing.throw(KeyboardInterrupt)
    assert [record.id for record in shelf.records()] == ["propio-0", "propio-1"]
    assert outcomes(shelf, tmp_path) == ["igual", "igual", "nuevo", "nuevo", "nuevo"]


def test_a_disk_that_refuses_is_said(shelf: DocumentShelf, data: DataFolder, tmp_path: Path) -> None:
    data.root.joinpath("documentos").write_text("no soy una carpeta")
    with pytest.raises(StorageError):
        taken(shelf, written(tmp_path / "a.md", "# Uno\n\nDos."))
    assert os.listdir(data.root) == ["documentos"]
