"""The palette: everything that can be done, found by any part of its name, with or without accents.

Textual's own palette speaks English in places that cannot be changed and does not fold accents.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from reflexiona.tui.plain import folded, one_line


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to choose."""

    id: str
    title: str
    detail: str = ""
    """A key, or one word more."""
    also: str = ""
    """Other words that it is found by; they are not shown."""


def matching(entries: Sequence[Entry], typed: str) -> tuple[Entry, ...]:
    """The entries that hold every word typed, anywhere; those whose title begins with it first."""
    ranked = [(rank, entry) for entry in entries if (rank := _rank(entry, folded(typed).split())) is not None]
    return tuple(entry for _, entry in sorted(ranked, key=lambda pair: pair[0]))


def _rank(entry: Entry, wanted: Sequence[str]) -> int | None:
    """How well an entry fits words, 0 best: by its beginning, by its words, by its other words; None: not at all."""
    title, shown = folded(entry.title), folded(f"{entry.title} {entry.detail}")
    everything = f"{shown} {folded(entry.also)}"
    if title.startswith(" ".join(wanted)):
        return 0
    for rank, words in ((1, shown), (2, everything)):
        if all(_begins_a_word(word, words) for word in wanted):
            return rank
    if all(word in shown for word in wanted):
        return 3
    return 4 if all(word in everything for word in wanted) else None


def _begins_a_word(part: str, words: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(part)}", words) is not None


class Palette(ModalScreen[str | None]):
    """Answers with the id of the entry chosen, or None."""

    CSS_PATH = "palette.tcss"
    AUTO_FOCUS = "#wanted"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+p", "dismiss(None)", "Cerrar", show=False, priority=True),
        Binding("down", "move(1)", "Abajo", show=False, priority=True),
        Binding("up", "move(-1)", "Arriba", show=False, priority=True),
    ]

    def __init__(self, entries: Sequence[Entry], asks: str = "¿Qué quieres hacer?") -> None:
        super().__init__()
        self._entries = entries
        self._asks = asks

    def compose(self) -> ComposeResult:
        """A line to type in, and what was found."""
        with Vertical(id="palette"):
            yield Input(placeholder=self._asks, id="wanted", compact=True)
            yield OptionList(id="found", compact=True)
            yield Static(Content.styled("No hay nada con ese nombre.", "$quiet"), id="none")

    def on_mount(self) -> None:
        """Everything, to begin with."""
        self._show("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrows the list down."""
        self._show(event.value)

    def on_input_submitted(self) -> None:
        """The one that is marked."""
        listed = self.query_one(OptionList)
        if listed.highlighted is not None:
            self.dismiss(listed.get_option_at_index(listed.highlighted).id)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click."""
        self.dismiss(event.option_id)

    def action_move(self, by: int) -> None:
        """Up or down, without leaving the line where one types."""
        listed = self.query_one(OptionList)
        if by > 0:
            listed.action_cursor_down()
        else:
            listed.action_cursor_up()

    def _show(self, typed: str) -> None:
        listed = self.query_one(OptionList)
        found = matching(self._entries, typed)
        listed.clear_options()
        for entry in found:
            detail = Content.styled(f"  {one_line(entry.detail)}", "$quiet") if entry.detail else Content("")
            listed.add_option(Option(Content(one_line(entry.title)) + detail, id=entry.id))
        listed.highlighted = 0 if found else None
        listed.display = bool(found)
        self.query_one("#none").display = not found
