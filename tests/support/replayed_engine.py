"""An engine that replays events: what the real one hands over is tested with the real one."""

import asyncio
from collections.abc import AsyncIterator

from reflexiona.domain import Hit, Reflection, Register, TurnRequest
from reflexiona.events import (
    Event,
    Finished,
    Notice,
    PassagesReady,
    PlanReady,
    ReadingReady,
    ReflectionReady,
    StatusReady,
)
from tests.support.cases import FIRST, PASSAGES, READING

ANSWER: tuple[Event, ...] = (
    ReadingReady(READING, Register.VOS, ms=7),
    PassagesReady(tuple(Hit(passage, 0.5) for passage in PASSAGES)),
    ReflectionReady(Reflection("Un aviso [1]."), "¿Qué quedó?"),
    PlanReady(FIRST.plan),
    Notice("El texto es muy largo."),
    Finished("done", 40),
)


class ReplayedEngine:
    """Replays events. An exception among them is raised; at `...` it waits until it is cancelled."""

    def __init__(self, *script: object) -> None:
        self.script = script
        self.requests: list[TurnRequest] = []
        self.model = ""
        self._cancelled = asyncio.Event()

    async def ask(self, turn: TurnRequest) -> AsyncIterator[Event]:
        self.requests.append(turn)
        for item in self.script:
            if isinstance(item, Exception):
                raise item
            if item is ...:
                await self._cancelled.wait()
                yield ReflectionReady(Reflection("A medias, con su cita [1].", composed=False, complete=False))
                yield Finished("cancelled")
                return
            yield item  # type: ignore[misc]

    async def status(self) -> StatusReady:
        return StatusReady(0, "", "", self.model, ())

    async def cancel(self) -> None:
        self._cancelled.set()
