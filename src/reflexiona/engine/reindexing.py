"""Making a new index beside the turns: they are answered by the one in use until the new one is whole."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from reflexiona.engine.index_opening import IndexOpening
from reflexiona.engine.service import Emit
from reflexiona.errors import ReflexionaError
from reflexiona.events import Event, Progress
from reflexiona.ports import Cancelled


class Reindexing:
    """Fulfils `service.Work` for `Reindex`.

    Args:
        index: what is in use.
        rebuild: makes a new generation of the index, anew or with what is there; told how to report a phase and a
            fraction.
        prune: removes generations that nobody reads any more.
    """

    def __init__(
        self,
        index: IndexOpening,
        rebuild: Callable[[Callable[[str, float], None], bool], object],
        prune: Callable[[], object],
    ) -> None:
        self._index = index
        self._rebuild = rebuild
        self._prune = prune
        self._stopped = threading.Event()

    def answer(self, content: Any, emit: Emit) -> Iterator[Event]:
        """The events that answer a request."""

        def report(phase: str, fraction: float) -> None:
            if self._stopped.is_set():
                raise Cancelled
            emit(Progress(phase, fraction))

        with suppress(ReflexionaError):  # whoever needs the one that cannot be opened is told; a new one may help
            self._index.get()
        self._rebuild(report, content.anew)
        self._index.reopen()
        self._prune()
        yield Progress("índice en uso", 1.0)

    def expect(self, content: Any) -> None:
        """Nothing to prepare."""

    def skip(self, content: Any) -> None:
        """Nothing was prepared."""

    def stop(self) -> None:
        """Breaks the making off at its next step; the index in use stays."""
        self._stopped.set()

    def resume(self) -> None:
        """Takes `stop` back."""
        self._stopped.clear()
