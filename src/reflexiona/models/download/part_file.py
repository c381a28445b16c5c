"""A file that is growing, with a note beside it: where it comes from, which version of it, and how large it will be.

The note is what decides whether another start may go on from the part. Knows no network.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec

from reflexiona.errors import StorageError, reason
from reflexiona.files import sync, write_whole
from reflexiona.paths import FILE_MODE


@dataclass(frozen=True, slots=True)
class PartNote:
    """What is known of a part."""

    url: str
    tag: str = ""
    """The server's mark of this version of the file; empty: it gave none."""
    total: int | None = None
    """Bytes of the whole file."""


def note_path(part: Path) -> Path:
    """Where the note of a part lies."""
    return part.with_name(f"{part.name}.json")


def read_note(part: Path) -> PartNote | None:
    """The note of a part, or None where there is none that can be read."""
    try:
        return msgspec.json.decode(note_path(part).read_bytes(), type=PartNote)
    except (OSError, msgspec.MsgspecError):
        return None


def discard(part: Path) -> None:
    """Deletes a part and its note."""
    part.unlink(missing_ok=True)
    note_path(part).unlink(missing_ok=True)


class PartFile:
    """A part that is being written.

    Args:
        path: where it lies.
        url: where it comes from; what came from elsewhere is thrown away.
    """

    def __init__(self, path: Path, url: str) -> None:
        self.path = path
        self.size = 0
        """Bytes that are there."""
        self._url = url
        self._file: BinaryIO | None = None
        self._note = PartNote(url)

    @property
    def tag(self) -> str:
        """The server's mark of the version that is there."""
        return self._note.tag

    def open(self) -> None:
        """Opens what is there, or begins.

        Raises:
            StorageError: it cannot be opened.
        """
        note = read_note(self.path)
        try:
            self._file = os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, FILE_MODE), "r+b")
            self.size = self._file.seek(0, os.SEEK_END)
        except OSError as error:
            raise self._fault(error) from error
        if note is None or note.url != self._url:
            self.empty()
        else:
            self._note = note

    def chunks(self, size: int) -> Iterator[bytes]:
        """What is there, from its beginning; afterwards writing goes on at its end."""
        self._opened.seek(0)
        while chunk := self._opened.read(size):
            yield chunk

    def write(self, chunk: bytes) -> None:
        """Adds at the end.

        Raises:
            StorageError: the disk is full or fails; what was there before stays.
        """
        try:
            self._opened.write(chunk)
            self._opened.flush()
        except OSError as error:
            with suppress(OSError):  # a piece of the chunk may have gone through
                self._opened.truncate(self.size)
            raise self._fault(error) from error
        self.size += len(chunk)

    def empty(self) -> None:
        """Throws away what is there."""
        self._opened.seek(0)
        self._opened.truncate(0)
        self.size = 0
        self._note = PartNote(self._url)

    def remember(self, tag: str, total: int | None) -> None:
        """Keeps what the server says, for another start.

        Raises:
            StorageError: it cannot be written.
        """
        if (note := PartNote(self._url, tag, total)) != self._note or not note_path(self.path).exists():
            try:
                write_whole(note_path(self.path), msgspec.json.encode(note))
            except OSError as error:
                raise self._fault(error) from error
            self._note = note

    def finish(self) -> None:
        """Waits until all of it is on the disk.

        Raises:
            StorageError: the disk fails.
        """
        try:
            self._opened.flush()
            sync(self.path)
        except OSError as error:
            raise self._fault(error) from error

    def close(self) -> None:
        """Lets the file go; it stays on the disk, unless it is empty."""
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
                if not self.size:
                    discard(self.path)
            self._file = None

    @property
    def _opened(self) -> BinaryIO:
        assert self._file is not None  # `open` comes first
        return self._file

    def _fault(self, error: OSError) -> StorageError:
        return StorageError(
            f"No se puede escribir la descarga en {self.path.parent}: {reason(error)}.",
            "Comprueba el espacio libre y los permisos, y repite: sigue desde donde estaba.",
        )
