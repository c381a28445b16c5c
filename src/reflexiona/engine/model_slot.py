"""The model in use: loaded beside everything else, lent to the turns, exchanged between two of their calls.

A turn may borrow a model that is still being loaded: it waits when it first needs it, not before.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from reflexiona.engine.protocol import UseModel
from reflexiona.engine.service import Emit
from reflexiona.errors import ModelError
from reflexiona.events import Event, ModelReady, Progress
from reflexiona.ports import Cancelled, Choice, Generator, Prompt, Spent, Spoken

_LOOK = 0.2
"""Seconds between two looks at how far the loading is."""
_TRIAL_TOKENS = 4


class StoppableGenerator(Generator, Protocol):
    """A generator that can be stopped from another thread, and closed."""

    @property
    def spent(self) -> Spent:
        """What it has done since it was loaded."""

    def speed(self, text: str, new_tokens: int) -> tuple[int, float, int, float]:
        """Tokens and seconds of reading `text`, tokens and seconds of writing `new_tokens`."""

    def stop(self) -> None:
        """Stops the running call, and later ones until `resume`."""

    def resume(self) -> None:
        """Takes `stop` back."""

    def close(self) -> None:
        """Frees the model."""


Open = Callable[[UseModel, Callable[[float], bool]], StoppableGenerator]
"""Opens a model; the second argument is told a fraction 0–1 and answers whether to go on."""


@dataclass(frozen=True, slots=True)
class Trial:
    """The prompt on which a freshly loaded model has to write a few tokens; its fixed part is read for good."""

    system: str = "Respondes en español."
    known: tuple[str, ...] = ()
    user: str = "Saluda."
    opening: str = ""


class ModelSlot:
    """One model at most. Fulfils `service.Work` for the lane that loads; the other methods are for the turns.

    Args:
        open_model: opens a model.
        trial: on what it is tried; where it begins like the prompts of the turns, they need not read that any more.
    """

    def __init__(self, open_model: Open, trial: Prompt | None = None) -> None:
        self._open = open_model
        self._trial = trial or Trial()
        self._changed = threading.Condition()
        self._expected = 0
        """Requests to load that have come and are not done."""
        self._name = ""
        self._model: StoppableGenerator | None = None
        self._failure: ModelError | None = None
        self._fraction = 0.0
        self._busy = False
        self._stopped = threading.Event()
        self._turn_stopped = threading.Event()

    @property
    def name(self) -> str:
        """Name of the model in use or being loaded; empty: none."""
        return self._name

    # --- loading

    def expect(self, content: UseModel) -> None:
        """From now on, who needs the model waits for this one."""
        with self._changed:
            self._expected += 1
            self._name, self._failure, self._fraction = content.name if content.path else "", None, 0.0

    def answer(self, content: UseModel, emit: Emit) -> Iterator[Event]:
        """Lets the old model go, then loads the new one and has it write a few tokens.

        Raises:
            ModelError: it cannot be used; none is in use then.
            Cancelled: `stop` was called; none is in use then.
        """
        try:
            self._empty()
            if content.path:
                model = self._loaded(content, emit)
                with self._changed:
                    self._model = model
        except ModelError as error:
            with self._changed:
                self._failure = error
            raise
        finally:
            self.skip(content)
        yield ModelReady(content.name if content.path else "")

    def skip(self, content: UseModel) -> None:
        """One expected model less to wait for."""
        with self._changed:
            self._expected -= 1
            if not self._expected:
                self._name = self._model.name if self._model else ""
            self._changed.notify_all()

    def stop(self) -> None:
        """Gives up loading."""
        self._stopped.set()

    def resume(self) -> None:
        """Takes `stop` back."""
        self._stopped.clear()

    # --- lending

    def lend(self, emit: Emit) -> LentModel | None:
        """The model for a turn, or None where there is none."""
        with self._changed:
            return LentModel(self, emit) if self._expected or self._model else None

    def stop_turn(self) -> None:
        """Stops what a turn is doing with the model."""
        self._turn_stopped.set()
        with self._changed:
            if self._model:
                self._model.stop()
            self._changed.notify_all()  # it may still be waiting for a model

    def resume_turn(self) -> None:
        """Takes `stop_turn` back."""
        self._turn_stopped.clear()
        with self._changed:
            if self._model:
                self._model.resume()

    @contextmanager
    def using(self, emit: Emit) -> Iterator[StoppableGenerator]:
        """The loaded model, for one call: it is not exchanged meanwhile.

        Raises:
            ModelError: it could not be loaded, or none is in use any more.
            Cancelled: the turn was stopped while waiting.
        """
        with self._changed:
            shown = -1.0
            while self._expected:
                if self._turn_stopped.is_set():
                    raise Cancelled
                if self._fraction != shown:
                    shown = self._fraction
                    emit(Progress("cargando el modelo", shown))
                self._changed.wait(_LOOK)
            model = self._model
            if model is None:
                raise self._failure or ModelError("Ya no hay ningún modelo en uso.")
            if self._turn_stopped.is_set():
                model.stop()
            self._busy = True
        try:
            yield model
        finally:
            with self._changed:
                self._busy = False
                self._changed.notify_all()

    def _empty(self) -> None:
        with self._changed:
            while self._busy:
                self._changed.wait()
            model, self._model = self._model, None
        if model:
            model.close()

    def _loaded(self, content: UseModel, emit: Emit) -> StoppableGenerator:
        def loading(fraction: float) -> bool:
            if fraction - self._fraction >= 0.05:
                self._fraction = fraction
                emit(Progress("cargando el modelo", fraction))
            return not self._stopped.is_set()

        model = self._open(content, loading)
        try:
            trial = Trial() if model.confined else self._trial
            for _ in model.write(trial, max_tokens=_TRIAL_TOKENS, seed=0):
                if self._stopped.is_set():
                    raise Cancelled
        except BaseException:
            model.close()
            raise
        return model


class LentModel:
    """The port `Generator` on whatever model is in the slot when it is called."""

    def __init__(self, slot: ModelSlot, emit: Emit) -> None:
        self._slot = slot
        self._emit = emit
        self._report: Callable[[float], None] = lambda _fraction: None
        self.spent = Spent()
        """What the model did in these calls."""

    @property
    def name(self) -> str:
        """The name under which the person knows the model."""
        return self._slot.name

    @property
    def weight(self) -> float:
        """How much its opinion counts; see the port."""
        with self._lent() as model:
            return model.weight

    @property
    def confined(self) -> bool:
        """Whether it is asked only for what it does well; see the port."""
        with self._lent() as model:
            return model.confined

    @property
    def context_size(self) -> int:
        """Tokens of prompt and answer together."""
        with self._lent() as model:
            return model.context_size

    def count_tokens(self, text: str) -> int:
        """How many tokens a text takes as a part of a prompt."""
        with self._lent() as model:
            return model.count_tokens(text)

    def frame_tokens(self, system: str) -> int:
        """How many tokens a prompt takes besides the person's part and the answer's opening."""
        with self._lent() as model:
            return model.frame_tokens(system)

    def read(self, prompt: Prompt, reserve: int) -> int:
        """Evaluates a prompt for later; see the port."""
        with self._lent() as model:
            return model.read(prompt, reserve)

    def on_progress(self, report: Callable[[float], None]) -> None:
        """`report(fraction)` is called while a prompt is being read."""
        self._report = report

    def choose(self, prompt: Prompt, alternatives: Sequence[str]) -> Choice:
        """Scores each alternative; see the adapter."""
        with self._lent() as model:
            return model.choose(prompt, alternatives)

    def write(self, prompt: Prompt, *, max_tokens: int, seed: int) -> Spoken:
        """Streams text; see the adapter."""
        with self._lent() as model:
            return (yield from model.write(prompt, max_tokens=max_tokens, seed=seed))

    def speed(self, text: str, new_tokens: int) -> tuple[int, float, int, float]:
        """How quick the model is; see the adapter."""
        with self._lent() as model:
            return model.speed(text, new_tokens)

    @contextmanager
    def _lent(self) -> Iterator[StoppableGenerator]:
        with self._slot.using(self._emit) as model:
            model.on_progress(self._report)
            before = model.spent
            try:
                yield model
            finally:
                self.spent = self.spent.plus(model.spent.since(before))
