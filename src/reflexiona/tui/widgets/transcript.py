"""The conversation: earlier turns as text, the last one live. Follows the end unless the person scrolled away."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.geometry import Region
from textual.widget import Widget

from reflexiona.tui.messages import TurnRead
from reflexiona.tui.plain import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reflexiona.tui.widgets.turn import Page, TurnView


MEASURE = 88
"""Longer lines tire the eyes; the style sheet says the same."""


class Transcript(VerticalScroll):
    """The column in the middle."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "screen.write", "Escribir", show=False)]

    _read = ""
    """Id of the turn that was being read when somebody last asked."""

    def on_key(self, event: events.Key) -> None:
        """A letter is the beginning of what the person wants to say, wherever the focus is.

        What is typed fast after it may come here too, before the composer is there to take it.
        """
        begun = self.screen.focused is self.screen.talk.composer  # type: ignore[attr-defined]
        if event.is_printable and event.character and (begun or event.character.isalpha()):
            event.stop()
            event.prevent_default()
            self._write(event.character)

    def on_paste(self, event: events.Paste) -> None:
        """What is pasted is meant for the composer as well."""
        event.stop()
        self._write(event.text)

    def _write(self, text: str) -> None:
        composer = self.screen.talk.composer  # type: ignore[attr-defined]
        self.screen.set_focus(composer)
        composer.insert(plain(text))

    def focus_on_click(self) -> bool:
        """A click is for selecting text: what is typed goes on reaching the composer."""
        return False

    @property
    def live(self) -> TurnView | None:
        """The last turn."""
        return next((child for child in reversed(self.children) if child.has_class("live")), None)  # type: ignore[return-value]

    @property
    def in_view(self) -> str:
        """Id of the turn that is being read: at the end the last one, else the one that fills most of what is in sight.

        Empty on an empty page. While another panel stands in front, the one that was being read before.
        """
        turns = [child for child in self.children if child.has_class("turn")]
        if not turns:
            return ""
        names = [turn.turn_id for turn in turns]  # type: ignore[attr-defined]
        if not self.size.height:
            return self._read if self._read in names else names[-1]
        top = self.scroll_offset.y
        self._read = names[-1]
        follows = self._anchored and not self._anchor_released  # while it grows, the end may be a moment away
        if not (follows or self.is_vertical_scroll_end):
            sight = Region(0, top, 1, self.scrollable_content_region.height)
            covered = [Region(0, turn.virtual_region.y, 1, turn.virtual_region.height) for turn in turns]
            self._read = max(zip(names, covered, strict=True), key=lambda one: one[1].intersection(sight).height)[0]
        return self._read

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Says so when another turn is being read."""
        super().watch_scroll_y(old_value, new_value)
        before = self._read
        if self.size.height and self.in_view != before:
            self.post_message(TurnRead())

    def show_turn(self, turn_id: str) -> None:
        """Goes to the beginning of a turn."""
        turn = next((child for child in self.children if getattr(child, "turn_id", "") == turn_id), None)
        if turn is not None:
            self.anchor(False)
            self.scroll_to_widget(turn, top=True, animate=False)

    def on_resize(self) -> None:
        """Wraps earlier turns anew."""
        for past in self.query(".past"):
            past.wrap(self._measure)  # type: ignore[attr-defined]

    @property
    def _measure(self) -> int:
        """Cells of a line of prose."""
        return min(MEASURE, self.scrollable_content_region.width)

    async def lay_out(self, pages: Sequence[Page]) -> None:
        """A whole conversation, in place of what was there."""
        from reflexiona.tui.widgets.turn import PastTurn, TurnView

        widgets: list[Widget] = [PastTurn(page, self._measure) for page in pages[:-1]]
        widgets += [TurnView(page) for page in pages[-1:]]
        await _settle(self.live)
        with self.app.batch_update():
            await self.remove_children()
            await self.mount_all(widgets)
        self.anchor()  # stays at the end while it grows

    async def welcome(self, widget: Widget) -> None:
        """An empty page with something on it."""
        await _settle(self.live)
        with self.app.batch_update():
            await self.remove_children()
            await self.mount(widget)
        self.scroll_home(animate=False)

    async def add(self, page: Page) -> None:
        """One more turn; the one before becomes text."""
        from reflexiona.tui.widgets.turn import PastTurn, TurnView

        await _settle(self.live)
        with self.app.batch_update():
            if (live := self.live) is not None:
                await self.mount(PastTurn(live.page, self._measure), before=live)
                await live.remove()
            else:
                await self.remove_children()
            await self.mount(TurnView(page))
        self.anchor()  # stays at the end while it grows

    def begin_at_answer(self) -> None:
        """An answer that came in one piece is read from its beginning: goes there, unless all of it is in sight.

        Not when the person has scrolled away meanwhile.
        """
        self.call_after_refresh(self._go_to_beginning)

    def _go_to_beginning(self) -> None:
        live = self.live
        if live is not None and live.size.height > self.size.height and self.is_vertical_scroll_end:
            self.anchor(False)
            self.scroll_to_widget(live.beginning, top=True, animate=False)


async def _settle(live: TurnView | None) -> None:
    if live is not None:
        await live.settle()
