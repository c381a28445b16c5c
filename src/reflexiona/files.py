"""Files that several processes share: replaced whole, and locked. The system lets a lock go when its process ends."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from types import TracebackType

from reflexiona.paths import FILE_MODE

_PAUSE = 0.05


def write_whole(path: Path, content: bytes) -> None:
    """Replaces `path` with `content`: at any moment the old file or the new one is there, whole.

    Raises:
        OSError: it cannot be written.
    """
    temporary = path.with_name(f"{path.name}.nuevo")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE_MODE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Waits until a file or folder has reached the disk.

    Raises:
        OSError: it cannot be opened or written.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class FileLock:
    """A held lock: exclusive (one holder) or shared (many). Let go by `release`, at the end of a `with`, or at exit."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    @classmethod
    def exclusive(cls, path: Path, patience: float = 0.0, *, create: bool = True) -> FileLock | None:
        """Takes the lock on `path` alone, waiting up to `patience` seconds; None when others keep it.

        Raises:
            OSError: the file cannot be made, or (without `create`) is not there.
        """
        return cls._take(path, os.O_RDWR | (os.O_CREAT if create else 0), fcntl.LOCK_EX, patience)

    @classmethod
    def shared(cls, path: Path) -> FileLock | None:
        """Takes the lock on the existing file `path` beside others; None when somebody holds it alone.

        Raises:
            OSError: the file cannot be opened.
        """
        return cls._take(path, os.O_RDONLY, fcntl.LOCK_SH, 0.0)

    @classmethod
    def _take(cls, path: Path, flags: int, kind: int, patience: float) -> FileLock | None:
        descriptor = os.open(path, flags, FILE_MODE)
        end = time.monotonic() + patience
        try:
            while True:
                try:
                    fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
                except BlockingIOError:
                    if time.monotonic() >= end:
                        os.close(descriptor)
                        return None
                    time.sleep(_PAUSE)
                else:
                    return cls(descriptor)
        except BaseException:
            os.close(descriptor)
            raise

    def is_of(self, path: Path) -> bool:
        """Whether the locked file is still the one at `path`: somebody may have removed it before it was locked."""
        try:
            return self._descriptor is not None and os.path.samestat(os.fstat(self._descriptor), os.stat(path))
        except OSError:
            return False

    def release(self) -> None:
        """Lets the lock go; a second call does nothing."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> FileLock:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
