"""The whole library: the articles that come with the program and the person's own documents behind them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reflexiona.corpus.library import Library, load_library
from reflexiona.documents.shelf import DocumentShelf
from reflexiona.paths import DataFolder


@dataclass(frozen=True, slots=True)
class Joined:
    """The library, and what the person should know about it, in Spanish; usually empty."""

    library: Library
    notice: str = ""


def load_joined(data: DataFolder, corpus: Path | None = None) -> Joined:
    """The articles below `corpus` (None: those the package brings) and the documents of a data folder.

    Raises:
        CorpusError: an article breaks the format, or there is none.
    """
    return join(load_library(corpus), data)


def join(shipped: Library, data: DataFolder) -> Joined:
    """The articles of a library and the documents of a data folder. One that cannot be read is left out, and told."""
    shelved = DocumentShelf(data).shelved()
    library = Library((*shipped.articles.values(), *shelved.articles)) if shelved.articles else shipped
    if not shelved.damaged:
        return Joined(library)
    names = ", ".join(shelved.damaged[:5])
    return Joined(library, f"En {data.documents} hay documentos que no se pueden leer y se dejan fuera: {names}.")
