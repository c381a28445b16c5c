"""The worker's descriptors: what arrives on 0 and leaves on 1 is the protocol, everything else goes to a log.

Native libraries print to descriptors 1 and 2 as they like, and redirect them while they load. So the protocol moves to
descriptors of its own, 1 and 2 become the log, and 0 becomes empty. The log never holds what the person wrote.
"""

from __future__ import annotations

import os
import traceback
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from reflexiona.paths import FILE_MODE, DataFolder

LOG = "motor.log"
LONGEST_LOG = 256 * 1024
"""Bytes; then the log becomes `motor.log.1`, and that one is dropped."""


@dataclass(frozen=True, slots=True)
class Streams:
    """The two ends of the protocol."""

    source: BinaryIO
    sink: BinaryIO


def take_over() -> Streams:
    """Moves the protocol away from descriptors 0 and 1. Until `log_to`, what is printed is dropped."""
    source, sink = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    os.close(nothing)
    return Streams(os.fdopen(source, "rb"), os.fdopen(sink, "wb", buffering=0))


class Log:
    """The file that native noise goes to, and a few lines of the worker's own."""

    def __init__(self, data: DataFolder) -> None:
        """Points descriptors 1 and 2 at the log.

        Raises:
            StorageError: the data folder cannot be used.
        """
        data.ensure()
        self._path = data.ensure(data.logs) / LOG
        self._open()

    @property
    def path(self) -> Path:
        """Where it lies."""
        return self._path

    def note(self, line: str) -> None:
        """Adds a line with the time. Never give it what the person wrote."""
        with suppress(OSError):
            if os.fstat(2).st_size > LONGEST_LOG:
                self._open()
            os.write(2, f"{datetime.now(UTC).isoformat(timespec='seconds')} {line}\n".encode())

    def fault(self, error: BaseException) -> None:
        """Adds where an error came from: kinds and places, not its message, which may quote the person."""
        places = [f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)]
        self.note(f"{type(error).__name__}: {' < '.join(reversed(places))}")

    def _open(self) -> None:
        with suppress(OSError):
            if self._path.stat().st_size > LONGEST_LOG:
                os.replace(self._path, self._path.with_name(f"{LOG}.1"))
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, FILE_MODE)
        for standard in (1, 2):
            os.dup2(descriptor, standard)
        os.close(descriptor)
