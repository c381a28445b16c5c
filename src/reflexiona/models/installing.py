"""Bringing a model of the catalogue: one at a time, resumed where it stopped, checked, and only then a model.

For any face: a generator of events that can be stopped from another thread. What is half there stays and goes on the
next time; what is not the file of the catalogue is deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

from reflexiona.errors import BadInputError, ModelError, ReflexionaError, StorageError, reason
from reflexiona.files import FileLock
from reflexiona.models.catalogue import Entry
from reflexiona.models.download.events import Fetched, FetchEvent, Manner, Remark, Source
from reflexiona.models.download.part_file import discard, read_note
from reflexiona.models.gguf_bytes import MAGIC
from reflexiona.models.installed import InstalledModel
from reflexiona.models.registry import ModelRegistry
from reflexiona.paths import DataFolder

_PART = ".gguf.descarga"
_LOCK = "descarga.lock"


@dataclass(frozen=True, slots=True)
class Seen:
    """A file of which nobody had confirmed what it should be: what a person is shown before they agree."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Installed:
    """It is a model now; not yet tried."""

    model: InstalledModel


@dataclass(frozen=True, slots=True)
class Partial:
    """A download that was stopped."""

    name: str
    done: int
    total: int | None


InstallEvent = FetchEvent | Installed
Agree = Callable[[Seen], bool]
"""Shows a person size and hash and returns whether they want the file. Called in the thread of the events."""


class Installation:
    """One model of the catalogue on its way.

    Args:
        data: the person's folder.
        entry: what to bring.
        agree: asked only about an unverified entry.
        manner: how patient to be with the network.
    """

    def __init__(self, data: DataFolder, entry: Entry, agree: Agree, *, manner: Manner | None = None) -> None:
        from reflexiona.models.download.fetch import Fetch  # the network code: only where something is installed

        self._data = data
        self._entry = entry
        self._agree = agree
        self._registry = ModelRegistry(data)
        self._part = part_of(data, entry.name)
        source = Source(entry.url, entry.hosts, entry.size, entry.sha256, MAGIC)
        self._fetch = Fetch(source, self._part, manner=manner)

    def events(self) -> Generator[InstallEvent, None, None]:
        """`Received` and `Remark` while it comes, `Installed` last. Closing the generator leaves a part to go on from.

        Raises:
            ModelError: the file did not come, is not the one of the catalogue, or is no model that can be loaded.
            BadInputError: the name is taken by another file.
            StorageError: no room, or another download is running.
            ReflexionaError: the person did not agree.
            Cancelled: `stop` was called.
        """
        if already := self._already():
            yield Remark(f"{self._entry.name} ya está.")
            yield Installed(already)
            return
        self._data.ensure()
        folder = self._data.ensure(self._data.models)
        with alone(folder):
            fetched: Fetched | None = None
            for event in self._fetch.events():
                if isinstance(event, Fetched):
                    fetched = event
                yield event
            assert fetched is not None  # the last event of a fetch
            yield Installed(self._checked(fetched))

    def stop(self) -> None:
        """Ends it soon; what has come stays for the next time. From any thread."""
        self._fetch.stop()

    def _already(self) -> InstalledModel | None:
        """The model, where it is here already."""
        for model in self._registry.installed():
            if model.name == self._entry.name:
                if model.unchanged and (self._entry.is_file(model.sha256) or not self._entry.sha256):
                    return model
                raise BadInputError(
                    f"Ya hay un modelo con el nombre «{model.name}» y no es el del catálogo, o ha cambiado.",
                    f"Quítalo antes: reflexiona modelos quita {model.name}",
                )
        return None

    def _checked(self, fetched: Fetched) -> InstalledModel:
        entry = self._entry
        must_be_of_the_catalogue(fetched, entry.size, entry.sha256, self._part)
        if entry.unverified and not self._agree(Seen(entry.name, fetched.size, fetched.sha256)):
            discard(self._part)
            raise ReflexionaError("No se ha instalado, y lo descargado se ha borrado.")
        try:
            model = self._registry.adopt(self._part, entry.name, fetched.sha256, template=entry.family)
        except ModelError:
            discard(self._part)
            raise
        discard(self._part)
        return model


def alone(folder: Path) -> FileLock:
    """The lock of the one download that may run.

    Raises:
        StorageError: another one is running, or the folder cannot be used.
    """
    try:
        lock = FileLock.exclusive(folder / _LOCK)
    except OSError as error:
        raise StorageError(f"No se puede usar {folder}: {reason(error)}.", "Revisa sus permisos.") from error
    if lock is None:
        raise StorageError("Ya hay otra descarga en marcha.", "Espera a que termine, o detenla.", retryable=True)
    return lock


def must_be_of_the_catalogue(fetched: Fetched, size: int | None, sha256: str, part: Path) -> None:
    """What came is what the catalogue says, as far as it says anything; else it is deleted.

    Raises:
        ModelError: it is another file.
    """
    if not fetched.sha256.startswith(sha256) or size not in (None, fetched.size):
        discard(part)
        raise ModelError(
            f"Lo que llegó no es el archivo del catálogo: su huella es {fetched.sha256[:16]}… y debía empezar por "
            f"{sha256[:16]}.",
            "Se ha borrado. Repite; si vuelve a pasar, avisa a quien mantiene Reflexiona.",
        )


def part_of(data: DataFolder, name: str) -> Path:
    """Where a download of this name grows."""
    return data.models / f"{name}{_PART}"


def partials(data: DataFolder) -> tuple[Partial, ...]:
    """Downloads that were stopped, by name."""
    found = sorted(data.models.glob(f"*{_PART}")) if data.models.is_dir() else []
    notes = ((path, read_note(path)) for path in found)
    return tuple(
        Partial(path.name.removesuffix(_PART), path.stat().st_size, note.total if note else None)
        for path, note in notes
    )


def forget_partial(data: DataFolder, name: str) -> bool:
    """Deletes a stopped download; whether there was one."""
    part = part_of(data, name)
    there = part.is_file()
    if there:
        discard(part)
    return there
