"""What offers something while the mouse is there, and nothing to read while it is elsewhere."""

from __future__ import annotations

from textual.widget import Widget

POINTED = "-pointed"
"""Class of such a widget while the mouse is there."""


class Pointed(Widget):
    """Such a widget. It is named after the other base, whose styles hold."""

    def on_enter(self) -> None:
        """The mouse has come here, or to a part of it."""
        self.add_class(POINTED)
        self.refresh()

    def on_leave(self) -> None:
        """The mouse has left it, or one of its parts for another."""
        self.set_class(self.is_mouse_over, POINTED)
        self.refresh()
