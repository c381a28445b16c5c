"""What an answer costs that comes in six hundred pieces: processor time, beside the same answer in one piece.

    python benchmarks/streaming.py

Headless, with the real interface and a real store; only the engine is a script. Goal: 1.5 s of processor time.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path
from statistics import median

from reflexiona.corpus.library import load_library
from reflexiona.domain import ModelView, Reflection, TurnRequest
from reflexiona.events import Event, Finished, Progress, ReflectionReady, StatusReady, Token
from reflexiona.paths import DataFolder
from reflexiona.storage.conversations import ConversationStore
from reflexiona.tui.app import ReflexionaApp
from reflexiona.tui.backstage import Backstage
from reflexiona.tui.keeper import Keeper
from reflexiona.tui.screens.main import MainScreen
from reflexiona.tui.shelf import Shelf

PIECES = 600
PAUSE = 0.02
"""Seconds between two pieces: fifty a second, faster than any laptop writes."""
RUNS = 3


class Writing:
    """An engine that writes a text, in pieces or at once."""

    def __init__(self, text: str, pieces: int) -> None:
        step = -(-len(text) // pieces)
        self._text = text
        self._pieces = [text[at : at + step] for at in range(0, len(text), step)]

    async def start(self) -> None:
        """Is ready at once."""

    async def ask(self, turn: TurnRequest) -> AsyncIterator[Event]:
        """Writes."""
        for number, piece in enumerate(self._pieces if len(self._pieces) > 1 else ()):
            yield Token(piece)
            if number % 10 == 0:
                yield Progress("escribiendo", words_per_second=12.0)
            await asyncio.sleep(PAUSE)
        yield ReflectionReady(Reflection(self._text, composed=False, model=ModelView("medida")), "")
        yield Finished("done", 0)

    def drafting(self, turn: TurnRequest | None) -> None:
        """Reads nothing ahead."""

    async def cancel(self) -> None:
        """There is nothing to stop."""

    async def status(self) -> StatusReady:
        """A model."""
        return StatusReady(0, "", "", "medida", ())

    async def use_model(self, name: str, path: str, template: str = "") -> None:
        """Uses none."""

    async def reindex(self, *, anew: bool = True) -> AsyncGenerator[Event, None]:
        """There is no index."""
        yield Finished("done", 0)

    async def close(self) -> None:
        """Ends."""


async def cost(text: str, pieces: int) -> float:
    """Seconds of processor time from the key that sends to the end of the answer."""
    with tempfile.TemporaryDirectory() as home:
        data = DataFolder(Path(home))
        app = ReflexionaApp(
            lambda on_error: Backstage(
                Writing(text, pieces),
                Keeper(lambda: ConversationStore(data.conversations), on_error),
                Shelf(),
                iter([f"id{n}" for n in range(99)]).__next__,
                data,
            )
        )
        async with app.run_test(size=(120, 40)) as pilot:
            screen = app.screen
            assert isinstance(screen, MainScreen)
            while screen.talk.desk is None:
                await pilot.pause(0.05)
            await pilot.pause(1.0)
            screen.talk.composer.put("Una factura que no llega.")
            before = time.process_time()
            await pilot.press("enter")
            while screen.talk.last is None or screen.talk.last.status != "done":
                await asyncio.sleep(0.05)
            await pilot.pause(0.3)
            return time.process_time() - before


def main() -> None:
    """Measures both and prints the ratio."""
    passages = [passage.text for article in load_library().articles.values() for passage in article.passages]
    text = "\n\n".join(passages)[: PIECES * 4]
    streamed = median([asyncio.run(cost(text, PIECES)) for _ in range(RUNS)])
    at_once = median([asyncio.run(cost(text, 1)) for _ in range(RUNS)])
    print(f"{PIECES} pieces   {streamed:6.2f} s of processor time  (goal 1.5)")
    print(f"in one piece {at_once:6.2f} s")
    print(f"ratio        {streamed / at_once:6.2f}")


if __name__ == "__main__":
    main()
