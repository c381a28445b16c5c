"""Word search in Spanish."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reflexiona.adapters.fts import MOST_STEMS, FtsIndex, fold, words
from reflexiona.corpus.library import Library, load_library
from reflexiona.domain import Passage
from reflexiona.errors import StorageError
from tests.support.encoders import article

TEXTS = {
    "reunion": "La reunión del lunes se movió otra vez, y la reunión siguiente también.",
    "cobro": "Cobró a tiempo el primer mes; después no pagó ninguna factura.",
    "pago": "Pagó puntualmente cada factura, con gusto.",
    "deuda": "Debía dinero desde marzo y debe más en junio.",
    "diseno": "El diseño del logo le gustó al cliente.",
}
LIBRARY = Library([article(name, [text]) for name, text in TEXTS.items()])


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> FtsIndex:
    path = tmp_path_factory.mktemp("fts") / "fts.sqlite3"
    FtsIndex.build(path, LIBRARY)
    return FtsIndex.open(path)


def found(index: FtsIndex, query: str) -> list[str]:
    return [key.partition("#")[0] for key, _ in index.query(query, 10)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("reunion", ["reunion"]),
        ("REUNIÓN", ["reunion"]),
        ("reuniones", ["reunion"]),
        ("cobrándole", ["cobro"]),
        ("el diseño", ["diseno"]),
        ("disenos", ["diseno"]),
        ("debería", ["deuda"]),
        ("debía", ["deuda"]),
        ("deben", ["deuda"]),
        ("de la que los", []),
        ("", []),
        ("¿?", []),
        ("1.450", []),
    ],
)
def test_accents_and_stems(index: FtsIndex, query: str, expected: list[str]) -> None:
    assert found(index, query) == expected


def test_a_negation_is_heard(index: FtsIndex) -> None:
    assert found(index, "no me pagaron la factura")[:2] == ["cobro", "pago"]
    assert found(index, "me pagan puntual la factura")[:2] == ["pago", "cobro"]


def test_best_first_and_at_most_n(index: FtsIndex) -> None:
    scores = [score for _, score in index.query("factura pago reunión dinero", 10)]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) == 4
    assert all(score > 0 for score in scores)
    assert len(index.query("factura pago reunión dinero", 2)) == 2


@pytest.mark.parametrize(
    "query",
    [
        '"',
        '"factura',
        "factura OR",
        "NEAR(factura pago)",
        "raices : factura",
        "factura*",
        "^factura",
        "-factura",
        "(",
        "a" * 99_999,
    ],
)
def test_nothing_in_a_text_is_syntax(index: FtsIndex, query: str) -> None:
    assert set(found(index, query)) <= {"cobro", "pago"}


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text())
def test_any_text_is_valid(index: FtsIndex, query: str) -> None:
    assert set(found(index, query)) <= set(TEXTS)


def test_a_long_text_is_searched_by_its_most_telling_stems(tmp_path: Path) -> None:
    library = load_library()
    FtsIndex.build(tmp_path / "f", library)
    index = FtsIndex.open(tmp_path / "f")
    assert len(index) == len(library)
    text = " ".join(passage.text for passage in library)[:20_000]
    assert len(index.query(text, 10)) == 10
    stems = index._match(words(text))[0].partition("{raices_titulo raices} : (")[2].partition(")")[0]
    assert stems.count('"') == 2 * MOST_STEMS
    assert '"no"' not in stems


def test_an_emptied_index_finds_nothing(tmp_path: Path) -> None:
    FtsIndex.build(tmp_path / "f", [])
    assert FtsIndex.open(tmp_path / "f").query("factura", 5) == []


def test_reading_changes_nothing_and_prose_is_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "f"
    FtsIndex.build(path, LIBRARY)
    before = path.read_bytes()
    index = FtsIndex.open(path)
    index.query("factura", 5)
    index.close()
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["f"]
    assert b"otra vez, y la" not in before


def test_missing_damaged_or_unwritable(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="abrir el índice de palabras"):
        FtsIndex.open(tmp_path / "nada")
    (tmp_path / "roto").write_bytes(b"no es SQLite" * 1000)
    with pytest.raises(StorageError):
        FtsIndex.open(tmp_path / "roto")
    with pytest.raises(StorageError, match="escribir el índice de palabras"):
        FtsIndex.build(tmp_path / "sin" / "carpeta", LIBRARY)


def test_words_and_folding() -> None:
    assert words("¿Cobró 3 veces, o_no?") == ["cobró", "veces", "o", "no"]
    assert fold("pingüino años") == "pinguino anos"
    assert sqlite3.sqlite_version_info >= (3, 35)


def test_a_passage_is_found_by_how_people_say_it(tmp_path: Path) -> None:
    prose = Passage("a#1", "a", "Cobros", "Plazos", "El cobro de facturas vencidas.", 0, 30)
    plainly = replace(prose, sayings=("me clavó el visto con la plata", "no suelta un peso"))
    other = Passage("b#1", "b", "Otra cosa", "Reuniones", "La plata del encargo y el visto bueno del plan.", 0, 47)
    FtsIndex.build(tmp_path / "f", [other, plainly])
    index = FtsIndex.open(tmp_path / "f")
    assert [key for key, _ in index.query("me clavo el visto", 5)] == ["a#1", "b#1"]
