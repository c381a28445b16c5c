"""Reads Word documents: mammoth says what they hold, as a page. The only importer of mammoth.

A docx file is a zip archive: what it would unpack to is measured before anything is unpacked.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from html import unescape
from typing import Any

from reflexiona.documents.content import Content, UnreadableError, one_line
from reflexiona.documents.dates import iso_date
from reflexiona.documents.html import blocks_of, parsed

_OLD_WORD = b"\xd0\xcf\x11\xe0"
_MOST_PARTS = 4_000
_LARGEST_PART = 15_000_000
"""Bytes of a part that is text, once unpacked; a book of five hundred pages takes a third of that."""
_LARGEST_WHOLE = 400_000_000
"""Bytes of all parts, pictures included, once unpacked."""
_ENCRYPTED = 0x41
"""Flags of a part that needs a password, by either kind of encryption."""
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""The only ways in which the format packs its parts."""
_CORE = "docProps/core.xml"
_PROPERTY = re.compile(r"<(?:dc|dcterms):(title|created|modified)\b[^>]*>([^<]*)<")
_STYLES = "p[style-name='Title'] => h1:fresh\np[style-name='Subtitle'] => p:fresh"
_NOT_A_DOCX = "no es un documento de Word que se pueda leer."
_AGAIN = "Ábrelo con Word o LibreOffice y guárdalo de nuevo como .docx."


def read_docx(raw: bytes) -> Content:
    """The content of a Word document.

    Raises:
        UnreadableError: it is none, is protected by a password, or would unpack beyond all measure.
    """
    if raw.startswith(_OLD_WORD):
        raise UnreadableError("es un Word antiguo (.doc) o está protegido con contraseña.", _AGAIN)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            _measure(archive)
            title, date = _properties(archive)
        page = _converted(raw)
    except UnreadableError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, OSError, RuntimeError) as error:
        raise UnreadableError(_NOT_A_DOCX, _AGAIN) from error
    blocks = tuple(blocks_of(parsed(page)))
    # what stands in the properties may be that of a template; what stands on the first page is seen
    return Content(blocks, blocks[0].text if blocks and blocks[0].level == 1 else title, date)


def _measure(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    too_much = (
        len(parts) > _MOST_PARTS
        or sum(part.file_size for part in parts) > _LARGEST_WHOLE
        or any(part.file_size > _LARGEST_PART for part in parts if part.filename.endswith((".xml", ".rels")))
    )
    if too_much:
        raise UnreadableError(
            "al descomprimirlo ocuparía demasiado; los documentos normales no son así.",
            "Si es tuyo y de fiar, copia su texto en un documento nuevo.",
        )
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        raise UnreadableError("está protegido con contraseña.", "Guarda una copia sin contraseña.")
    if any(part.compress_type not in _PACKED for part in parts):
        raise UnreadableError(_NOT_A_DOCX, _AGAIN)


def _properties(archive: zipfile.ZipFile) -> tuple[str, str]:
    """Title and date of last change, as the document tells them."""
    try:
        core = archive.read(_CORE).decode("utf-8", "replace")
    except KeyError:
        return "", ""
    values = {match[1]: unescape(match[2]) for match in _PROPERTY.finditer(core)}
    return one_line(values.get("title", "")), iso_date(values.get("modified", "") or values.get("created", ""))


def _converted(raw: bytes) -> str:
    import mammoth

    def no_picture(image: Any) -> list[Any]:
        return []

    try:
        return str(mammoth.convert_to_html(io.BytesIO(raw), style_map=_STYLES, convert_image=no_picture).value)
    except MemoryError:
        raise
    except Exception as error:  # mammoth has no errors of its own: a broken part raises whatever it stumbles over
        raise UnreadableError(_NOT_A_DOCX, _AGAIN) from error
