"""The conversations that were kept, the most recent first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.events import Resize
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from reflexiona.tui.messages import CaseChosen
from reflexiona.tui.phrases import moment
from reflexiona.tui.typeset import hanging, lower_first, scenario_name

if TYPE_CHECKING:
    from reflexiona.corpus.lists import Lists
    from reflexiona.storage.conversations import Summary


def facts(summary: Summary, now: datetime) -> str:
    """When, how far the plan is, whether an answer was left half-way."""
    parts = [moment(summary.updated, now)]
    if summary.steps:
        parts.append(f"plan {summary.steps_done} de {summary.steps}")
    if summary.interrupted:
        parts.append("a medias")
    return " · ".join(parts)


class Cases(Vertical):
    """The panel at the left."""

    def __init__(self) -> None:
        super().__init__(id="cases")
        self._summaries: Sequence[Summary] = ()
        self._lists: Lists | None = None
        self._current: str | None = None
        self._now: datetime | None = None

    def compose(self) -> ComposeResult:
        """Heading and list."""
        yield Static(Content.styled("Casos", "bold"), classes="heading")
        yield OptionList(id="case-list", compact=True)
        yield Static(
            Content.styled("Aquí quedan tus conversaciones. Ninguna sale de este equipo.", "$quiet"), id="no-cases"
        )

    def show(self, summaries: Sequence[Summary], current: str | None, lists: Lists | None, now: datetime) -> None:
        """Lists conversations; `current` is the one on the table."""
        self._summaries, self._current, self._lists, self._now = summaries, current, lists, now
        self._lay_out()

    class Shown(Message):
        """The list came into sight: it may be out of date."""

    def on_show(self) -> None:
        """Asks for the list anew."""
        self.post_message(self.Shown())

    def on_resize(self, event: Resize) -> None:
        """Wraps anew."""
        self._lay_out()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A conversation was chosen."""
        event.stop()
        if event.option_id:
            self.post_message(CaseChosen(event.option_id))

    def _lay_out(self) -> None:
        listed = self.query_one(OptionList)
        highlighted = listed.highlighted
        listed.clear_options()
        listed.add_options([Option(self._line(summary), id=summary.id) for summary in self._summaries])
        if listed.option_count:
            listed.highlighted = min(highlighted or 0, listed.option_count - 1)
        listed.display = bool(self._summaries)
        self.query_one("#no-cases").display = not self._summaries

    def _line(self, summary: Summary) -> Content:
        now = self._now or datetime.now(UTC)
        width = self.size.width - 5
        here = summary.id == self._current
        title = hanging("▸ " if here else "  ", summary.title, width, "$own", "bold" if here else "")
        lines = [title, hanging("  ", facts(summary, now), width, "", "$quiet")]
        if summary.scenario:
            name = lower_first(scenario_name(self._lists, summary.scenario))
            lines.append(hanging("  ", name, width, "", "$quiet"))
        return Content("\n").join(lines)
