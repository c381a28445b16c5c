"""A conversation between the engine and the store: one turn at a time, kept while it grows.

The person's text is on disk before anything is asked; what is answered follows at least once a second, and at the end.
A temporary session has no store and leaves nothing behind.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from reflexiona.branches import branched
from reflexiona.domain import Conversation, Register, Turn, TurnRequest
from reflexiona.errors import ReflexionaError
from reflexiona.events import Event, Finished, ReadingReady, StatusReady, TokensCounted
from reflexiona.situation import clean, title_of
from reflexiona.turn_building import advance, begun, once_more, seed_of

if TYPE_CHECKING:
    from reflexiona.storage.conversations import ConversationStore

WRITE_EVERY = 1.0
"""Seconds between two writes of an answer that is growing."""
_PATIENCE = 2.0
"""Seconds that a cancelled engine has to hand over what it wrote."""


class Asked(Protocol):
    """What a session needs of the engine."""

    def ask(self, turn: TurnRequest) -> AsyncIterator[Event]:
        """The events of a turn, `Finished` last."""

    async def cancel(self) -> None:
        """Stops what is running; its events still end with `Finished`."""

    async def status(self) -> StatusReady:
        """What it has: which model is in use."""


Hear = Callable[[Turn, Event], None]
"""Told of a turn as it stands after an event."""


def unheard(turn: Turn, event: Event) -> None:
    """A `Hear` that tells nobody."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How the person wants to be answered."""

    country: str = ""
    register: str = ""
    use_model: bool = True


@dataclass(slots=True)
class Session:
    """One conversation and what is needed to go on with it."""

    engine: Asked
    store: ConversationStore | None
    """None: temporary."""
    manner: Manner
    conversation: Conversation | None = None
    """None until something was asked."""
    ms: dict[str, int] = field(default_factory=lambda: {"reading": 0, "total": 0})
    """Milliseconds of the last turn: until the reading, and in all."""
    tokens: dict[str, int] | None = None
    """What the last turn cost the model: see `events.TokensCounted`. None: no model took part."""
    unsaved: ReflexionaError | None = None
    """Why the last turn could not be kept to its end, or None."""
    now: Callable[[], str] = lambda: datetime.now(UTC).isoformat(timespec="seconds")
    new_id: Callable[[int], str] = lambda size: os.urandom(size).hex()
    _written: float = 0.0

    async def ask(self, text: str, hear: Hear = unheard) -> Turn:
        """Asks a turn and returns it finished; `hear` is told of each event. However this ends, what came is kept.

        Raises:
            StorageError: the text could not be kept: then nothing was asked.
            EngineError: the worker failed for good.
            CancelledError: the person stopped it.
        """
        turn = begun(self.new_id(8), clean(text), self.now())
        return await self._answered(turn, self._begin(turn), hear)

    async def branch(self, place: int, title: str, text: str | None, hear: Hear = unheard) -> Turn:
        """Goes on otherwise in a conversation of its own, kept like the one before, which stays as it is.

        Args:
            place: of the turn in whose place it goes on, from 0.
            title: of the branch.
            text: None: that turn's own, to be answered with another seed.
            hear: told of each event.

        Raises:
            As `ask`.
        """
        case = self.conversation
        assert case is not None  # it has turns
        new_id, now = self.new_id(8), self.now()
        turn = once_more(case.turns[place], new_id, now) if text is None else begun(new_id, clean(text), now)
        branch = branched(case, place, turn, self.new_id(4), title, lambda: self.new_id(8))
        self._keep_new(branch)
        return await self._answered(turn, branch.turns[:place], hear)

    async def _answered(self, turn: Turn, before: tuple[Turn, ...], hear: Hear) -> Turn:
        """Has a turn answered that is the last of the conversation."""
        events = self.engine.ask(self._request(turn, before))
        coming = asyncio.create_task(_next(events))
        try:
            # shielded: stopping this coroutine must not break off the events, the engine still hands over what it wrote
            while (event := await asyncio.shield(coming)) is not None:
                coming = asyncio.create_task(_next(events))
                turn = advance(turn, event)
                self._measure(event)
                self._keep(turn)
                hear(turn, event)
        except ReflexionaError:
            raise
        except BaseException:
            turn = await self._stopped(turn, events, coming)
            raise
        finally:
            turn = replace(turn, status="error") if turn.status == "streaming" else turn
            self._keep(turn, at_once=True)
        return turn

    def put(self, turn: Turn) -> None:
        """Replaces a turn of the conversation, and keeps it.

        Raises:
            StorageError: it could not be kept.
        """
        assert self.conversation is not None  # it has turns
        turns = tuple(turn if one.id == turn.id else one for one in self.conversation.turns)
        self.conversation = replace(self.conversation, turns=turns, updated=self.now())
        if self.store:
            self.store.save_turn(self.conversation.id, turn, self.conversation.updated)

    async def _stopped(self, turn: Turn, events: AsyncIterator[Event], coming: asyncio.Task[Event | None]) -> Turn:
        """The turn with what the engine hands over once it is told to stop."""
        with suppress(ReflexionaError, TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                await self.engine.cancel()
                while (event := await coming) is not None:
                    turn = advance(turn, event)
                    coming = asyncio.create_task(_next(events))
        coming.cancel()
        return replace(turn, status="cancelled") if turn.status == "streaming" else turn

    def _begin(self, turn: Turn) -> tuple[Turn, ...]:
        """Keeps the text and returns the turns before it."""
        before = self.conversation
        if before is None:
            self._keep_new(Conversation(self.new_id(4), title_of(turn.text), turn.created, turn.created, (turn,)))
            return ()
        self._start()
        if self.store:
            self.store.save_turn(before.id, turn, turn.created)
        self.conversation = replace(before, turns=(*before.turns, turn), updated=turn.created)
        return before.turns

    def _keep_new(self, case: Conversation) -> None:
        """Keeps a conversation that is new, and opens it."""
        self._start()
        if self.store:
            self.store.create(case)
        self.conversation = case

    def _start(self) -> None:
        """A turn begins, and its text is written first."""
        self.unsaved = None
        self._written = time.monotonic()

    def _request(self, turn: Turn, history: tuple[Turn, ...]) -> TurnRequest:
        return TurnRequest(
            turn.text,
            history=history,
            register=Register(self.manner.register) if self.manner.register else None,
            use_model=self.manner.use_model,
            country=self.manner.country,
            seed=seed_of(turn),
        )

    def _measure(self, event: Event) -> None:
        if isinstance(event, ReadingReady):
            self.ms["reading"], self.tokens = event.ms, None
        elif isinstance(event, TokensCounted):
            self.tokens = asdict(event)
        elif isinstance(event, Finished):
            self.ms["total"] = event.ms

    def _keep(self, turn: Turn, *, at_once: bool = False) -> None:
        """Writes the turn down. An answer that cannot be kept is still an answer: the fault is told afterwards."""
        assert self.conversation is not None  # a turn has begun
        now = time.monotonic()
        if not at_once and now - self._written < WRITE_EVERY:
            return
        self._written = now
        case = replace(self.conversation, turns=(*self.conversation.turns[:-1], turn), updated=self.now())
        self.conversation = case
        if self.store:
            try:
                self.store.save_turn(case.id, turn, case.updated)
            except ReflexionaError as error:
                self.unsaved = error


async def _next(events: AsyncIterator[Event]) -> Event | None:
    return await anext(events, None)
