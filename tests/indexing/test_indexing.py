"""Generations of the index: derived, swapped whole, made anew where something changed or was lost."""

from __future__ import annotations

import shutil
from pathlib import Path
from stat import S_IMODE

import pytest

from reflexiona.adapters.static_encoder import StaticEncoder
from reflexiona.corpus.library import passage_hash
from reflexiona.corpus.shipped import ShippedVectors, load_shipped
from reflexiona.files import FileLock
from reflexiona.indexing.generations import POINTER, WRITER, IndexBusyError, IndexFolder
from reflexiona.indexing.manifest import VECTORS, manifest_for
from reflexiona.indexing.opening import open_index
from reflexiona.paths import DataFolder
from tests.support.encoders import static_folder
from tests.support.indexing import CHANGED, LIBRARY, Counting, first, names


def test_the_first_start_builds_and_the_next_one_opens(data: DataFolder, encoder: Counting) -> None:
    said: list[tuple[str, float]] = []
    index = open_index(data, LIBRARY, encoder, report=lambda phase, fraction: said.append((phase, fraction)))
    assert index.generation == "g0001"
    assert index.notice == ""
    assert first(index, encoder, "la factura del cliente que no contesta")[0] in ("uno#1", "uno#2")
    assert first(index, encoder, "factura") == ("uno#2", "uno#2")
    assert said[0] == ("codificando los pasajes", 0.0)
    assert said[-1] == ("índice terminado", 1.0)
    index.close()
    again = open_index(data, LIBRARY, encoder, report=lambda phase, fraction: pytest.fail(phase))
    assert again.generation == "g0001"
    again.close()
    assert len(encoder.asked) == 4


def test_shipped_vectors_are_used_where_passage_and_encoder_are_the_same(
    data: DataFolder, encoder: Counting, shipped: ShippedVectors, tmp_path: Path
) -> None:
    encoder.asked = []
    folder = IndexFolder(data)
    folder.build(LIBRARY, encoder, shipped)
    assert encoder.asked == []
    folder.build(CHANGED, encoder, shipped)
    assert encoder.asked == ["Sobre uno › Parte 4\nUn contrato con fecha."]
    other = Counting(static_folder(tmp_path / "otro", seed=9))
    folder.build(LIBRARY, other, shipped)
    assert len(other.asked) == 4


def test_vectors_of_the_generation_in_use_are_used_again(data: DataFolder, encoder: Counting, tmp_path: Path) -> None:
    folder = IndexFolder(data)
    folder.build(LIBRARY, encoder)
    encoder.asked = []
    changed = folder.build(CHANGED, encoder)
    assert encoder.asked == ["Sobre uno › Parte 4\nUn contrato con fecha."]
    folder.build(CHANGED, encoder, anew=True)
    assert len(encoder.asked) == 1 + 4
    kept = load_shipped(folder.build(LIBRARY, encoder) / VECTORS)
    assert kept
    assert set(kept.rows) == {passage_hash(passage) for passage in LIBRARY}  # nothing of what is gone
    assert not changed.exists()
    other = Counting(static_folder(tmp_path / "otro", seed=9))
    folder.build(LIBRARY, other)
    assert len(other.asked) == 4


def test_a_changed_manifest_makes_a_new_generation(data: DataFolder, encoder: Counting, tmp_path: Path) -> None:
    folder = IndexFolder(data)
    one = folder.build(LIBRARY, encoder)
    assert folder.current(manifest_for(LIBRARY, encoder.id)) == one
    assert folder.current(manifest_for(CHANGED, encoder.id)) is None
    assert folder.current(manifest_for(LIBRARY, "otro-1")) is None
    two = folder.build(CHANGED, encoder)
    assert (one.name, two.name) == ("g0001", "g0002")
    assert folder.current(manifest_for(CHANGED, encoder.id)) == two
    assert names(data) == ["g0002"]
    three = folder.build(CHANGED, encoder, anew=True)
    assert names(data) == [three.name] == ["g0003"]
    assert folder.build(CHANGED, encoder) == three


def test_it_is_private(data: DataFolder, encoder: Counting) -> None:
    IndexFolder(data).build(LIBRARY, encoder)
    paths = [data.root, *data.root.rglob("*")]
    assert {S_IMODE(path.stat().st_mode) for path in paths if path.is_dir()} == {0o700}
    assert {S_IMODE(path.stat().st_mode) for path in paths if path.is_file()} == {0o600}


def test_losing_it_costs_nothing(data: DataFolder, encoder: Counting) -> None:
    open_index(data, LIBRARY, encoder).close()
    shutil.rmtree(data.index)
    index = open_index(data, LIBRARY, encoder)
    assert first(index, encoder, "factura") == ("uno#2", "uno#2")
    index.close()


@pytest.mark.parametrize("pointer", [b"", b"g0009", b"../..", b"\xff\xfe", b"g0001/../g0001"])
def test_a_pointer_to_nowhere(data: DataFolder, encoder: Counting, pointer: bytes) -> None:
    IndexFolder(data).build(LIBRARY, encoder)
    (data.index / POINTER).write_bytes(pointer)
    index = open_index(data, LIBRARY, encoder)
    assert index.generation == "g0001"
    index.close()


@pytest.mark.parametrize(
    "name",
    [
        *("link_lists.bin", "data_level0.bin", "chroma.sqlite3", "fts.sqlite3", "manifest.json", "header.bin"),
        "vectors.npy",
    ],
)
def test_a_damaged_generation_is_replaced(data: DataFolder, encoder: Counting, name: str) -> None:
    generation = IndexFolder(data).build(LIBRARY, encoder)
    path = min(generation.rglob(name), key=lambda found: len(found.parts))
    path.write_bytes(b"\0" * max(100, path.stat().st_size))
    index = open_index(data, LIBRARY, encoder)
    assert index.generation == "g0002" if name != "manifest.json" else "g0001"
    assert first(index, encoder, "factura") == ("uno#2", "uno#2")
    index.close()


def test_vectors_of_another_encoder_never_serve(data: DataFolder, encoder: Counting, tmp_path: Path) -> None:
    IndexFolder(data).build(LIBRARY, encoder)
    other = StaticEncoder(static_folder(tmp_path / "otro", seed=9))
    with FileLock.exclusive(data.index / WRITER) or pytest.fail("the lock is free"), pytest.raises(IndexBusyError):
        open_index(data, LIBRARY, other, patience=0.1)
