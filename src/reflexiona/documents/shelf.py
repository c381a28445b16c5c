"""Where the person's documents lie: the cleaned text of each and a record of where it came from. Ground state.

    documentos/cerrojo                        held by the one process that writes
    documentos/propio-tarifas.json            the record; written last, removed first
    documentos/propio-tarifas.4f0a….md        the text, under a name that says which

A text without a record was left by somebody who was interrupted; the next to write removes it. Passages are derived.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from reflexiona.corpus.library import OWN_PREFIX as PREFIX
from reflexiona.documents.content import LONGEST_TEXT, folded, one_line
from reflexiona.documents.splitting import split
from reflexiona.domain import Article, Passage, Source
from reflexiona.errors import NotFoundError, StorageError, reason
from reflexiona.files import FileLock
from reflexiona.paths import DataFolder
from reflexiona.situation import clean

OWN = "documento propio"
LOCK = "cerrojo"
PATIENCE = 10.0
"""Seconds that a process waits while another one writes."""
_ID = re.compile(rf"{PREFIX}[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_ID = 48


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is known of a document."""

    id: str
    title: str
    date: str
    """ISO, or empty."""
    source: str
    """Name of the file, with that of its folder where a folder was taken in."""
    origin: str
    """Where the file lay."""
    sha256: str
    """Of the file, hex."""
    text_sha256: str
    """Of the text, hex."""
    added: str
    """ISO 8601, UTC."""
    reader: int
    """`cleaning.READER_VERSION` of the program that read it."""

    @property
    def text_name(self) -> str:
        """Name of the file that holds the text."""
        return f"{self.id}.{self.text_sha256[:16]}.md"


@dataclass(frozen=True, slots=True)
class Shelved:
    """The documents as articles, by id, and what could not be read."""

    articles: tuple[Article, ...]
    damaged: tuple[str, ...] = ()
    """Names of records without a readable text, or that are none."""


class DocumentShelf:
    """The shelf of one data folder. Reading needs no lock."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data
        self.folder = data.documents

    def records(self) -> tuple[Record, ...]:
        """The records that can be read, by id."""
        return tuple(record for path in self._record_files() if (record := _record(path)))

    def shelved(self) -> Shelved:
        """All documents, split into passages."""
        articles: list[Article] = []
        damaged: list[str] = []
        for path in self._record_files():
            record = _record(path)
            text = self._text(record) if record else None
            if record is None or text is None:
                damaged.append(path.name)
            else:
                articles.append(article_of(record, text))
        return Shelved(tuple(articles), tuple(damaged))

    def find(self, document: str) -> Record:
        """The record of an id, or of an unambiguous beginning of one; with or without its prefix.

        Raises:
            NotFoundError: none, or several, begin so.
        """
        records = self.records()
        wanted = [name for name in (document, f"{PREFIX}{document}") if name]
        exact = [record for record in records if record.id in wanted]
        found = exact or [record for record in records if document and record.id.startswith(tuple(wanted))]
        if len(found) == 1:
            return found[0]
        name = one_line(document)
        raise NotFoundError(
            f"Varios documentos empiezan por «{name}»." if found else f"No hay ningún documento propio «{name}».",
            "Mira los que hay con «reflexiona corpus lista»; los artículos que trae Reflexiona no se quitan.",
        )

    @contextmanager
    def writing(self, patience: float = PATIENCE) -> Iterator[dict[str, Record]]:
        """Holds the shelf alone, and gives the records by id.

        Raises:
            StorageError: the folder cannot be written, or another process keeps it.
        """
        self._data.ensure(self.folder)
        with refusals(self.folder):
            lock = FileLock.exclusive(self.folder / LOCK, patience)
        if lock is None:
            raise StorageError(
                "Otro proceso de Reflexiona está guardando documentos.",
                "Espera un momento y vuelve a intentarlo.",
                retryable=True,
            )
        with lock:
            records = {record.id: record for record in self.records()}
            with refusals(self.folder):
                self._sweep(records)
            yield records

    def _sweep(self, records: dict[str, Record]) -> None:
        """Removes what somebody who was interrupted left behind."""
        kept = {record.text_name for record in records.values()} | {path.name for path in self._record_files()}
        for path in self.folder.iterdir():
            if path.name.startswith(PREFIX) and path.name not in kept:
                path.unlink()

    def _record_files(self) -> list[Path]:
        return sorted(path for path in self.folder.glob(f"{PREFIX}*.json"))

    def _text(self, record: Record) -> str | None:
        try:
            raw = (self.folder / record.text_name).read_bytes()
        except OSError:
            return None
        text = raw.decode("utf-8", "replace")
        return clean(text) + "\n" if len(text) <= 2 * LONGEST_TEXT else None


def article_of(record: Record, text: str) -> Article:
    """A document as an article: own, without scenarios."""
    passages = tuple(
        Passage(
            f"{record.id}#{number}",
            record.id,
            record.title,
            piece.title,
            text[piece.start : piece.end],
            piece.start,
            piece.end,
            own=True,
        )
        for number, piece in enumerate(split(text), start=1)
    )
    source = Source(record.source, OWN, record.date)
    return Article(record.id, record.title, "", (), (), (), (source,), record.date, text, passages, own=True)


def new_id(name: str, taken: dict[str, Record]) -> str:
    """An id made of the name of a file, different from all that are taken."""
    slug = "-".join(re.findall(r"[a-z0-9]+", folded(Path(name).stem)))[:_LONGEST_ID].strip("-") or "documento"
    stem, number = f"{PREFIX}{slug}", 1
    while (found := stem if number == 1 else f"{stem}-{number}") in taken:
        number += 1
    return found


def text_hash(text: str) -> str:
    """SHA-256 (hex) of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


@contextmanager
def refusals(folder: Path) -> Iterator[None]:
    """What the disk refuses becomes a `StorageError`."""
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"No se puede escribir en {folder}: {reason(error)}.",
            "Comprueba que queda espacio y que la carpeta de datos se puede escribir.",
            retryable=True,
        ) from error


def _record(path: Path) -> Record | None:
    """The record in a file; None where it is none, or names another document."""
    try:
        record = msgspec.json.decode(path.read_bytes(), type=Record)
    except (OSError, msgspec.MsgspecError):
        return None
    hashes = (record.sha256, record.text_sha256)
    if record.id != path.stem or not _ID.fullmatch(record.id):
        return None
    if not all(re.fullmatch(r"[0-9a-f]{64}", value) for value in hashes):
        return None
    return msgspec.structs.replace(record, title=one_line(record.title) or record.id, source=one_line(record.source))
