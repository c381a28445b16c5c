"""What the worker does with each request, given its parts. Chooses none of them: `composition` does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Protocol

from reflexiona.domain import TurnRequest
from reflexiona.engine.index_opening import IndexOpening
from reflexiona.engine.model_slot import LentModel, ModelSlot
from reflexiona.engine.protocol import Ask, MeasureSpeed, ReadAhead, Search, Status
from reflexiona.engine.service import Emit
from reflexiona.errors import ModelError
from reflexiona.events import (
    DraftRead,
    Event,
    Finished,
    Notice,
    Progress,
    SearchReady,
    SpeedReady,
    StatusReady,
    TokensCounted,
)
from reflexiona.ports import Generator, Spent

_LIBRARIES = ("textual", "chromadb", "sentence-transformers", "llama-cpp-python", "torch", "numpy", "tokenizers")


class Turns(Protocol):
    """What answers turns: the pipeline."""

    def turn(self, request: TurnRequest, generator: Generator | None) -> Iterator[Event]:
        """The events of a turn, `Finished` last."""

    def read_ahead(self, request: TurnRequest, generator: Generator) -> int:
        """Has the model read a turn that is still being written; returns the tokens, 0 where there is nothing to."""


class Core:
    """Fulfils `service.Work` for all requests but the loading of models and the making of an index.

    Args:
        turns: answers turns.
        index: opened when first needed.
        slot: lends the model.
        encoder: what is said of the chosen encoder while the index is not open.
        passages: how many there are, as far as known while the index is not open.
        reads_ahead: whether the person wants the model to read while they write.
    """

    def __init__(
        self,
        *,
        turns: Turns,
        index: IndexOpening,
        slot: ModelSlot,
        encoder: Callable[[], str],
        passages: int,
        reads_ahead: Callable[[], bool] = lambda: True,
    ) -> None:
        self._turns = turns
        self._index = index
        self._slot = slot
        self._encoder = encoder
        self._passages = passages
        self._reads_ahead = reads_ahead

    def answer(self, content: Any, emit: Emit) -> Iterator[Event]:
        """The events that answer a request: all of them from the same index."""
        with self._index.in_use():
            yield from self._answer(content, emit)

    def _answer(self, content: Any, emit: Emit) -> Iterator[Event]:
        match content:
            case Ask(turn):
                yield from self._ask(turn, emit)
            case ReadAhead(turn):
                yield DraftRead(self._read_ahead(turn))
            case Search(query, n):
                yield SearchReady(self._index.get().retriever.search(query, n))
            case MeasureSpeed(text, new_tokens):
                yield self._speed(text, new_tokens, emit)
            case Status(complete):
                yield self._status(complete)
            case _:
                raise TypeError(type(content).__name__)

    def expect(self, content: Any) -> None:
        """Nothing to prepare."""

    def skip(self, content: Any) -> None:
        """Nothing was prepared."""

    def stop(self) -> None:
        """Stops the model."""
        self._slot.stop_turn()

    def resume(self) -> None:
        """Takes `stop` back."""
        self._slot.resume_turn()

    def _ask(self, turn: TurnRequest, emit: Emit) -> Iterator[Event]:
        model = self._slot.lend(emit) if turn.use_model else None
        if model:
            model.on_progress(lambda fraction: emit(Progress("leyendo tu mensaje", fraction)))
        for event in self._turns.turn(turn, model):
            if isinstance(event, Finished):
                yield from self._remarks(model)
            yield event

    def _read_ahead(self, turn: TurnRequest) -> int:
        """Only with what is there already: a turn that comes meanwhile would wait for what is opened here."""
        model = self._slot.lend(lambda _event: None) if turn.use_model and self._reads_ahead() else None
        return self._turns.read_ahead(turn, model) if model and self._index.peek() else 0

    def _speed(self, text: str, new_tokens: int, emit: Emit) -> SpeedReady:
        model = self._slot.lend(emit)
        if model is None:
            raise ModelError("No hay ningún modelo en uso.", "Elige uno: reflexiona modelos usa NOMBRE")
        model.on_progress(lambda fraction: emit(Progress("midiendo la velocidad", fraction)))
        return SpeedReady(*model.speed(text, new_tokens))

    def _remarks(self, model: LentModel | None) -> Iterator[Event]:
        if model and model.spent != Spent():
            spent = model.spent
            yield TokensCounted(spent.read, spent.spared, spent.chosen, spent.written)
        if notice := self._index.take_notice():
            yield Notice(notice)

    def _status(self, complete: bool) -> StatusReady:
        opened = self._index.get() if complete else self._index.peek()
        versions = tuple((name, found) for name in _LIBRARIES if (found := _version(name)))
        generation = opened.index.generation if opened else ""
        passages = opened.passages if opened else self._passages
        encoder = opened.encoder if opened else self._encoder()
        return StatusReady(passages, encoder, generation, self._slot.name, versions)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
