"""Opens the terminal interface with what it needs from this process: settings, a piped text, engine and store.

Textual reads its environment when it is imported: that waits until the settings are known.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from reflexiona.cli.reading import standard_input
from reflexiona.errors import ExitCode, ReflexionaError, StorageError
from reflexiona.paths import DataFolder
from reflexiona.settings import Settings, load_settings, save_setting

if TYPE_CHECKING:
    from reflexiona.tui.backstage import Backstage

_ID_BYTES = 6


def open_interface() -> ExitCode:
    """Runs the interface until the person leaves. A text on standard input stands in the composer.

    Raises:
        StorageError: the data folder cannot be used, or there is no keyboard.
        BadInputError: what is on standard input is not text.
    """
    data = DataFolder.locate()
    data.ensure()
    text = "" if sys.stdin.isatty() else _piped()
    settings, trouble = _settings(data)
    if not settings.kitty_keyboard:
        os.environ["TEXTUAL_DISABLE_KITTY_KEY"] = "1"
    from reflexiona.tui.app import Opening, ReflexionaApp

    app = ReflexionaApp(
        lambda cannot_keep: _backstage(data, settings, cannot_keep),
        Opening(text, settings.theme, settings.send_key, trouble),
        lambda theme: save_setting(data.settings, "tema", theme),
    )
    app.run(mouse=settings.mouse)
    return ExitCode.FAILED if app.return_code else ExitCode.DONE


def _piped() -> str:
    """All of standard input; from then on the keyboard stands there."""
    try:
        keyboard = os.open("/dev/tty", os.O_RDWR)
    except OSError:
        raise StorageError(
            "No hay un teclado al que abrirle la interfaz.", "Usa «reflexiona --sencillo» o «reflexiona preguntar»."
        ) from None
    text = standard_input()
    os.dup2(keyboard, sys.stdin.fileno())
    os.close(keyboard)
    return text


def _settings(data: DataFolder) -> tuple[Settings, str]:
    """The settings, or the defaults and what is wrong with the file."""
    try:
        return load_settings(data.settings), ""
    except ReflexionaError as error:
        return Settings(), f"{error} Mientras tanto valen los ajustes de fábrica."


def _backstage(data: DataFolder, settings: Settings, cannot_keep: Callable[[ReflexionaError], object]) -> Backstage:
    from reflexiona.engine.client import EngineClient
    from reflexiona.storage.conversations import ConversationStore
    from reflexiona.tui.backstage import Backstage
    from reflexiona.tui.keeper import Keeper
    from reflexiona.tui.shelf import Shelf

    return Backstage(
        engine=EngineClient(data),
        keeper=Keeper(lambda: ConversationStore(data.conversations), cannot_keep),
        shelf=Shelf(),
        new_id=lambda: os.urandom(_ID_BYTES).hex(),
        country=settings.country,
        register=settings.register,
    )
