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
"""Conversations listed at once: every one that is listed costs time. The next ones come as their end is neared."""
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

    class EndNeared(Message):
        """The end of what is listed is, or soon will be, in sight. `jumped`: somebody wants the very last one."""

        def __init__(self, *, jumped: bool = False) -> None:
            super().__init__()
            self.jumped = jumped

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Says so when there is less than a screen to go."""
        super().watch_scroll_y(old_value, new_value)
        if new_value > old_value and new_value > self.max_scroll_y - self.size.height:
            self.post_message(self.EndNeared())

    def action_last(self) -> None:
        """The last of all conversations, not of those listed."""
        self.post_message(self.EndNeared(jumped=True))


class Cases(Vertical):
    """The panel at the left."""

    def __init__(self) -> None:
        super().__init__(id="cases")
        self._summaries: Sequence[Summary] = ()
        self._lists: Lists | None = None
        self._current: str | None = None
        self._aside: Sequence[Conversation] = ()
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
        aside: Sequence[Conversation] = (),
    ) -> None:
        """Lists conversations.

        Args:
            summaries: those that are kept, in the order they are shown.
            current: the one on the table.
            lists: names of the scenarios.
            now: the present moment.
            aside: those that are kept nowhere.
        """
        self._summaries, self._current, self._lists, self._now, self._aside = summaries, current, lists, now, aside
        if not self.focused:
            self._begin_again()
        self._lay_out()

    class Shown(Message):
        """The list came into sight: it may be out of date."""

    def on_show(self) -> None:
        """Asks for the list anew."""
        self.post_message(self.Shown())

    def on_hide(self) -> None:
        """Whoever comes back begins at the top: what is listed costs time each time."""
        self._begin_again()

    def _begin_again(self) -> None:
        if self._pages > 1:
            self._pages = 1
            self.query_one(CaseList).highlighted = 0

    def on_resize(self, event: Resize) -> None:
        """Wraps anew."""
        self._lay_out()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A conversation was chosen, or more of them are wanted."""
        event.stop()
        if event.option_id == MORE:
            self._go_on(1)
        elif event.option_id:
            self.post_message(CaseChosen(event.option_id))

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Stepping on the last line brings more."""
        if event.option_id == MORE and self.focused:
            self._go_on(1)

    def on_case_list_end_neared(self, event: CaseList.EndNeared) -> None:
        """More are listed before one gets there."""
        listed = self.query_one(CaseList)
        self._go_on(len(self._summaries) // PAGE if event.jumped else 1)
        if event.jumped:
            listed.highlighted = listed.option_count - 1

    def _go_on(self, pages: int) -> None:
        """Lists so many more pages, as far as there are any; what is marked stays."""
        listed, there = self.query_one(CaseList), self._pages * PAGE
        coming = self._summaries[there : there + pages * PAGE]
        if not coming:
            return
        self._pages += pages
        with self.prevent(OptionList.OptionHighlighted):
            marked = listed.highlighted
            listed.remove_option(MORE)
            listed.add_options(
                [
                    *(Option(self._line(one), id=one.id) for one in coming),
                    *_rest(len(self._summaries) - self._pages * PAGE),
                ]
            )
            listed.highlighted = marked

    def _lay_out(self) -> None:
        listed = self.query_one(CaseList)
        highlighted = listed.highlighted
        shown = self._summaries[: self._pages * PAGE]
        options = [Option(self._line(summary), id=summary.id) for summary in shown]
        told = Content("\n") + hanging("  ", "se pierde al cerrar", self.size.width - 5, "", "$warning")
        options[:0] = [
            Option(_title(case.title, self.size.width - 5, here=case.id == self._current) + told, id=case.id)
            for case in self._aside
        ]
        options += _rest(len(self._summaries) - self._pages * PAGE)
        listed.clear_options()
        listed.add_options(options)
        if options:
            listed.highlighted = min(highlighted or 0, len(options) - 1)
        listed.display = bool(options)
        self.query_one("#no-cases").display = not options

    def _line(self, summary: Summary) -> Content:
        now = self._now or datetime.now(UTC)
        width = self.size.width - 5
        lines = [
            _title(summary.title, width, here=summary.id == self._current),
            hanging("  ", facts(summary, now), width, "", "$quiet"),
        ]
        if summary.scenario:
            name = lower_first(scenario_name(self._lists, summary.scenario))
            lines.append(hanging("  ", name, width, "", "$quiet"))
        return Content("\n").join(lines)


def _rest(count: int) -> tuple[Option, ...]:
    """The line that stands for those that are not listed yet, if there are any."""
    return (Option(Content.styled(f"  y {count} más", "$cite"), id=MORE),) if count > 0 else ()


def _title(title: str, width: int, *, here: bool) -> Content:
    return hanging("▸ " if here else "  ", title, width, "$own", "bold" if here else "")
