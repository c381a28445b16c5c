"""A fault of ours, written down for whoever mends it: where it happened, never what the person wrote.

The text of an exception may quote its arguments, and those may be the person's words: only its kind is kept.
"""

from __future__ import annotations

import os
import traceback
from datetime import UTC, datetime
from pathlib import Path

from reflexiona import __version__
from reflexiona.errors import ReflexionaError
from reflexiona.paths import FILE_MODE, DataFolder

_LARGEST = 256 * 1024
"""Bytes; a longer log is started anew."""


def record(error: BaseException) -> Path | None:
    """Adds the fault to the log and returns its path; None where nothing can be written."""
    try:
        data = DataFolder.locate()
        data.ensure()
        path = data.ensure(data.logs) / "errores.log"
        fresh = path.exists() and path.stat().st_size > _LARGEST
        flags = os.O_CREAT | os.O_WRONLY | (os.O_TRUNC if fresh else os.O_APPEND)
        with os.fdopen(os.open(path, flags, FILE_MODE), "a", encoding="utf-8") as file:
            file.write(report(error, datetime.now(UTC)))
    except (OSError, ReflexionaError):
        return None
    return path


def report(error: BaseException, now: datetime) -> str:
    """Moment, version, and for the error and its causes the kind and the lines of code it came through."""
    parts = [f"{now.isoformat(timespec='seconds')} reflexiona {__version__}\n"]
    seen: BaseException | None = error
    while seen is not None:
        parts.append(f"{type(seen).__module__}.{type(seen).__qualname__}\n")
        parts.extend(traceback.format_list(traceback.extract_tb(seen.__traceback__)))
        seen = seen.__cause__ or seen.__context__
    return "".join(parts) + "\n"
