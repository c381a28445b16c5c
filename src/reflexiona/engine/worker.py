"""The worker process: `python -m reflexiona.engine.worker`. Entry, and the one place where the parts are put together.

Descriptors are taken over before anything else is imported, and chromadb's import runs in a thread beside the rest.
Reads requests on its standard input, answers on its standard output; see `protocol`.
"""

from __future__ import annotations

import faulthandler
import signal
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from reflexiona.engine.protocol import Message, UseModel
from reflexiona.engine.service import Sender, serve
from reflexiona.engine.streams import Log, take_over
from reflexiona.errors import ExitCode, ModelError, ReflexionaError
from reflexiona.events import Problem
from reflexiona.paths import DataFolder, resource

if TYPE_CHECKING:
    from collections.abc import Callable

    from reflexiona.corpus.library import Library
    from reflexiona.corpus.lists import Lists
    from reflexiona.engine.core import Core
    from reflexiona.engine.index_opening import Opened
    from reflexiona.engine.model_slot import ModelSlot, StoppableGenerator
    from reflexiona.ports import Encoder


class SystemClock:
    """The port `Clock`."""

    def now(self) -> str:
        """ISO 8601, UTC, seconds."""
        return datetime.now(UTC).isoformat(timespec="seconds")

    def monotonic(self) -> float:
        """Seconds, for durations."""
        return time.monotonic()


def main() -> int:
    """Runs the worker and returns its exit code."""
    streams = take_over()
    sender = Sender(streams.sink)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the face decides
    try:
        data = DataFolder.locate()
        log = Log(data)
        faulthandler.enable()  # where native code fell, into the log: places only
    except ReflexionaError as error:
        return _refuse(sender, error)
    try:
        core, slot = compose(data)
    except ReflexionaError as error:
        return _refuse(sender, error)
    except ImportError as error:
        log.fault(error)
        return _refuse(
            sender, ReflexionaError(f"Falta una pieza de Reflexiona: {error.name}.", "Reinstala Reflexiona.")
        )
    except Exception as error:
        log.fault(error)
        problem = f"El motor no pudo arrancar ({type(error).__name__})."
        return _refuse(sender, ReflexionaError(problem, f"El detalle está en {log.path}."))
    serve(streams.source, sender, log, work=core, loading=slot)
    return int(ExitCode.DONE)


def compose(data: DataFolder) -> tuple[Core, ModelSlot]:
    """The parts of this program, put together.

    Raises:
        ReflexionaError: the corpus, the settings or the included models cannot be read.
    """
    from reflexiona.adapters import chroma

    threading.Thread(target=chroma.preload, name="chromadb", daemon=True).start()
    from reflexiona.adapters.linear_reader import LinearReader
    from reflexiona.adapters.static_encoder import encoder_id
    from reflexiona.corpus.library import load_library
    from reflexiona.corpus.lists import load_help_lines, load_lists
    from reflexiona.corpus.phrases import load_phrases
    from reflexiona.engine.core import Core
    from reflexiona.engine.index_opening import IndexOpening
    from reflexiona.engine.model_slot import ModelSlot
    from reflexiona.pipeline import Pipeline
    from reflexiona.prompts import load_prompts
    from reflexiona.settings import load_settings
    from reflexiona.stages.read import ReadStage

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
    from reflexiona.adapters.static_encoder import StaticEncoder, is_static

    if is_static(folder):
        return StaticEncoder(folder)
    from reflexiona.adapters.sentence_transformers import LibraryEncoder

    return LibraryEncoder(folder)


def open_model(wanted: UseModel, loading: Callable[[float], bool]) -> StoppableGenerator:
    """Checks a model file's header, then has llama.cpp load it.

    Raises:
        ModelError: the file, or the library, cannot be used.
    """
    from reflexiona.models.preflight import inspect_gguf
    from reflexiona.models.templates import choose_family

    path = Path(wanted.path)
    header = inspect_gguf(path)
    family = choose_family(wanted.template, header.template, header.architecture)
    try:
        from reflexiona.adapters.llama import LlamaGenerator
    except (ImportError, OSError, RuntimeError) as error:
        raise ModelError(
            "No se puede cargar llama.cpp: falta una biblioteca del sistema o está mal instalado.",
            "En Debian o Ubuntu: sudo apt install libgomp1. Si no basta, reinstala llama-cpp-python.",
        ) from error
    return LlamaGenerator(path, wanted.name, family, loading=loading)


def _open(data: DataFolder, library: Library, lists: Lists, folder: Path) -> Opened:
    from reflexiona.corpus.shipped import load_shipped
    from reflexiona.engine.index_opening import Opened
    from reflexiona.indexing.opening import open_index
    from reflexiona.stages.retrieve import Retriever

    encoder = open_encoder(folder)
    index = open_index(data, library, encoder, load_shipped())
    retriever = Retriever(encoder, index.store, index.lexical, library, lists)
    return Opened(index, retriever, len(library), encoder.id)


def _rebuild(data: DataFolder, library: Library, folder: Path, report: Callable[[str, float], None]) -> None:
    """A new generation, every vector made by sentence-transformers."""
    from reflexiona.adapters.sentence_transformers import LibraryEncoder
    from reflexiona.indexing.generations import IndexFolder

    report("cargando sentence-transformers", 0.0)
    IndexFolder(data).build(library, LibraryEncoder(folder), None, report, anew=True)


def _refuse(sender: Sender, error: ReflexionaError) -> int:
    sender(Message(0, Problem(error.message, error.remedy)))
    return int(error.exit_code)


if __name__ == "__main__":
    sys.exit(main())
