"""Texts that come in through standard input, whole or line by line."""

from __future__ import annotations

import select
import sys
from contextlib import suppress
from pathlib import Path

from reflexiona.errors import BadInputError
from reflexiona.text_files import LONGEST, as_text, text_of

_PASTE_PAUSE = 0.05
"""Seconds; a terminal hands over the lines of a pasted text faster than that."""


def standard_input() -> str:
    """All of standard input; what a person types, up to Ctrl+D.

    Raises:
        BadInputError: it is not text, or far too long.
    """
    if sys.stdin.isatty():
        return "\n".join(iter(_typed, None))
    return as_text(sys.stdin.buffer.read(LONGEST + 1), "La entrada")


def file_text(name: str) -> str:
    """The text of a file; «-» is standard input.

    Raises:
        NotFoundError: there is no such file.
        BadInputError: it is not text, or far too long.
        StorageError: it cannot be read.
    """
    return standard_input() if name == "-" else text_of(Path(name))


def a_line() -> str | None:
    """The next line that the person types or pipes in; None at the end of the input.

    Raises:
        BadInputError: it is not text.
    """
    if sys.stdin.isatty():
        return _typed()
    raw = sys.stdin.buffer.readline(LONGEST + 1)
    return as_text(raw, "La entrada").rstrip("\r\n") if raw else None


def more_is_pasted() -> bool:
    """Whether the next line is there already, sooner than anybody types: a blank line then belongs to a pasted text."""
    if not sys.stdin.isatty():
        return False
    ready, _, _ = select.select([sys.stdin], [], [], _PASTE_PAUSE)
    return bool(ready)


def can_recall(text: str) -> bool:
    """Whether ↑ brings a text back at the next line, so that it can be changed there: one line, at a terminal."""
    if "\n" in text or not sys.stdin.isatty():
        return False
    try:
        import readline
    except ImportError:
        return False
    readline.add_history(text)
    return True


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
