"""The answers under way: one turn is answered at a time, what is sent meanwhile waits. Owns no widget."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reflexiona.domain import Register, Turn, TurnRequest
from reflexiona.errors import ReflexionaError
from reflexiona.events import Event, Finished, Problem, Token
from reflexiona.tui.messages import EngineReady, Failed, Rested, TurnChanged
from reflexiona.tui.notebook import Notebook
from reflexiona.turn_building import advance, seed_of

if TYPE_CHECKING:
    from textual.message import Message

    from reflexiona.tui.engine import Engine
    from reflexiona.tui.keeper import Keeper


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the desk takes from the world, and from the settings."""

    now: Callable[[], str]
    """ISO 8601, UTC."""
    new_id: Callable[[], str]
    country: str = ""
    register: str = ""

    def request(self, text: str, history: tuple[Turn, ...], seed: int = 0) -> TurnRequest:
        """What the engine is asked for a text after other turns."""
        register = Register(self.register) if self.register else None
        return TurnRequest(text, history=history, register=register, country=self.country, seed=seed)


class Answering:
    """Hands turns to the engine and keeps what comes. Call everything from the event loop's thread."""

    def __init__(
        self, engine: Engine, keeper: Keeper, say: Callable[[Message], object], surroundings: Surroundings
    ) -> None:
        self._engine = engine
        self._say = say
        self._world = surroundings
        self._queue: deque[tuple[str, str]] = deque()
        self._wake = asyncio.Event()
        self._ready = False
        self.notebook = Notebook(keeper, surroundings.now)
        self.running: tuple[str, str] | None = None
        """Conversation and turn that is being answered."""

    @property
    def busy(self) -> bool:
        """Whether anything is being answered or waits for it."""
        return bool(self._pending)

    def suit(self, country: str, register: str) -> None:
        """From now on, turns are asked with this country and this register of the settings."""
        self._world = replace(self._world, country=country, register=register)

    @property
    def country(self) -> str:
        """As in the settings."""
        return self._world.country

    def pending(self, case_id: str, turn_id: str) -> bool:
        """Whether this turn is being answered or waits for it."""
        return (case_id, turn_id) in self._pending

    def answering(self, case_id: str) -> bool:
        """Whether anything in a conversation is being answered or waits for it."""
        return any(pending == case_id for pending, _ in self._pending)

    async def cancel(self) -> bool:
        """Stops the running answer, or takes back the one that waits longest. What was written stays."""
        if self.running is not None:
            await self._engine.cancel()
            return True
        if self._queue:
            self._change(*self._queue.popleft(), Finished("cancelled"))
            if not self._queue:
                self._say(Rested())
            return True
        return False

    async def run(self) -> None:
        """Starts the engine and answers what is asked, for ever."""
        await self._start()
        while True:
            await self._wake.wait()
            while self._queue:
                self.running = self._queue.popleft()
                await self._answer(*self.running)
                self.running = None
                await self._look()
            self._wake.clear()
            self._say(Rested())

    async def close(self) -> None:
        """Writes down what there is of a running answer, so that it can be retaken, and ends the engine."""
        self.notebook.write()
        await self._engine.close()

    def _enqueue(self, case_id: str, turn_id: str) -> bool:
        """Takes in a turn to answer; returns whether it has to wait."""
        waiting = self.busy or not self._ready
        self._queue.append((case_id, turn_id))
        self._wake.set()
        return waiting

    @property
    def _pending(self) -> tuple[tuple[str, str], ...]:
        return (*([self.running] if self.running else []), *self._queue)

    async def _start(self) -> None:
        try:
            await self._engine.start()
        except ReflexionaError as error:
            self._say(Failed(error))
            return
        self._ready = True
        await self._look()

    async def _look(self) -> None:
        """Says which model is in use: it may have been let go after a crash."""
        with suppress(ReflexionaError):  # what is wrong with the engine is said by the turn that meets it
            self._say(EngineReady((await self._engine.status()).model))

    async def _answer(self, case_id: str, turn_id: str) -> None:
        try:
            if not self._ready:
                await self._start()
            turn, history = self.notebook.turn(case_id, turn_id), self.notebook.before(case_id, turn_id)
            async for event in self._engine.ask(self._world.request(turn.text, history, seed_of(turn))):
                self._change(case_id, turn_id, event)
        except ReflexionaError as error:
            self._change(case_id, turn_id, Problem(error.message, error.remedy))
        except Exception as error:  # whatever it is, what was written stays and the next question is still answered
            said = f"Algo falló dentro de Reflexiona ({type(error).__name__})."
            self._change(case_id, turn_id, Problem(said, "Vuelve a intentarlo."))
        if self.notebook.turn(case_id, turn_id).status == "streaming":
            self._change(case_id, turn_id, Finished("error"))

    def _change(self, case_id: str, turn_id: str, event: Event) -> None:
        before = self.notebook.turn(case_id, turn_id)
        turn = advance(before, event)
        if turn is not before:
            self.notebook.put(case_id, turn, soon=isinstance(event, Token))
        self._say(TurnChanged(case_id, turn, event))
