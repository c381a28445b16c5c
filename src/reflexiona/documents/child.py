"""The process that reads files: `python -m reflexiona.documents.child`. One request a line, one answer a line.

Files come from anywhere, and the libraries that read them may need any memory and any time over a hostile one: here
that costs this process only.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

import msgspec

from reflexiona.documents.content import UnreadableError
from reflexiona.documents.reading import ReadDocument, read_document

MEMORY = 1_500_000_000
"""Bytes of address space."""
_TOO_HARD = ("pide demasiada memoria para leerlo.", "Guárdalo como texto o divídelo en partes.")
_BROKEN = ("está dañado.", "Ábrelo con otro programa y guárdalo de nuevo.")


class Answer(msgspec.Struct, frozen=True):
    """What came of a file: the document, or why there is none."""

    document: ReadDocument | None = None
    message: str = ""
    remedy: str = ""


def main() -> None:
    """Answers requests until nobody asks any more."""
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # a library that prints must not speak in our name
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for line in sys.stdin.buffer:
        answers.write(msgspec.json.encode(answer(Path(os.fsdecode(msgspec.json.decode(line, type=bytes))))) + b"\n")


def answer(path: Path) -> Answer:
    """Reads one file; whatever it does to its reader becomes an answer."""
    try:
        return Answer(read_document(path))
    except UnreadableError as error:
        return Answer(None, error.message, error.remedy)
    except MemoryError:
        return Answer(None, *_TOO_HARD)
    except Exception:  # a broken file makes a library stumble over anything
        return Answer(None, *_BROKEN)


if __name__ == "__main__":
    main()
