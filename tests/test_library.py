"""The library and the vectors that come with it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from reflexiona.adapters.bert_encoder import BertEncoder
from reflexiona.corpus.library import Library, content_hash, indexed_text, load_library, passage_hash, plain
from reflexiona.corpus.shipped import load_shipped, save_shipped
from reflexiona.errors import CorpusError
from reflexiona.indexing.encoding import encode_passages
from reflexiona.paths import resource
from tests.support.encoders import article

SMALL = Library([article("uno", ["Primero.", "Segundo."]), article("dos", ["Tercero."])])


def test_passages_by_id() -> None:
    assert [passage.id for passage in SMALL] == ["uno#1", "uno#2", "dos#1"]
    assert SMALL["uno#2"].text == "Segundo."
    assert "dos#1" in SMALL
    assert "dos#2" not in SMALL
    assert len(SMALL) == 3
    assert list(SMALL.articles) == ["uno", "dos"]
    with pytest.raises(KeyError):
        SMALL["tres#1"]


def test_an_id_stands_once() -> None:
    with pytest.raises(CorpusError):
        Library([article("uno", ["a"]), article("uno", ["b"])])


def test_the_shipped_articles() -> None:
    library = load_library()
    assert len(library) == len({passage.id for passage in library}) >= 150
    for passage in library:
        assert library.articles[passage.article].text[passage.start : passage.end] == passage.text


def test_an_empty_folder_is_no_library(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="No hay artículos"):
        load_library(tmp_path)


def test_content_hash_depends_on_ids_titles_and_texts_only() -> None:
    passages = SMALL.passages
    same = content_hash(passages)
    assert len(same) == 64
    assert content_hash(reversed(passages)) == same
    assert content_hash([replace(passages[0], points=("A1",)), *passages[1:]]) == same
    for change in ({"id": "uno#9"}, {"title": "Otra"}, {"article_title": "Otro"}, {"text": "Primero"}):
        assert content_hash([replace(passages[0], **change), *passages[1:]]) != same  # type: ignore[arg-type]
    assert content_hash(passages[:2]) != same


def test_passage_hash_is_that_of_what_is_encoded() -> None:
    first = SMALL["uno#1"]
    assert passage_hash(replace(first, id="x#1", article="x", points=("A1",))) == passage_hash(first)
    assert passage_hash(replace(first, text="Primero;")) != passage_hash(first)
    assert indexed_text(first) == "Sobre uno › Parte 1\nPrimero."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ver [el aviso](ultimo-aviso).", "Ver el aviso."),
        ("**Uno** y __dos__", "Uno y dos"),
        ("Hola, [nombre]:", "Hola, [nombre]:"),
    ],
)
def test_plain(text: str, expected: str) -> None:
    assert plain(text) == expected


def test_shipped_vectors_come_back(tmp_path: Path) -> None:
    assert load_shipped(tmp_path) is None
    save_shipped(tmp_path, encoder="e-1", made_with="x", hashes=["aa", "bb"], vectors=[[1.0, 0.0], [0.0, 1.0]])
    shipped = load_shipped(tmp_path)
    assert shipped
    assert shipped.encoder == "e-1"
    assert shipped.vector("bb") == [0.0, 1.0]
    assert shipped.vector("cc") is None


def test_files_that_do_not_belong_together_are_refused(tmp_path: Path) -> None:
    save_shipped(tmp_path, encoder="e-1", made_with="x", hashes=["aa"], vectors=[[1.0, 0.0]])
    np.save(tmp_path / "vectors.npy", np.zeros((2, 2), dtype=np.float32))
    with pytest.raises(CorpusError, match="manifiesto"):
        load_shipped(tmp_path)
    (tmp_path / "vectors.npy").write_bytes(b"<html>")
    with pytest.raises(CorpusError, match="vectores incluidos"):
        load_shipped(tmp_path)


def test_the_shipped_vectors_are_those_of_the_included_encoder_and_corpus() -> None:
    """After a change of an article or of the encoder: `python -m training.vectors`."""
    shipped, encoder = load_shipped(), BertEncoder(resource("models", "included", "encoder"))
    assert shipped
    assert shipped.encoder == encoder.id
    passages = load_library().passages
    found = [shipped.vector(passage_hash(passage)) for passage in passages]
    assert [passage.id for passage, vector in zip(passages, found, strict=True) if vector is None] == []
    assert len(shipped.rows) == len(passages)
    expected = encode_passages(encoder, passages)
    np.testing.assert_allclose(np.asarray(found, dtype=np.float32), np.asarray(expected), atol=1e-4)
