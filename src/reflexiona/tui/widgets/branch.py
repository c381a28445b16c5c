"""The line that says a sent text is being changed: sending it begins a branch, and Esc calls it off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from textual.content import Content
from textual.widgets import Static

from reflexiona.tui.messages import CalledOff
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


class Unsent(NamedTuple):
    """Something that was typed."""

    text: str = ""
    """Empty: nothing."""
    made_of: str = ""
    """Id of the conversation of the sent text it was made of; empty: of none."""


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

    @property
    def unsent(self) -> Unsent:
        """What the person is typing: what the composer held before, while the sent text in it is as it was."""
        return self._typed if self.stem is None or self._typed.text else Unsent(self._before)

    def take_up(self, stem: Stem, key: str) -> Unsent:
        """Puts a sent text into the composer.

        Args:
            stem: where the branch would begin.
            key: takes up the text before it.

        Returns:
            what had been typed there and is among the earlier texts now; it is to be kept.
        """
        left = self._typed
        if self.stem is None:
            self._before = self._composer.text
        self.stem = stem
        self._hold(stem.text, left.text)
        self._put = self._composer.text
        which = f"el texto {stem.place} de {stem.of}" if stem.of > 1 else "el texto enviado"
        another = clickable(f"{key} el anterior", "screen.command('edit')", "$quiet") if stem.of > 1 else Content("")
        back = " y vuelve lo que había escrito" if self._before.strip() else ""
        self.update(
            Content.assemble(
                ("Rama  ", "$own bold"),
                f"Se cambia {which}: al enviarlo empieza otro caso y este queda igual. ",
                clickable("Esc lo deja", "call_off", "$cite bold"),
                (f"{back}{' · ' if stem.of > 1 else ''}", "$quiet"),
                another,
            )
        )
        self.display = True
        return left

    def action_call_off(self) -> None:
        """A click on what Esc does."""
        self.post_message(CalledOff())

    def call_off(self) -> Unsent:
        """The composer holds what it held before; returns what `take_up` does."""
        left = self._typed
        self._hold(self._before, left.text)
        self.sent()
        return left

    def sent(self) -> Stem | None:
        """The text was sent: nothing is being changed any more. Returns where the branch begins."""
        stem, self.stem, self._before, self._put = self.stem, None, "", ""
        self.display = False
        return stem

    @property
    def _typed(self) -> Unsent:
        """What is in the composer, unless it is blank or a sent text as it was."""
        text, made_of = self._composer.text, self.stem.case_id if self.stem else ""
        return Unsent(text, made_of) if text.strip() and not (made_of and text == self._put) else Unsent()

    def _hold(self, text: str, left: str) -> None:
        earlier = self._composer.earlier
        self._composer.hold(plain(text), (left, *(one for one in earlier if one != left)) if left else earlier)
