"""The person's model files: which there are, bringing one in, removing one.

A model is `NAME.gguf` in the models folder and, beside it, `NAME.json` with what was measured when it came. A file
without that note is not a model of ours: it is not listed, and never loaded. Nothing here loads a model.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from reflexiona.errors import BadInputError, ModelError, NotFoundError, StorageError, reason
from reflexiona.models.preflight import inspect_gguf
from reflexiona.models.templates import choose_family
from reflexiona.paths import FILE_MODE, DataFolder

_CHUNK = 4 * 1024 * 1024
_LONGEST_NAME = 80

Report = Callable[[float], None]
"""Told a fraction 0–1 while a file is read through."""


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A model file and what was measured when it came."""

    name: str
    path: Path
    size: int
    mtime_ns: int
    sha256: str
    family: str
    """Id of its prompt template."""

    @property
    def unchanged(self) -> bool:
        """Whether size and modification time are still those of the day it came."""
        try:
            now = self.path.stat()
        except OSError:
            return False
        return (now.st_size, now.st_mtime_ns) == (self.size, self.mtime_ns)


@dataclass(frozen=True, slots=True)
class _Note:
    name: str
    size: int
    mtime_ns: int
    sha256: str
    family: str


def model_name(text: str) -> str:
    """A name that is also a file name everywhere: lowercase letters, digits, dots, dashes and underscores."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9._-]+", "-", plain).strip("-._")[:_LONGEST_NAME].rstrip("-._")


class ModelRegistry:
    """The models folder of a data folder."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data

    def installed(self) -> tuple[InstalledModel, ...]:
        """The models there are, by name. Notes that cannot be read, or without their file, are left out."""
        folder = self._data.models
        notes = sorted(folder.glob("*.json")) if folder.is_dir() else []
        found = (self._read(note.stem) for note in notes)
        return tuple(model for model in found if model is not None and model.path.is_file())

    def find(self, name: str) -> InstalledModel:
        """The model with this name.

        Raises:
            NotFoundError: there is none; the remedy names those there are.
            ModelError: its file is no longer the one that was brought in.
        """
        wanted = model_name(name)
        for model in self.installed():
            if model.name == wanted:
                if not model.unchanged:
                    raise ModelError(
                        f"El archivo del modelo «{model.name}» ha cambiado desde que se importó.",
                        f"Quítalo e impórtalo de nuevo: reflexiona modelos importa {model.path}",
                    )
                return model
        names = ", ".join(model.name for model in self.installed())
        raise NotFoundError(
            f"No hay ningún modelo con el nombre «{name}».",
            f"Los que hay: {names}." if names else "Trae uno con «reflexiona modelos importa ARCHIVO.gguf».",
        )

    def import_file(
        self, path: Path, name: str | None = None, *, template: str = "", report: Report | None = None
    ) -> InstalledModel:
        """Checks a GGUF and brings it in: by hard link where the file system allows, else by copy (mode 0600).

        A link leaves the person's file as it is, its mode too: the folder is closed, and weights are nobody's words.
        Bringing the same file twice is fine.

        Args:
            path: the person's file; it stays where it is.
            name: default: made of the file's name.
            template: id of the prompt template, where the file does not show which one it needs.
            report: told how much of the file has been read.

        Raises:
            ModelError: the file is not a model that can be loaded, or of no known family.
            BadInputError: the name is empty, or taken by another file.
            StorageError: the models folder cannot be written.
        """
        header = inspect_gguf(path)
        family = choose_family(template, header.template, header.architecture)
        chosen = model_name(path.stem if name is None else name)
        if not chosen:
            raise BadInputError("Ese nombre de modelo no sirve.", "Usa letras, números, puntos o guiones.")
        self._data.ensure()
        folder = self._data.ensure(self._data.models)
        digest = _sha256(path, report)
        target = folder / f"{chosen}.gguf"
        here = self._read(chosen)
        if target.exists() and not target.samefile(path) and (here is None or here.sha256 != digest):
            raise BadInputError(
                f"Ya hay otro modelo con el nombre «{chosen}».", "Elige otro nombre o quita antes el que hay."
            )
        try:
            if not target.exists():
                _bring(path, target)
            return self._write(chosen, target, digest, family.id)
        except OSError as error:
            raise StorageError(
                f"No se puede guardar el modelo en {folder}: {reason(error)}.",
                "Comprueba el espacio libre y los permisos.",
            ) from error

    def remove(self, name: str) -> None:
        """Deletes a model's file and note.

        Raises:
            NotFoundError: there is none with this name.
        """
        wanted = model_name(name)
        if wanted not in {model.name for model in self.installed()}:
            self.find(name)
        (self._data.models / f"{wanted}.gguf").unlink(missing_ok=True)
        (self._data.models / f"{wanted}.json").unlink(missing_ok=True)

    def _read(self, name: str) -> InstalledModel | None:
        try:
            note = msgspec.json.decode((self._data.models / f"{name}.json").read_bytes(), type=_Note)
        except (OSError, msgspec.MsgspecError):
            return None
        path = self._data.models / f"{name}.gguf"
        return InstalledModel(name, path, note.size, note.mtime_ns, note.sha256, note.family)

    def _write(self, name: str, target: Path, digest: str, family: str) -> InstalledModel:
        measured = target.stat()
        note = _Note(name, measured.st_size, measured.st_mtime_ns, digest, family)
        part = target.with_name(f"{name}.json.part")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE_MODE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(note), indent=2))
        part.replace(target.with_suffix(".json"))
        return InstalledModel(name, target, note.size, note.mtime_ns, digest, family)


def _bring(source: Path, target: Path) -> None:
    part = target.with_suffix(".gguf.part")
    part.unlink(missing_ok=True)
    try:
        try:
            os.link(source.resolve(), part)
        except OSError:  # another file system, another owner, or links forbidden
            part.unlink(missing_ok=True)
            os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE))
            shutil.copyfile(source, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _sha256(path: Path, report: Report | None) -> str:
    digest = hashlib.sha256()
    size = max(1, path.stat().st_size)
    read = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            read += len(chunk)
            if report is not None:
                report(min(1.0, read / size))
    return digest.hexdigest()
