"""Bringing an encoder of the catalogue, file by file, into a folder beside its place; it is moved there once whole.

A generator of events for any face, like that of a model. What has come stays, and the next time goes on from it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from reflexiona.errors import ReflexionaError, StorageError, reason
from reflexiona.files import write_whole
from reflexiona.models.download.events import Fetched, FetchEvent, Manner, Remark, Source
from reflexiona.models.download.part_file import discard
from reflexiona.models.encoders import EncoderEntry, EncoderFile, folder_of
from reflexiona.models.installing import Agree, Seen, alone, must_be_of_the_catalogue
from reflexiona.paths import DataFolder
from reflexiona.ports import Cancelled

_COMING, _PART = ".descarga", ".parte"
_PROMPTS = "config_sentence_transformers.json"


@dataclass(frozen=True, slots=True)
class EncoderInstalled:
    """It is whole and lies in `folder`; not yet tried."""

    folder: Path


class EncoderInstallation:
    """One encoder of the catalogue on its way.

    Args:
        data: the person's folder.
        entry: what to bring.
        agree: asked only about an unverified entry, about its largest file.
        manner: how patient to be with the network.
    """

    def __init__(self, data: DataFolder, entry: EncoderEntry, agree: Agree, *, manner: Manner | None = None) -> None:
        from reflexiona.models.download.fetch import Fetch  # the network code: only where something is installed

        self._data = data
        self._entry = entry
        self._agree = agree
        self._manner = manner
        self._make_fetch = Fetch
        self._running: Fetch | None = None
        self._stopped = False

    def events(self) -> Generator[FetchEvent | EncoderInstalled, None, None]:
        """`Received`, `Remark` and `Fetched` while its files come, `EncoderInstalled` last.

        Raises:
            ModelError: a file did not come, or is not the one of the catalogue.
            StorageError: no room, or another download is running.
            ReflexionaError: the person did not agree.
            Cancelled: `stop` was called.
        """
        target = folder_of(self._data, self._entry.name)
        if target.is_dir():
            yield Remark(f"{self._entry.name} ya está.")
            yield EncoderInstalled(target)
            return
        for folder in (None, self._data.models, self._data.encoders, coming := _coming(self._data, self._entry.name)):
            self._data.ensure(folder)
        with alone(self._data.models):
            for file in self._entry.files:
                yield from self._bring(file, coming.joinpath(*file.place.split("/")))
            self._ask(coming)
            try:
                self._finish(coming, target)
            except OSError as error:
                raise StorageError(f"No se puede guardar en {target}: {reason(error)}.", "Revisa permisos.") from error
        yield EncoderInstalled(target)

    def stop(self) -> None:
        """Ends it soon; what has come stays for the next time. From any thread."""
        self._stopped = True
        if self._running is not None:
            self._running.stop()

    def _bring(self, file: EncoderFile, path: Path) -> Generator[FetchEvent, None, None]:
        if _is_here(file, path):
            return
        self._data.ensure(path.parent)
        part = path.with_name(f"{path.name}{_PART}")
        source = Source(file.url, self._entry.hosts, file.size, file.sha256)
        self._running = self._make_fetch(source, part, manner=self._manner)
        if self._stopped:
            raise Cancelled
        for event in self._running.events():
            yield event
            if isinstance(event, Fetched):
                must_be_of_the_catalogue(event, file.size, file.sha256, part)
        os.replace(part, path)
        discard(part)

    def _ask(self, coming: Path) -> None:
        """Has an unverified encoder agreed to.

        Raises:
            ReflexionaError: it was not; nothing of it stays.
        """
        if not self._entry.unverified:
            return
        largest = max((path for path in coming.rglob("*") if path.is_file()), key=lambda path: path.stat().st_size)
        with largest.open("rb") as opened:
            sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
        if not self._agree(Seen(f"{self._entry.name} ({largest.name})", largest.stat().st_size, sha256)):
            shutil.rmtree(coming)
            raise ReflexionaError("No se ha instalado, y lo descargado se ha borrado.")

    def _finish(self, coming: Path, target: Path) -> None:
        if self._entry.query or self._entry.passage:
            prompts = {"prompts": {"query": self._entry.query, "document": self._entry.passage}}
            write_whole(coming / _PROMPTS, msgspec.json.encode(prompts))
        os.replace(coming, target)


def remove(data: DataFolder, name: str) -> bool:
    """Deletes an encoder of the catalogue, or what has come of it; whether there was anything."""
    found = [folder for folder in (folder_of(data, name), _coming(data, name)) if folder.is_dir()]
    for folder in found:
        shutil.rmtree(folder)
    return bool(found)


def _coming(data: DataFolder, name: str) -> Path:
    return folder_of(data, f"{name}{_COMING}")


def _is_here(file: EncoderFile, path: Path) -> bool:
    """Whether a file came the last time; one without a known hash is brought again."""
    if not path.is_file() or not file.sha256 or file.size not in (None, path.stat().st_size):
        return False
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest().startswith(file.sha256)
