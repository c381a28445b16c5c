"""Opens the interface on this machine: settings, terminal, engine, store.

Sets what Textual reads from the environment when it is imported, so nothing of Textual is imported before.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from reflexiona.errors import ModelError, ReflexionaError
from reflexiona.paths import DataFolder
from reflexiona.settings import Settings, load_settings, save_setting

if TYPE_CHECKING:
    from reflexiona.engine.protocol import UseModel
    from reflexiona.storage.conversations import ConversationStore
    from reflexiona.tui.backstage import Backstage

_ID_BYTES = 6


def run(stdin_text: str = "", data: DataFolder | None = None) -> int:
    """Opens the interface and returns the process's exit code when it is closed.

    Args:
        stdin_text: stands in the composer at the start. Where standard input is no terminal, the keyboard is read from
            the controlling terminal.
        data: the person's folder; None: the usual one.
    """
    data = data or DataFolder.locate()
    settings, trouble = _settings(data)
    if not settings.kitty_keyboard:
        os.environ["TEXTUAL_DISABLE_KITTY_KEY"] = "1"
    _take_keyboard()

    from reflexiona.tui.app import Opening, ReflexionaApp
    from reflexiona.tui.commands import COMMANDS, alt_characters
    from reflexiona.tui.keyboard import take_alt
    from reflexiona.tui.keymap import make_keymap

    take_alt((*alt_characters(), *make_keymap(COMMANDS, settings.keys).characters))
    app = ReflexionaApp(
        lambda on_error: backstage(data, settings, on_error),
        Opening(stdin_text, settings.theme, settings.send_key, trouble, settings.keys),
        lambda theme: _keep_theme(data, theme),
    )
    app.run(mouse=settings.mouse)
    return app.return_code or 0


def backstage(data: DataFolder, settings: Settings, on_error: Callable[[ReflexionaError], object]) -> Backstage:
    """What stands behind the screens on this machine. Runs in a thread, after the first frame."""
    from reflexiona.engine.client import EngineClient
    from reflexiona.tui.backstage import Backstage
    from reflexiona.tui.keeper import Keeper
    from reflexiona.tui.shelf import Shelf

    return Backstage(
        engine=EngineClient(data, model=_model(data, settings, on_error)),
        keeper=Keeper(lambda: _open_store(data), on_error),
        shelf=Shelf(data=data),
        new_id=lambda: os.urandom(_ID_BYTES).hex(),
        data=data,
        country=settings.country,
        register=settings.register,
        own_encoder=bool(settings.encoder),
    )


def _model(data: DataFolder, settings: Settings, on_error: Callable[[ReflexionaError], object]) -> UseModel | None:
    """The model of the settings, if there is one and its file is sound."""
    if not settings.model:
        return None
    from reflexiona.engine.protocol import UseModel
    from reflexiona.models.registry import ModelRegistry

    try:
        model = ModelRegistry(data).find(settings.model)
    except ReflexionaError as error:
        on_error(ModelError(error.message, f"{error.remedy} Mientras tanto responden los artículos."))
        return None
    return UseModel(model.name, str(model.path), model.family)


def _open_store(data: DataFolder) -> ConversationStore:
    from reflexiona.loose_texts import sweep
    from reflexiona.storage.conversations import ConversationStore

    data.ensure()
    sweep(data)
    return ConversationStore(data.conversations)


def _settings(data: DataFolder) -> tuple[Settings, str]:
    """The settings, and what to say when they cannot be read: then the usual ones hold."""
    try:
        return load_settings(data.settings), ""
    except ReflexionaError as error:
        return Settings(), f"{error} Mientras tanto valen los ajustes de siempre."


def _keep_theme(data: DataFolder, theme: str) -> None:
    with suppress(ReflexionaError):  # a colour that is not kept is seen the next time: no words are lost
        data.ensure()
        save_setting(data.settings, "tema", theme)


def _take_keyboard() -> None:
    """Standard input was a pipe: from here on it is the terminal."""
    if sys.stdin is not None and sys.stdin.isatty():
        return
    with suppress(OSError):
        terminal = os.open("/dev/tty", os.O_RDWR)
        os.dup2(terminal, 0)
        os.close(terminal)
