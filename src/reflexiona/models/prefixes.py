"""Beginnings of prompts as a model has read them, kept on disk so that no start reads them again.

Only the fixed part of a prompt comes here, never anything that a person wrote: whoever keeps something sees to that.
A file that is damaged counts as none; it is written anew when the beginning has been read again. Knows no library.
"""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from reflexiona.errors import StorageError
from reflexiona.files import write_whole
from reflexiona.paths import DataFolder

MOST_FILES = 4
"""The ones used last stay."""
MOST_BYTES = 256 * 1024 * 1024
"""Of one file."""
_MAGIC = b"reflexiona comienzo 1\n"
_NAME = re.compile(r"[0-9a-f]{64}\.bin")


@dataclass(frozen=True, slots=True)
class KeptPrefixes:
    """What there is, for the diagnosis."""

    files: int
    size: int
    """Bytes, all together."""
    damaged: int
    """Files that will be written anew when they are needed."""


class PrefixFiles:
    """The folder of kept beginnings: one file each, named by the hash of all that it depends on."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data

    def find(self, key: str) -> bytes | None:
        """What was kept under `key`, or None: there is nothing, or it is damaged."""
        path = self._path(key)
        content = _intact(path)
        if content is not None:
            with suppress(OSError):
                os.utime(path)
        return content

    def keep(self, key: str, content: bytes) -> None:
        """Keeps `content` under `key`, and lets go of what was not used for longest. Does nothing where it cannot."""
        if len(content) > MOST_BYTES:
            return
        with suppress(OSError, StorageError):  # the next start reads it again: nothing is lost
            self._data.ensure()
            self._data.ensure(self._data.prefixes)
            write_whole(self._path(key), _MAGIC + hashlib.sha256(content).digest() + content)
            for old in self._files()[MOST_FILES:]:
                old.unlink(missing_ok=True)

    def look(self) -> KeptPrefixes:
        """Reads all files through."""
        files = self._files()
        size = 0
        for path in files:
            with suppress(OSError):
                size += path.stat().st_size
        return KeptPrefixes(len(files), size, sum(_intact(path) is None for path in files))

    def _path(self, key: str) -> Path:
        return self._data.prefixes / f"{key}.bin"

    def _files(self) -> list[Path]:
        """Newest first."""
        folder = self._data.prefixes
        found: list[tuple[float, Path]] = []
        for path in folder.iterdir() if folder.is_dir() else ():
            with suppress(OSError):
                if _NAME.fullmatch(path.name):
                    found.append((path.stat().st_mtime, path))
        return [path for _, path in sorted(found, key=lambda row: (-row[0], row[1]))]


def _intact(path: Path) -> bytes | None:
    try:
        if path.stat().st_size > MOST_BYTES + 1024:
            return None
        whole = path.read_bytes()
    except OSError:
        return None
    head = len(_MAGIC) + hashlib.sha256().digest_size
    content = whole[head:]
    if whole[: len(_MAGIC)] != _MAGIC or hashlib.sha256(content).digest() != whole[len(_MAGIC) : head]:
        return None
    return content
