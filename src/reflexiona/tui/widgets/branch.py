"""The line that says a sent text is being changed: sending it begins a branch, and Esc calls it off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from reflexiona.tui.plain import plain
from reflexiona.tui.typeset import clickable

if TYPE_CHECKING:
    from reflexiona.tui.widgets.composer import Composer


@dataclass(frozen=True, slots=True)
class Stem:
    """Where a branch leaves a conversation."""

    case_id: str
    turn_id: str
    """The turn in whose place it goes on."""
    text: str
    """What was sent there."""
    place: int
    """Of that turn, from 1."""
    of: int
    title: str
    """Of the branch."""


class BranchLine(Static):
    """The line, and what the composer held before. Nothing that was typed is thrown away.

    Args:
        composer: where the text is changed.
    """

    def __init__(self, composer: Composer) -> None:
        super().__init__(Content(""), id="branch")
        self._composer = composer
        self._before = ""
        self._put = ""
        self.stem: Stem | None = None
        """Of the text that is being changed; None: none is."""
        self.display = False

    def take_up(self, stem: Stem, key: str) -> str:
        """Puts a sent text into the composer.

        Args:
            stem: where the branch would begin.
            key: takes up the text before it.

        Returns:
            what had been typed there and is among the earlier texts now; it is to be kept. Empty: nothing.
        """
        left = self._typed
        if self.stem is None:
            self._before = self._composer.text
        self.stem = stem
        self._hold(stem.text, left)
        self._put = self._composer.text
        which = f"el texto {stem.place} de {stem.of}" if stem.of > 1 else "el texto enviado"
        another = f" · {key} el anterior" if stem.of > 1 else ""
        back = " y vuelve lo que había escrito" if self._before.strip() else ""
        self.update(
            Content.assemble(
                ("Rama  ", "$own bold"),
                f"Se cambia {which}: al enviarlo empieza otro caso y este queda igual. ",
                clickable("Esc lo deja", "screen.escape", "$cite bold"),
                (f"{back}{another}", "$quiet"),
            )
        )
        self.display = True
        return left

    def call_off(self) -> str:
        """The composer holds what it held before; returns what `take_up` does."""
        left = self._typed
        self._hold(self._before, left)
        self.sent()
        return left

    def sent(self) -> Stem | None:
        """The text was sent: nothing is being changed any more. Returns where the branch begins."""
        stem, self.stem, self._before, self._put = self.stem, None, "", ""
        self.display = False
        return stem

    @property
    def _typed(self) -> str:
        """What is in the composer, unless it is a sent text as it was."""
        text = self._composer.text
        return text if text.strip() and not (self.stem and text == self._put) else ""

    def _hold(self, text: str, left: str) -> None:
        earlier = self._composer.earlier
        self._composer.hold(plain(text), (left, *(one for one in earlier if one != left)) if left else earlier)
