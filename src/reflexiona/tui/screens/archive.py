"""Everything that was kept, found as one types: words, scenario, state, date. Enter opens it at the words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Resize
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from reflexiona.errors import ReflexionaError
from reflexiona.export.spanish import lower_first
from reflexiona.storage.history import Found
from reflexiona.tui.phrases import several
from reflexiona.tui.plain import one_line
from reflexiona.tui.typeset import hanging, scenario_name
from reflexiona.tui.widgets.cases import facts
from reflexiona.tui.widgets.filters import Filter, Filters
from reflexiona.tui.widgets.lines import Hints

if TYPE_CHECKING:
    from reflexiona.corpus.lists import Lists
    from reflexiona.tui.keeper import Keeper

SHOWN = 30
"""Conversations listed at most; what else there is is said."""
KEYS = (
    ("Enter", "abrir"),
    ("↑ ↓", "elegir"),
    ("Esc", "volver"),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """What the person goes on with."""

    case: str
    turn: str = ""
    """The turn that holds the words; empty when none were looked for."""
    words: str = ""
    """As they stand in that turn."""


def marked(snippet: str) -> Content:
    """A snippet with its words set off."""
    pieces = [part for half in one_line(snippet).split("⟦") for part in half.split("⟧")]
    styled = (
        Content.styled(p, "bold underline") if n % 2 else Content.styled(p, "$quiet") for n, p in enumerate(pieces)
    )
    return Content("").join(list(styled))


class Archive(Screen[Choice | None]):
    """The screen. Answers with what to open, or None.

    Args:
        keeper: hands out the store.
        lists: names of the scenarios.
        now: the present moment, in the person's time zone.
    """

    CSS_PATH = "archive.tcss"
    AUTO_FOCUS = "#query"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+r", "dismiss(None)", "Volver", show=False, priority=True),
        Binding("down", "move(1)", "Abajo", show=False, priority=True),
        Binding("up", "move(-1)", "Arriba", show=False, priority=True),
        Binding("pagedown", "move(8)", "Más abajo", show=False, priority=True),
        Binding("pageup", "move(-8)", "Más arriba", show=False, priority=True),
        Binding("alt+e", "choose('scenario')", "Escenario", show=False, priority=True),
        Binding("alt+s", "choose('state')", "Estado", show=False, priority=True),
        Binding("alt+d", "choose('date')", "Fecha", show=False, priority=True),
    ]

    def __init__(self, keeper: Keeper, lists: Lists | None, now: datetime) -> None:
        super().__init__()
        self._keeper = keeper
        self._lists = lists
        self._now = now
        self.found: Sequence[Found] = ()
        """What fits, in the order it is listed."""
        self.looked = 0
        """How often the list was filled."""

    def compose(self) -> ComposeResult:
        """A line to type in, the filters, what was found."""
        yield Static(Content.styled("Buscar en todos los casos", "bold"), id="archive-title")
        yield Input(placeholder="palabras de cualquier conversación; los acentos no cuentan", id="query", compact=True)
        yield Filters(self._lists, self._now)
        yield OptionList(id="results", compact=True)
        yield Static(Content(""), id="result-count")
        yield Hints()

    def on_mount(self) -> None:
        """Everything, to begin with."""
        self.query_one(Hints).offer(KEYS)
        self._look()

    def on_input_changed(self) -> None:
        """Looks as the person types."""
        self._look()

    def on_input_submitted(self) -> None:
        """Opens the one that is marked."""
        self._open(self.query_one("#results", OptionList).highlighted)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click."""
        self._open(event.option_index)

    def on_resize(self, event: Resize) -> None:
        """Wraps anew."""
        self._lay_out(event.size.width)

    def action_move(self, by: int) -> None:
        """Up or down, without leaving the line where one types."""
        listed = self.query_one("#results", OptionList)
        if listed.option_count:
            listed.highlighted = max(0, min((listed.highlighted or 0) + by, listed.option_count - 1))

    def action_choose(self, filter_: Filter) -> None:
        """Asks for a value of a filter."""
        self.query_one(Filters).choose(filter_)

    def on_filters_changed(self) -> None:
        """Looks anew."""
        self._look()

    @work(exclusive=True, group="search")
    async def _look(self) -> None:
        filters = self.query_one(Filters)
        query, wanted = self.query_one("#query", Input).value, filters.wanted
        try:
            if not filters.there:
                filters.there = await self._keeper.do(lambda store: store.list())
            # one more than is shown, to know whether there are more
            self.found = await self._keeper.do(lambda store: store.search(query, wanted, SHOWN + 1))
        except ReflexionaError as error:
            self.notify(str(error), severity="error", markup=False)
            return
        self._lay_out(self.size.width)

    def _open(self, place: int | None) -> None:
        if place is None or place >= len(self.found):
            return
        found = self.found[place]
        words = self.query_one("#query", Input).value.strip()
        if " " in words:  # they may stand apart: the first of them is gone to
            words = found.snippet.partition("⟦")[2].partition("⟧")[0]
        self.dismiss(Choice(found.summary.id, found.turn, words))

    def _lay_out(self, width: int) -> None:
        self.looked += 1
        listed = self.query_one("#results", OptionList)
        shown = self.found[:SHOWN]
        listed.clear_options()
        listed.add_options(Option(Content("\n").join(list(self._lines(found, width - 8)))) for found in shown)
        listed.highlighted = 0 if shown else None
        listed.display = bool(shown)
        if not shown:
            said = "Ningún caso es así." if self.query_one(Filters).there else "Todavía no hay ningún caso guardado."
        elif len(self.found) > SHOWN:
            said = f"Los {SHOWN} últimos; hay más."
        else:
            said = several(len(shown), "caso", "casos")
        self.query_one("#result-count", Static).update(Content.styled(said, "$quiet"))

    def _lines(self, found: Found, width: int) -> Iterator[Content]:
        summary = found.summary
        yield hanging("", summary.title, width, "", "bold")
        scenario = lower_first(scenario_name(self._lists, summary.scenario)) if summary.scenario else ""
        yield hanging("", " · ".join(filter(None, (facts(summary, self._now), scenario))), width, "", "$quiet")
        if found.snippet:
            yield marked(found.snippet)
