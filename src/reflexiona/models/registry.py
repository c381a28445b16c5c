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
from dataclasses import dataclass, fields
from pathlib import Path

import msgspec

from reflexiona.errors import BadInputError, ModelError, NotFoundError, StorageError, reason
from reflexiona.files import write_whole
from reflexiona.models.included import included_file, included_model
from reflexiona.models.installed import InstalledModel
from reflexiona.models.memory import needed
from reflexiona.models.preflight import Header, inspect_gguf
from reflexiona.models.templates import choose_family
from reflexiona.paths import FILE_MODE, DataFolder
from reflexiona.settings import INCLUDED_MODEL

_CHUNK = 4 * 1024 * 1024
_LONGEST_NAME = 80

Report = Callable[[float], None]
"""Told a fraction 0–1 while a file is read through."""


@dataclass(frozen=True, slots=True)
class _Note:
    name: str
    size: int
    mtime_ns: int
    sha256: str
    family: str
    memory: int = 0
    heedless: bool = False


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
        model = self._named(name)
        if not model.unchanged:
            raise ModelError(
                f"El archivo del modelo «{model.name}» ha cambiado desde que se trajo.",
                f"Compruébalo: reflexiona modelos verifica {model.name}. Si está dañado, quítalo y tráelo otra vez.",
            )
        return model

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
        chosen = self.free_name(path.stem if name is None else name)
        self._data.ensure()
        folder = self._data.ensure(self._data.models)
        digest = sha256_of(path, report)
        target = folder / f"{chosen}.gguf"
        here = self._read(chosen)
        if target.exists() and not target.samefile(path) and (here is None or here.sha256 != digest):
            raise _taken(chosen)
        try:
            if not target.exists():
                _bring(path, target)
            return self._write(chosen, digest, family.id, _memory(header))
        except OSError as error:
            raise self._cannot_keep(error) from error

    def adopt(self, part: Path, name: str, sha256: str, *, template: str = "") -> InstalledModel:
        """Makes a file that lies in the models folder already, and whose hash is known, a model: renamed in one step.

        Raises:
            ModelError: the file is not a model that can be loaded, or of no known family.
            BadInputError: the name is taken by another file.
            StorageError: the models folder cannot be written.
        """
        header = inspect_gguf(part)
        family = choose_family(template, header.template, header.architecture)
        target = self._data.models / f"{self.free_name(name)}.gguf"
        if target.exists():
            raise _taken(name)
        try:
            part.chmod(FILE_MODE)
            part.replace(target)
            return self._write(name, sha256, family.id, _memory(header))
        except OSError as error:
            raise self._cannot_keep(error) from error

    def free_name(self, name: str) -> str:
        """A name as it is kept.

        Raises:
            BadInputError: nothing is left of it, or the model that comes with the program has it.
        """
        if not (chosen := model_name(name)):
            raise BadInputError("Ese nombre de modelo no sirve.", "Usa letras, números, puntos o guiones.")
        if chosen == INCLUDED_MODEL:
            raise BadInputError(f"«{INCLUDED_MODEL}» es el nombre del modelo que viene con Reflexiona.", "Elige otro.")
        return chosen

    def verify(self, name: str, report: Report | None = None) -> bool:
        """Reads the whole file again: whether it is still, byte for byte, the one that came.

        Raises:
            NotFoundError: there is no model with this name.
            ModelError: the file cannot be read.
        """
        model = self._named(name)
        try:
            sound = sha256_of(model.path, report) == model.sha256
            if sound and not model.unchanged:  # only touched: from now on it counts as unchanged again
                self._write(model.name, model.sha256, model.family, model.memory, heedless=model.heedless)
        except OSError as error:
            raise ModelError(f"No se puede leer {model.path}: {reason(error)}.", "Comprueba el disco.") from error
        return sound

    def heed_memory(self, name: str, *, heed: bool) -> InstalledModel:
        """Keeps whether this model is loaded only where the memory suffices.

        Raises:
            NotFoundError, ModelError: as `find`.
            StorageError: the models folder cannot be written.
        """
        model = self.find(name)
        if model.name == INCLUDED_MODEL:  # it is small: its memory is asked for like any other program's
            return model
        try:
            return self._write(model.name, model.sha256, model.family, model.memory, heedless=not heed)
        except OSError as error:
            raise self._cannot_keep(error) from error

    def remove(self, name: str) -> None:
        """Deletes a model's file and note.

        Raises:
            NotFoundError: there is none with this name.
            BadInputError: it comes with the program.
        """
        model = self._named(name)
        if model.name == INCLUDED_MODEL:
            raise BadInputError(
                "El modelo incluido viene con Reflexiona y no se quita.",
                "Para no usarlo: reflexiona modelos usa ninguno",
            )
        model.path.unlink(missing_ok=True)
        model.path.with_suffix(".json").unlink(missing_ok=True)

    def of_file(self, path: Path) -> InstalledModel | None:
        """The model whose file this is, or None: a file from elsewhere."""
        if path == included_file():
            return included_model()
        model = self._read(path.stem)
        return model if model is not None and model.path == path else None

    def _named(self, name: str) -> InstalledModel:
        """The model with this name, changed or not."""
        wanted = model_name(name)
        if wanted == INCLUDED_MODEL:
            return included_model()
        found = self.installed()
        for model in found:
            if model.name == wanted:
                return model
        names = ", ".join(model.name for model in found)
        raise NotFoundError(
            f"No hay ningún modelo con el nombre «{name}».",
            f"Los que hay: {names}." if names else "Trae uno: «reflexiona modelos lista» enseña cuáles y cómo.",
        )

    def _read(self, name: str) -> InstalledModel | None:
        try:
            note = msgspec.json.decode((self._data.models / f"{name}.json").read_bytes(), type=_Note)
        except (OSError, msgspec.MsgspecError):
            return None
        path = self._data.models / f"{name}.gguf"
        return InstalledModel(name, path, **{field.name: getattr(note, field.name) for field in fields(note)[1:]})

    def _write(self, name: str, sha256: str, family: str, memory: int, *, heedless: bool = False) -> InstalledModel:
        target = self._data.models / f"{name}.gguf"
        measured = target.stat()
        note = _Note(name, measured.st_size, measured.st_mtime_ns, sha256, family, memory, heedless)
        write_whole(target.with_suffix(".json"), msgspec.json.format(msgspec.json.encode(note), indent=2))
        return InstalledModel(name, target, note.size, note.mtime_ns, sha256, family, memory, heedless)

    def _cannot_keep(self, error: OSError) -> StorageError:
        return StorageError(
            f"No se puede guardar el modelo en {self._data.models}: {reason(error)}.",
            "Comprueba el espacio libre y los permisos.",
        )


def _taken(name: str) -> BadInputError:
    return BadInputError(f"Ya hay otro modelo con el nombre «{name}».", "Elige otro nombre o quita antes el que hay.")


def _memory(header: Header) -> int:
    return needed(header.size, header.kv_bytes, header.context)


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


def sha256_of(path: Path, report: Report | None = None) -> str:
    """The hash of a file; `report` is told how much of it has been read."""
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
