"""The single lines of the main screen: the heading, what is going on, the keys that help now."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from reflexiona.tui.messages import Parted
from reflexiona.tui.phrases import percent, speed
from reflexiona.tui.plain import one_line
from reflexiona.tui.typeset import clickable

if TYPE_CHECKING:
    from reflexiona.domain import Conversation
    from reflexiona.errors import ReflexionaError
    from reflexiona.events import Progress

TICK = 0.25
"""Seconds between two pictures of the line that says what is going on: never more than four a second."""
GRACE = 10.0
"""Seconds in which a deletion can be undone."""
_DOTS = ("·  ", "·· ", "···", " ··", "  ·", "   ")


class Masthead(Horizontal):
    """The name, the conversation, which model writes, and how far a new index is."""

    def __init__(self, id: str | None = None) -> None:
        super().__init__(id=id)
        self._model = "abriendo…"
        self._index = ""

    def compose(self) -> ComposeResult:
        """Three texts on a line."""
        yield Static(Content.styled("Reflexiona", "bold $own"), id="name")
        yield Static(Content(""), id="title")
        yield Static(Content.styled(self._model, "$quiet"), id="model")

    def entitle(self, title: str) -> None:
        """Shows the conversation's title; empty: none."""
        self.query_one("#title", Static).update(Content(f"· {one_line(title)}" if title else ""))

    def say_model(self, model: str) -> None:
        """Shows the local model in use; empty: none."""
        self._model = f"modelo {one_line(model)}" if model else "sin modelo"
        self._say()

    def say_index(self, fraction: float | None) -> None:
        """Shows how far a new index is, 0–1; None: none is being made."""
        self._index = "" if fraction is None else f"índice nuevo {percent(fraction)} · "
        self._say()

    def _say(self) -> None:
        for shown in self.query("#model").results(Static):  # none any more while the program closes
            shown.update(Content.styled(f"{self._index}{self._model}", "$quiet"))


class Trouble(Static):
    """What does not work outside a turn, and what to do: it stays as long as the trouble does."""

    def __init__(self) -> None:
        super().__init__(Content(""), id="trouble")
        self._said: dict[str, str] = {}
        self.display = False

    def say(self, error: ReflexionaError) -> None:
        """Shows an error of the engine or of the disk, in place of the one before of the same kind."""
        self._said[type(error).__name__] = one_line(str(error))
        self._show()

    def clear(self, kind: str) -> None:
        """Errors of this class are over."""
        self._said.pop(kind, None)
        self._show()

    def _show(self) -> None:
        self.display = bool(self._said)
        lines = [Content.styled("Aviso  ", "$warning bold") + Content(text) for text in self._said.values()]
        self.update(Content("\n").join(lines))


class Farewell(Static):
    """What is about to be deleted, with the seconds that are left to think again."""

    def __init__(self) -> None:
        super().__init__(Content(""), id="farewell")
        self._leaving: dict[str, tuple[Conversation, float]] = {}
        self.display = False

    def on_mount(self) -> None:
        """Starts to count; nothing is drawn while nothing leaves."""
        self.set_interval(TICK, self._tick)

    def add(self, conversation: Conversation) -> None:
        """A conversation is to be deleted when its time is over."""
        self._leaving[conversation.id] = (conversation, monotonic() + GRACE)
        self._tick()

    @property
    def leaving(self) -> frozenset[str]:
        """Ids of those that are about to be deleted."""
        return frozenset(self._leaving)

    def take_back(self) -> Conversation | None:
        """The one that was added last is not to be deleted."""
        if not self._leaving:
            return None
        conversation, _ = self._leaving.popitem()[1]
        self._tick()
        return conversation

    def hurry(self, case_id: str) -> Conversation | None:
        """The time of one is over now; None: it is not leaving."""
        conversation, _ = self._leaving.pop(case_id, (None, 0.0))
        self._tick()
        return conversation

    def _tick(self) -> None:
        for conversation, end in list(self._leaving.values()):
            if monotonic() >= end:
                del self._leaving[conversation.id]
                self.post_message(Parted(conversation))
        if self.display != bool(self._leaving):
            self.display = bool(self._leaving)
        if self._leaving:
            conversation, end = next(reversed(self._leaving.values()))
            others = f" (y {len(self._leaving) - 1} más)" if len(self._leaving) > 1 else ""
            title = one_line(conversation.title)
            short = title if len(title) <= 36 else f"{title[:35]}…"
            said = Content.assemble(
                ("Se borra  ", "$warning bold"),
                f"«{short}»{others} en {max(1, round(end - monotonic()))} s · ",
                clickable("deshacer", "screen.command('undo')", "$cite bold"),
                ("  Alt+Z", "$quiet"),
            )
            if said != self.content:
                self.update(said, layout=False)


class StatusLine(Static):
    """What is going on, in words. Its width and height never change, so it never moves anything."""

    def __init__(self) -> None:
        super().__init__(Content(""), id="status")
        self._phase = ""
        self._since = 0.0
        self._frame = 0

    def on_mount(self) -> None:
        """Starts to tick; a tick without anything going on costs nothing."""
        self.set_interval(TICK, self._tick)

    def begin(self, phase: str) -> None:
        """Something goes on."""
        if not self._phase:
            self._since = monotonic()
        self._phase = phase

    def progress(self, progress: Progress) -> None:
        """A phase of the engine, with its figure."""
        figure = ""
        if progress.words_per_second:
            figure = f" · {speed(progress.words_per_second)}"
        elif progress.fraction is not None:
            figure = f" {percent(progress.fraction)}"
        self.begin(f"{one_line(progress.phase)}{figure}")

    def end(self) -> None:
        """Nothing goes on any more."""
        self._phase = ""
        self.update(Content(""), layout=False)

    def _tick(self) -> None:
        if not self._phase:
            return
        self._frame = (self._frame + 1) % len(_DOTS)
        seconds = int(monotonic() - self._since)
        time = f" · {seconds} s" if seconds >= 5 else ""
        self.update(
            Content.assemble((f"{_DOTS[self._frame]} ", "$own"), (f"{self._phase}{time}", "$quiet")), layout=False
        )


class Hints(Static):
    """The keys that help now: as many as fit, the most useful ones first, none cut off."""

    def __init__(self) -> None:
        super().__init__(Content(""), id="hints")
        self._pairs: Sequence[tuple[str, str]] = ()

    def offer(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Shows (key, what it does)."""
        if pairs != self._pairs:
            self._pairs = pairs
            self._render_pairs(self.size.width)

    def on_resize(self, event: Resize) -> None:
        """More or fewer of them fit."""
        self._render_pairs(self.size.width)  # the event's own size counts the blank ends

    def _render_pairs(self, width: int) -> None:
        shown: list[Content] = []
        used = 0
        for key, label in self._pairs:
            used += len(key) + len(label) + 1 + (3 if shown else 0)
            if used > max(width, 20):
                break
            shown.append(Content.assemble((key, "$own"), (f" {label}", "$quiet")))
        self.update(Content.styled(" · ", "$rule").join(shown), layout=False)
