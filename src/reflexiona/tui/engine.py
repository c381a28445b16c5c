"""What the interface asks of the engine. The client of the worker process fulfils it; tests replay recorded events."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from reflexiona.domain import TurnRequest
    from reflexiona.events import Event, StatusReady


class Engine(Protocol):
    """Another process answers; nothing here blocks. Errors are `EngineError`s."""

    async def start(self) -> None:
        """Starts the worker, and puts the chosen model in use, if any: turns need not wait for that."""

    def ask(self, turn: TurnRequest) -> AsyncIterator[Event]:
        """The events of a turn, `Finished` last."""

    def drafting(self, turn: TurnRequest | None) -> None:
        """Tells what is being written, at each change (None: nothing); in a pause a model may read it already."""

    async def cancel(self) -> None:
        """Stops what is running; its events still end with `Finished`."""

    async def status(self) -> StatusReady:
        """What the worker has, at once: the model in use or being loaded, among other things."""

    async def use_model(self, name: str, path: str, template: str = "") -> None:
        """Puts a model in use for the next turns, once it has written a few tokens; an empty path lets it go.

        Raises:
            ModelError: it cannot be used; from then on there is none.
        """

    def reindex(self, *, anew: bool = True) -> AsyncGenerator[Event, None]:
        """Makes the index of the encoder in the settings, anew or where it is missing, beside the turns.

        `Progress`, perhaps a `Problem`, `Finished`. Whoever stops listening stops it.
        """

    async def close(self) -> None:
        """Ends the worker."""
