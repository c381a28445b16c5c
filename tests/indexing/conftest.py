"""A data folder, an encoder, and vectors that came with the program."""

from __future__ import annotations

from pathlib import Path

import pytest

from reflexiona.adapters.static_encoder import StaticEncoder
from reflexiona.corpus.library import indexed_text, passage_hash
from reflexiona.corpus.shipped import ShippedVectors, load_shipped, save_shipped
from reflexiona.paths import DataFolder
from tests.support.encoders import static_folder
from tests.support.indexing import LIBRARY, Counting


@pytest.fixture
def data(home: Path) -> DataFolder:
    return DataFolder(home)


@pytest.fixture
def encoder(tmp_path: Path) -> Counting:
    return Counting(static_folder(tmp_path / "mini"))


@pytest.fixture
def shipped(tmp_path: Path, encoder: Counting) -> ShippedVectors:
    vectors = StaticEncoder(tmp_path / "mini").encode_passages([indexed_text(passage) for passage in LIBRARY])
    hashes = [passage_hash(passage) for passage in LIBRARY]
    save_shipped(tmp_path / "corpus", encoder=encoder.id, made_with="x", hashes=hashes, vectors=vectors)
    found = load_shipped(tmp_path / "corpus")
    assert found
    return found
