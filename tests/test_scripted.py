"""Twenty conversations of four turns, through the real worker: kept, resumed after a restart, exported whole."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from reflexiona.corpus.lists import load_lists
from reflexiona.domain import Conversation, TurnRequest
from reflexiona.engine.client import EngineClient
from reflexiona.engine.protocol import UseModel
from reflexiona.events import Event, ReadingReady
from reflexiona.export.markdown import to_markdown
from reflexiona.export.reading_back import from_markdown
from reflexiona.models.included import included_model
from reflexiona.paths import DataFolder, resource
from reflexiona.situation import clean, title_of
from reflexiona.storage.conversations import ConversationStore
from reflexiona.turn_building import advance, begun
from tests.support.scripted import KINDS, Answered, Script, failings, load_scripts

LISTS = load_lists(resource("corpus"))
SCRIPTS = load_scripts()
RESTART_BEFORE = 2
"""The store is closed and opened again before the third turn; for one conversation the worker is another one, too."""


class Engine:
    """One worker for all conversations, asked without waiting in a loop of one's own."""

    def __init__(self, data: DataFolder) -> None:
        self._runner = asyncio.Runner()
        self._data = data
        self._client = self._started()

    def ask(self, request: TurnRequest) -> list[Event]:
        """The events of a turn."""
        return self._runner.run(self._ask(request))

    def restart(self) -> None:
        """Ends the worker; the next turn is answered by another one."""
        self._runner.run(self._client.close())
        self._client = self._started()

    def close(self) -> None:
        """Ends the worker for good."""
        self._runner.run(self._client.close())
        self._runner.close()

    def _started(self) -> EngineClient:
        model = included_model()
        return EngineClient(self._data, model=UseModel(model.name, str(model.path), model.family))

    async def _ask(self, request: TurnRequest) -> list[Event]:
        return [event async for event in self._client.ask(request)]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    running = Engine(DataFolder(tmp_path_factory.mktemp("motor")))
    yield running
    running.close()


def moment(n: int) -> str:
    return f"2026-11-21T10:{n:02}:00+00:00"


def answer(engine: Engine, store: ConversationStore, case_id: str, text: str, country: str, *, model: bool) -> Answered:
    """A turn as a face asks for it: the text is kept first, then each event. `model`: the included one takes part."""
    before = store.get(case_id).turns
    turn = begun(f"{case_id}-{len(before) + 1}", clean(text), moment(len(before)))
    store.save_turn(case_id, turn, moment(len(before)))
    standing = None
    for event in engine.ask(TurnRequest(turn.text, before, use_model=model, country=country)):
        turn = advance(turn, event)
        if isinstance(event, ReadingReady):
            standing = event.standing
    store.save_turn(case_id, turn, moment(len(before)))
    return Answered(turn, before, standing)


@pytest.mark.slow
@pytest.mark.parametrize("model", [False, True], ids=["alone", "with_model"])
@pytest.mark.parametrize("name", SCRIPTS)
def test_conversation(name: str, engine: Engine, tmp_path: Path, *, model: bool) -> None:
    script = SCRIPTS[name]
    path = tmp_path / "casos.sqlite3"
    store = ConversationStore(path)
    store.create(Conversation(name, title_of(clean(script.turno[0].texto)), moment(0), moment(0)))
    failed: list[str] = []
    for number, wanted in enumerate(script.turno):
        if number == RESTART_BEFORE:
            store.close()
            store = ConversationStore(path)
            if name == next(iter(SCRIPTS)) and not model:
                engine.restart()
        answered = answer(engine, store, name, wanted.texto, script.pais, model=model)
        failed += [f"turn {number + 1}: {failing}" for failing in failings(wanted, answered, LISTS)]
    case = store.get(name)
    store.close()
    assert not failed, "\n".join(("", *failed))
    assert from_markdown(to_markdown(case, LISTS)) == case


def test_there_are_twenty_of_four_turns_all_different() -> None:
    assert len(SCRIPTS) == 20
    assert {len(script.turno) for script in SCRIPTS.values()} == {4}
    assert len({order(script) for script in SCRIPTS.values()}) == 20
    texts = [wanted.texto for script in SCRIPTS.values() for wanted in script.turno]
    assert len(set(texts)) == 80


def order(script: Script) -> tuple[tuple[str, ...], ...]:
    return tuple(wanted.clases for wanted in script.turno)


def test_every_kind_of_turn_and_every_scenario_is_there() -> None:
    turns = [wanted for script in SCRIPTS.values() for wanted in script.turno]
    assert all(script.turno[0].clases == ("caso",) for script in SCRIPTS.values())
    for kind in KINDS:
        assert sum(kind in wanted.clases for wanted in turns) >= 15
    assert {wanted.lectura[0] for wanted in turns if wanted.lectura} == set(LISTS.scenarios)
    changed = [b for script in SCRIPTS.values() for _, b in pairwise(script.turno) if b.se_mantiene is False]
    assert len(changed) >= 12
    assert sum(bool(script.dificil) for script in SCRIPTS.values()) >= 4
