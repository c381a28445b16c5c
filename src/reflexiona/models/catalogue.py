"""What can be brought from the network: what is known of each model, which fit this machine, which to take; encoders.

Knows no network: it is a data file with a schema (`models/catalogue.toml`). An unknown key is an error.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal
from urllib.parse import quote, urlsplit

import msgspec

from reflexiona.errors import BadInputError, NotFoundError, reason
from reflexiona.models.encoders import EncoderEntry, EncoderRow, encoder_entry, problem_of_encoder
from reflexiona.models.memory import Fit, Memory, fit, needed, size_text
from reflexiona.models.templates import FAMILIES

UNTESTED = "no probado por nosotros: mídelo con «reflexiona modelos mide»"
_LEVELS = {"8": "equipos de 8 GB", "16": "equipos de 16 GB", "mas": "equipos con más de 16 GB"}
_FROM = (("mas", 20_000_000_000), ("16", 11_000_000_000), ("8", 0))
"""A level, and the memory in bytes from which on it is for a machine: some of it never counts as the machine's."""
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")
_HASH = re.compile(r"[0-9a-f]{16,64}")
_LOCAL = ("127.0.0.1", "localhost", "::1")


class _Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    titulo: str
    nivel: Literal["8", "16", "mas"]
    repo: str
    revision: str
    archivo: str
    licencia: str
    licencia_libre: bool
    plantilla: str
    idiomas: str
    probado: bool
    bytes: int | None = None
    sha256: str = ""
    kv_kib: int = 0
    sin_verificar: bool = False
    propuesto: bool = False
    hibrido: bool = False
    nota: str = ""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: Literal[1]
    url: str
    servidores: tuple[str, ...]
    modelos: dict[str, _Row]
    codificadores: dict[str, EncoderRow] = {}


@dataclass(frozen=True, slots=True)
class Entry:
    """One model of the catalogue."""

    name: str
    title: str
    level: str
    """Which machines it is for: `8`, `16` or `mas`."""
    url: str
    hosts: tuple[str, ...]
    """What may serve it: these and what lies below them."""
    size: int | None
    """Bytes; None: not known."""
    sha256: str
    """The hash or its first 16 digits or more; empty: not known."""
    licence: str
    free_licence: bool
    """Whether the licence allows any use."""
    family: str
    """Id of its prompt template."""
    languages: str
    kv_bytes: int
    """Bytes a token; 0: not known."""
    unverified: bool
    """Installed only once a person has seen its size and hash and agreed."""
    proposed: bool
    hybrid: bool
    tested: bool
    """Whether somebody has measured it."""
    note: str

    @property
    def need(self) -> int | None:
        """Bytes of memory it takes in use; None where its size is not known."""
        return None if self.size is None else needed(self.size, self.kv_bytes)

    @property
    def level_text(self) -> str:
        """As a person reads it."""
        return _LEVELS[self.level]

    def fit(self, here: Memory | None) -> Fit:
        """Whether it goes into the memory of this machine."""
        return Fit.UNKNOWN if self.need is None else fit(self.need, here)

    def is_file(self, sha256: str) -> bool:
        """Whether a file with this hash is this model."""
        return bool(self.sha256) and sha256.startswith(self.sha256)


@dataclass(frozen=True, slots=True)
class Recommendation:
    """The entry to take on this machine, and why, in one Spanish sentence."""

    entry: Entry
    why: str


class Catalogue:
    """The entries, in the order of the file."""

    def __init__(self, entries: Sequence[Entry], encoders: Sequence[EncoderEntry] = ()) -> None:
        self.entries = tuple(entries)
        self.encoders = tuple(encoders)

    def find(self, name: str) -> Entry:
        """The entry with this name.

        Raises:
            NotFoundError: there is none; the remedy names those there are.
        """
        for entry in self.entries:
            if entry.name == name.strip().lower():
                return entry
        names = [entry.name for entry in self.entries] + [entry.name for entry in self.encoders]
        raise NotFoundError(f"No hay ningún modelo «{name}» en el catálogo.", f"Los que hay: {', '.join(names)}.")

    def encoder(self, name: str) -> EncoderEntry | None:
        """The encoder with this name; None: it is none, whatever else it may be."""
        return next((entry for entry in self.encoders if entry.name == name.strip().lower()), None)

    def of_file(self, sha256: str) -> Entry | None:
        """The entry that a file with this hash is; None: a file from elsewhere."""
        return next((entry for entry in self.entries if entry.is_file(sha256)), None)

    def recommend(self, here: Memory | None) -> Recommendation | None:
        """What to take on this machine: of its level or a smaller one, verified, of free licence, and fitting now.

        Nothing is said about its answers: no entry is recommended for what it writes. None where nothing fits, or
        where the system does not say how much memory there is.
        """
        if here is None:
            return None
        levels = [level for level, least in _FROM if here.total >= least]
        for level in levels:
            for entry in sorted(self.entries, key=lambda e: not e.proposed):
                if entry.level == level and _may_be_recommended(entry) and entry.fit(here) is Fit.FITS:
                    return Recommendation(entry, _why(entry, here))
        return None


