"""States of a model's memory, kept so that what was read once is not read again: in memory, and fixed parts on disk.

A state is what llama.cpp gives for one sequence; it fits the same model, library and parameters only, so all of these
are in the key under which a fixed part is kept on disk. What comes from the disk is checked before native code sees it
(by the store, against its hash), since a state that is cut short would be read past its end.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import threading
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Protocol

MOST_KEPT = 6
MOST_BYTES = 512 * 1024 * 1024
"""Of all that is kept in memory."""
LARGEST = 192 * 1024 * 1024
"""Bytes of one state."""
WORTH_KEEPING = 32
"""Tokens; a shorter prefix is evaluated again sooner than restored."""

State = Any
"""A ctypes array of bytes."""


class StateStore(Protocol):
    """Where fixed parts outlive the process."""

    def find(self, key: str) -> bytes | None:
        """What was kept under a key, whole and undamaged, or None."""

    def keep(self, key: str, content: bytes) -> None:
        """Keeps something under a key; does nothing where it cannot."""


class KeptStates:
    """The states of one loaded model.

    Args:
        store: where fixed parts outlive the process; None: nowhere.
        identity: the hash of the model's file; empty: not known, nothing is kept on disk.
        parameters: of the context, as far as a state depends on them.
    """

    def __init__(self, store: StateStore | None = None, identity: str = "", parameters: Sequence[object] = ()) -> None:
        self._store = store if identity else None
        self._root = json.dumps([1, identity, _library(), *parameters])
        self._kept: list[tuple[tuple[int, ...], State]] = []
        self._writing: threading.Thread | None = None

    def add(self, ids: tuple[int, ...], state: State) -> None:
        """Keeps a state in memory; the one used longest ago goes, but never the shortest: every prompt begins so."""
        self._kept = [*(row for row in self._kept if row[0] != ids), (ids, state)]
        while len(self._kept) > MOST_KEPT or sum(len(state) for _, state in self._kept) > MOST_BYTES:
            shortest = min(self._kept, key=lambda row: len(row[0]))
            self._kept.remove(next(row for row in self._kept if row is not shortest))

    def has(self, ids: tuple[int, ...]) -> bool:
        """Whether the state after exactly these tokens is kept in memory."""
        return any(kept == ids for kept, _ in self._kept)

    def longest(self, ids: Sequence[int], limit: int) -> tuple[tuple[int, ...], State] | None:
        """The kept state that covers most of the beginning of `ids`, of which at most `limit` tokens."""
        found = [row for row in self._kept if len(row[0]) <= limit and tuple(ids[: len(row[0])]) == row[0]]
        return max(found, key=lambda row: len(row[0]), default=None)

    def used(self, ids: tuple[int, ...]) -> None:
        """Tells that a state was restored: it goes last."""
        self._kept.sort(key=lambda row: row[0] == ids)

    def drop(self, ids: tuple[int, ...]) -> None:
        """Forgets a state that was of no use."""
        self._kept = [row for row in self._kept if row[0] != ids]

    def clear(self) -> None:
        """Forgets what is in memory, and waits for what is being written."""
        self._kept.clear()
        if self._writing is not None:
            self._writing.join()

    def load(self, ids: tuple[int, ...]) -> bool:
        """Takes the state after exactly these tokens from the disk into memory; returns whether it was there."""
        content = self._store.find(self._key(ids)) if self._store and len(ids) >= WORTH_KEEPING else None
        if not content:
            return False
        self.add(ids, (ctypes.c_uint8 * len(content)).from_buffer_copy(content))
        return True

    def save(self, ids: tuple[int, ...], state: State) -> None:
        """Keeps a state on disk, beside whatever comes next."""
        store = self._store
        if store is None or len(ids) < WORTH_KEEPING or (self._writing and self._writing.is_alive()):
            return
        self._writing = threading.Thread(target=lambda: store.keep(self._key(ids), bytes(state)), name="comienzo")
        self._writing.start()

    @property
    def outlive(self) -> bool:
        """Whether fixed parts are kept on disk."""
        return self._store is not None

    def _key(self, ids: tuple[int, ...]) -> str:
        return hashlib.sha256(f"{self._root}{list(ids)}".encode()).hexdigest()


def _library() -> str:
    try:
        return version("llama-cpp-python")
    except PackageNotFoundError:
        return ""
