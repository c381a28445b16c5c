"""Bringing an exported conversation back: its file is asked for until it can be read, or the person leaves it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from reflexiona.errors import ReflexionaError

if TYPE_CHECKING:
    from reflexiona.storage.twins import Taken
    from reflexiona.tui.backstage import Backstage
    from reflexiona.tui.screens.main import MainScreen

_ASKS = "¿Dónde está la conversación exportada?"
_EXAMPLES = "~/reflexiona-….md"
_FOOT = "Enter la guarda y la abre · Esc lo deja"
_LONGEST = 4096
"""Characters of a path."""


async def import_case(screen: MainScreen) -> None:
    """Asks for the file, keeps the conversation unless it is kept already, and opens it."""
    if screen.backstage is None:
        screen.notify("Reflexiona todavía se está abriendo.", markup=False)
    else:
        screen.run_worker(_import(screen, screen.backstage), group="import", exclusive=True)


async def _import(screen: MainScreen, backstage: Backstage) -> None:
    from reflexiona.tui.deeds import refresh_cases, resume
    from reflexiona.tui.screens.ask import Ask

    path: str | None = ""
    trouble = ""
    while True:
        ask = Ask(_ASKS, path or "", longest=_LONGEST, examples=_EXAMPLES, trouble=trouble, foot=_FOOT)
        path = await screen.app.push_screen_wait(ask)
        if path is None:
            return
        try:
            taken = await _taken_in(backstage, path)
        except ReflexionaError as error:
            trouble = str(error)
        else:
            break
    await resume(screen, taken.kept.id)
    await refresh_cases(screen)
    said = "Ya está entre los casos: se abre el que había." if taken.twin else "Guardada entre los casos y abierta."
    screen.notify(said, markup=False)


async def _taken_in(backstage: Backstage, path: str) -> Taken:
    from reflexiona.export.reading_back import from_markdown
    from reflexiona.storage.twins import take_in
    from reflexiona.text_files import file_at, text_of

    conversation = await asyncio.to_thread(lambda: from_markdown(text_of(file_at(path))))
    return await backstage.keeper.do(lambda store: take_in(store, conversation, lambda _: backstage.new_id()))
