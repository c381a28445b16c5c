"""What the package brings to read: names of scenarios, help lines, articles. Read once each, in a thread, when first needed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from reflexiona.corpus.library import Library
    from reflexiona.corpus.lists import Lists
    from reflexiona.domain import HelpLine

T = TypeVar("T")


class Shelf:
    """The shelf. Every method may raise `CorpusError` when a file is missing or broken."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[object]] = {}

    async def lists(self) -> Lists:
        """Scenarios and courses."""
        return await self._once("lists", _lists)

    async def help_lines(self) -> tuple[HelpLine, ...]:
        """Confirmed help lines of every country."""
        return await self._once("help_lines", _help_lines)

    async def library(self) -> Library:
        """The articles."""
        return await self._once("library", _library)

    async def _once(self, name: str, read: Callable[[], T]) -> T:
        if name not in self._tasks:
            self._tasks[name] = asyncio.create_task(asyncio.to_thread(read))
        return await asyncio.shield(self._tasks[name])  # type: ignore[return-value]


def _lists() -> Lists:
    from reflexiona.corpus.lists import load_lists
    from reflexiona.paths import resource

    return load_lists(resource("corpus"))


def _help_lines() -> tuple[HelpLine, ...]:
    from reflexiona.corpus.lists import load_help_lines
    from reflexiona.paths import resource

    return load_help_lines(resource("corpus"))


def _library() -> Library:
    from reflexiona.corpus.library import load_library

    return load_library()
