"""Texts that lie in a file for as long as another program changes them; what was cut off is taken away later.

The folder of each holds a lock, which the system lets go when its process ends: so only what is left over is removed.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import rmtree

from reflexiona.files import FileLock
from reflexiona.paths import FILE_MODE, DataFolder

_PREFIX = "reflexiona-editor-"
_LOCK = "candado"


@contextmanager
def loose_text(text: str, data: DataFolder) -> Iterator[Path]:
    """A file with a text, the person's alone; gone at the end, with whatever was left beside it.

    It lies in the folder that the system empties at the end of the session (`XDG_RUNTIME_DIR`), or else in `data`.

    Raises:
        OSError: it cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=_places(data)[0]) as folder:
        lock = FileLock.exclusive(Path(folder) / _LOCK)
        assert lock is not None  # nobody else knows of it
        with lock:
            path = Path(folder) / "texto.txt"
            path.touch(mode=FILE_MODE)
            path.write_text(f"{text}\n", encoding="utf-8")
            yield path


def sweep(data: DataFolder) -> None:
    """Removes the files of processes that ended without doing so; those that are being changed now stay."""
    for place in _places(data):
        for folder in place.glob(f"{_PREFIX}*"):
            with suppress(OSError):
                lock = FileLock.exclusive(folder / _LOCK, create=False)
                if lock is not None:
                    with lock:
                        rmtree(folder)


def _places(data: DataFolder) -> list[Path]:
    """Where such files may lie, the best first."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    return [Path(runtime), data.root] if runtime and Path(runtime).is_dir() else [data.root]
