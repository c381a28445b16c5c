"""Reading while they write, on the face's side: in a pause the worker is told what is there, at the next key it stops.

Knows when to ask, not what comes of it: a turn that is asked finds in the worker what has been read by then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass, field

from reflexiona.domain import TurnRequest
from reflexiona.engine.process import WorkerEndedError, WorkerProcess
from reflexiona.engine.protocol import ReadAhead
from reflexiona.events import DraftRead

PAUSE = 0.8
"""Seconds without a change that are a pause."""


@dataclass(slots=True)
class Drafting:
    """What is being written. Call everything from one event loop.

    Args:
        worker: the one that has a model, or None where there is none; never starts one.
        pause: seconds without a change after which it is told.
    """

    worker: Callable[[], WorkerProcess | None]
    pause: float = PAUSE
    ready: TurnRequest | None = None
    """What the model has read to its end, as far as known."""
    _timer: asyncio.TimerHandle | None = None
    _reading: tuple[WorkerProcess, int] | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def changed(self, turn: TurnRequest | None) -> None:
        """The text has changed, or (None) is not there any more: what is being read gives way at once."""
        self.give_way()
        if turn is None:
            self.ready = None
        elif turn.use_model and turn.text.strip() and turn != self.ready:
            self._timer = asyncio.get_running_loop().call_later(self.pause, self._tell, turn)

    def give_way(self) -> None:
        """Nothing is read ahead from now on."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._reading is not None:
            worker, request = self._reading
            self._reading = None
            if not worker.ended:
                worker.cancel(request)

    async def close(self) -> None:
        """Gives way, and waits until nothing runs."""
        self.give_way()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _tell(self, turn: TurnRequest) -> None:
        self._timer = None
        worker = self.worker()
        if worker is None or worker.ended:
            return
        request = worker.send(ReadAhead(turn))
        self._reading = worker, request
        task = asyncio.create_task(self._listen(worker, request, turn))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _listen(self, worker: WorkerProcess, request: int, turn: TurnRequest) -> None:
        with suppress(WorkerEndedError):  # told to whoever asks next
            async with aclosing(worker.events(request)) as events:
                async for event in events:
                    if isinstance(event, DraftRead) and event.tokens:
                        self.ready = turn
        if self._reading == (worker, request):
            self._reading = None
