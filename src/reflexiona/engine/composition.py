"""The composition root: which parts this program is made of. Imported by the worker once its descriptors are safe.

chromadb, torch and llama.cpp take long to import, so they are imported when they are first needed, in the thread that
needs them, one at a time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from reflexiona.adapters import chroma
from reflexiona.adapters.linear_reader import LinearReader
from reflexiona.adapters.sentence_transformers import LibraryEncoder
from reflexiona.adapters.static_encoder import StaticEncoder, encoder_id, is_static
from reflexiona.corpus.library import Library, load_library
from reflexiona.corpus.lists import Lists, load_help_lines, load_lists
from reflexiona.corpus.phrases import load_phrases
from reflexiona.corpus.shipped import load_shipped
from reflexiona.engine import imports
from reflexiona.engine.core import Core
from reflexiona.engine.index_opening import IndexOpening, Opened
from reflexiona.engine.model_opening import open_model
from reflexiona.engine.model_slot import ModelSlot
from reflexiona.indexing.generations import IndexFolder
from reflexiona.indexing.opening import open_index
from reflexiona.paths import DataFolder, resource
from reflexiona.pipeline import Pipeline
from reflexiona.ports import Encoder
from reflexiona.prompts import load_prompts
from reflexiona.settings import load_settings
from reflexiona.stages.read import ReadStage
from reflexiona.stages.retrieve import Retriever


class SystemClock:
    """The port `Clock`."""

    def now(self) -> str:
        """ISO 8601, UTC, seconds."""
        return datetime.now(UTC).isoformat(timespec="seconds")

    def monotonic(self) -> float:
        """Seconds, for durations."""
        return time.monotonic()


def compose(data: DataFolder) -> tuple[Core, ModelSlot]:
    """The parts, put together; the index goes on opening in a thread.

    Raises:
        ReflexionaError: the corpus, the settings or the included models cannot be read.
    """
    corpus = resource("corpus")
    folder = encoder_folder(load_settings(data.settings).encoder)
    library, lists = load_library(corpus), load_lists(corpus)
    index = IndexOpening(lambda: _open(data, library, lists, folder))
    index.begin()
    pipeline = Pipeline(
        read=ReadStage(LinearReader(resource("models", "included", "reader"))),
        retriever=lambda: index.get().retriever,
        lists=lists,
        phrases=load_phrases(corpus),
        prompts=load_prompts(resource("prompts")),
        help_lines=load_help_lines(corpus),
        clock=SystemClock(),
    )
    slot = ModelSlot(open_model)
    core = Core(
        turns=pipeline,
        index=index,
        slot=slot,
        rebuild=lambda report: _rebuild(data, library, folder, report),
        encoder=lambda: encoder_id(folder),
        passages=len(library),
    )
    return core, slot


def encoder_folder(setting: str) -> Path:
    """The sentence-transformers folder the settings name, else the included one."""
    return Path(setting).expanduser() if setting else resource("models", "included", "encoder")


def open_encoder(folder: Path) -> Encoder:
    """Runs a static encoder without its library; any other goes through sentence-transformers.

    Raises:
        ModelError: the folder cannot be used.
    """
    return StaticEncoder(folder) if is_static(folder) else _library_encoder(folder)


def _library_encoder(folder: Path) -> Encoder:
    with imports.ALONE:
        return LibraryEncoder(folder)


def _open(data: DataFolder, library: Library, lists: Lists, folder: Path) -> Opened:
    with imports.ALONE:
        chroma.preload()
    encoder = open_encoder(folder)
    index = open_index(data, library, encoder, load_shipped())
    retriever = Retriever(encoder, index.store, index.lexical, library, lists)
    return Opened(index, retriever, len(library), encoder.id)


def _rebuild(data: DataFolder, library: Library, folder: Path, report: Callable[[str, float], None]) -> None:
    """A new generation, every vector made by sentence-transformers."""
    report("cargando sentence-transformers", 0.0)
    IndexFolder(data).build(library, _library_encoder(folder), None, report, anew=True)
