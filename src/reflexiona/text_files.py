"""Texts that come in from outside: where a person says they are, and what may be taken for text (UTF-8)."""

from __future__ import annotations

import errno
import os
import re
import unicodedata
from pathlib import Path

from reflexiona.errors import BadInputError, NotFoundError, StorageError, reason
from reflexiona.paths import path_of

LONGEST = 5_000_000
"""Bytes; nobody writes more about a client, and an endless stream must not fill the memory."""


def file_at(typed: str) -> Path:
    """The file that somebody typed, pasted or dragged here, however its accents are composed and its spaces escaped.

    Where there is none, the path as it stands.

    Raises:
        BadInputError: no path is written so.
    """
    path = path_of(typed)
    forms = (path, path_of(re.sub(r"\\(.)", r"\1", typed)))
    for form in forms:
        for accents in ("NFC", "NFD"):
            found = unicodedata.normalize(accents, str(form))
            if os.path.exists(found):  # says no, too, of what is too long or may not be looked at
                return Path(found)
    return path


def text_of(path: Path) -> str:
    """The text of a file.

    Raises:
        NotFoundError: there is no such file.
        BadInputError: it is not text, or far too long; or no file can be called so.
        StorageError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return as_text(file.read(LONGEST + 1), f"El archivo {path}")
    except FileNotFoundError:
        raise NotFoundError(f"No existe el archivo {path}.", "Revisa la ruta.") from None
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise BadInputError(
                "Eso es demasiado largo para el nombre de un archivo.", "Hace falta su ruta, no lo que dice."
            ) from None
        raise StorageError(f"No se puede leer {path}: {reason(error)}.", _remedy(path)) from error


def as_text(raw: bytes, what: str) -> str:
    """Bytes as text; `what` they are: «El archivo x».

    Raises:
        BadInputError: they are not text, or far too many.
    """
    if len(raw) > LONGEST:
        raise BadInputError(f"{what} pasa de 5 MB: es demasiado para leerlo.", "Deja solo lo que importa del caso.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise BadInputError(f"{what} no es texto.", "Hace falta texto sin formato, en UTF-8.")
    return text


def _remedy(path: Path) -> str:
    return "Añade el nombre de un archivo." if os.path.isdir(path) else "Revisa sus permisos."
