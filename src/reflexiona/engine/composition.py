"""The composition root: which parts this program is made of. Imported by the worker once its descriptors are safe.

chromadb, torch and llama.cpp take long to import, so they are imported when they are first needed, in the thread that
needs them, one at a time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from reflexiona.adapters import chroma
from reflexiona.adapters.bert_encoder import BertEncoder, is_small_bert
from reflexiona.adapters.encoder_folder import encoder_id
from reflexiona.adapters.linear_reader import LinearReader
from reflexiona.adapters.sentence_transformers import LibraryEncoder
from reflexiona.adapters.static_encoder import StaticEncoder, is_static
from reflexiona.corpus.library import Library, load_library
from reflexiona.corpus.lists import Lists, load_help_lines, load_lists
from reflexiona.corpus.phrases import load_phrases
from reflexiona.corpus.shipped import load_shipped
from reflexiona.documents.joining import join
from reflexiona.engine import imports
from reflexiona.engine.core import Core
from reflexiona.engine.index_opening import IndexOpening, Opened
from reflexiona.engine.model_opening import open_model
from reflexiona.engine.model_slot import ModelSlot, Trial
from reflexiona.errors import StorageError
from reflexiona.indexing.generations import IndexFolder
from reflexiona.indexing.opening import open_index
from reflexiona.paths import DataFolder, resource
from reflexiona.pipeline import Pipeline
from reflexiona.ports import Encoder
from reflexiona.prompts import load_prompts
from reflexiona.settings import load_settings
from reflexiona.stages.read import ReadStage
from reflexiona.stages.retrieve import Retriever

_PRACTICE_AFTER = 1.5
"""Seconds."""
_PRACTICE = "No me paga, no contesta, pide cambios gratis, todo es urgente y ya no sé si seguir con este cliente."


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
    included = BertEncoder(encoder_folder(""))  # the reader's own, whatever the settings name for the search
    own = included if folder == encoder_folder("") else None
    index = IndexOpening(lambda: _open(data, library, lists, own or open_encoder(folder)))
    index.begin()
    read = ReadStage(LinearReader(resource("models", "included", "reader"), included))
    _practise(read)
    pipeline = Pipeline(
        read=read,
        retriever=lambda: index.get().retriever,
        lists=lists,
        phrases=load_phrases(corpus),
        prompts=load_prompts(resource("prompts")),
        help_lines=load_help_lines(corpus),
        clock=SystemClock(),
    )
    slot = ModelSlot(partial(open_model, data=data), Trial(system=pipeline.fixed_prompt))
    core = Core(
        turns=pipeline,
        index=index,
        slot=slot,
        rebuild=lambda report, anew: _rebuild(data, library, folder, report, anew),
        prune=lambda: _prune(data),
        encoder=lambda: encoder_id(folder),
        passages=len(library),
        reads_ahead=lambda: load_settings(data.settings).read_ahead,
    )
    return core, slot


def _practise(read: ReadStage) -> None:
    """Reads a text while the person still writes theirs: the first one costs half a second more than any other.

    A single question on the command line is over before that.
    """
    practice = threading.Timer(_PRACTICE_AFTER, read.read, (_PRACTICE,))
    practice.daemon = True
    practice.start()


def encoder_folder(setting: str) -> Path:
    """The sentence-transformers folder the settings name, else the included one."""
    return Path(setting).expanduser() if setting else resource("models", "included", "encoder")


def open_encoder(folder: Path) -> Encoder:
    """Runs a static encoder or a small BERT without the library; any other goes through sentence-transformers.

    Raises:
        ModelError: the folder cannot be used.
    """
    if is_small_bert(folder):
        return BertEncoder(folder)
    return StaticEncoder(folder) if is_static(folder) else _library_encoder(folder)


def _library_encoder(folder: Path) -> Encoder:
    with imports.ALONE:
        return LibraryEncoder(folder)


def _open(data: DataFolder, library: Library, lists: Lists, encoder: Encoder) -> Opened:
    """Opens index and search; the documents are read anew each time."""
    with imports.ALONE:
        chroma.preload()
    joined = join(library, data)
    index = open_index(data, joined.library, encoder, load_shipped())
    notice = " ".join(filter(None, (index.notice, joined.notice)))
    retriever = Retriever(encoder, index.store, index.lexical, joined.library, lists)
    _prune(data)
    return Opened(replace(index, notice=notice), retriever, len(joined.library), encoder.id)


def _rebuild(
    data: DataFolder, shipped: Library, folder: Path, report: Callable[[str, float], None], anew: bool
) -> None:
    """A generation of the corpus as it is now: every vector made by sentence-transformers, or only what is missing."""
    if anew:
        report("cargando sentence-transformers", 0.0)
    encoder = _library_encoder(folder) if anew else open_encoder(folder)
    library = join(shipped, data).library
    IndexFolder(data).build(library, encoder, None if anew else load_shipped(), report, anew=anew)


def _prune(data: DataFolder) -> None:
    """What a removed document left in earlier generations goes as soon as nobody reads them."""
    with suppress(StorageError):  # another process is building: it does the same
        IndexFolder(data).prune()
