"""Checks a GGUF file's header in plain Python before native code opens it.

llama.cpp aborts the process on some malformed files (a doubled token), says nothing useful on others (a web page, a
download that stopped), and parses what a stranger wrote. This reads every count with a bound, allocates nothing by a
number it has not checked, and leaves one clear sentence where something is wrong. It never reads the weights.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import NoReturn

from reflexiona.errors import ModelError, reason
from reflexiona.models.gguf_bytes import ARRAY, MAGIC, STRING, GgufBytes, shown

_VERSIONS = (2, 3)
_MOST_ENTRIES = 65_536
_MOST_TENSORS = 1_000_000
_MOST_ELEMENTS = 1 << 48
_LONGEST_KEY = 65_535
_LONGEST_STRING = 16 * 1024 * 1024
_LONGEST_ARRAY = 16 * 1024 * 1024
_MOST_LAYERS = 1024
_MOST_CONTEXT = 1 << 30
_TOKENS = "tokenizer.ggml.tokens"
_A_TOKEN_EACH = ("tokenizer.ggml.scores", "tokenizer.ggml.token_type")
_A_TOKEN_OF_IT = tuple(f"tokenizer.ggml.{name}_token_id" for name in ("bos", "eos", "eot", "unknown", "padding"))
_NO_TOKEN = 0xFFFF_FFFF
_BYTES_A_VALUE = 2
"""Keys and values are remembered as 16-bit floats."""
_SHAPE = MappingProxyType(
    {
        "block_count": _MOST_LAYERS,
        "context_length": _MOST_CONTEXT,
        "embedding_length": 1 << 17,
        "attention.head_count": 4096,
        "attention.head_count_kv": 4096,
        "attention.key_length": 8192,
        "attention.value_length": 8192,
    }
)
"""Figure of the header, after the architecture's name → the most it may be."""
_MOST_DIMENSIONS = 4
_BLOCKS = MappingProxyType(
    {  # tensor type: (elements a block, bytes a block)
        **{0: (1, 4), 1: (1, 2), 30: (1, 2), 24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8), 28: (1, 8)},
        **{2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 9: (32, 40), 20: (32, 18), 39: (32, 17)},
        **{10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292)},
        **{16: (256, 66), 17: (256, 74), 18: (256, 98), 19: (256, 50), 21: (256, 110), 22: (256, 82)},
        **{23: (256, 136), 29: (256, 56), 34: (256, 54), 35: (256, 66), 40: (64, 36), 41: (128, 18)},
    }
)
_NOT_WRITERS = frozenset({"clip", "bert", "nomic-bert", "jina-bert-v2", "modern-bert", "t5encoder", "wavtokenizer-dec"})


@dataclass(frozen=True, slots=True)
class Header:
    """What a model file says about itself."""

    architecture: str
    name: str
    template: str
    """The file's own chat template: searched for marks, never rendered."""
    context: int
    """Tokens the model was trained on at once; 0 where the file does not say."""
    tokens: int
    """Size of the vocabulary."""
    size: int
    """Bytes of the file."""
    kv_bytes: int
    """Bytes of memory that each token of a conversation takes; 0 where the file does not say."""


