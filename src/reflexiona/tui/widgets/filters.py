"""Which conversations are wanted: scenario, state, date. Each is chosen from a list and said in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Literal

from textual import work
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from reflexiona.export.spanish import lower_first
from reflexiona.storage.history import State, Wanted
from reflexiona.tui.phrases import several
from reflexiona.tui.typeset import clickable, scenario_name

if TYPE_CHECKING:
    from reflexiona.corpus.lists import Lists
    from reflexiona.storage.history import Summary

Filter = Literal["scenario", "state", "date"]
ANY = "any"
DATES = ("hoy", "los últimos 7 días", "los últimos 30 días", "este año", "antes de este año")
_ASKS = {"scenario": "¿Qué escenario?", "state": "¿Cómo están?", "date": "¿De cuándo?"}


def days(which: str, now: datetime) -> tuple[str, str]:
    """(from, before) in ISO 8601, UTC, of one of `DATES`; both empty for any other text. `now` in the person's zone."""
    midnight = datetime.combine(now.date(), time.min, now.tzinfo)
    year = midnight.replace(month=1, day=1)
    spans = {
        DATES[0]: (midnight, None),
        DATES[1]: (midnight - timedelta(days=6), None),
        DATES[2]: (midnight - timedelta(days=29), None),
        DATES[3]: (year, None),
        DATES[4]: (None, year),
    }
    since, before = spans.get(which, (None, None))
    return _stamp(since), _stamp(before)


def _stamp(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else ""


class Filters(Static):
    """The line. Keys and clicks are the screen's.

    Args:
        lists: names of the scenarios.
        now: the present moment, in the person's time zone.
    """

    class Changed(Message):
        """Others are wanted now."""

    def __init__(self, lists: Lists | None, now: datetime) -> None:
        super().__init__(Content(""), id="filters")
        self._lists = lists
        self._now = now
        self._date = ""
        self.wanted = Wanted()
        """What fits all filters."""
        self.there: Sequence[Summary] = ()
        """All conversations: only their scenarios are offered."""

    def on_mount(self) -> None:
        """Nothing is left out, to begin with."""
        self._tell()

    @work
    async def choose(self, filter_: Filter) -> None:
        """Asks for a value of a filter."""
        from reflexiona.tui.screens.palette import Entry, Palette

        entries = [Entry(ANY, "todos"), *(Entry(*parts) for parts in self._offered(filter_))]
        chosen = await self.app.push_screen_wait(Palette(entries, _ASKS[filter_]))
        if chosen is None:
            return
        value = "" if chosen == ANY else chosen
        if filter_ == "scenario":
            self.wanted = replace(self.wanted, scenario=value)
        elif filter_ == "state":
            self.wanted = replace(self.wanted, state=State(value) if value else None)
        else:
            self._date = value
            since, before = days(value, self._now)
            self.wanted = replace(self.wanted, since=since, before=before)
        self._tell()
        self.post_message(self.Changed())

    def _offered(self, filter_: Filter) -> list[tuple[str, str, str]]:
        """(id, title, detail) of each value."""
        if filter_ == "state":
            return [(state.value, state.label, "") for state in State]
        if filter_ == "date":
            return [(date, date, "") for date in DATES]
        often = Counter(summary.scenario for summary in self.there if summary.scenario).most_common()
        return [(name, scenario_name(self._lists, name), several(count, "caso", "casos")) for name, count in often]

    def _tell(self) -> None:
        scenario = scenario_name(self._lists, self.wanted.scenario) if self.wanted.scenario else "todos"
        state = self.wanted.state.label if self.wanted.state else "todos"
        pieces = (
            ("Alt+E", "escenario", lower_first(scenario), "scenario"),
            ("Alt+S", "estado", state, "state"),
            ("Alt+D", "fecha", self._date or "todas", "date"),
        )
        told = [
            Content.assemble((key, "$own"), (f" {name}: ", "$quiet"), clickable(value, f"screen.choose('{filter_}')"))
            for key, name, value, filter_ in pieces
        ]
        self.update(Content.styled("  ·  ", "$rule").join(told))
