"""One worker process as the face sees it: started, spoken to in lines, and gone at some moment. Knows no retries."""

from __future__ import annotations

import asyncio
import os
import site
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import suppress
from pathlib import Path

import reflexiona
from reflexiona.engine import protocol
from reflexiona.engine.exit_reasons import Reason, describe
from reflexiona.engine.protocol import Cancel, Message, Ready, Request
from reflexiona.errors import EngineError, reason
from reflexiona.events import Event, Finished, Problem
from reflexiona.paths import DataFolder

WORKER = (sys.executable, "-P", "-m", "reflexiona.engine.worker")
"""`-P`: a file lying about in the working folder is never imported."""

_REINSTALL = "Reinstala Reflexiona."
_STRANGER = Reason("Lo que respondió no es el motor de esta versión de Reflexiona.", _REINSTALL)
_START_SECONDS = 120.0
_END_SECONDS = 2.0
_PASSED_ON = (
    *("PATH", "HOME", "USER", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TEMP", "TMP", "TZ"),
    *("SYSTEMROOT", "LOCALAPPDATA", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONDONTWRITEBYTECODE"),
)
_SET = {
    # waiting threads sleep: where another program is busy too, spinning made writing ten times slower
    "OMP_WAIT_POLICY": "passive",
    # the matrices of one text are small: a second thread wins little, and waits for its turn on a busy machine
    "OPENBLAS_NUM_THREADS": "1",
    "GGML_NO_BACKTRACE": "1",  # where a debugger is installed, an abort would wait for it
    "PYTHONUTF8": "1",
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "ANONYMIZED_TELEMETRY": "False",
    "TOKENIZERS_PARALLELISM": "false",
}


class WorkerEndedError(EngineError):
    """The process ended while somebody waited for it."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.message, reason.remedy, retryable=True)


class WorkerProcess:
    """A running worker. Made by `start`; of no use once it has ended."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._answers: dict[int, asyncio.Queue[Event | None]] = {}
        self._last = 0
        self._first: asyncio.Future[Problem | None] = asyncio.get_running_loop().create_future()
        self._listening = asyncio.create_task(self._listen())
        self._stranger = False
        self.unresponsive = False
        """Whether it had to be killed because it no longer answered."""

    @classmethod
    async def start(cls, data: DataFolder, command: Sequence[str] = WORKER) -> WorkerProcess:
        """Starts a worker and waits until it takes requests.

        Raises:
            EngineError: it could not start, and why.
        """
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env=worker_environment(data),
                limit=protocol.LONGEST_LINE,
                start_new_session=True,  # Ctrl+C in the terminal is for the face alone
            )
        except OSError as error:
            raise EngineError(f"No se pudo arrancar el motor: {reason(error)}.", _REINSTALL) from error
        worker = cls(process)
        try:
            async with asyncio.timeout(_START_SECONDS):
                problem = await asyncio.shield(worker._first)
        except TimeoutError:
            problem = Problem("El motor no terminó de arrancar.", "Vuelve a intentarlo.")
        except BaseException:
            await worker.kill()
            raise
        if problem is not None:
            await worker.kill()
            raise EngineError(problem.message, problem.remedy)
        return worker

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    @property
    def ended(self) -> bool:
        """Whether it has gone, however."""
        return self._listening.done()

    @property
    def reason(self) -> Reason:
        """Why it has gone."""
        if self.unresponsive:
            return Reason("El motor dejó de responder y hubo que cerrarlo.", "")
        return _STRANGER if self._stranger else describe(self._process.returncode or 0)

    def send(self, content: Request) -> int:
        """Sends a request and returns its number."""
        self._last += 1
        self._answers[self._last] = asyncio.Queue()
        self._write(Message(self._last, content))
        return self._last

    async def events(self, request: int) -> AsyncGenerator[Event, None]:
        """The events of a request, `Finished` last. Whoever stops listening cancels it.

        Raises:
            WorkerEndedError: the process ended before `Finished`.
        """
        answers = self._answers[request]
        finished = False
        try:
            while not finished:
                if self.ended and answers.empty():
                    raise WorkerEndedError(self.reason)
                event = await answers.get()
                if event is not None:
                    finished = isinstance(event, Finished)
                    yield event
        finally:
            if not finished:
                self.cancel(request)
            self._answers.pop(request, None)

    @property
    def open_requests(self) -> tuple[int, ...]:
        """Numbers of the requests that somebody waits for."""
        return tuple(self._answers)

    def cancel(self, request: int) -> None:
        """Asks the worker to stop a request; its events still end with `Finished`."""
        if request in self._answers:
            self._write(Message(0, Cancel(request)))

    async def close(self) -> None:
        """Ends the process: it goes by itself when nobody speaks to it any more; else it is killed."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(_END_SECONDS):
                await asyncio.shield(self._listening)
        await self.kill()

    async def kill(self) -> None:
        """Ends the process at once."""
        with suppress(ProcessLookupError):
            self._process.kill()
        await asyncio.shield(self._listening)

    def _write(self, message: Message) -> None:
        assert self._process.stdin is not None  # it was asked for
        with suppress(OSError, RuntimeError):  # it has gone: whoever waits for an answer is told so
            self._process.stdin.write(protocol.encode(message))

    async def _listen(self) -> None:
        """Hands every line to whom it belongs, until the process has ended."""
        assert self._process.stdout is not None  # it was asked for
        try:
            while line := await self._process.stdout.readline():
                self._hand_over(protocol.decode(line))
        except (ValueError, OSError):  # not of our protocol, or longer than any message
            self._stranger = True
            with suppress(ProcessLookupError):
                self._process.kill()
        finally:
            await self._process.wait()
            if not self._first.done():
                self._first.set_result(self._failed_start())
            for answers in self._answers.values():
                answers.put_nowait(None)

    def _failed_start(self) -> Problem:
        code = self._process.returncode or 0
        if code >= 0 and not self._stranger:
            return Problem(f"El motor no pudo arrancar (código {code}).", _REINSTALL)
        return Problem(f"El motor no pudo arrancar. {self.reason.message}", self.reason.remedy)

    def _hand_over(self, message: Message) -> None:
        if message.id:
            if message.id in self._answers:
                self._answers[message.id].put_nowait(message.content)
        elif not self._first.done():
            self._first.set_result(None if isinstance(message.content, Ready) else message.content)


def worker_environment(data: DataFolder) -> dict[str, str]:
    """What the worker needs of the environment, and nothing else: no key, no proxy, no setting of a library."""
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    here = str(Path(reflexiona.__file__).resolve().parents[1])
    if here not in site.getsitepackages():  # a checkout: the worker runs the same code
        kept["PYTHONPATH"] = here
    return {**kept, **_SET, "REFLEXIONA_HOME": str(data.root.absolute())}
