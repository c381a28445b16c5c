"""The encoders of the catalogue: folders of sentence-transformers, file by file. Knows no network."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from reflexiona.paths import DataFolder

_PLACE = re.compile(r"[\w-][\w.-]*(?:/[\w-][\w.-]*)*", re.ASCII)


class FileRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file as it stands in the catalogue."""

    archivo: str
    bytes: int | None = None
    sha256: str = ""


class EncoderRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An encoder as it stands in the catalogue."""

    titulo: str
    repo: str
    revision: str
    licencia: str
    idiomas: str
    archivos: tuple[FileRow, ...]
    consulta: str = ""
    pasaje: str = ""
    sin_verificar: bool = False
    nota: str = ""


@dataclass(frozen=True, slots=True)
class EncoderFile:
    """A file of an encoder's folder, and where it comes from."""

    place: str
    """Below the folder, with slashes."""
    url: str
    size: int | None
    """Bytes; None: not known."""
    sha256: str
    """The hash or its beginning; empty: not known."""


@dataclass(frozen=True, slots=True)
class EncoderEntry:
    """One encoder of the catalogue."""

    name: str
    title: str
    hosts: tuple[str, ...]
    """What may serve it: these and what lies below them."""
    licence: str
    languages: str
    files: tuple[EncoderFile, ...]
    query: str
    """What stands before each query."""
    passage: str
    unverified: bool
    """Installed only once a person has seen the size and hash of its largest file and agreed."""
    note: str

    @property
    def size(self) -> int:
        """Bytes of the files whose size is known."""
        return sum(file.size or 0 for file in self.files)


def encoder_entry(name: str, row: EncoderRow, hosts: tuple[str, ...], address: Callable[..., str]) -> EncoderEntry:
    """The entry of a row that `problem_of_encoder` finds nothing wrong with; `address` makes the URL of a file."""
    files = tuple(
        EncoderFile(file.archivo, address(row.repo, row.revision, file.archivo), file.bytes, file.sha256)
        for file in row.archivos
    )
    return EncoderEntry(
        name=name,
        title=row.titulo,
        hosts=hosts,
        licence=row.licencia,
        languages=row.idiomas,
        files=files,
        query=row.consulta,
        passage=row.pasaje,
        unverified=row.sin_verificar,
        note=row.nota,
    )


def problem_of_encoder(row: EncoderRow) -> str:
    """What breaks the rules, in Spanish; empty: nothing."""
    places = [file.archivo for file in row.archivos]
    if not any(place.endswith(".safetensors") for place in places):
        return "entre sus archivos no hay pesos (.safetensors)"
    if len(set(places)) < len(places) or not all(map(_PLACE.fullmatch, places)):
        return "un archivo está repetido o tiene una ruta que no puede ser"
    if any(file.sha256 and not re.fullmatch(r"[0-9a-f]{16,64}", file.sha256) for file in row.archivos):
        return "sha256 debe tener entre 16 y 64 cifras hexadecimales"
    if any(file.bytes is not None and file.bytes <= 0 for file in row.archivos):
        return "bytes debe ser positivo"
    if not row.sin_verificar and any(file.bytes is None or not file.sha256 for file in row.archivos):
        return "sin bytes o sin sha256 tiene que decir «sin_verificar = true»"
    return ""


def folder_of(data: DataFolder, name: str) -> Path:
    """Where an encoder of the catalogue lies once it is whole."""
    return data.encoders / name


def is_here(data: DataFolder, name: str) -> bool:
    """Whether an encoder of the catalogue is on this machine."""
    return folder_of(data, name).is_dir()
