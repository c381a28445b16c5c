"""The terminal interface: composition and bindings. Imports nothing heavy; that waits until the first frame is out."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.app import App, SystemCommand
from textual.screen import Screen

from reflexiona.tui.screens.main import MainScreen
from reflexiona.tui.themes import CHOICES, DARK, LIGHT, variables_for

if TYPE_CHECKING:
    from reflexiona.errors import ReflexionaError
    from reflexiona.tui.backstage import Backstage


@dataclass(frozen=True, slots=True)
class Opening:
    """How the program opens."""

    text: str = ""
    """Stands in the composer at the start, say from a pipe."""
    theme: str = ""
    sends: str = "enter"
    trouble: str = ""
    """Something to say at once, such as a settings file that cannot be read."""


class ReflexionaApp(App[None]):
    """The application.

    Args:
        prepare: makes what stands behind the screens; called once, after the first frame. It is given what to call, from
            any thread, when something cannot be kept.
        opening: how it opens.
        save_theme: keeps the theme the person chose.
    """

    TITLE = "Reflexiona"
    ENABLE_COMMAND_PALETTE = False  # ours, in Spanish, takes its place

    def __init__(
        self,
        prepare: Callable[[Callable[[ReflexionaError], object]], Backstage],
        opening: Opening | None = None,
        save_theme: Callable[[str], object] | None = None,
    ) -> None:
        super().__init__()
        self._prepare = prepare
        self._opening = opening or Opening()
        self._save_theme = save_theme
        self._backstage: Backstage | None = None
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = self._opening.theme if self._opening.theme in self.available_themes else DARK.name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our variables, for themes that do not know them."""
        return variables_for(self.current_theme)

    def get_default_screen(self) -> Screen[None]:
        """The main screen is the only one at the start."""
        return MainScreen(self._opening.text, self._opening.sends)

    def on_mount(self) -> None:
        """Everything else waits for the first frame."""
        for name in ("SIGTERM", "SIGHUP"):
            if number := getattr(signal, name, None):
                self._on_signal(number)
        self.call_after_refresh(self._begin)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """None of Textual's own: they speak English."""
        return ()
