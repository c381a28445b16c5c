"""Takes files in, one after the other: a broken one is named and the others go on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

from reflexiona.documents.content import UnreadableError, one_line
from reflexiona.documents.gathering import Found
from reflexiona.documents.keeping import Keeper, Outcome, keeping
from reflexiona.documents.reader import DocumentReader
from reflexiona.documents.reading import bytes_of
from reflexiona.documents.shelf import DocumentShelf, Record


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a file."""

    name: str
    outcome: Outcome
    record: Record | None = None
    """None where it was skipped."""
    message: str = ""
    """Why it was skipped: goes on after the file's name."""
    remedy: str = ""

    @property
    def is_new(self) -> bool:
        """Whether the shelf holds something that it did not hold before."""
        return self.outcome in (Outcome.ADDED, Outcome.REPLACED)


def take_in(
    files: Sequence[Found], shelf: DocumentShelf, reader: DocumentReader, now: Callable[[], str]
) -> Generator[Taken, None, None]:
    """Reads and keeps each file. Whoever stops in between keeps what was told so far.

    Args:
        files: in order.
        shelf: held alone until the last is told.
        reader: reads them.
        now: ISO 8601, UTC.

    Raises:
        StorageError: the shelf cannot be written to.
    """
    with keeping(shelf) as keeper:
        for file in files:
            name = one_line(file.name)
            try:
                yield _one(file, name, keeper, reader, now)
            except UnreadableError as error:
                yield Taken(name, Outcome.SKIPPED, None, error.message, error.remedy)


def _one(file: Found, name: str, keeper: Keeper, reader: DocumentReader, now: Callable[[], str]) -> Taken:
    known = keeper.known(hashlib.sha256(bytes_of(file.path)).hexdigest())
    if known:
        return Taken(name, Outcome.SAME, known)
    origin = str(file.path.resolve()).encode("utf-8", "replace").decode()
    kept = keeper.keep(reader.read(file.path), name, origin, now())
    return Taken(name, kept.outcome, kept.record)
