"""What the worker does with each request, given its parts. Chooses none of them: `composition` does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Protocol

from reflexiona.domain import TurnRequest
from reflexiona.engine.index_opening import IndexOpening
from reflexiona.engine.model_slot import LentModel, ModelSlot
from reflexiona.engine.protocol import Ask, Reindex, Search, Status
from reflexiona.engine.service import Emit
from reflexiona.events import Event, Finished, Notice, Progress, SearchReady, StatusReady
from reflexiona.ports import Cancelled, Generator

_LIBRARIES = ("textual", "chromadb", "sentence-transformers", "llama-cpp-python", "torch", "numpy", "tokenizers")
_WORDS_A_TOKEN = 0.6
"""Spanish words a token of a usual model."""


class Turns(Protocol):
    """What answers turns: the pipeline."""

    def turn(self, request: TurnRequest, generator: Generator | None) -> Iterator[Event]:
        """The events of a turn, `Finished` last."""


class Core:
    """Fulfils `service.Work` for all requests but the loading of models.

    Args:
        turns: answers turns.
        index: opened when first needed.
        slot: lends the model.
        rebuild: builds a new generation of the index, anew or with what is there; told how to report a phase and a
            fraction.
        prune: removes generations that nobody reads any more.
        encoder: id of the encoder in use.
        passages: how many there are, as far as known while the index is not open.
    """

    def __init__(
        self,
        *,
        turns: Turns,
        index: IndexOpening,
        slot: ModelSlot,
        rebuild: Callable[[Callable[[str, float], None], bool], object],
        prune: Callable[[], object],
        encoder: Callable[[], str],
        passages: int,
    ) -> None:
        self._turns = turns
        self._index = index
        self._slot = slot
        self._rebuild = rebuild
        self._prune = prune
        self._encoder = encoder
        self._passages = passages
        self._stopped = threading.Event()

    def answer(self, content: Any, emit: Emit) -> Iterator[Event]:
        """The events that answer a request."""
        match content:
            case Ask(turn):
                yield from self._ask(turn, emit)
            case Search(query, n):
                yield SearchReady(self._index.get().retriever.search(query, n))
            case Reindex(anew):
                yield from self._reindex(emit, anew)
            case Status(complete):
                yield self._status(complete)
            case _:
                raise TypeError(type(content).__name__)

    def expect(self, content: Any) -> None:
        """Nothing to prepare."""

    def skip(self, content: Any) -> None:
        """Nothing was prepared."""

    def stop(self) -> None:
        """Stops the model, or the building of an index."""
        self._stopped.set()
        self._slot.stop_turn()

    def resume(self) -> None:
        """Takes `stop` back."""
        self._stopped.clear()
        self._slot.resume_turn()

    def _ask(self, turn: TurnRequest, emit: Emit) -> Iterator[Event]:
        model = self._slot.lend(emit) if turn.use_model else None
        if model:
            model.on_progress(lambda fraction: emit(Progress("leyendo tu mensaje", fraction)))
        for event in self._turns.turn(turn, model):
            if isinstance(event, Finished):
                yield from self._remarks(model)
            yield event

    def _remarks(self, model: LentModel | None) -> Iterator[Event]:
        if model and model.left_out:
            words = max(10, round(model.left_out * _WORDS_A_TOKEN, -1))
            yield Notice(
                f"No todo cabía en la memoria del modelo: no leyó unas {words:.0f} palabras del principio de lo que "
                "se le da. La lectura y los pasajes sí tienen en cuenta el texto entero."
            )
        if notice := self._index.take_notice():
            yield Notice(notice)

    def _reindex(self, emit: Emit, anew: bool) -> Iterator[Event]:
        def report(phase: str, fraction: float) -> None:
            if self._stopped.is_set():
                raise Cancelled
            emit(Progress(phase, fraction))

        self._rebuild(report, anew)
        self._index.reopen()
        self._prune()
        yield Progress("índice en uso", 1.0)

    def _status(self, complete: bool) -> StatusReady:
        opened = self._index.get() if complete else self._index.peek()
        versions = tuple((name, found) for name in _LIBRARIES if (found := _version(name)))
        generation = opened.index.generation if opened else ""
        passages = opened.passages if opened else self._passages
        return StatusReady(passages, self._encoder(), generation, self._slot.name, versions)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
