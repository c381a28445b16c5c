"""The engine as the commands use it: started before anything else is imported, ended however the command ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reflexiona.engine.client import EngineClient
from reflexiona.errors import ReflexionaError

if TYPE_CHECKING:
    from reflexiona.models.registry import InstalledModel
    from reflexiona.paths import DataFolder
    from reflexiona.settings import Settings


@dataclass(frozen=True, slots=True)
class Writer:
    """The model that is to write, if any, and what the person should know about that."""

    model: InstalledModel | None
    notice: str = ""
    asked: bool = False
    """Named on the command line: then its failure is the command's."""


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
        return Writer(ModelRegistry(data).find(name), asked=asked is not None)
    except ReflexionaError as error:
        if asked is not None:
            raise
        return Writer(None, f"{error} La respuesta se compone con los artículos.")


@asynccontextmanager
async def engine_beside(data: DataFolder) -> AsyncIterator[tuple[EngineClient, asyncio.Task[None]]]:
    """The engine, and the task that starts it, to be awaited before use: what is imported meanwhile costs no time.

    Raises:
        EngineError: the worker could not be started (from the task).
    """
    engine = EngineClient(data)
    starting = asyncio.create_task(engine.start())
    await asyncio.sleep(0)  # the process is on its way when this returns
    try:
        yield engine, starting
    finally:
        starting.cancel()
        with suppress(asyncio.CancelledError, ReflexionaError):
            await starting
        await engine.close()


class Seat:
    """The writer's place at an engine that is still starting.

    Args:
        engine: the engine.
        starting: the task that starts it.
        writer: who is to write.
    """

    def __init__(self, engine: EngineClient, starting: asyncio.Task[None], writer: Writer) -> None:
        self._engine = engine
        self._starting = starting
        self._writer = writer
        self._taken = False
        self.writes = False
        """Whether a model is in use."""

    async def take(self) -> str:
        """Waits for the engine and puts the model in use, once; returns what the person should know, or an empty text.

        Raises:
            EngineError: the worker could not be started.
            ReflexionaError: the model was asked for by name and cannot be used.
        """
        await asyncio.shield(self._starting)
        model = self._writer.model
        if self._taken or model is None:
            notice = "" if self._taken else self._writer.notice
            self._taken = True
            return notice
        self._taken = True
        try:
            await self._engine.use_model(model.name, str(model.path), model.family)
        except ReflexionaError as error:
            if self._writer.asked:
                raise
            return f"{error} La respuesta se compone con los artículos."
        self.writes = True
        return ""
