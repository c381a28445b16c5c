"""Looking for words in the bytes of every file of a folder."""

from __future__ import annotations

from pathlib import Path

from reflexiona.situation import fold

_BEGINNING = 3
"""Letters that a search index may keep apart from the rest of a word."""


def traces(folder: Path, *words: str) -> list[tuple[str, str]]:
    """(word, file) of every word that stands in a file, whatever the file is.

    Looked for as written, in UTF-8 and UTF-16, and as a search index has it: without accents, its beginning elsewhere.
    """
    return [
        (word, str(path.relative_to(folder)))
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for word in words
        if _holds(path.read_bytes(), word)
    ]


def _holds(content: bytes, word: str) -> bool:
    return any(
        form in content
        for form in (word.encode(), word.encode("utf-16-le"), fold(word).encode(), fold(word)[_BEGINNING:].encode())
    )
