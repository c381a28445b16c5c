"""What stands behind the screens: handed over once the first frame is on the terminal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from reflexiona.paths import DataFolder, resource
from reflexiona.tui.shelf import Shelf

if TYPE_CHECKING:
    from reflexiona.domain import Turn
    from reflexiona.models.catalogue import Catalogue
    from reflexiona.storage.conversations import ConversationStore
    from reflexiona.storage.history import Summary
    from reflexiona.tui.engine import Engine
    from reflexiona.tui.keeper import Keeper


@dataclass(frozen=True, slots=True)
class Backstage:
    """Engine, store, shelf, clock."""

    engine: Engine
    keeper: Keeper
    shelf: Shelf
    new_id: Callable[[], str]
    data: DataFolder
    """The person's folder."""
    catalogue: Path | None = None
    """The models that can be brought; None: those that the package names."""
    country: str = ""
    register: str = ""
    own_encoder: bool = False
    """Whether the settings name an encoder of the person's own: its index may still have to be made."""
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def models(self) -> Catalogue:
        """The models that can be brought.

        Raises:
            BadInputError: the catalogue cannot be read.
        """
        from reflexiona.models.catalogue import load_catalogue

        return load_catalogue(self.catalogue or resource("models", "catalogue.toml"))

    def now(self) -> str:
        """ISO 8601, UTC, seconds."""
        return self.clock().astimezone(UTC).isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True)
class Kept:
    """What the store had at the start."""

    drafts: tuple[str, ...]
    """What closed windows left unsent, the last one first; the others are among the earlier texts as well."""
    earlier: tuple[str, ...]
    summaries: tuple[Summary, ...]
    interrupted: tuple[tuple[str, Turn], ...]


def kept(store: ConversationStore) -> Kept:
    """Everything the start needs, in one go. What a window that was cut off had promised to delete goes."""
    store.bin.empty()
    return Kept(store.drafts.take_over(), store.drafts.earlier(), store.list(), store.interrupted())
