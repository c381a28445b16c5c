"""Texts that come in from outside: standard input and files. Text is UTF-8; anything else is refused."""

from __future__ import annotations

import select
import sys
from contextlib import suppress
from pathlib import Path

from reflexiona.errors import BadInputError, NotFoundError, StorageError, reason

LONGEST = 5_000_000
"""Bytes; nobody writes more about a client, and an endless stream must not fill the memory."""
_PASTE_PAUSE = 0.05
"""Seconds; a terminal hands over the lines of a pasted text faster than that."""


def standard_input() -> str:
    """All of standard input; what a person types, up to Ctrl+D.

    Raises:
        BadInputError: it is not text, or far too long.
    """
    if sys.stdin.isatty():
        return "\n".join(iter(_typed, None))
    return _text(sys.stdin.buffer.read(LONGEST + 1), "La entrada")


def file_text(name: str) -> str:
    """The text of a file; «-» is standard input.

    Raises:
        NotFoundError: there is no such file.
        BadInputError: it is not text, or far too long.
        StorageError: it cannot be read.
    """
    if name == "-":
        return standard_input()
    try:
        with Path(name).open("rb") as file:
            return _text(file.read(LONGEST + 1), f"El archivo {name}")
    except FileNotFoundError:
        raise NotFoundError(f"No existe el archivo {name}.", "Revisa la ruta.") from None
    except OSError as error:
        raise StorageError(f"No se puede leer {name}: {reason(error)}.", "Revisa sus permisos.") from error


def a_line() -> str | None:
    """The next line that the person types or pipes in; None at the end of the input.

    Raises:
        BadInputError: it is not text.
    """
    if sys.stdin.isatty():
        return _typed()
    raw = sys.stdin.buffer.readline(LONGEST + 1)
    return _text(raw, "La entrada").rstrip("\r\n") if raw else None


def more_is_pasted() -> bool:
    """Whether the next line is there already, sooner than anybody types: a blank line then belongs to a pasted text."""
    if not sys.stdin.isatty():
        return False
    ready, _, _ = select.select([sys.stdin], [], [], _PASTE_PAUSE)
    return bool(ready)


def _typed() -> str | None:
    with suppress(ImportError):
        import readline  # noqa: F401 - input() then edits lines, and takes those over 4096 bytes, which a terminal cuts
    try:
        return input()
    except EOFError:
        return None
    except UnicodeDecodeError:
        raise BadInputError(
            "Lo que llegó del teclado no es texto en UTF-8.", "Revisa el ajuste de la terminal."
        ) from None


def _text(raw: bytes, what: str) -> str:
    if len(raw) > LONGEST:
        raise BadInputError(f"{what} es demasiado larga para leerla.", "Deja solo lo que importa del caso.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise BadInputError(f"{what} no es texto.", "Hace falta texto sin formato, en UTF-8.")
    return text
