"""A file, whatever its format, as a cleaned document. Runs in a process of its own: see `reader`."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from reflexiona.documents.cleaning import clean_content
from reflexiona.documents.content import LARGEST_FILE, LARGEST_PAGE, Content, UnreadableError
from reflexiona.errors import reason

KINDS = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "text",
    ".text": "text",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
    ".docx": "docx",
}
"""What is read, by the end of a file's name."""
SAID_KINDS = "md, txt, html, pdf y docx"


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A document as its file gives it."""

    title: str
    date: str
    """ISO, or empty."""
    text: str
    sha256: str
    """Of the file, hex."""


def read_document(path: Path) -> ReadDocument:
    """Reads and cleans a file.

    Raises:
        UnreadableError: it cannot be taken in, and why.
    """
    kind = KINDS.get(path.suffix.lower())
    if kind is None:
        raise UnreadableError("es de un tipo que no se lee.", f"Sirven {SAID_KINDS}.")
    raw = bytes_of(path, LARGEST_FILE if kind in ("pdf", "docx") else LARGEST_PAGE)
    document = clean_content(_content(raw, kind), path.name)
    return ReadDocument(document.title, document.date, document.text, hashlib.sha256(raw).hexdigest())


def bytes_of(path: Path, largest: int = LARGEST_FILE) -> bytes:
    """The bytes of an ordinary file.

    Raises:
        UnreadableError: there is none, it cannot be read, is empty, or too large.
    """
    try:
        # not blocking: a pipe that nobody writes to must not hold everything up
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise UnreadableError("no es un archivo normal.", "")
            if status.st_size > largest:
                raise UnreadableError(
                    f"ocupa demasiado: el límite es de {largest // 1_000_000} MB.", "Divídelo en partes."
                )
            raw = file.read(largest + 1)
    except FileNotFoundError as error:
        raise UnreadableError("no existe.", "Revisa la ruta.") from error
    except OSError as error:
        raise UnreadableError(f"no se puede abrir ({reason(error)}).", "Revisa sus permisos.") from error
    if not raw:
        raise UnreadableError("está vacío.", "")
    return raw[:largest]


def _content(raw: bytes, kind: str) -> Content:
    """Imports what a format needs only when a file is of it."""
    if kind == "pdf":
        from reflexiona.documents.pdf import read_pdf

        return read_pdf(raw)
    if kind == "docx":
        from reflexiona.documents.docx import read_docx

        return read_docx(raw)
    if kind == "html":
        from reflexiona.documents.html import read_html

        return read_html(raw)
    from reflexiona.documents.plain import read_plain

    return read_plain(raw, markdown=kind == "markdown")
