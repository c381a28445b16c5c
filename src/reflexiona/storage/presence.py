"""Which windows and commands are open now: each holds a lock of its own, which the system lets go when it ends.

So nobody takes over the draft of an open window, nor calls an answer interrupted that another process is writing.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from reflexiona.errors import StorageError, reason
from reflexiona.files import FileLock
from reflexiona.paths import DIRECTORY_MODE

_ID_BYTES = 8
_PATIENCE = 1.0
_ATTEMPTS = 20


class Presence:
    """This process among the others. Says that it is here only when asked who it is.

    Args:
        folder: where each one that is here keeps an empty, locked file.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._id = ""
        self._lock: FileLock | None = None

    @property
    def id(self) -> str:
        """A name that nobody else has; from now on others see that it is here.

        Raises:
            StorageError: the file cannot be made.
        """
        if self._lock is None:
            self._announce()
        return self._id

    def living(self) -> frozenset[str]:
        """The ids of all that are here, this one included. Files of those that ended without leaving are removed."""
        try:
            names = sorted(os.listdir(self._folder))
        except OSError:
            return frozenset()
        return frozenset(name for name in names if name == self._id or self._lives(name))

    def others(self) -> frozenset[str]:
        """The ids of all that are here but this one."""
        return self.living() - {self._id}

    def leave(self) -> None:
        """This one is not here any more."""
        if self._lock is not None:
            with suppress(OSError):
                (self._folder / self._id).unlink()
                self._folder.rmdir()  # fails, as it should, while others are here
            self._lock.release()
            self._lock, self._id = None, ""

    def _announce(self) -> None:
        refusal = "demasiadas ventanas a la vez"
        for _ in range(_ATTEMPTS):
            name = os.urandom(_ID_BYTES).hex()
            try:
                self._folder.mkdir(mode=DIRECTORY_MODE, exist_ok=True)
                lock = FileLock.exclusive(self._folder / name, _PATIENCE)
            except OSError as error:  # the last one to leave may just have removed the folder
                refusal = reason(error)
                continue
            if lock is not None and lock.is_of(self._folder / name):
                self._id, self._lock = name, lock
                return
        raise StorageError(f"No se puede usar la carpeta {self._folder}: {refusal}.", "Revisa sus permisos.")

    def _lives(self, name: str) -> bool:
        path = self._folder / name
        try:
            lock = FileLock.exclusive(path, create=False)
        except OSError:
            return False
        if lock is None:
            return True
        with lock, suppress(OSError):
            path.unlink()
        return False
