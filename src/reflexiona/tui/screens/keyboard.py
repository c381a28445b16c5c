"""The keyboard: what arrives when one types accents and keys, and the switch for terminals that get it wrong."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from reflexiona.errors import ReflexionaError
from reflexiona.settings import load_settings, save_setting
from reflexiona.tui.commands import key_label
from reflexiona.tui.plain import one_line, plain
from reflexiona.tui.widgets.lines import Hints

LETTERS = "áéíóúüñÁÑ¿¡«»€@"
"""What should arrive as one character each."""
WANTED = (
    ("ctrl+j", "Ctrl+J"),
    ("shift+enter", "Mayús+Enter"),
    ("alt+1", "Alt+1"),
    ("alt+t", "Alt+T"),
    ("f1", "F1"),
    ("f9", "F9"),
)
"""(key, as it is read)."""
LOOSE = "´`¨~^\u0301\u0300\u0308\u0303"
"""Accents that arrive without their letter."""
LOOSE_KEYS = ("acute_accent", "grave_accent", "diaeresis", "circumflex_accent", "dead_acute", "dead_diaeresis")
"""The same, where only the name of a key arrives."""
KEYS = (("Alt+K", "cambiar el teclado ampliado"), ("Esc", "volver"))
_REMEMBERED = 6
_ADVICE = "Un acento llegó suelto, sin su letra. Con Alt+K se apaga el teclado ampliado; vale al abrir de nuevo."


def told(event: events.Key) -> str:
    """What arrived: the name of the key, the character and its code."""
    name = key_label(event.key)
    if event.character is None or not event.character.isprintable():
        return name
    codes = " ".join(f"U+{ord(char):04X}" for char in event.character)
    return f"«{plain(event.character)}» · {codes}"


class KeyboardScreen(Screen[None]):
    """The screen.

    Args:
        settings: the settings file.
        problems: what is wrong with the person's own keys.
    """

    CSS_PATH = "keyboard.tcss"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Volver", show=False, priority=True),
        Binding("alt+k", "switch", "Cambiar el teclado ampliado", show=False, priority=True),
    ]

    def __init__(self, settings: Path, problems: Sequence[str] = ()) -> None:
        super().__init__()
        self._settings = settings
        self._problems = problems
        self.arrived: list[str] = []
        """What arrived, the last one first."""
        self._seen: set[str] = set()
        self._loose = False
        self._extended: bool | None = None

    def compose(self) -> ComposeResult:
        """What to do, what has arrived, the switch."""
        yield Static(Content.styled("Comprobar el teclado", "bold"), id="keyboard-title")
        yield Static(Content(""), id="keyboard-page")
        yield Hints()

    async def on_mount(self) -> None:
        """Looks how the switch stands."""
        self.query_one(Hints).offer(KEYS)
        try:
            self._extended = (await asyncio.to_thread(load_settings, self._settings)).kitty_keyboard
        except ReflexionaError as error:
            self.notify(str(error), severity="warning", markup=False)
        self._tell()

    def on_key(self, event: events.Key) -> None:
        """Notes what arrived; nothing else happens."""
        event.stop()
        event.prevent_default()
        if event.key.startswith("ctrl+") and event.key in ("ctrl+q", "ctrl+c"):
            return
        self._seen.update((event.key, event.character or ""))
        loose = event.key in LOOSE_KEYS or bool(event.character and event.character in LOOSE)
        self._loose = self._loose or loose
        self.arrived = [told(event), *self.arrived][:_REMEMBERED]
        self._tell()

    @work(exclusive=True, group="save")
    async def action_switch(self) -> None:
        """The other state of the switch, kept at once."""
        try:
            wanted = not self._extended
            await asyncio.to_thread(save_setting, self._settings, "teclado_kitty", wanted)
            self._extended = wanted
        except ReflexionaError as error:
            self.notify(str(error), severity="error", timeout=12, markup=False)
        self._tell()

    def _tell(self) -> None:
        lines = [
            Content("Escribe estas letras y signos, con tecla muerta si tu teclado la tiene, y pulsa estas teclas."),
            Content("Lo que llega bien queda marcado. Aquí nada se guarda."),
            Content(""),
            self._marks([(letter, letter) for letter in LETTERS]),
            self._marks(WANTED),
            Content(""),
            Content.styled("Lo último que llegó", "bold"),
            *(Content(one_line(line)) for line in self.arrived or ["todavía nada"]),
            Content(""),
            *([Content.styled(_ADVICE, "$warning"), Content("")] if self._loose else []),
            Content.assemble(("Teclado ampliado (protocolo Kitty): ", "bold"), self._switch),
            Content.styled("Si los acentos, AltGr o ¿ fallan, conviene apagarlo con Alt+K.", "$quiet"),
            Content.styled(one_line(f"Terminal: {os.environ.get('TERM', 'sin decir')}"), "$quiet"),
            *(Content.styled(one_line(problem), "$warning") for problem in self._problems),
        ]
        self.query_one("#keyboard-page", Static).update(Content("\n").join(lines))

    @property
    def _switch(self) -> str:
        return "sin leer" if self._extended is None else "encendido" if self._extended else "apagado"

    def _marks(self, wanted: Sequence[tuple[str, str]]) -> Content:
        """Each with ✓ once it has arrived."""
        pieces = [
            Content.styled(f"✓\u00a0{said}", "$success bold")
            if key in self._seen
            else Content.styled(f"·\u00a0{said}", "$quiet")
            for key, said in wanted
        ]
        return Content("   ").join(pieces)
