"""Which files are meant by the files and folders that a person names."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from reflexiona.documents.reading import KINDS
from reflexiona.errors import BadInputError
from reflexiona.paths import path_of

MOST_FILES = 5_000
DEEPEST = 20
_NOT_ENTERED = frozenset(("node_modules", "__pycache__", "site-packages", "venv"))


@dataclass(frozen=True, slots=True)
class Found:
    """A file to be read."""

    path: Path
    name: str
    """As the person knows it: within a folder, with the names of the folders below that."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """The files to be read, each once, and how many of folders are of kinds that are not read."""

    files: tuple[Found, ...]
    others: int = 0


def gather(names: Iterable[str], never: Path) -> Gathered:
    """The files that are meant. Folders are entered; what begins with a dot in them, and links to folders, are not.

    Args:
        names: files and folders.
        never: a folder that is not entered: the program's own.

    Raises:
        BadInputError: far more files than documents anybody has, or no path is written so.
    """
    files: dict[Path, Found] = {}
    others = 0
    for name in names:
        path = path_of(name)
        if not os.path.isdir(path):  # says no, too, of what is too long
            files.setdefault(path.resolve(), Found(path, path.name or str(path)))
            continue
        for below in _below(path, never.resolve()):
            if below.suffix.lower() not in KINDS:
                others += 1
                continue
            files.setdefault(below.resolve(), Found(below, below.relative_to(path).as_posix()))
            if len(files) > MOST_FILES:
                raise BadInputError(
                    f"Hay más de {MOST_FILES} documentos en {path}.", "Agrega las carpetas de una en una."
                )
    return Gathered(tuple(files.values()), others)


def _below(folder: Path, never: Path) -> Iterator[Path]:
    deep = len(folder.parts) + DEEPEST
    for place, folders, names in os.walk(folder):
        here = Path(place)
        enter = (name for name in sorted(folders) if not name.startswith(".") and name not in _NOT_ENTERED)
        folders[:] = [name for name in enter if (here / name).resolve() != never and len(here.parts) < deep]
        yield from (here / name for name in sorted(names) if not name.startswith("."))