def load_catalogue(path: Path) -> Catalogue:
    """Reads a catalogue file.

    Raises:
        BadInputError: it cannot be read, or breaks the schema.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        file = msgspec.convert(raw, _File)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadInputError(
            f"No se puede leer el catálogo {path}: {reason(error)}.", "Revisa el archivo o reinstala Reflexiona."
        ) from error
    for name, encoder in file.codificadores.items():
        taken = "ya hay un modelo con ese nombre" if name in file.modelos else ""
        addresses = all(_address(file, encoder.repo, encoder.revision, one.archivo) for one in encoder.archivos)
        _must_be_sound(path, name, taken or problem_of_encoder(encoder), secure=addresses)
    return Catalogue(
        [_entry(name, row, file, path) for name, row in file.modelos.items()],
        [
            encoder_entry(name, row, file.servidores, partial(_address, file))
            for name, row in file.codificadores.items()
        ],
    )


def _address(file: _File, repo: str, revision: str, place: str) -> str:
    """Where a file is; empty where that is no safe address."""
    try:
        url = file.url.format(repo=quote(repo), revision=quote(revision), archivo=quote(place))
        host, scheme = urlsplit(url).hostname or "", urlsplit(url).scheme
    except (KeyError, IndexError, ValueError):
        return ""
    return url if host and (scheme == "https" or (scheme == "http" and host in _LOCAL)) else ""


def _must_be_sound(path: Path, name: str, problem: str, *, secure: bool) -> None:
    if not _NAME.fullmatch(name):
        problem = "el nombre lleva algo más que minúsculas, cifras, puntos y guiones"
    problem = problem or ("" if secure else "su dirección no es https")
    if problem:
        raise BadInputError(f"En el catálogo {path.name}, el modelo «{name}» está mal: {problem}.", "Corrígelo.")


def _entry(name: str, row: _Row, file: _File, path: Path) -> Entry:
    url = _address(file, row.repo, row.revision, row.archivo)
    _must_be_sound(path, name, _problem(row), secure=bool(url))
    return Entry(
        name=name,
        title=row.titulo,
        level=row.nivel,
        url=url,
        hosts=file.servidores,
        size=row.bytes,
        sha256=row.sha256,
        licence=row.licencia,
        free_licence=row.licencia_libre,
        family=row.plantilla,
        languages=row.idiomas,
        kv_bytes=row.kv_kib * 1024,
        unverified=row.sin_verificar,
        proposed=row.propuesto,
        hybrid=row.hibrido,
        tested=row.probado,
        note=row.nota,
    )


def _problem(row: _Row) -> str:
    """What breaks the rules; empty: nothing."""
    if row.plantilla not in FAMILIES:
        return f"no hay ninguna plantilla «{row.plantilla}»"
    if row.sha256 and not _HASH.fullmatch(row.sha256):
        return "sha256 debe tener entre 16 y 64 cifras hexadecimales"
    if (row.bytes is not None and row.bytes <= 0) or row.kv_kib < 0:
        return "bytes y kv_kib deben ser positivos"
    if not row.sin_verificar and (row.bytes is None or not row.sha256):
        return "sin bytes o sin sha256 tiene que decir «sin_verificar = true»"
    return ""


def _may_be_recommended(entry: Entry) -> bool:
    return entry.free_licence and not entry.unverified


def _why(entry: Entry, here: Memory) -> str:
    need = size_text(entry.need or 0)
    return (
        f"Para este equipo ({size_text(here.total)} de memoria, {size_text(here.free)} libres): {entry.name}. Necesita "
        f"unos {need} y su licencia ({entry.licence}) permite cualquier uso. No se elige por cómo escribe: eso lo dice "
        "«reflexiona modelos mide»."
    )
