"""How long it takes to list, search, open and delete among two thousand conversations.

    python benchmarks/history.py [CONVERSATIONS]

They are made from the shipped articles: three turns each, as long as real ones. Goals on two cores: the list in 0.3 s,
on the terminal; a search, at each letter typed, in 50 ms.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from reflexiona.corpus.library import Library, load_library
from reflexiona.domain import (
    Band,
    Conversation,
    Evidence,
    Likelihood,
    Passage,
    Reading,
    Reflection,
    Register,
    Step,
    Turn,
    TurnRequest,
    When,
)
from reflexiona.events import Event, Finished, StatusReady
from reflexiona.paths import DataFolder
from reflexiona.storage.conversations import ConversationStore
from reflexiona.storage.history import State, Wanted
from reflexiona.tui.app import ReflexionaApp
from reflexiona.tui.backstage import Backstage
from reflexiona.tui.keeper import Keeper
from reflexiona.tui.screens.archive import Archive
from reflexiona.tui.shelf import Shelf
from reflexiona.tui.widgets.cases import CaseList

CONVERSATIONS = 2000
TURNS = 3
RUNS = 7
PATIENCE = 10.0
START = datetime(2024, 1, 1, 9, tzinfo=UTC)
QUERIES = ("f", "fa", "fac", "factura", "factura plazo", "cliente", "de la", "zarzuela", "rotulo 1234", "a")
"""As somebody types: single letters, words of most conversations, of one, of none."""


def conversations(library: Library, count: int) -> list[Conversation]:
    """Conversations of `TURNS` turns, all different, the same on each run."""
    chance = random.Random(7)
    passages = [passage.bare() for article in library.articles.values() for passage in article.passages]
    scenarios = sorted({scenario for passage in passages for scenario in passage.scenarios})
    return [_conversation(number, chance, passages, scenarios) for number in range(count)]


def _conversation(number: int, chance: random.Random, passages: list[Passage], scenarios: list[str]) -> Conversation:
    moment = (START + timedelta(minutes=number * 317)).isoformat(timespec="seconds")
    turns = tuple(_turn(f"t{number}-{place}", moment, chance, passages, scenarios) for place in range(TURNS))
    turns = (replace(turns[0], text=f"Rótulo {number} de la heladería. {turns[0].text}"), *turns[1:])
    return Conversation(f"c{number:05d}", turns[0].text[:60], moment, moment, turns)


def _turn(name: str, moment: str, chance: random.Random, passages: list[Passage], scenarios: list[str]) -> Turn:
    shown = tuple(chance.sample(passages, 8))
    text = " ".join(chance.choice(passages).text[:400] for _ in range(2))
    likely = chance.sample(scenarios, len(scenarios))
    reading = Reading(
        tuple(Likelihood(scenario, 1 / len(likely)) for scenario in likely),
        (),
        Band.PROBABLE,
        (Evidence(text[:40], 0, 40),),
        (Likelihood("ultima_oportunidad", 0.6),),
        False,
    )
    plan = tuple(Step(p.title, When.TODAY, p.id, done=chance.random() < 0.4) for p in shown[:4])
    answer = Reflection("\n\n".join(passage.text[:500] for passage in shown[:3]))
    return Turn(name, text, moment, Register.TU, reading, shown, answer, plan, "¿Qué quedó por escrito?")


def milliseconds(work: Callable[[], object]) -> float:
    """How long something takes: the median of some runs."""
    taken = []
    for _ in range(RUNS):
        before = time.perf_counter()
        work()
        taken.append((time.perf_counter() - before) * 1000)
    return median(taken)


def measure_store(path: Path) -> None:
    """Lists and searches with the store alone."""
    with closing(ConversationStore(path)) as store:
        print(f"file                       {path.stat().st_size / 1e6:8.1f} MB")
        print(f"list                       {milliseconds(store.list):8.1f} ms  ({len(store.list())})")
        taken = {}
        for query in QUERIES:
            taken[query] = milliseconds(lambda query=query: store.search(query))  # type: ignore[misc]
            print(f"search {query!r:19} {taken[query]:8.1f} ms  ({len(store.search(query))} shown)")
        wanted = Wanted(state=State.PENDING, since="2025-01-01")
        print(f"search with filters        {milliseconds(lambda: store.search('factura', wanted)):8.1f} ms")
        print(f"search, the slowest        {max(taken.values()):8.1f} ms  (goal 50)")
        middle = store.list()[len(store.list()) // 2].id
        print(f"read one                   {milliseconds(lambda: store.get(middle)):8.1f} ms")
        before = time.perf_counter()
        store.delete(middle)
        print(f"delete one, for good       {(time.perf_counter() - before) * 1000:8.1f} ms")


class Silent:
    """An engine that has nothing to say: nobody asks it."""

    async def start(self) -> None:
        """Is ready at once."""

    async def ask(self, turn: TurnRequest) -> AsyncIterator[Event]:
        """Answers nothing."""
        nothing: tuple[Event, ...] = ()
        for event in nothing:
            yield event

    def drafting(self, turn: TurnRequest | None) -> None:
        """Reads nothing ahead."""

    async def cancel(self) -> None:
        """There is nothing to stop."""

    async def status(self) -> StatusReady:
        """No model."""
        return StatusReady(0, "", "", "", ())

    async def use_model(self, name: str, path: str, template: str = "") -> None:
        """Uses none."""

    async def reindex(self, *, anew: bool = True) -> AsyncGenerator[Event, None]:
        """There is no index."""
        yield Finished("done", 0)

    async def close(self) -> None:
        """Ends."""


async def measure_interface(data: DataFolder) -> None:
    """From a key to the picture: the list, the archive, each letter of a search. Headless, so without a terminal."""
    app = ReflexionaApp(
        lambda on_error: Backstage(
            Silent(), Keeper(lambda: ConversationStore(data.conversations), on_error), Shelf(), lambda: "id", data
        )
    )
    async with app.run_test(size=(120, 40)) as pilot:
        while not hasattr(app.screen, "backstage") or app.screen.backstage is None:
            await pilot.pause(0.05)
        await pilot.pause(1.0)

        async def until(key: str, done: Callable[[], object]) -> float:
            before = time.perf_counter()
            app.simulate_key(key)
            while not done():
                assert time.perf_counter() - before < PATIENCE, f"nothing came of {key}"
                await asyncio.sleep(0.002)
            return (time.perf_counter() - before) * 1000

        taken = await until("ctrl+l", lambda: app.screen.query_one(CaseList).option_count > 1)
        print(f"Ctrl+L to the list         {taken:8.1f} ms  (goal 300)")
        await pilot.pause(0.5)
        listed = app.screen.query_one(CaseList)
        before = listed.option_count
        taken = await until("pagedown", lambda: listed.highlighted or 0)
        while listed.option_count == before:
            taken = await until("pagedown", lambda at=listed.highlighted or 0: (listed.highlighted or 0) > at)  # type: ignore[misc]
            await pilot.pause(0.05)
        print(f"a page further in the list {taken:8.1f} ms")
        taken = await until("end", lambda: listed.option_count >= CONVERSATIONS - 1)
        print(f"to the last of all         {taken:8.1f} ms  ({listed.option_count} listed)")
        await pilot.pause(0.5)
        taken = await until("ctrl+r", lambda: isinstance(app.screen, Archive) and app.screen.found)
        print(f"Ctrl+R to the archive      {taken:8.1f} ms  (goal 300)")
        await pilot.pause(0.5)
        typed = []
        archive = app.screen
        assert isinstance(archive, Archive)
        for letter in "facturacion":
            shown = archive.looked
            typed.append(await until(letter, lambda n=shown: archive.looked > n))  # type: ignore[misc]
        print(f"a letter to its results    {median(typed):8.1f} ms  (median of {len(typed)}, worst {max(typed):.1f})")


def main() -> None:
    """Fills a folder and measures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else CONVERSATIONS
    with tempfile.TemporaryDirectory() as home:
        data = DataFolder(Path(home))
        with closing(ConversationStore(data.conversations)) as store:
            before = time.perf_counter()
            for case in conversations(load_library(), count):
                store.create(case)
            print(f"{count} conversations made in {time.perf_counter() - before:.1f} s")
        measure_store(data.conversations)
        asyncio.run(measure_interface(data))


if __name__ == "__main__":
    main()
