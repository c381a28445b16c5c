"""The composition root: which parts this program is made of. Imported by the worker once its descriptors are safe.

chromadb, torch and llama.cpp take long to import, so they are imported when they are first needed, in the thread that
needs them, one at a time.
"""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple

from reflexiona.adapters.bert_encoder import BertEncoder
from reflexiona.adapters.linear_reader import LinearReader
from reflexiona.adapters.told import ToldFacts
from reflexiona.corpus.library import load_library
from reflexiona.corpus.lists import load_help_lines, load_lists
from reflexiona.corpus.phrases import load_phrases
from reflexiona.engine.core import Core
from reflexiona.engine.index_making import IndexMaker, encoder_folder
from reflexiona.engine.index_opening import IndexOpening
from reflexiona.engine.model_opening import open_model
from reflexiona.engine.model_slot import ModelSlot, Trial
from reflexiona.engine.reindexing import Reindexing
from reflexiona.models.included import included_words
from reflexiona.paths import DataFolder, resource
from reflexiona.pipeline import Pipeline
from reflexiona.prompts import load_prompts
from reflexiona.settings import load_settings
from reflexiona.stages.own_words import load_own_words
from reflexiona.stages.read import ReadStage

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


class Parts(NamedTuple):
    """What the lanes of a worker do."""

    core: Core
    slot: ModelSlot
    reindexing: Reindexing


def compose(data: DataFolder) -> Parts:
    """The parts, put together; the index goes on opening in a thread.

    Raises:
        ReflexionaError: the corpus, the settings or the included models cannot be read.
    """
    load_settings(data.settings)  # one that cannot be read is said before anything else
    corpus = resource("corpus")
    library, lists = load_library(corpus), load_lists(corpus)
    included = BertEncoder(encoder_folder(""))  # the reader's own, whatever the settings name for the search
    maker = IndexMaker(data, library, lists, included)
    index = IndexOpening(maker.open)
    index.begin()
    read = ReadStage(
        LinearReader(resource("models", "included", "reader"), included),
        ToldFacts(corpus / "hechos"),
        {passage.id: passage.suits for passage in library if passage.scene},
    )
    _practise(read)
    pipeline = Pipeline(
        read=read,
        retriever=lambda: index.get().retriever,
        lists=lists,
        phrases=load_phrases(corpus),
        prompts=load_prompts(resource("prompts")),
        words=load_own_words(included_words()),
        encoder=included,
        help_lines=load_help_lines(corpus),
        clock=SystemClock(),
    )
    slot = ModelSlot(partial(open_model, data=data), Trial(system=pipeline.fixed_prompt))
    core = Core(
        turns=pipeline,
        index=index,
        slot=slot,
        encoder=maker.chosen,
        passages=len(library),
        reads_ahead=lambda: load_settings(data.settings).read_ahead,
    )
    return Parts(core, slot, Reindexing(index, maker.rebuild, maker.prune))


def _practise(read: ReadStage) -> None:
    """Reads a text while the person still writes theirs: the first one costs half a second more than any other.

    A single question on the command line is over before that.
    """
    practice = threading.Timer(_PRACTICE_AFTER, read.read, (_PRACTICE,))
    practice.daemon = True
    practice.start()
