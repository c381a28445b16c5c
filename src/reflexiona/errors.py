"""What can go wrong, said so that a person knows what happened and what to do.

Knows nothing of faces: a command prints `message` and `remedy` on one line, the interface shows them in place.
"""

from __future__ import annotations

import errno
import re
from enum import IntEnum
from types import MappingProxyType

_REASONS = MappingProxyType(
    {
        "ENOENT": "no existe",
        "EEXIST": "ya hay un archivo con ese nombre",
        "EACCES": "falta permiso",
        "EPERM": "falta permiso",
        "EROFS": "el disco es de solo lectura",
        "ENOSPC": "no queda espacio en el disco",
        "EDQUOT": "no queda espacio en el disco",
        "EISDIR": "es una carpeta",
        "ENOTDIR": "una parte de la ruta no es una carpeta",
        "ENAMETOOLONG": "el nombre es demasiado largo",
        "EFBIG": "el archivo es demasiado grande",
        "EBUSY": "otro programa lo está usando",
        "ETXTBSY": "otro programa lo está usando",
        "ENOEXEC": "no es un programa de este sistema",
        "ELOOP": "los enlaces dan vueltas",
        "EIO": "el disco falla",
        "ENOMEM": "no hay memoria libre",
        "EMFILE": "hay demasiados archivos abiertos",
        "ENFILE": "hay demasiados archivos abiertos",
    }
)
_SAID = MappingProxyType(
    {
        r"not a database": "no es una base de datos",
        r"malformed": "la base de datos está dañada",
        r"locked": "otro programa la está usando",
        r"is full": "no queda espacio en el disco",
        r"readonly": "es de solo lectura",
        r"disk i/o": "el disco falla",
        r"unable to open": "no se puede abrir el archivo",
        r"codec can't decode": "no es texto en UTF-8",
        r"\(at .*line (\d+)": "la línea {0} no está bien escrita",
        r"\(at end of document\)": "está a medio escribir",
    }
)


class ExitCode(IntEnum):
    """Exit codes of the commands; part of the contract with scripts."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    BAD_INPUT = 4
    INTERRUPTED = 130


class ReflexionaError(Exception):
    """An error with its remedy, both in Spanish.

    Args:
        message: what happened, one sentence.
        remedy: what to do, one sentence; may be empty.
        retryable: whether the same thing may go well a second time.
    """

    exit_code = ExitCode.FAILED

    def __init__(self, message: str, remedy: str = "", *, retryable: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.retryable = retryable

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class BadInputError(ReflexionaError):
    """What was given cannot be read: empty, binary, malformed."""

    exit_code = ExitCode.BAD_INPUT


class NotFoundError(ReflexionaError):
    """No such model, conversation or article."""

    exit_code = ExitCode.NOT_FOUND


class CorpusError(ReflexionaError):
    """An article or a data file of the corpus breaks its schema."""


class StorageError(ReflexionaError):
    """The data folder cannot be read or written."""


class ModelError(ReflexionaError):
    """A model file cannot be used."""

    exit_code = ExitCode.BAD_INPUT


class EngineError(ReflexionaError):
    """The worker process failed or vanished."""


def reason(error: Exception) -> str:
    """Why the system, SQLite or a parser refused: the usual reasons in Spanish, any other in its own words."""
    if isinstance(error, OSError) and error.errno is not None:
        return _REASONS.get(errno.errorcode.get(error.errno, ""), error.strerror or str(error))
    said = str(error)
    for pattern, spanish in _SAID.items():
        if found := re.search(pattern, said, re.IGNORECASE):
            return spanish.format(*found.groups())
    return said
