"""A scripted engine: replays a list of events for each turn. The only test double of the interface."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence

from reflexiona.domain import TurnRequest
from reflexiona.errors import ReflexionaError
from reflexiona.events import Event, Finished, StatusReady


class ScriptedEngine:
    """Answers the n-th turn with the n-th script, and any later one with the last.

    Args:
        scripts: events of each turn.
        pause: seconds between two events.
        model: the name of the model that it says to use.
    """

    def __init__(self, scripts: Sequence[Sequence[Event]], *, pause: float = 0.0, model: str = "") -> None:
        self.scripts = list(scripts)
        self.pause = pause
        self.model = model
        self.asked: list[TurnRequest] = []
        self.started = asyncio.Event()
        self.go = asyncio.Event()
        self.go.set()
        self.hold_at: int | None = None
        """Stops before the event with this place until `go` is set."""
        self.opening = asyncio.Event()
        self.opening.set()
        """`start` waits for it."""
        self.breaking: Exception | None = None
        """Raised by `ask`."""
        self.failing: ReflexionaError | None = None
        self.drafted: list[TurnRequest | None] = []
        """What was being written, at each change."""
        self.closed = False
        self.used: list[tuple[str, str, str]] = []
        """(name, path, template) of each model that was put in use."""
        self.indexing: list[Event] = [Finished("done")]
        """What making an index says; it stops before its last event until `indexed` is set."""
        self.indexed = asyncio.Event()
        self.reindexed = 0
        """How often an index was asked for."""
        self._cancelled = False

    async def start(self) -> None:
        await self.opening.wait()
        if self.failing is not None:
            raise self.failing
        self.started.set()

    async def ask(self, turn: TurnRequest) -> AsyncIterator[Event]:
        if self.failing is not None:
            raise self.failing
        self.asked.append(turn)
        if self.breaking is not None:
            raise self.breaking
        self._cancelled = False
        script = self.scripts[min(len(self.asked), len(self.scripts)) - 1]
        for place, event in enumerate(script):
            if place == self.hold_at:
                self.go.clear()
            await self.go.wait()
            await asyncio.sleep(self.pause)
            if self._cancelled:
                yield Finished("cancelled")
                return
            yield event

    def drafting(self, turn: TurnRequest | None) -> None:
        self.drafted.append(turn)

    async def cancel(self) -> None:
        self._cancelled = True
        self.go.set()

    async def status(self) -> StatusReady:
        return StatusReady(0, "", "", self.model, ())

    async def use_model(self, name: str, path: str, template: str = "") -> None:
        self.used.append((name, path, template))
        self.model = ""
        if self.failing is not None:
            raise self.failing
        self.model = name if path else ""

    async def reindex(self, *, anew: bool = True) -> AsyncGenerator[Event, None]:
        assert not anew  # only what is missing
        self.reindexed += 1
        for event in self.indexing[:-1]:
            yield event
        await self.indexed.wait()
        yield self.indexing[-1]

    async def close(self) -> None:
        self.closed = True