def inspect_gguf(path: Path) -> Header:
    """Reads and checks the header of a model file.

    Raises:
        ModelError: it is not a model that can be loaded: one sentence says why.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            return _Inspection(GgufBytes(file, size, path.name)).header()
    except FileNotFoundError:
        raise ModelError(f"No existe el archivo {path}.", "Revisa la ruta.") from None
    except OSError as error:
        raise ModelError(f"No se puede leer {path}: {reason(error)}.", "Revisa la ruta y sus permisos.") from error


class _Inspection:
    """One reading of one file, from its first byte to the end of its table of tensors."""

    def __init__(self, source: GgufBytes) -> None:
        self._source = source
        self._values: dict[str, object] = {}
        self._lists: dict[str, tuple[int, ...]] = {}
        """Figures that some files give layer by layer."""

    def header(self) -> Header:
        """The checked header."""
        tensors, entries = self._counts()
        for _ in range(entries):
            self._entry()
        architecture = self._text("general.architecture")
        if not architecture:
            self._source.refuse("no dice de qué arquitectura es")
        self._must_write(architecture)
        self._must_fit_together(architecture)
        self._table(tensors)
        return Header(
            shown(architecture),
            shown(self._text("general.name")),
            self._text("tokenizer.chat_template"),
            self._count(f"{architecture}.context_length"),
            self._count(_TOKENS),
            self._source.size,
            self._kv_bytes(architecture),
        )

    def _counts(self) -> tuple[int, int]:
        start = self._source.start()
        if not start.startswith(MAGIC):
            self._refuse_stranger(start)
        version = self._source.number("<I")
        if version & 0xFFFF == 0 and version >> 16:
            self._source.refuse("está hecho para procesadores de otro orden de bytes")
        if version not in _VERSIONS:
            self._source.refuse(f"usa la versión {version} del formato GGUF, y se admiten la 2 y la 3")
        tensors, entries = self._source.number("<Q"), self._source.number("<Q")
        if not 0 < tensors <= _MOST_TENSORS or not 0 < entries <= _MOST_ENTRIES:
            self._source.refuse("tiene una cabecera imposible")
        return tensors, entries

    def _entry(self) -> None:
        key = self._source.string(_LONGEST_KEY)
        if key in self._values:
            self._source.refuse(f"repite el dato «{shown(key)}» en la cabecera")
        kind = self._source.number("<I")
        if kind == ARRAY:
            self._values[key] = self._array(key)
        elif kind == STRING:
            self._values[key] = self._source.string(_LONGEST_STRING)
        else:
            self._values[key] = self._source.scalar(kind)

    def _array(self, key: str, depth: int = 0) -> int:
        """Steps over an array and returns its length; the vocabulary is searched for doubles."""
        kind, count = self._source.number("<I"), self._source.number("<Q")
        if count > _LONGEST_ARRAY:
            self._source.refuse("tiene una lista imposible en la cabecera")
        if kind == STRING:
            self._texts(count, unique=key == _TOKENS)
        elif kind == ARRAY:
            if depth:
                self._source.refuse("tiene listas dentro de listas en la cabecera")
            for _ in range(count):
                self._array(key, depth + 1)
        elif key.endswith((".attention.head_count_kv", ".attention.head_count")) and count <= _MOST_LAYERS:
            found = (self._source.scalar(kind) for _ in range(count))
            self._lists[key] = tuple(value for value in found if isinstance(value, int))
        else:
            self._source.skip(count * struct.calcsize(self._source.format(kind)))
        return count

    def _texts(self, count: int, *, unique: bool) -> None:
        """Steps over texts; where one comes twice that may not, llama.cpp would abort."""
        seen: set[bytes] = set()
        for _ in range(count):
            text = self._source.raw(_LONGEST_STRING).partition(b"\0")[0]  # as C reads it
            if unique and text in seen:
                self._source.refuse("tiene palabras repetidas en su vocabulario y haría caer el motor")
            if unique and text:  # llama.cpp gives the empty ones names of their own
                seen.add(text)

    def _table(self, tensors: int) -> None:
        alignment = self._values.get("general.alignment", 32)
        if not isinstance(alignment, int) or not 8 <= alignment <= 65_536 or alignment & (alignment - 1):
            self._source.refuse("tiene una alineación imposible")
        seen: set[str] = set()
        end = 0
        for _ in range(tensors):
            name = self._source.string(_LONGEST_KEY)
            if name in seen:
                self._source.refuse(f"repite la pieza «{shown(name)}»")
            seen.add(name)
            end = max(end, self._tensor_end(name, alignment))
        start = -(-self._source.place // alignment) * alignment
        if start + end > self._source.size:
            missing = (start + end - self._source.size) / 1e6
            part = f"{missing:,.0f} MB" if missing >= 1 else "una parte"
            self._source.refuse(f"está incompleto: falta {part} de {(start + end) / 1e6:,.0f} MB".replace(",", "."))

    def _tensor_end(self, name: str, alignment: int) -> int:
        """Where a tensor's data ends, in bytes from the start of the data."""
        dimensions = self._source.number("<I")
        if not 0 < dimensions <= _MOST_DIMENSIONS:
            self._source.refuse(f"tiene una pieza imposible («{shown(name)}»)")
        elements = 1
        lengths = [self._source.number("<Q") for _ in range(dimensions)]
        for length in lengths:
            elements *= length
        kind, offset = self._source.number("<I"), self._source.number("<Q")
        if not 0 < elements < _MOST_ELEMENTS or offset % alignment or offset >= _MOST_ELEMENTS:
            self._source.refuse(f"tiene una pieza imposible («{shown(name)}»)")
        block, width = _BLOCKS.get(kind, (1, 0))  # of a newer type only the place is known
        if lengths[0] % block:
            self._source.refuse(f"tiene una pieza imposible («{shown(name)}»)")
        return offset + elements // block * width

    def _must_write(self, architecture: str) -> None:
        if architecture in _NOT_WRITERS:
            self._source.refuse("no es un modelo que escriba texto", "Elige un modelo de conversación («instruct»).")
        if (parts := self._count("split.count")) > 1:
            self._source.refuse(
                f"es una de las {parts} partes de un modelo", "Une las partes con llama-gguf-split --merge."
            )
        if not self._count(_TOKENS):
            self._source.refuse("no trae vocabulario")

    def _must_fit_together(self, architecture: str) -> None:
        """Figures within bounds, and a vocabulary that speaks of the tokens it has."""
        for name, most in _SHAPE.items():
            key = f"{architecture}.{name}"
            for value in self._lists.get(key, (self._count(key),)):
                if not 0 <= value <= most:
                    self._source.refuse(f"tiene un dato imposible en la cabecera («{shown(key)}»)")
        tokens = self._count(_TOKENS)
        if any(self._count(key) not in (0, tokens) for key in _A_TOKEN_EACH):
            self._source.refuse("tiene un vocabulario que no cuadra")
        if any(self._count(key) != _NO_TOKEN and not 0 <= self._count(key) < tokens for key in _A_TOKEN_OF_IT):
            self._source.refuse("nombra una palabra que su vocabulario no tiene")

    def _kv_bytes(self, architecture: str) -> int:
        """Keys and values of one token, over all layers."""
        at = f"{architecture}.attention"
        heads = max(self._lists.get(f"{at}.head_count", (self._count(f"{at}.head_count"),)), default=0)
        head = self._count(f"{architecture}.embedding_length") // heads if heads else 0
        width = (self._count(f"{at}.key_length") or head) + (self._count(f"{at}.value_length") or head)
        layers = self._count(f"{architecture}.block_count")
        one = self._count(f"{at}.head_count_kv") or heads
        return _BYTES_A_VALUE * width * sum(self._lists.get(f"{at}.head_count_kv", (one,) * layers))

    def _refuse_stranger(self, start: bytes) -> NoReturn:
        text = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        if not self._source.size:
            self._source.refuse("está vacío")
        if text.startswith((b"<!doctype", b"<html", b"<?xml")):
            self._source.refuse("es una página web guardada con nombre de modelo")
        if text.startswith(b"version https://git-lfs"):
            self._source.refuse("es solo la referencia a un modelo (Git LFS), no el modelo")
        self._source.refuse("no es un modelo en formato GGUF", "Elige un archivo .gguf.")

    def _text(self, key: str) -> str:
        value = self._values.get(key)
        return value if isinstance(value, str) else ""

    def _count(self, key: str) -> int:
        """A figure, or the length of a list; 0 where there is none."""
        value = self._values.get(key)
        return value if isinstance(value, int) else 0
