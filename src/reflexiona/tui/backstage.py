"""What stands behind the screens: handed over once the first frame is on the terminal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from reflexiona.tui.shelf import Shelf

if TYPE_CHECKING:
    from reflexiona.domain import Turn
    from reflexiona.storage.conversations import ConversationStore, Summary
    from reflexiona.tui.engine import Engine
    from reflexiona.tui.keeper import Keeper


@dataclass(frozen=True, slots=True)
class Backstage:
    """Engine, store, shelf, clock."""

    engine: Engine
    keeper: Keeper
    shelf: Shelf
    new_id: Callable[[], str]
    country: str = ""
    register: str = ""
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def now(self) -> str:
        """ISO 8601, UTC, seconds."""
        return self.clock().astimezone(UTC).isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True)
class Kept:
    """What the store had at the start."""

    draft: str
    earlier: tuple[str, ...]
    summaries: tuple[Summary, ...]
    interrupted: tuple[tuple[str, Turn], ...]


def kept(store: ConversationStore) -> Kept:
    """Everything the start needs, in one go."""
    return Kept(store.drafts.load(), store.drafts.earlier(), store.list(), store.interrupted())
