"""A stranger's file as numbers and texts, each read with a bound. Knows GGUF's kinds of value, not its keys."""

from __future__ import annotations

import struct
from types import MappingProxyType
from typing import BinaryIO, NoReturn

from reflexiona.errors import ModelError

MAGIC = b"GGUF"
AGAIN = "Vuelve a descargarlo o elige otro archivo."
SCALARS = MappingProxyType(
    {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
)
"""Kind of number → its layout."""
STRING, ARRAY = 8, 9


def shown(text: str) -> str:
    """A stranger's text as it may be shown: one short line, nothing that a terminal would obey."""
    return "".join(c for c in text if c.isprintable())[:80]


class GgufBytes:
    """A file's bytes as numbers and texts, each with a bound; what cannot be is refused."""

    def __init__(self, file: BinaryIO, size: int, name: str) -> None:
        self._file = file
        self._name = name
        self.size = size

    def start(self) -> bytes:
        """The first bytes, few where the file is short; what is read next is what follows the first four."""
        start = self._file.read(256)
        self._file.seek(len(MAGIC))
        return start

    @property
    def place(self) -> int:
        """Offset of the next byte."""
        return self._file.tell()

    def refuse(self, reason: str, remedy: str = AGAIN) -> NoReturn:
        """One sentence on what is wrong."""
        raise ModelError(f"El archivo {shown(self._name)} {reason}.", remedy)

    def format(self, kind: int) -> str:
        """The layout of a kind of number."""
        if kind not in SCALARS:
            self.refuse("tiene un dato de tipo desconocido en la cabecera")
        return SCALARS[kind]

    def scalar(self, kind: int) -> object:
        """A number or truth value of a kind."""
        layout = self.format(kind)
        return struct.unpack(layout, self.take(struct.calcsize(layout)))[0]

    def number(self, layout: str) -> int:
        """A whole number."""
        return int(struct.unpack(layout, self.take(struct.calcsize(layout)))[0])

    def raw(self, longest: int) -> bytes:
        """A text as bytes, behind its length."""
        length = self.number("<Q")
        if length > longest:
            self.refuse("tiene un texto imposible en la cabecera")
        return self.take(length)

    def string(self, longest: int) -> str:
        """A text, behind its length."""
        return self.raw(longest).decode("utf-8", "replace")

    def take(self, length: int) -> bytes:
        """Exactly so many bytes."""
        data = self._file.read(length)
        if len(data) < length:
            self.refuse("está incompleto: se corta en la cabecera")
        return data

    def skip(self, length: int) -> None:
        """Steps over so many bytes."""
        if self._file.tell() + length > self.size:
            self.refuse("está incompleto: se corta en la cabecera")
        self._file.seek(length, 1)
