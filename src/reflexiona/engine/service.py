"""Takes requests, one line each, and sends the events that answer them. Knows no library, no model, no corpus.

Three lanes work beside each other, each on one request at a time: one loads models, one makes indexes, one does all
the rest, so that a reading waits for neither. A thread reads the lines, so that a cancel is heard while a lane works.
Reading ahead gives way to whatever comes after it.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Protocol

from reflexiona.engine import protocol
from reflexiona.engine.protocol import Cancel, Message, ProtocolError, ReadAhead, Reindex, Shutdown, UseModel
from reflexiona.errors import ExitCode, ReflexionaError
from reflexiona.events import Event, Finished, Problem
from reflexiona.ports import Cancelled

Emit = Callable[[Event], None]
"""Sends an event of the request that is being answered, from inside a call that cannot yield."""


class Work(Protocol):
    """What a lane does."""

    def answer(self, content: Any, emit: Emit) -> Iterator[Event]:
        """The events that answer a request. `Finished` is added where it does not come itself."""

    def expect(self, content: Any) -> None:
        """Told of a request as soon as it comes, before its turn. From another thread."""

    def skip(self, content: Any) -> None:
        """Told of an expected request that was cancelled before its turn."""

    def stop(self) -> None:
        """Makes the running answer end soon, with `Cancelled` or by itself. From another thread."""

    def resume(self) -> None:
        """Takes `stop` back, before a new request is answered."""


class Note(Protocol):
    """Where faults are written down."""

    def fault(self, error: BaseException) -> None:
        """Writes down where an error came from."""


@dataclass(slots=True)
class Lane:
    """One thing at a time, in the order of arrival."""

    work: Work
    send: Callable[[Message], None]
    log: Note
    _waiting: queue.SimpleQueue[Message | None] = field(default_factory=queue.SimpleQueue)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _current: int | None = None
    _known: set[int] = field(default_factory=set)
    """Waiting or being answered."""
    _cancelled: set[int] = field(default_factory=set)
    _yielding: set[int] = field(default_factory=set)
    """Of the known ones, those that give way."""

    def put(self, message: Message) -> None:
        """Adds a request."""
        self.work.expect(message.content)
        with self._lock:
            for request in self._yielding:
                self._stop(request)
            self._known.add(message.id)
            if isinstance(message.content, ReadAhead):
                self._yielding.add(message.id)
        self._waiting.put(message)

    def cancel(self, request: int) -> None:
        """Stops a request that waits or is being answered; of any other, nothing is known."""
        with self._lock:
            self._stop(request)

    def end(self) -> None:
        """Makes `run` return when what waits is done."""
        self._waiting.put(None)

    def run(self) -> None:
        """Answers requests until `end`."""
        while (message := self._waiting.get()) is not None:
            with self._lock:
                cancelled = message.id in self._cancelled
                if not cancelled:
                    self._current = message.id
                    self.work.resume()
            if cancelled:
                self.work.skip(message.content)
                self.send(Message(message.id, Finished("cancelled")))
            else:
                self._answer(message)
            with self._lock:
                self._current = None
                self._known.discard(message.id)
                self._cancelled.discard(message.id)
                self._yielding.discard(message.id)

    def _stop(self, request: int) -> None:
        if request == self._current:
            self.work.stop()
        elif request in self._known:
            self._cancelled.add(request)

    def _answer(self, message: Message) -> None:
        def emit(event: Event) -> None:
            self.send(Message(message.id, event))

        status = "done"
        try:
            for event in self.work.answer(message.content, emit):
                emit(event)
                if isinstance(event, Finished):
                    return
        except Cancelled:
            status = "cancelled"
        except ReflexionaError as error:
            status = "error"
            emit(Problem(error.message, error.remedy))
        except Exception as error:  # whatever it is, the person's next request is still answered
            status = "error"
            self.log.fault(error)
            emit(Problem(f"Algo falló dentro de Reflexiona ({type(error).__name__}).", "Vuelve a intentarlo."))
        emit(Finished(status))


class Sender:
    """Writes messages to the other side, from any thread, one whole line at a time."""

    def __init__(self, sink: BinaryIO) -> None:
        self._sink = sink
        self._lock = threading.Lock()

    def __call__(self, message: Message) -> None:
        """Sends a message; where nobody listens any more, the process has no purpose and ends."""
        rest = memoryview(protocol.encode(message))
        try:
            with self._lock:
                while rest:
                    rest = rest[self._sink.write(rest) :]
        except OSError:
            os._exit(int(ExitCode.DONE))


def serve(source: BinaryIO, sender: Sender, log: Note, *, work: Work, loading: Work, indexing: Work) -> None:
    """Announces itself, then answers what comes on `source` until `Shutdown`. Where `source` ends, the process ends."""
    lanes = Lane(work, sender, log), Lane(loading, sender, log), Lane(indexing, sender, log)
    for lane, name in ((lanes[1], "carga"), (lanes[2], "índice nuevo")):
        threading.Thread(target=lane.run, name=name, daemon=True).start()
    sender(Message(0, protocol.Ready()))
    threading.Thread(target=_listen, args=(source, sender, lanes), name="escucha", daemon=True).start()
    lanes[0].run()


def _listen(source: BinaryIO, sender: Sender, lanes: tuple[Lane, Lane, Lane]) -> None:
    while line := source.readline(protocol.LONGEST_LINE):
        try:
            message = protocol.decode(line)
        except ProtocolError:
            sender(Message(0, Problem("El motor y la interfaz no son de la misma versión.", "Reinicia Reflexiona.")))
            os._exit(int(ExitCode.FAILED))
        if isinstance(message.content, Shutdown):
            lanes[0].end()
        elif isinstance(message.content, Cancel):
            for lane in lanes:
                lane.cancel(message.content.request)
        else:
            lanes[_lane(message.content)].put(message)
    os._exit(int(ExitCode.DONE))  # the face has gone: nothing that is still being done has anybody to be done for


def _lane(content: object) -> int:
    match content:
        case UseModel():
            return 1
        case Reindex():
            return 2
        case _:
            return 0
