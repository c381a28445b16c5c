"""Where the person writes. Nothing typed here is ever thrown away by a key."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import TextArea

from reflexiona.tui.messages import Sent
from reflexiona.tui.plain import plain

if TYPE_CHECKING:
    from textual.timer import Timer

SAVE_EVERY = 1.0
"""Seconds after a change until what is being typed is kept."""


class Composer(TextArea):
    """A text area that grows, sends, and recalls what was sent before.

    Args:
        sends: the key that sends, `enter` or `ctrl+j`; the other one makes a new line, and so does Shift+Enter.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("alt+b", "cursor_word_left", "Palabra anterior", show=False),
        Binding("pageup", "screen.page(-1)", "Subir en la conversación", show=False),
        Binding("pagedown", "screen.page(1)", "Bajar en la conversación", show=False),
    ]

    class DraftChanged(Message):
        """A second has gone by since the text changed."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, text: str = "", *, sends: str = "enter") -> None:
        super().__init__(
            plain(text),
            id="composer",
            soft_wrap=True,
            compact=True,
            show_line_numbers=False,
            highlight_cursor_line=False,
            tab_behavior="focus",
            placeholder="Cuenta qué está pasando con tu cliente…",
        )
        self.sends = sends
        self.earlier: tuple[str, ...] = ()
        """Sent texts, newest first."""
        self._place = -1
        self._timer: Timer | None = None

    def on_mount(self) -> None:
        """A text that was there from the start, say from a pipe, is gone on with."""
        self.move_cursor(self.document.end)

    # Textual calls the handlers of every class of the hierarchy in turn: those of `TextArea` follow unless prevented.
    async def _on_key(self, event: events.Key) -> None:
        newline = "ctrl+j" if self.sends == "enter" else "enter"
        if event.key == self.sends:
            self._taken(event)
            self.send()
        elif event.key in (newline, "shift+enter"):
            self._taken(event)
            self.insert("\n")
            self.scroll_cursor_visible()
        elif event.key in ("up", "down") and self._recall(1 if event.key == "up" else -1):
            self._taken(event)

    async def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.text = plain(event.text)

    def send(self) -> None:
        """Sends the text, unless there is none. It leaves the composer only when it has been taken (`accepted`)."""
        if self.text.strip():
            self.post_message(Sent(self.text))

    def accepted(self, text: str) -> None:
        """`text` is in the conversation now."""
        self.earlier = (text, *(other for other in self.earlier if other != text))
        self._place = -1
        if self.text == text:
            self.clear()
        self.keep()

    def put(self, text: str) -> None:
        """Places a text for the person to go on with; what was there can be recalled with ↑."""
        if self.text.strip() and self.text != text:
            self.earlier = (self.text, *self.earlier)
        self.text = plain(text)
        self.move_cursor(self.document.end)

    def rewrite(self, text: str) -> None:
        """Puts a text in place of the one that is there, as the person would: undo leads back."""
        self.replace(plain(text), self.document.start, self.document.end)
        self.move_cursor(self.document.end)

    def hold(self, text: str, earlier: tuple[str, ...]) -> None:
        """Holds something else from now on. Undo does not lead back."""
        self.text, self.earlier = text, earlier
        self._place = -1
        self.move_cursor(self.document.end)

    def keep(self) -> None:
        """Says what is being typed, now."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self.post_message(self.DraftChanged(self.text))

    def on_text_area_changed(self) -> None:
        """Keeps what is being typed within a second, however fast it comes."""
        if self._timer is None:
            self._timer = self.set_timer(SAVE_EVERY, self.keep)

    def _recall(self, step: int) -> bool:
        """Moves through earlier texts, as long as the text is one of them, untouched, or there is none."""
        browsing = 0 <= self._place < len(self.earlier) and self.text == self.earlier[self._place]
        if not browsing and self.text:
            return False
        place = (self._place if browsing else -1) + step
        if not -1 <= place < len(self.earlier) or (browsing and not self._at_edge(step)):
            return False
        self._place = place
        self.text = self.earlier[place] if place >= 0 else ""
        self.move_cursor(self.document.end if step > 0 else self.document.start)
        return True

    def _at_edge(self, step: int) -> bool:
        """Whether the cursor cannot go further up (1) or down (-1): only then does an arrow recall."""
        return self.cursor_at_first_line if step > 0 else self.cursor_at_last_line

    @staticmethod
    def _taken(event: events.Key) -> None:
        event.stop()
        event.prevent_default()
