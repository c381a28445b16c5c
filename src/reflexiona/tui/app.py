"""The terminal interface: composition and bindings. Imports nothing heavy; that waits until the first frame is out."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import App, SystemCommand
from textual.screen import Screen

from reflexiona.tui.commands import COMMANDS, key_label
from reflexiona.tui.keymap import make_keymap
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
    keys: tuple[tuple[str, str], ...] = ()
    """The person's own keys: (id of a command, keys with commas between them)."""


class ReflexionaApp(App[None]):
    """The application.

    Args:
        prepare: makes what stands behind the screens; called once, in a thread, after the first frame. It is given
            what to call, from any thread, when something cannot be kept.
        opening: how it opens.
        save_theme: keeps the theme the person chose.
    """

    TITLE = "Reflexiona"
    # Textual does not load the style sheet of a default screen itself.
    CSS_PATH = Path(__file__).with_name("screens") / "main.tcss"
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
        keymap = make_keymap(COMMANDS, self._opening.keys)
        self._main = MainScreen(self._opening.text, self._opening.sends, keymap)
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.theme = self._opening.theme if self._opening.theme in self.available_themes else DARK.name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our variables, for themes that do not know them."""
        return variables_for(self.current_theme)

    def get_default_screen(self) -> Screen[None]:
        """The main screen is the only one at the start."""
        return self._main

    def on_mount(self) -> None:
        """Everything else waits for the first frame."""
        loop = asyncio.get_running_loop()
        for name in ("SIGTERM", "SIGHUP"):
            if hasattr(signal, name) and sys.platform != "win32":
                loop.add_signal_handler(getattr(signal, name), self.exit)
        self.call_after_refresh(self._begin)

    async def on_unmount(self) -> None:
        """Whatever ends the program, what was being typed and written is kept."""
        if self._backstage is None:
            return
        talk = self._main.talk
        desk = talk.desk
        if self._main.installer is not None:
            self._main.installer.stop()
        unsent = talk.pockets.unsent
        if unsent.text or desk is not None:
            self._backstage.keeper.later(lambda store: store.drafts.save(*unsent))
            self._backstage.keeper.later(lambda store: store.bin.empty())  # what was deleted is not kept any longer
        if desk is not None:
            await desk.close()
        await asyncio.to_thread(self._backstage.keeper.close)
        await asyncio.to_thread(self._forget_copy)

    def action_help_quit(self) -> None:
        """Ctrl+C with nothing selected."""
        self.notify("Ctrl+Q cierra Reflexiona. Ctrl+C copia lo seleccionado.", markup=False)

    def action_command_palette(self) -> None:
        """Everything that can be done."""
        from reflexiona.tui.other_words import other_words
        from reflexiona.tui.screens.palette import Entry, Palette

        entries = [
            Entry(
                command.id,
                command.title,
                " ".join(map(key_label, self._main.keymap.shown(command))),
                other_words(command.id),
            )
            for command in COMMANDS
            if command.id != "palette"
        ]
        entries += [
            Entry(f"theme:{name}", f"Tema: {title}", "", other_words("theme")) for name, title in CHOICES.items()
        ]
        self.push_screen(Palette(entries), self._do)

    async def _do(self, entry: str | None) -> None:
        if entry is None:
            return
        if entry.startswith("theme:"):
            self.theme = entry.removeprefix("theme:")
            if self._save_theme is not None:
                await asyncio.to_thread(self._save_theme, self.theme)
        else:
            await self._main.action_command(entry)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """None of Textual's own: they speak English."""
        return ()

    @staticmethod
    def _forget_copy() -> None:
        from reflexiona.tui.clipboard import forget

        forget()

    async def _begin(self) -> None:
        self._backstage = await asyncio.to_thread(self._prepare, self._cannot_keep)
        if trouble := "\n".join(filter(None, (self._opening.trouble, *self._main.keymap.problems))):
            self.notify(trouble, severity="warning", timeout=15, markup=False)
        await self._main.begin(self._backstage)

    def _cannot_keep(self, error: ReflexionaError) -> None:
        """From the keeper's thread: a message may be posted from any."""
        from reflexiona.tui.messages import Failed

        self._main.post_message(Failed(error))
