"""Puts documents on the shelf and takes them off: one at a time, each wholly or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePath

import msgspec

from reflexiona.documents.cleaning import READER_VERSION
from reflexiona.documents.reading import ReadDocument
from reflexiona.documents.shelf import DocumentShelf, Record, new_id, refusals, text_hash
from reflexiona.files import write_whole


class Outcome(StrEnum):
    """What became of a file."""

    ADDED = "nuevo"
    REPLACED = "cambiado"
    SAME = "igual"
    SKIPPED = "saltado"


@dataclass(frozen=True, slots=True)
class Kept:
    """A document on the shelf, and whether it is new there."""

    record: Record
    outcome: Outcome


class Keeper:
    """Writes on a shelf. Made by `keeping`; of use within it only."""

    def __init__(self, folder: Path, records: dict[str, Record]) -> None:
        self._folder = folder
        self._records = records

    def known(self, sha256: str) -> Record | None:
        """The document that a file of these bytes gave, where it would give the same now."""
        return next((r for r in self._records.values() if r.sha256 == sha256 and r.reader == READER_VERSION), None)

    def keep(self, document: ReadDocument, source: str, origin: str, now: str) -> Kept:
        """Keeps a document; in place of the one that the same file gave before.

        Args:
            document: what the file gives.
            source: the file's name, as the person knows it.
            origin: where the file lies.
            now: ISO 8601, UTC.

        Raises:
            StorageError: it cannot be written; what was there stays.
        """
        digest = text_hash(document.text)
        before = self._before(source, origin)
        twin = next((r for r in self._records.values() if r.text_sha256 == digest and r is not before), None)
        if twin and before is None:
            return Kept(twin, Outcome.SAME)
        record = Record(
            id=before.id if before else new_id(source, self._records),
            title=document.title,
            date=document.date,
            source=source,
            origin=origin,
            sha256=document.sha256,
            text_sha256=digest,
            added=now,
            reader=READER_VERSION,
        )
        with refusals(self._folder):
            write_whole(self._folder / record.text_name, document.text.encode())
            write_whole(self._folder / f"{record.id}.json", msgspec.json.encode(record))
            if before and before.text_name != record.text_name:
                (self._folder / before.text_name).unlink(missing_ok=True)
        self._records[record.id] = record
        if before is None:
            return Kept(record, Outcome.ADDED)
        unchanged = (before.text_sha256, before.title, before.date) == (digest, record.title, record.date)
        return Kept(record, Outcome.SAME if unchanged else Outcome.REPLACED)

    def remove(self, record: Record) -> None:
        """Takes a document off the shelf.

        Raises:
            StorageError: the folder cannot be written.
        """
        with refusals(self._folder):
            (self._folder / f"{record.id}.json").unlink(missing_ok=True)
            (self._folder / record.text_name).unlink(missing_ok=True)
        self._records.pop(record.id, None)

    def _before(self, source: str, origin: str) -> Record | None:
        """The document of the same file: of the same place, or of the same name where that file is gone."""
        same: Iterable[Record] = [record for record in self._records.values() if record.origin == origin]
        moved = (
            record
            for record in self._records.values()
            if PurePath(record.source).name == PurePath(source).name and not Path(record.origin).is_file()
        )
        return next(iter(same), None) or next(moved, None)


@contextmanager
def keeping(shelf: DocumentShelf) -> Iterator[Keeper]:
    """Holds the shelf alone.

    Raises:
        StorageError: the folder cannot be written, or another process keeps it.
    """
    with shelf.writing() as records:
        yield Keeper(shelf.folder, records)
