"""What there is to read: names of scenarios, articles, own documents, help lines. Read once each, in a thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from reflexiona.corpus.library import Library
    from reflexiona.corpus.lists import Lists
    from reflexiona.domain import HelpLine
    from reflexiona.paths import DataFolder

T = TypeVar("T")


class Shelf:
    """The shelf. Every method may raise `CorpusError` when a file is missing or broken.

    Args:
        corpus: the folder to read; None: what the package brings.
        data: whose documents are read as well; None: nobody's.
    """

    def __init__(self, corpus: Path | None = None, data: DataFolder | None = None) -> None:
        self._corpus = corpus
        self._data = data
        self._tasks: dict[str, asyncio.Task[object]] = {}

    async def lists(self) -> Lists:
        """Scenarios and courses."""
        return await self._once("lists", lambda: _lists(self._corpus))

    async def library(self) -> Library:
        """The articles, and the person's own documents behind them."""
        return await self._once("library", lambda: _library(self._corpus, self._data))

    async def help_lines(self) -> tuple[HelpLine, ...]:
        """Every confirmed help line, as the file has them."""
        return await self._once("help_lines", lambda: _help_lines(self._corpus))

    async def _once(self, name: str, read: Callable[[], T]) -> T:
        if name not in self._tasks:
            self._tasks[name] = asyncio.create_task(asyncio.to_thread(read))
        return cast(T, await asyncio.shield(self._tasks[name]))


def _lists(corpus: Path | None) -> Lists:
    from reflexiona.corpus.lists import load_lists
    from reflexiona.paths import resource

    return load_lists(corpus or resource("corpus"))


def _help_lines(corpus: Path | None) -> tuple[HelpLine, ...]:
    from reflexiona.corpus.lists import load_help_lines
    from reflexiona.paths import resource

    return load_help_lines(corpus or resource("corpus"))


def _library(corpus: Path | None, data: DataFolder | None) -> Library:
    from reflexiona.corpus.library import load_library
    from reflexiona.documents.joining import join

    shipped = load_library(corpus)
    return join(shipped, data).library if data else shipped
