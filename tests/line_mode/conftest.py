"""A data folder, a store, and line mode over it, typed into or read from a pipe."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from reflexiona.paths import DataFolder
from reflexiona.storage.conversations import ConversationStore
from tests.support.line_mode import Talking, Told, listened
from tests.support.replayed_engine import ReplayedEngine


@pytest.fixture
def data(home: Path) -> DataFolder:
    folder = DataFolder.locate()
    folder.ensure()
    return folder


@pytest.fixture
def store(data: DataFolder) -> Iterator[ConversationStore]:
    with closing(ConversationStore(data.conversations)) as opened:
        yield opened


@pytest.fixture
def talking(store: ConversationStore, data: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Talking:
    monkeypatch.chdir(tmp_path)

    def run(typed: str, engine: ReplayedEngine) -> Told:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed.encode()), encoding="utf-8"))
        return listened(engine, store, data)

    return run


@pytest.fixture
def typing(talking: Talking, store: ConversationStore, data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> Talking:
    """As `talking`, at a terminal. The lines come at once, so a blank one between others belongs to a paste."""

    def run(typed: str, engine: ReplayedEngine) -> Told:
        hand, keyboard = os.openpty()
        with os.fdopen(hand, "wb", buffering=0) as keys, os.fdopen(keyboard, encoding="utf-8") as stdin:
            monkeypatch.setattr(sys, "stdin", stdin)
            keys.write(typed.encode() + 3 * b"\x04")  # Ctrl+D sends, and leaves
            return listened(engine, store, data)

    return run
