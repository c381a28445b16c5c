"""Looking for words in the conversation on the table: how often they stand there, and one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from reflexiona.tui.finding import Marks, Spot
from reflexiona.tui.messages import FindClosed

if TYPE_CHECKING:
    from reflexiona.tui.widgets.transcript import Transcript


class Finder(Horizontal):
    """A line to type in, above the composer. Enter and the arrows go from spot to spot; Esc closes it.

    Args:
        transcript: where it looks.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,f3", "go(1)", "Siguiente", show=False),
        Binding("up,shift+f3", "go(-1)", "Anterior", show=False),
        Binding("escape", "close", "Cerrar", show=False),
        Binding("pageup", "screen.page(-1)", "Subir", show=False),
        Binding("pagedown", "screen.page(1)", "Bajar", show=False),
    ]

    def __init__(self, transcript: Transcript) -> None:
        super().__init__(id="finder")
        self._transcript = transcript
        self._marks = Marks()
        self._at = 0
        self.display = False

    def compose(self) -> ComposeResult:
        """What is looked for, and how often it is there."""
        yield Static(Content.styled("Buscar aquí", "$own bold"), id="finder-name")
        yield Input(placeholder="palabras de esta conversación", id="sought", compact=True, select_on_focus=True)
        yield Static(Content(""), id="finder-count")

    @property
    def sought(self) -> str:
        """What is looked for."""
        return self.query_one(Input).value

    @property
    def count(self) -> str:
        """«3 de 12»."""
        spots = self._marks.spots
        if not spots:
            return "no está en el texto" if self.sought.strip() else ""
        return f"{self._at + 1} de {len(spots)}"

    def open(self, wanted: str = "", turn: int | None = None) -> None:
        """Shows the line; looks for `wanted`, if anything, from turn number `turn` on."""
        self.display = True
        field = self.query_one(Input)
        if wanted:
            with self.prevent(Input.Changed):
                field.value = wanted
        field.focus()
        self.look(turn)

    def close(self) -> None:
        """Takes line and marks away."""
        self.display = False
        self._marks.clear()

    def look(self, turn: int | None = None) -> None:
        """Looks anew, and goes to the first spot of a turn, or to the first one that is not above what is in sight."""
        if not self.display:
            return
        self._marks.find(self._transcript, self.sought)
        self._at = self._nearest(turn)
        self._show(move=True)

    def again(self) -> None:
        """The conversation has changed: marks it anew without moving it."""
        if self.display:
            self._marks.find(self._transcript, self.sought)
            self._at = min(self._at, max(0, len(self._marks.spots) - 1))
            self._show(move=False)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Looks as the person types."""
        event.stop()
        self.look()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """The next one."""
        event.stop()
        self.action_go(1)

    def action_go(self, by: int) -> None:
        """To another spot; after the last one comes the first."""
        if self._marks.spots:
            self._at = (self._at + by) % len(self._marks.spots)
            self._show(move=True)

    def action_close(self) -> None:
        """Closes the line."""
        self.close()
        self.post_message(FindClosed())

    def _nearest(self, turn: int | None) -> int:
        spots = self._marks.spots
        if turn is not None and turn < len(self._transcript.children):
            page = self._transcript.children[turn]
            return next((n for n, spot in enumerate(spots) if page in (spot.widget, *spot.widget.ancestors)), 0)
        top = self._transcript.scroll_offset.y
        return next((n for n, spot in enumerate(spots) if self._top(spot) >= top), 0)

    def _top(self, spot: Spot) -> int:
        """Line of a spot in the whole conversation."""
        transcript = self._transcript
        return spot.widget.content_region.y - transcript.content_region.y + transcript.scroll_offset.y + spot.line

    def _show(self, *, move: bool) -> None:
        self._marks.show(self._at)
        self.query_one("#finder-count", Static).update(Content.styled(self.count, "$quiet"))
        if move and self._marks.spots:
            self._transcript.anchor(False)
            height = self._transcript.size.height
            line = max(0, self._top(self._marks.spots[self._at]) - height // 3)
            self._transcript.scroll_to(y=line, animate=False)
