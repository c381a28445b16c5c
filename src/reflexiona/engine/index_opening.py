"""The index and what searches in it, opened in a thread beside everything else: chromadb alone costs most of a second.

The reading of a text never waits for this; whoever needs passages does.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from reflexiona.indexing.opening import OpenIndex
from reflexiona.stages.retrieve import Retriever


@dataclass(frozen=True, slots=True)
class Opened:
    """An open index and the stage that searches in it."""

    index: OpenIndex
    retriever: Retriever
    passages: int
    encoder: str
    """What is said of the encoder: its id first."""


class IndexOpening:
    """Opens once; where that failed, again when it is next needed.

    Args:
        open_index: does the work; may raise any `ReflexionaError`.
    """

    def __init__(self, open_index: Callable[[], Opened]) -> None:
        self._open = open_index
        self._lock = threading.Lock()
        self._using = threading.Lock()
        self._opened: Opened | None = None
        self._notice = ""

    def begin(self) -> None:
        """Starts opening in a thread."""
        threading.Thread(target=self._try, name="índice", daemon=True).start()

    def get(self) -> Opened:
        """The open index, once it is open.

        Raises:
            ReflexionaError: it cannot be opened.
        """
        with self._lock:
            if self._opened is None:
                self._opened = self._open()
                self._notice = self._opened.index.notice
            return self._opened

    def peek(self) -> Opened | None:
        """The open index, or None while it is not open yet."""
        return self._opened

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """While this is held, the index stays the same. By one request at a time."""
        with self._using:
            yield

    def reopen(self) -> Opened:
        """Opens the generation now in use and, once nobody uses it, lets the former go.

        Raises:
            ReflexionaError: it cannot be opened; the former stays in use.
        """
        opened = self._open()
        with self._using, self._lock:
            former, self._opened, self._notice = self._opened, opened, opened.index.notice
            if former:
                former.index.close()
        return opened

    def take_notice(self) -> str:
        """What the person should know about this index: once."""
        notice, self._notice = self._notice, ""
        return notice

    def _try(self) -> None:
        try:
            self.get()
        except Exception:  # told to whoever needs the index: it is tried again then
            return
