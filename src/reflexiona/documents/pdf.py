"""Reads PDF files: the text of their pages, without what is printed on every one. The only importer of pypdf."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Any

from reflexiona.documents.content import LONGEST_TEXT, Block, Content, UnreadableError, one_line, tidy
from reflexiona.documents.dates import metadata_date

MOST_PAGES = 1_500
_LOCKED = ("está protegido con contraseña.", "Guarda una copia sin contraseña.")
_NOT_A_PDF = ("está dañado o no es un PDF.", "Ábrelo con otro programa y guárdalo de nuevo.")
_PICTURES = (
    "no tiene texto, solo imágenes: será un escaneo.",
    "Pásalo antes por un programa de reconocimiento de texto (OCR).",
)
_EDGE = 2
"""Lines at the top and at the foot of a page that may be printed on every page."""
_OFTEN = 0.6
"""Share of the pages on which a line stands that belongs to none of them."""
_PAGE_NUMBER = re.compile(
    r"(?:p[aá]g(?:ina|\.)?\s*)?[-–—]?\s*\d{1,4}\s*[-–—]?(?:\s*(?:de|/|of)\s*\d{1,4})?", re.IGNORECASE
)
_BULLET = re.compile(r"(?:[•·▪◦●○‣∙*]|[-–—]|\d{1,2}[.)]|[a-z]\))\s+(?=\S)")
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u2010]$")
_ENDS = re.compile(r"[.:;?!…»\")]$")
_HEADING_WORDS = 10
_SHORT = 0.75
"""Share of the usual width of a line below which a paragraph may end there."""


def read_pdf(raw: bytes) -> Content:
    """The content of a PDF file.

    Raises:
        UnreadableError: damaged, protected by a password, without text, or of too many pages.
    """
    from pypdf import PdfReader

    if b"%PDF-" not in raw[:1024]:
        raise UnreadableError(*_NOT_A_PDF)
    try:
        reader = PdfReader(io.BytesIO(raw))
        if reader.is_encrypted and not _opened(reader):
            raise UnreadableError(*_LOCKED)
        pages = _pages(reader)
        title, date = _properties(reader)
    except (UnreadableError, MemoryError):
        raise
    except Exception as error:  # over what is broken, pypdf stumbles in ways of all kinds
        raise UnreadableError(*_NOT_A_PDF) from error
    if not any(pages):
        raise UnreadableError(*_PICTURES)
    return Content(tuple(blocks_of_pages(pages)), title, date)


def blocks_of_pages(pages: Sequence[Sequence[str]]) -> Iterator[Block]:
    """Paragraphs, items and headings of the lines of pages; a paragraph may go on on the next page."""
    lines = [line for page in _without_edges(pages) for line in page]
    widths = sorted(len(line) for line in lines if line)
    usual = widths[int(0.8 * (len(widths) - 1))] if widths else 0
    paragraph: list[str] = []
    for place, line in enumerate(lines):
        if paragraph and (not line or _BULLET.match(line)):
            yield _block(paragraph)
            paragraph = []
        if not line:
            continue
        paragraph.append(line)
        following = lines[place + 1] if place + 1 < len(lines) else ""
        if _paragraph_ends(line, following, usual):
            yield _block(paragraph)
            paragraph = []
    if paragraph:
        yield _block(paragraph)


def _paragraph_ends(line: str, following: str, usual: int) -> bool:
    """Whether the next line begins a paragraph: nothing in a PDF says so but the shape of the lines."""
    if not following or _HYPHEN.search(line):
        return False
    if len(line) >= _SHORT * usual:
        return bool(_ENDS.search(line)) and len(following) < _SHORT * usual and _is_heading(following)
    return bool(_ENDS.search(line)) or not following[0].islower()


def _block(lines: Sequence[str]) -> Block:
    parts = [lines[0]]
    for before, line in pairwise(lines):
        if _HYPHEN.search(before) and line[:1].islower():
            parts[-1] = parts[-1][:-1]
        else:
            parts.append(" ")
        parts.append(line)
    text = "".join(parts)
    if bullet := _BULLET.match(text):
        return Block(text[bullet.end() :], item=True)
    return Block(text, level=2 if len(lines) == 1 and _is_heading(text) else 0)


def _is_heading(text: str) -> bool:
    """A short line by itself that begins like one, has no end of a sentence and names no amount."""
    if _ENDS.search(text) or len(text.split()) > _HEADING_WORDS or not text[:1].isupper():
        return False
    return not re.search(r"[€$£,]|\d{3}", text) and len(re.findall(r"[^\W\d_]{3,}", text)) >= 1


def _without_edges(pages: Sequence[Sequence[str]]) -> Iterator[list[str]]:
    """The lines of each page without numbers, and without what stands at the edge of most pages."""
    edges = Counter(line for page in pages for line in {_without_figures(page[place]) for place in _edge(page)})
    repeated = {line for line, count in edges.items() if len(pages) > 2 and count >= _OFTEN * len(pages)}
    for page in pages:
        printed = {
            place
            for place in _edge(page)
            if _PAGE_NUMBER.fullmatch(page[place]) or _without_figures(page[place]) in repeated
        }
        yield [line for place, line in enumerate(page) if place not in printed]


def _edge(page: Sequence[str]) -> set[int]:
    """Places of the lines at the top and at the foot of a page."""
    told = [place for place, line in enumerate(page) if line]
    return {*told[:_EDGE], *told[-_EDGE:]}


def _without_figures(line: str) -> str:
    return re.sub(r"\d+", "0", line)


def _opened(reader: Any) -> bool:
    """Whether it opens without a password, as many that may only not be printed do."""
    with suppress(Exception):  # a cipher that is not at hand raises what it likes
        return bool(reader.decrypt(""))
    return False


def _pages(reader: Any) -> list[list[str]]:
    if len(reader.pages) > MOST_PAGES:
        raise UnreadableError(f"tiene más de {MOST_PAGES} páginas.", "Divídelo en partes.")
    pages: list[list[str]] = []
    length = 0
    for page in reader.pages:
        text = tidy(page.extract_text())
        length += len(text)
        pages.append(text.split("\n") if text else [])
        if length > 2 * LONGEST_TEXT:
            break
    return pages


def _properties(reader: Any) -> tuple[str, str]:
    told = reader.metadata or {}
    title = one_line(str(told.get("/Title", "") or ""))
    date = metadata_date(str(told.get("/ModDate", "") or told.get("/CreationDate", "") or ""))
    return title, date
