"""The store, in one thread of its own: the interface never waits for the disk, and writes stay in order.

Opening the store happens in that thread too, so nothing is imported or opened before the first frame.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from reflexiona.errors import ReflexionaError

if TYPE_CHECKING:
    from reflexiona.storage.conversations import ConversationStore

T = TypeVar("T")
OpenStore = Callable[[], "ConversationStore"]


class Keeper:
    """Hands work to the store.

    Args:
        open_store: opens it; called once, in the keeper's thread.
        on_error: told, in the keeper's thread, of each error of work handed over with `later`.
    """

    def __init__(self, open_store: OpenStore, on_error: Callable[[ReflexionaError], object]) -> None:
        self._open_store = open_store
        self._on_error = on_error
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="reflexiona-store")
        self._store: ConversationStore | None = None
        self._closed = False

    async def do(self, work: Callable[[ConversationStore], T]) -> T:
        """The result of `work`.

        Raises:
            ReflexionaError: the store cannot be opened, or the work failed.
        """
        return await asyncio.wrap_future(self._thread.submit(self._run, work))

    def later(self, work: Callable[[ConversationStore], object]) -> None:
        """Does `work` when its turn comes; nobody waits for it."""
        if not self._closed:
            self._thread.submit(self._run_reporting, work)

    def close(self) -> None:
        """Waits for what was handed over, then closes the store. Blocks; nothing may follow."""
        if not self._closed:
            self._closed = True
            self._thread.submit(self._close_store)
            self._thread.shutdown(wait=True)

    def _run(self, work: Callable[[ConversationStore], T]) -> T:
        if self._store is None:
            self._store = self._open_store()
        return work(self._store)

    def _run_reporting(self, work: Callable[[ConversationStore], object]) -> None:
        try:
            self._run(work)
        except ReflexionaError as error:
            self._on_error(error)

    def _close_store(self) -> None:
        if self._store is not None:
            self._store.close()
            self._store = None
