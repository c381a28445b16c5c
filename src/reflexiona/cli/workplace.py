"""The engine as the commands use it: started before anything else is imported, ended however the command ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reflexiona.engine.client import EngineClient
from reflexiona.engine.protocol import UseModel
from reflexiona.errors import ReflexionaError

if TYPE_CHECKING:
    from reflexiona.models.installed import InstalledModel
    from reflexiona.paths import DataFolder
    from reflexiona.settings import Settings


@dataclass(frozen=True, slots=True)
class Writer:
    """The model that is to write, if any, and what the person should know about that."""

    model: InstalledModel | None
    notice: str = ""


def chosen_writer(data: DataFolder, settings: Settings, asked: str | None, *, without: bool) -> Writer:
    """The model named on the command line, else the one of the settings.

    Raises:
        NotFoundError: there is no model of the name that was asked for.
        ModelError: its file has changed.
    """
    name = asked if asked is not None else settings.model
    if without or not name:
        return Writer(None)
    from reflexiona.models.registry import ModelRegistry

    try:
        return Writer(ModelRegistry(data).find(name))
    except ReflexionaError as error:
        if asked is not None:
            raise
        return Writer(None, f"{error} La respuesta se compone con los artículos.")


@asynccontextmanager
async def engine_beside(
    data: DataFolder, model: InstalledModel | None = None
) -> AsyncIterator[tuple[EngineClient, asyncio.Task[None]]]:
    """The engine, and the task that starts it: what is imported meanwhile costs no time.

    A turn waits for the start by itself, once its text is kept; before anything else, await the task.

    Args:
        data: the person's folder.
        model: is loaded beside the first requests; where that fails, the first turn says so.

    Raises:
        EngineError: the worker could not be started (from the task).
    """
    engine = EngineClient(data, model=UseModel(model.name, str(model.path), model.family) if model else None)
    starting = asyncio.create_task(engine.start())
    await asyncio.sleep(0)  # the process is on its way when this returns
    try:
        yield engine, starting
    finally:
        starting.cancel()
        with suppress(asyncio.CancelledError, ReflexionaError):
            await starting
        await engine.close()
