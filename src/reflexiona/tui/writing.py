"""Writing in the person's own editor what stands in the composer: the program steps aside meanwhile."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from reflexiona.errors import ReflexionaError

if TYPE_CHECKING:
    from reflexiona.own_editor import OwnEditor
    from reflexiona.paths import DataFolder
    from reflexiona.tui.screens.main import MainScreen

_NO_TERMINAL = "Aquí no se puede abrir un editor: hace falta una terminal que Reflexiona pueda dejarle."
_EMPTIED = "El archivo volvió vacío: en el cuadro queda lo que había."


def write_in_editor(screen: MainScreen) -> None:
    """Opens the editor with what is in the composer, and puts there what was saved. Nothing is sent."""
    from reflexiona.own_editor import OFF_RECORD, OwnEditor

    if screen.backstage is None or screen.talk.desk is None:
        screen.notify("Reflexiona todavía se está abriendo.", markup=False)
        return
    if screen.talk.pockets.off_record or screen.talk.desk.off_record:
        screen.notify(OFF_RECORD, timeout=8, markup=False)
        return
    try:
        editor = OwnEditor()
    except ReflexionaError as error:
        screen.notify(str(error), severity="warning", timeout=12, markup=False)
        return
    screen.leave_panel()
    screen.talk.composer.keep()  # whatever happens over there, what was written here is on disk
    screen.run_worker(_write(screen, editor, screen.backstage.data), group="editor", exclusive=True)


async def _write(screen: MainScreen, editor: OwnEditor, data: DataFolder) -> None:
    from reflexiona.own_editor import UNCHANGED

    composer = screen.talk.composer
    before = text = composer.text
    told = ""
    try:
        with screen.app.suspend():  # nothing may be raised in it: the screen would not come back
            try:
                text = await _edited(editor, before, data)
            except ReflexionaError as error:
                told = str(error)
    except SuspendNotSupported:
        told = _NO_TERMINAL
    if told:
        screen.notify(told, severity="warning", timeout=12, markup=False)
    elif text == before:
        screen.notify(UNCHANGED, markup=False)
    elif not text.strip():
        screen.notify(_EMPTIED, timeout=8, markup=False)
    else:
        composer.rewrite(text)


async def _edited(editor: OwnEditor, text: str, data: DataFolder) -> str:
    """What came of a text. In a thread: the engine is listened to meanwhile, and the program can be ended."""
    try:
        with _deaf():
            return await asyncio.to_thread(editor.edit, text, data)
    except asyncio.CancelledError:
        editor.end()
        raise


@contextmanager
def _deaf() -> Iterator[None]:
    """Ctrl+C and Ctrl+\\ are for the editor: a handler, unlike `SIG_IGN`, is not handed on to it."""
    before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGINT, signal.SIGQUIT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
