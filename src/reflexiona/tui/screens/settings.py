"""The settings: each with what it is for, changed with a key and kept at once. The file stays hand-editable."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Resize
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from reflexiona.errors import ReflexionaError
from reflexiona.settings import NAMES, Settings, load_settings, save_setting
from reflexiona.tui.choices import ROWS, Row
from reflexiona.tui.plain import one_line
from reflexiona.tui.typeset import hanging
from reflexiona.tui.widgets.lines import Hints

Apply = Callable[[str, Settings], object]
"""The key of a setting that has changed, and all settings."""
KEYS = (("↑ ↓", "elegir"), ("Enter →", "cambiar"), ("←", "el valor anterior"), ("Esc", "volver"))
_MARGIN = 8


class SettingsScreen(Screen[str]):
    """The screen. Answers with what the person wants to see next: `models`, or nothing.

    Args:
        path: the settings file.
        apply: makes a change hold at once, where that can be.
    """

    CSS_PATH = "settings.tcss"
    AUTO_FOCUS = "#settings"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f9", "dismiss('')", "Volver", show=False, priority=True),
        Binding("right,space", "turn(1)", "El siguiente valor", show=False),
        Binding("left", "turn(-1)", "El valor anterior", show=False),
    ]

    def __init__(self, path: Path, apply: Apply) -> None:
        super().__init__()
        self._path = path
        self._apply = apply
        self.settings = Settings()
        """As they are in the file."""

    def compose(self) -> ComposeResult:
        """Title, where they are kept, the list."""
        yield Static(Content.styled("Ajustes", "bold"), id="settings-title")
        yield Static(Content.styled(f"Se guardan al momento en {self._path}", "$quiet"), id="settings-where")
        yield OptionList(id="settings", compact=True)
        yield Hints()

    async def on_mount(self) -> None:
        """Reads the file."""
        self.query_one(Hints).offer(KEYS)
        try:
            self.settings = await asyncio.to_thread(load_settings, self._path)
        except ReflexionaError as error:
            self.notify(str(error), severity="warning", timeout=15, markup=False)
        self._lay_out()

    def on_resize(self, event: Resize) -> None:
        """Wraps anew."""
        self._lay_out()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter, or a click."""
        event.stop()
        self._change(ROWS[event.option_index], 1)

    def action_turn(self, by: int) -> None:
        """Another value for the marked setting."""
        if (marked := self.query_one(OptionList).highlighted) is not None:
            self._change(ROWS[marked], by)

    def _change(self, row: Row, by: int) -> None:
        if row.key == "modelo":
            self.dismiss("models")
        elif row.values:
            self._save(row, row.next(self.settings, by))
        else:
            self._ask(row)

    @work(exclusive=True, group="ask")
    async def _ask(self, row: Row) -> None:
        from reflexiona.tui.screens.ask import Ask

        asks = Ask(row.title, row.value(self.settings), longest=400, understood=lambda text: text or "el incluido")
        answer = await self.app.push_screen_wait(asks)
        if answer is not None:
            self._save(row, answer)

    @work(group="save")
    async def _save(self, row: Row, value: str) -> None:
        kept: str | bool = value == "true" if isinstance(getattr(Settings(), NAMES[row.key]), bool) else value
        try:
            self.settings = await asyncio.to_thread(_saved, self._path, row.key, kept)
        except ReflexionaError as error:
            self.notify(str(error), severity="error", timeout=12, markup=False)
            return
        self._apply(row.key, self.settings)
        self._lay_out()

    def _lay_out(self) -> None:
        listed = self.query_one(OptionList)
        marked = listed.highlighted
        listed.clear_options()
        listed.add_options(Option(self._entry(row), id=row.key) for row in ROWS)
        listed.highlighted = marked or 0

    def _entry(self, row: Row) -> Content:
        width = min(self.size.width, 92) - _MARGIN
        value = one_line(row.said(self.settings))
        head = Content.assemble((row.title, "bold"), ("  ‹ ", "$own"), value, (" ›", "$own"))
        told = hanging("  ", " ".join(filter(None, (row.explains, row.holds))), width, "", "$quiet")
        return head + Content("\n") + told


def _saved(path: Path, key: str, value: str | bool) -> Settings:
    from reflexiona.paths import DataFolder

    DataFolder(path.parent).ensure()
    return save_setting(path, key, value)
