"""The engine as the faces see it: requests as events, however often the worker process has to be started again.

The worker may vanish at any moment. Then the request that ran is asked once more, a turn without the model, and the
person is told so; a second time in the same request is an error. Knows no widget and no command.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine, Sequence
from contextlib import aclosing, suppress
from dataclasses import replace
from typing import TypeVar

from reflexiona.domain import Hit, TurnRequest
from reflexiona.engine.drafting import Drafting
from reflexiona.engine.process import WORKER, WorkerEndedError, WorkerProcess
from reflexiona.engine.protocol import Ask, MeasureSpeed, Reindex, Request, Search, Status, UseModel
from reflexiona.errors import EngineError, ModelError
from reflexiona.events import Event, Finished, ModelReady, Problem, SearchReady, SpeedReady, StatusReady
from reflexiona.paths import DataFolder

PATIENCE = 5.0
"""Seconds that a cancelled request has to end before the worker is killed."""

_WITHOUT_MODEL = "Se ha reiniciado y la respuesta va sin el modelo, compuesta con los artículos."
_COMPOSED = "Las respuestas se componen con los artículos."
_LOOK = 0.05
_AGAIN = "Se ha reiniciado y se responde de nuevo."

Answer = TypeVar("Answer", SearchReady, StatusReady, ModelReady, SpeedReady)


class EngineClient:
    """One worker at a time. Call everything from one event loop.

    Args:
        data: the person's folder; None: where it usually lies.
        model: put in use as soon as the worker starts, beside the first requests; if that fails, the next turn says so.
        command: what to start.
        patience: seconds that a cancelled request has to end before the worker is killed.
    """

    def __init__(
        self,
        data: DataFolder | None = None,
        *,
        model: UseModel | None = None,
        command: Sequence[str] = WORKER,
        patience: float = PATIENCE,
    ) -> None:
        self._data = data
        self._model = model
        self._command = command
        self._patience = patience
        self._worker: WorkerProcess | None = None
        self._mourned: WorkerProcess | None = None
        """The last worker whose end was told."""
        self._starting = asyncio.Lock()
        self._closed = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._loading: int | None = None
        """The request that puts the chosen model in use, beside the others."""
        self._indexing: set[int] = set()
        """The requests that make an index, beside the others."""
        self._turns = 0
        """Turns that are being answered."""
        self._untold: list[Problem] = []
        """What went wrong while no turn was there to be told."""
        self._drafting = Drafting(lambda: self._worker if self._model and not self._turns else None)

    async def start(self) -> None:
        """Starts the worker, and puts the chosen model in use, if any.

        Raises:
            EngineError: it cannot start, and why.
        """
        await self._running()

    async def ask(self, turn: TurnRequest) -> AsyncGenerator[Event, None]:
        """The events of a turn, `Finished` last. After a crash they begin anew, behind a `Problem` that says so.

        Raises:
            EngineError: the worker cannot start, or ended twice.
        """
        self._drafting.changed(None)
        self._turns += 1
        try:
            for last in (False, True):
                worker = await self._running()
                while self._untold:
                    yield self._untold.pop(0)
                try:
                    async with aclosing(worker.events(worker.send(Ask(turn)))) as events:
                        async for event in events:
                            yield event
                    return
                except WorkerEndedError as ended:
                    if self._closed or worker.unresponsive:
                        if not self._closed:
                            yield Problem(ended.message, ended.remedy)
                        yield Finished("cancelled")
                        return
                    problem = self._mourn(worker)
                    if last:
                        raise
                yield problem
                turn = replace(turn, use_model=False)
        finally:
            self._turns -= 1

    def drafting(self, turn: TurnRequest | None) -> None:
        """Tells what is being written, at each change; None: nothing any more. Costs nothing, and waits for nothing.

        In a pause the model in use, if any, reads it in the background, so that the turn is answered sooner once it is
        asked as it stands; at the next change it gives way. Nothing is written of it. The setting `leer_al_escribir`
        switches it off.
        """
        self._drafting.changed(turn)

    async def search(self, query: str, n: int = 10) -> tuple[Hit, ...]:
        """Up to `n` passages for the words of a search.

        Raises:
            EngineError: the worker failed.
        """
        return (await _one(self, Search(query, n), SearchReady)).hits

    async def status(self, *, complete: bool = False) -> StatusReady:
        """What the worker has, at once; `complete`: waits until the index is open.

        Raises:
            EngineError: the worker failed.
        """
        return await _one(self, Status(complete), StatusReady)

    async def use_model(self, name: str, path: str, template: str = "") -> None:
        """Loads a model for the next turns and has it write a few tokens; an empty path lets the one in use go.

        Raises:
            ModelError: it cannot be used, or brought the worker down; the next request starts another worker.
            EngineError: the worker cannot start.
        """
        self._model = None
        worker = await self._running()
        wanted = UseModel(name, path, template)
        self._model = wanted if path else None
        try:
            await _found(worker, worker.send(wanted), ModelReady)
        except EngineError as error:
            self._model = None
            if worker.ended:
                self._mourn(worker)
            raise ModelError(error.message, error.remedy) from error

    async def speed(self, text: str, new_tokens: int = 48) -> SpeedReady:
        """How quick the model in use is: it reads `text` and writes `new_tokens`.

        Raises:
            EngineError: none is in use, or the worker failed.
        """
        worker = await self._running()
        return await _found(worker, worker.send(MeasureSpeed(text, new_tokens)), SpeedReady)

    async def reindex(self, *, anew: bool = True) -> AsyncGenerator[Event, None]:
        """Builds the index anew, or with what is there already: `Progress`, perhaps a `Problem`, `Finished`.

        Turns are answered meanwhile. `cancel` is not meant for this: whoever stops listening stops it.

        Raises:
            EngineError: the worker failed; the index in use stays.
        """
        worker = await self._running()
        number = worker.send(Reindex(anew))
        self._indexing.add(number)
        try:
            async with aclosing(worker.events(number)) as events:
                async for event in events:
                    yield event
        finally:
            self._indexing.discard(number)

    async def cancel(self) -> None:
        """Stops what was asked for; its events still end with `Finished`. A worker that does not obey is killed.

        What goes on beside the turns goes on: the loading of the chosen model, the making of an index.
        """
        worker = self._worker
        beside = {self._loading, *self._indexing}
        requests = [number for number in worker.open_requests if number not in beside] if worker else []
        if worker and requests:
            for request in requests:
                worker.cancel(request)
            self._beside(_watch(worker, requests, self._patience))

    async def close(self) -> None:
        """Ends the worker. A second call does nothing."""
        self._closed = True
        await self._drafting.close()
        async with self._starting:
            worker, self._worker = self._worker, None
        if worker is not None:
            await worker.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def pid(self) -> int | None:
        """The worker's process number, or None where none is running."""
        return self._worker.pid if self._worker and not self._worker.ended else None

    async def _running(self) -> WorkerProcess:
        """The worker; a new one where there is none any more."""
        async with self._starting:
            if self._closed:
                raise EngineError("El motor está cerrado.")
            worker = self._worker
            if worker is None or worker.ended:
                if worker is not None and worker is not self._mourned and not worker.unresponsive:
                    self._untold.append(self._mourn(worker))
                worker = self._worker = await WorkerProcess.start(self._data or DataFolder.locate(), self._command)
                self._loading = None
                if self._model is not None:
                    self._loading = worker.send(self._model)
                    self._beside(_load(self, worker, self._model, self._loading))
            return worker

    def _mourn(self, worker: WorkerProcess) -> Problem:
        """What to tell of a worker that has crashed; from then on there is no model: it may have been the cause."""
        self._mourned = worker
        with_model, self._model = self._model is not None, None
        return Problem(worker.reason.message, _WITHOUT_MODEL if with_model else _AGAIN)

    def _beside(self, doing: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(doing)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _load(engine: EngineClient, worker: WorkerProcess, model: UseModel, request: int) -> None:
    """Waits beside the first requests until the chosen model is in use."""
    try:
        await _found(worker, request, ModelReady)
    except EngineError as error:
        if not worker.ended and engine._model is model:
            engine._model = None
            if not engine._turns:  # else the turn that waits for the model is told
                engine._untold.append(Problem(f"El modelo «{model.name}» no se pudo usar: {error.message}", _COMPOSED))


async def _one(engine: EngineClient, content: Request, kind: type[Answer]) -> Answer:
    """The one answer of a request, by another worker where the first one ends meanwhile."""
    try:
        worker = await engine._running()
        return await _found(worker, worker.send(content), kind)
    except WorkerEndedError:
        worker = await engine._running()
        return await _found(worker, worker.send(content), kind)


async def _found(worker: WorkerProcess, request: int, kind: type[Answer]) -> Answer:
    """The one answer of a request that has one.

    Raises:
        EngineError: there was a problem instead.
        WorkerEndedError: the process ended.
    """
    answer: Answer | None = None
    problem = Problem("El motor no dio ninguna respuesta.")
    async with aclosing(worker.events(request)) as events:
        async for event in events:
            if isinstance(event, kind):
                answer = event
            elif isinstance(event, Problem):
                problem = event
    if answer is None:
        raise EngineError(problem.message, problem.remedy)
    return answer


async def _watch(worker: WorkerProcess, requests: Sequence[int], patience: float) -> None:
    """Kills a worker that does not end cancelled requests in time."""
    with suppress(TimeoutError):
        async with asyncio.timeout(patience):
            while set(requests) & set(worker.open_requests):
                await asyncio.sleep(_LOOK)
            return
    worker.unresponsive = True
    await worker.kill()
