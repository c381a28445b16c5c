"""The conversations that were kept, the most recent first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.events import Resize
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from reflexiona.export.spanish import lower_first
from reflexiona.tui.messages import CaseChosen
from reflexiona.tui.phrases import moment
from reflexiona.tui.typeset import hanging, scenario_name

if TYPE_CHECKING:
    from reflexiona.corpus.lists import Lists
    from reflexiona.domain import Conversation
    from reflexiona.storage.history import Summary


PAGE = 60
"""Conversations listed at once: every one that is listed costs time."""
MORE = "more"


def facts(summary: Summary, now: datetime) -> str:
    """When, how far the plan is, whether an answer was left half-way."""
    parts = [moment(summary.updated, now)]
    if summary.steps:
        parts.append(f"plan {summary.steps_done}/{summary.steps}")
    if summary.interrupted:
        parts.append("a medias")
    return " · ".join(parts)


class CaseList(OptionList):
    """The list. What is done with a conversation is done with the one that is marked."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("delete", "screen.command('delete')", "Borrar", show=False)]


class Cases(Vertical):
    """The panel at the left."""

    def __init__(self) -> None:
        super().__init__(id="cases")
        self._summaries: Sequence[Summary] = ()
        self._lists: Lists | None = None
        self._current: str | None = None
        self._aside: Conversation | None = None
        self._now: datetime | None = None
        self._pages = 1

    def compose(self) -> ComposeResult:
        """Heading and list."""
        yield Static(Content.styled("Casos", "bold") + Content.styled("  Ctrl+R busca", "$quiet"), classes="heading")
        yield CaseList(id="case-list", compact=True)
        yield Static(
            Content.styled("Aquí quedan tus conversaciones. Ninguna sale de este equipo.", "$quiet"), id="no-cases"
        )

    @property
    def focused(self) -> bool:
        """Whether the keys work on the list."""
        return self.query_one(CaseList).has_focus

    @property
    def marked(self) -> str | None:
        """Id of the conversation that is marked."""
        listed = self.query_one(CaseList)
        name = listed.get_option_at_index(listed.highlighted).id if listed.highlighted is not None else None
        return None if name == MORE else name

    def show(
        self,
        summaries: Sequence[Summary],
        current: str | None,
        lists: Lists | None,
        now: datetime,
        aside: Conversation | None = None,
    ) -> None:
        """Lists conversations.

        Args:
            summaries: those that are kept, in the order they are shown.
            current: the one on the table.
            lists: names of the scenarios.
            now: the present moment.
            aside: the one that is kept nowhere, if there is one.
        """
        self._summaries, self._current, self._lists, self._now, self._aside = summaries, current, lists, now, aside
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
        """A conversation was chosen, or more of them are wanted."""
        event.stop()
        if event.option_id == MORE:
            self._pages += 1
            self._lay_out()
        elif event.option_id:
            self.post_message(CaseChosen(event.option_id))

    def _lay_out(self) -> None:
        listed = self.query_one(CaseList)
        highlighted = listed.highlighted
        shown = self._summaries[: self._pages * PAGE]
        options = [Option(self._line(summary), id=summary.id) for summary in shown]
        if self._aside is not None:
            options.insert(0, Option(self._aside_line(self._aside), id=self._aside.id))
        if rest := len(self._summaries) - len(shown):
            options.append(Option(Content.styled(f"  y {rest} más", "$cite"), id=MORE))
        listed.clear_options()
        listed.add_options(options)
        if options:
            listed.highlighted = min(highlighted or 0, len(options) - 1)
        listed.display = bool(options)
        self.query_one("#no-cases").display = not options

    def _line(self, summary: Summary) -> Content:
        now = self._now or datetime.now(UTC)
        width = self.size.width - 5
        lines = [self._title(summary.id, summary.title), hanging("  ", facts(summary, now), width, "", "$quiet")]
        if summary.scenario:
            name = lower_first(scenario_name(self._lists, summary.scenario))
            lines.append(hanging("  ", name, width, "", "$quiet"))
        return Content("\n").join(lines)

    def _aside_line(self, case: Conversation) -> Content:
        told = hanging("  ", "se pierde al cerrar", self.size.width - 5, "", "$warning")
        return self._title(case.id, case.title) + Content("\n") + told

    def _title(self, case_id: str, title: str) -> Content:
        here = case_id == self._current
        return hanging("▸ " if here else "  ", title, self.size.width - 5, "$own", "bold" if here else "")
