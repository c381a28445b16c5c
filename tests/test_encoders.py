"""Both encoders, on real folders: the same vectors with and without the library."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from reflexiona.adapters.bert_encoder import BertEncoder, is_small_bert
from reflexiona.adapters.encoder_folder import encoder_id
from reflexiona.adapters.sentence_transformers import LibraryEncoder, library_version
from reflexiona.adapters.static_encoder import StaticEncoder, is_static
from reflexiona.errors import ModelError
from reflexiona.paths import resource
from tests.support.encoders import bert_folder, static_folder

TEXTS = (
    "El cliente no contesta y debe tres facturas.",
    "¿Pago? ¡PAGO! págame… 🤷 1.450 €",
    "desconocido",
    "",
    " \n\t",
    "Factura " * 3000,
)


def test_vectors_have_length_one(tmp_path: Path) -> None:
    encoder = StaticEncoder(static_folder(tmp_path / "mini"))
    assert encoder.dimension == 16
    vectors = encoder.encode_passages(["El cliente no contesta", "pago"])
    assert [len(vector) for vector in vectors] == [16, 16]
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert vectors[1] == pytest.approx(encoder.encode_query("¡PAGO!"))
    assert encoder.encode_passages([]) == []


def test_a_text_without_a_known_word_is_all_zeros(tmp_path: Path) -> None:
    encoder = StaticEncoder(static_folder(tmp_path / "mini"))
    assert encoder.encode_query("xyz") == [0.0] * 16
    assert encoder.encode_query("") == [0.0] * 16


def test_prompts_of_the_folder_are_used(tmp_path: Path) -> None:
    plain = StaticEncoder(static_folder(tmp_path / "a"))
    prompted = StaticEncoder(static_folder(tmp_path / "b", prompts={"query": "cliente ", "document": "contrato "}))
    assert prompted.encode_query("pago") == plain.encode_query("cliente pago")
    assert prompted.encode_passages(["pago"]) == plain.encode_passages(["contrato pago"])


def test_the_id_is_the_name_and_the_content(tmp_path: Path) -> None:
    folder = static_folder(tmp_path / "mini")
    known = encoder_id(folder)
    assert known.startswith("mini-")
    shutil.copytree(folder, tmp_path / "otra" / "mini")
    assert encoder_id(tmp_path / "otra" / "mini") == known
    (folder / "README.md").write_text("nada", encoding="utf-8")
    assert encoder_id(folder) == known
    static_folder(folder, seed=4)
    assert encoder_id(folder) != known


def test_a_damaged_small_bert_is_said(tmp_path: Path) -> None:
    for name in ("tokenizer.json", "model.safetensors", "config.json", "sentence_bert_config.json"):
        folder = tmp_path / name
        shutil.copytree(resource("models", "included", "encoder"), folder)
        (folder / name).write_text("<html>", encoding="utf-8")
        with pytest.raises(ModelError):
            BertEncoder(folder)
    assert not is_small_bert(static_folder(tmp_path / "mini"))
    with pytest.raises(ModelError, match="no es del tipo"):
        BertEncoder(static_folder(tmp_path / "mini"))


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("1_Pooling/config.json", {"pooling_mode_mean_tokens": False, "pooling_mode_cls_token": True}),
        ("1_Pooling/config.json", {"pooling_mode_max_tokens": True}),
        ("config_sentence_transformers.json", {"prompts": {"query": "query: "}}),
        ("config.json", {"hidden_act": "gelu"}),
    ],
)
def test_what_would_give_other_vectors_is_left_to_the_library(
    tmp_path: Path, name: str, changed: dict[str, object]
) -> None:
    folder = tmp_path / "otro"
    shutil.copytree(resource("models", "included", "encoder"), folder)
    assert is_small_bert(folder)
    values = json.loads((folder / name).read_text(encoding="utf-8")) | changed
    (folder / name).write_text(json.dumps(values), encoding="utf-8")
    assert not is_small_bert(folder)


def test_folders_that_are_no_encoder(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no hay ningún codificador"):
        StaticEncoder(tmp_path / "nada")
    with pytest.raises(ModelError):
        LibraryEncoder(tmp_path / "nada")
    for name in ("tokenizer.json", "model.safetensors", "modules.json"):
        folder = static_folder(tmp_path / name)
        (folder / name).write_text("<html>", encoding="utf-8")
        with pytest.raises(ModelError):
            StaticEncoder(folder)
    folder = static_folder(tmp_path / "corto", dimension=8)
    shutil.copy(resource("models", "included", "encoder") / "tokenizer.json", folder)
    with pytest.raises(ModelError, match="no se corresponden"):
        StaticEncoder(folder)


def test_encoding_a_query_imports_neither_torch_nor_the_library() -> None:
    code = (
        "import sys\n"
        "from reflexiona.adapters.bert_encoder import BertEncoder\n"
        "from reflexiona.paths import resource\n"
        "assert any(BertEncoder(resource('models', 'included', 'encoder')).encode_query('Me debe dinero'))\n"
        "assert not {'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.slow
def test_the_included_encoder_gives_the_vectors_of_the_library() -> None:
    folder = resource("models", "included", "encoder")
    ours, theirs = BertEncoder(folder), LibraryEncoder(folder)
    assert (ours.id, ours.dimension) == (theirs.id, theirs.dimension)
    for text in TEXTS:
        np.testing.assert_allclose(ours.encode_query(text), theirs.encode_query(text), atol=1e-4)
    np.testing.assert_allclose(ours.encode_passages(TEXTS), theirs.encode_passages(TEXTS), atol=1e-4)
    assert theirs.encode_passages([]) == []
    assert library_version()


@pytest.mark.slow
def test_prompts_mean_the_same_to_both(tmp_path: Path) -> None:
    folder = static_folder(tmp_path / "mini", prompts={"query": "cliente ", "document": "contrato "})
    ours, theirs = StaticEncoder(folder), LibraryEncoder(folder)
    np.testing.assert_allclose(ours.encode_query("pago"), theirs.encode_query("pago"), atol=1e-4)
    np.testing.assert_allclose(ours.encode_passages(["pago"]), theirs.encode_passages(["pago"]), atol=1e-4)


@pytest.mark.slow
def test_any_other_folder_goes_through_the_library(tmp_path: Path) -> None:
    folder = bert_folder(tmp_path / "bert")
    assert not is_static(folder)
    assert is_static(static_folder(tmp_path / "mini"))
    with pytest.raises(ModelError, match="no es estático"):
        StaticEncoder(folder)
    encoder = LibraryEncoder(folder)
    assert encoder.dimension == 16
    vectors = encoder.encode_passages(["el cliente no contesta", "factura"])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(encoder.encode_query("factura"), vectors[1], atol=1e-5)
