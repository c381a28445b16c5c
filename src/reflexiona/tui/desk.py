"""The conversation on the table, and the answers under way.

Owns no widget: it says what happens through messages. One turn is answered at a time; what is sent meanwhile waits.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reflexiona.domain import Conversation, Turn
from reflexiona.errors import ReflexionaError
from reflexiona.events import Event, Finished, Problem, Token
from reflexiona.situation import clean, title_of
from reflexiona.tui.messages import EngineReady, Failed, Opened, Rested, TurnAdded, TurnChanged, TurnRetaken
from reflexiona.tui.notebook import Notebook
from reflexiona.turn_building import advance, again, begun

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


class Desk:
    """The desk. Call everything from the event loop's thread."""

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
        self.current: str | None = None
        """Id of the conversation on the table."""
        self.running: tuple[str, str] | None = None
        """Conversation and turn that is being answered."""

    @property
    def conversation(self) -> Conversation | None:
        """The conversation on the table; None: an empty page."""
        return self.notebook[self.current] if self.current else None

    @property
    def busy(self) -> bool:
        """Whether anything is being answered or waits for it."""
        return bool(self._pending)

    def pending(self, case_id: str, turn_id: str) -> bool:
        """Whether this turn is being answered or waits for it."""
        return (case_id, turn_id) in self._pending

    def open(self, conversation: Conversation | None) -> None:
        """Puts a conversation on the table. One that is being answered goes on being answered, as it is in hand."""
        if conversation is not None and all(case_id != conversation.id for case_id, _ in self._pending):
            self.notebook.lay(conversation)
        self.current = conversation.id if conversation else None
        self._say(Opened(self.conversation))

    def ask(self, text: str) -> Turn:
        """Adds a turn to the conversation on the table, or to a new one; it is kept before anything else happens."""
        text, now = clean(text), self._world.now()
        known, case_id = self.current is not None, self.current or self._world.new_id()
        turn = begun(self._world.new_id(), text, now)
        if known:
            self.notebook.put(case_id, turn)
        else:  # both in one write: whatever happens, there is no conversation without its text
            self.notebook.begin(Conversation(case_id, title_of(text), now, now, (turn,)))
            self.current = case_id
        self.notebook.remember(text)
        waiting = self.busy or not self._ready
        self._queue.append((case_id, turn.id))
        self._wake.set()
        self._say(TurnAdded(case_id, turn, waiting=waiting))
        return turn

    def retake(self) -> bool:
        """Asks the last turn of the conversation again, when it did not come to its end."""
        case = self.conversation
        if case is None or not case.turns or case.turns[-1].status == "done":
            return False
        if self.pending(case.id, case.turns[-1].id):
            return False
        turn = again(case.turns[-1])
        self.notebook.put(case.id, turn)
        self._queue.append((case.id, turn.id))
        self._wake.set()
        self._say(TurnRetaken(case.id, turn))
        return True

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
            request = self.notebook.request(case_id, turn_id, self._world.register, self._world.country)
            async for event in self._engine.ask(request):
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
