"""Where words stand in what is on the screen: accents, capitals, line breaks and the bar at the left do not count."""

from __future__ import annotations

import re
from dataclasses import dataclass

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from reflexiona.tui.plain import folded

_BETWEEN = r"[\s▌]+"
"""What may stand between two words: wrapped lines have a bar, or an indentation."""
HERE, THERE = "reverse bold", "underline bold"
"""Looks of the spot one is at, and of the others: told apart without colours."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place where the words stand: `widget`'s text from `start` to `end`."""

    widget: Static
    start: int
    end: int

    @property
    def line(self) -> int:
        """Line of the widget, from 0, as it is wrapped now."""
        text = str(_content(self.widget))[: self.end]
        return len(Content(text).wrap(max(1, self.widget.content_size.width))) - 1


def spots(text: str, wanted: str) -> list[tuple[int, int]]:
    """(start, end) of every place in `text` where the words of `wanted` follow on each other."""
    words = folded(wanted).split()
    if not words:
        return []
    pattern = re.compile(_BETWEEN.join(map(re.escape, words)))
    pieces = [folded(char) for char in text]
    flat = "".join(pieces)
    if len(flat) == len(text):
        return [match.span() for match in pattern.finditer(flat)]
    places = [place for place, piece in enumerate(pieces) for _ in piece]
    return [(places[match.start()], places[match.end() - 1] + 1) for match in pattern.finditer(flat)]


class Marks:
    """The spots of a search, shown in the widgets that hold them, and taken away again."""

    def __init__(self) -> None:
        self.spots: list[Spot] = []
        self._shown: dict[Static, tuple[Content, Content]] = {}
        """Widget → its text without marks, and with them."""

    def find(self, place: Widget, wanted: str) -> None:
        """Looks for words in every text below `place` that is in sight or can be scrolled to."""
        self.clear()
        texts = [widget for widget in place.query(Static) if _is_text(widget)]
        self.spots = [Spot(w, *span) for w in texts for span in spots(_content(w).plain, wanted)]

    def show(self, at: int) -> None:
        """Marks every spot, the one at place `at` more than the others."""
        marked: dict[Static, Content] = {}
        for number, spot in enumerate(self.spots):
            base = marked.get(spot.widget, self._base(spot.widget))
            marked[spot.widget] = base.stylize(HERE if number == at else THERE, spot.start, spot.end)
        for widget, content in marked.items():
            self._shown[widget] = (self._base(widget), content)
            widget.update(content, layout=False)

    def clear(self) -> None:
        """Takes the marks away. A text that has changed since is left alone."""
        for widget, (base, marked) in self._shown.items():
            if widget.content is marked:
                widget.update(base, layout=False)
        self._shown.clear()
        self.spots = []

    def _base(self, widget: Static) -> Content:
        base, marked = self._shown.get(widget, (None, None))
        return base if base is not None and widget.content is marked else _content(widget)


def _content(widget: Static) -> Content:
    content = widget.content
    return content if isinstance(content, Content) else Content("")


def _is_text(widget: Static) -> bool:
    return widget.display and all(
        isinstance(a, Widget) and a.display for a in widget.ancestors if isinstance(a, Widget)
    )
