"""Word documents that are locked in part or damaged are refused in one sentence."""

import random
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from reflexiona.documents.content import UnreadableError
from reflexiona.documents.docx import read_docx
from tests.support.papers import paragraph, write_docx


@pytest.mark.parametrize("part", [b"word/document.xml", b"docProps/core.xml"])
@pytest.mark.parametrize("flag", [0x01, 0x40, 0x41])
def test_a_word_document_with_one_locked_part_says_so(tmp_path: Path, part: bytes, flag: int) -> None:
    raw = bytearray(write_docx(tmp_path / "c.docx", paragraph("hola"), title="T").read_bytes())
    for header, flags, name in ((b"PK\x03\x04", 6, 30), (b"PK\x01\x02", 8, 46)):
        at = next(at for at in range(len(raw)) if raw[at:].startswith(header) and raw[at + name :].startswith(part))
        raw[at + flags] |= flag
    with pytest.raises(UnreadableError, match="protegido con contraseña"):
        read_docx(bytes(raw))


@pytest.mark.parametrize("packed", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_damaged_word_document_is_refused_in_one_sentence(tmp_path: Path, packed: int) -> None:
    whole = tmp_path / "entero.docx"
    with zipfile.ZipFile(write_docx(tmp_path / "a.docx", paragraph("hola"), title="T")) as source:
        with zipfile.ZipFile(whole, "w", packed) as archive:
            for name in source.namelist():
                archive.writestr(name, source.read(name))
    raw, chance = whole.read_bytes(), random.Random(packed)
    for _ in range(150):
        damaged = bytearray(raw)
        damaged[chance.randrange(len(raw))] = chance.randrange(256)
        with suppress(UnreadableError):
            read_docx(bytes(damaged))
