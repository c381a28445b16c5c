"""What an index was made from: decides whether it still fits, and whether its files are those that were written.

`manifest.json` is the last file of a generation to be written: a folder without it is unfinished.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from reflexiona.adapters import chroma
from reflexiona.corpus.library import SPLITTER_VERSION, Library, content_hash
from reflexiona.files import sync, write_whole
from reflexiona.paths import DIRECTORY_MODE, FILE_MODE

MANIFEST = "manifest.json"
CHROMA, FTS, VECTORS = "chroma", "fts.sqlite3", "vectores"
LAYOUT_VERSION = 2
"""Raised whenever the files of a generation, or the way words are indexed, change."""

_CHANGING = "chroma.sqlite3"  # chromadb writes to it whenever it opens it


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an index is made from. Two equal manifests are served by the same generation."""

    corpus: str
    """`content_hash` of the passages."""
    passages: int
    encoder: str
    splitter: int
    chromadb: str
    layout: int = LAYOUT_VERSION


class Finished(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of `manifest.json`: what the generation is made from, and SHA-256 (hex) of its files."""

    made_from: Manifest
    files: dict[str, str]
    encoder_folder: str = ""
    """Where the encoder lay; empty: not known. No part of what decides whether the generation fits."""


def manifest_for(library: Library, encoder_id: str) -> Manifest:
    """The manifest that an index of these passages by this encoder carries."""
    return Manifest(content_hash(library), len(library), encoder_id, SPLITTER_VERSION, chroma.library_version())


def seal(generation: Path, made_from: Manifest, encoder_folder: str = "") -> None:
    """Finishes a generation: its files reach the disk, then the manifest does."""
    for path in generation.rglob("*"):
        path.chmod(DIRECTORY_MODE if path.is_dir() else FILE_MODE)
        sync(path)
    sync(generation)
    hashes = {path.relative_to(generation).as_posix(): _hash(path) for path in _unchanging(generation)}
    write_whole(generation / MANIFEST, msgspec.json.encode(Finished(made_from, hashes, encoder_folder)))


def read(generation: Path) -> Manifest | None:
    """What a finished generation is made from; None when it is unfinished or its manifest cannot be read."""
    finished = _finished(generation)
    return finished.made_from if finished else None


def read_encoder_folder(generation: Path) -> str:
    """Where the encoder of a finished generation lay; empty: not known."""
    finished = _finished(generation)
    return finished.encoder_folder if finished else ""


def intact(generation: Path) -> bool:
    """Whether the files are those that were written. A damaged vector index can take the whole process down."""
    finished = _finished(generation)
    if finished is None:
        return False
    try:
        return finished.files == {
            path.relative_to(generation).as_posix(): _hash(path) for path in _unchanging(generation)
        }
    except OSError:
        return False


def _finished(generation: Path) -> Finished | None:
    try:
        return msgspec.json.decode((generation / MANIFEST).read_bytes(), type=Finished)
    except (OSError, msgspec.MsgspecError):
        return None


def _files(generation: Path) -> list[Path]:
    return sorted(path for path in generation.rglob("*") if path.is_file())


def _unchanging(generation: Path) -> list[Path]:
    parts = [generation / FTS, *_files(generation / CHROMA), *_files(generation / VECTORS)]
    return [path for path in parts if not path.name.startswith(_CHANGING)]


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
