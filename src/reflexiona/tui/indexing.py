"""The index of another encoder, made in the background while the one in use goes on answering."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

from reflexiona.errors import EngineError, ReflexionaError
from reflexiona.tui.widgets.lines import Masthead

if TYPE_CHECKING:
    from reflexiona.tui.engine import Engine
    from reflexiona.tui.screens.main import MainScreen

_MEANWHILE = "Se sigue buscando con el índice anterior."


def prepare(screen: MainScreen) -> None:
    """Has the index of the encoder in the settings made, if it is not there; in place of one that is being made."""
    if screen.backstage is not None:
        screen.run_worker(_prepare(screen, screen.backstage.engine), group="index", exclusive=True)


async def _prepare(screen: MainScreen, engine: Engine) -> None:
    masthead = screen.query_one(Masthead)
    try:
        if await _made(engine, masthead):
            screen.app.notify("El índice nuevo está hecho: desde ahora se busca con él.", timeout=8, markup=False)
    except ReflexionaError as error:
        screen.app.notify(f"{error} {_MEANWHILE}", severity="warning", timeout=15, markup=False)
    finally:
        masthead.say_index(None)


async def _made(engine: Engine, masthead: Masthead) -> bool:
    """Whether anything had to be made.

    Raises:
        EngineError: it could not be made.
    """
    from reflexiona.events import Problem, Progress

    made = False
    async with aclosing(engine.reindex(anew=False)) as events:
        async for event in events:
            match event:
                case Progress(phase, fraction):
                    made = made or phase == "codificando los pasajes"
                    if made and fraction is not None:
                        masthead.say_index(fraction)
                case Problem(message, remedy):
                    raise EngineError(message, remedy)
    return made
