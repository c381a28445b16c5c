"""One lane of the worker by itself: what is cancelled, and what is not."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from reflexiona.engine.protocol import (
    Message,
)
from reflexiona.engine.service import Emit, Lane
from reflexiona.events import (
    Event,
    Finished,
    Notice,
    Token,
)

pytestmark = pytest.mark.slow


class Echo:
    """Work that waits for a sign in the middle."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.started = threading.Event()
        self.stopped = threading.Event()
        self.skipped: list[Any] = []

    def answer(self, content: Any, emit: Emit) -> Iterator[Event]:
        emit(Notice(f"empieza {content}"))
        self.started.set()
        assert self.go.wait(10)
        yield Token("parado" if self.stopped.is_set() else "entero")

    def expect(self, content: Any) -> None: ...

    def skip(self, content: Any) -> None:
        self.skipped.append(content)

    def stop(self) -> None:
        self.stopped.set()

    def resume(self) -> None:
        self.stopped.clear()


class Silent:
    def fault(self, error: BaseException) -> None: ...


def test_a_lane_cancels_only_what_was_meant() -> None:
    sent: queue.SimpleQueue[Message] = queue.SimpleQueue()
    work = Echo()
    lane = Lane(work, sent.put, Silent())
    thread = threading.Thread(target=lane.run)
    thread.start()
    for number in (1, 2, 3):
        lane.put(Message(number, f"n{number}"))
    assert work.started.wait(10)
    lane.cancel(2)
    lane.cancel(99)
    lane.cancel(1)
    work.go.set()
    lane.end()
    thread.join(10)
    lane.cancel(3)
    said = [sent.get() for _ in range(sent.qsize())]
    assert said == [
        Message(1, Notice("empieza n1")),
        Message(1, Token("parado")),
        Message(1, Finished("done")),
        Message(2, Finished("cancelled")),
        Message(3, Notice("empieza n3")),
        Message(3, Token("entero")),
        Message(3, Finished("done")),
    ]
    assert work.skipped == ["n2"]
    assert not work.stopped.is_set()
