"""A worker process and its pipes, spoken to directly."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from reflexiona.domain import TurnRequest
from reflexiona.engine.process import worker_environment
from reflexiona.engine.protocol import (
    Ask,
    Message,
    decode,
    encode,
)
from reflexiona.events import (
    Event,
    Finished,
)
from reflexiona.paths import DataFolder

SCRIPTED = (sys.executable, str(Path(__file__).with_name("scripted_worker.py")))


class Pipes:
    """A worker process, spoken to directly."""

    def __init__(self, command: tuple[str, ...], home: Path) -> None:
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=worker_environment(DataFolder(home)),
        )
        self._last = 0

    def send(self, content: Any) -> int:
        assert self.process.stdin
        self._last += 1
        self.process.stdin.write(encode(Message(self._last, content)))
        self.process.stdin.flush()
        return self._last

    def read(self) -> Message:
        assert self.process.stdout
        return decode(self.process.stdout.readline())

    def answer(self, content: Any) -> list[Event]:
        """The events that answer a request, `Finished` included."""
        number = self.send(content)
        found: list[Event] = []
        while not found or not isinstance(found[-1], Finished):
            message = self.read()
            if message.id == number:
                found.append(message.content)
        return found

    def end(self) -> tuple[int, bytes, bytes]:
        """Closes its input and returns its exit code and what else it said."""
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out, err


def ask(text: str) -> Ask:
    return Ask(TurnRequest(text))
