"""Line mode: what it says, what it obeys, and that it reads well without a terminal."""

import asyncio
import io
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from reflexiona.cli.console import Console
from reflexiona.cli.plain import HELP, PROMPT, Talk
from reflexiona.cli.session import Manner, Session
from reflexiona.errors import EngineError
from reflexiona.events import Finished
from reflexiona.storage.conversations import ConversationStore
from tests.support.replayed_engine import ANSWER, ReplayedEngine

Talking = Callable[[str, ReplayedEngine], tuple[Talk, str, str]]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ConversationStore]:
    with closing(ConversationStore(tmp_path / "c.sqlite3")) as opened:
        yield opened


@pytest.fixture
def talking(store: ConversationStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Talking:
    monkeypatch.chdir(tmp_path)

    def run(typed: str, engine: ReplayedEngine) -> tuple[Talk, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed.encode()), encoding="utf-8"))
        out, err = io.StringIO(), io.StringIO()
        with asyncio.Runner() as runner:
            talk = Talk(Console(out, err, {}), runner, Session(engine, store, Manner()))
            talk.run()
        return talk, out.getvalue(), err.getvalue()

    return run


def test_a_blank_line_sends(talking: Talking, store: ConversationStore) -> None:
    engine = ReplayedEngine(*ANSWER)
    talk, out, err = talking("\n\nNo me paga\ndesde mayo\n\n¿Y si no contesta?\n\n", engine)
    assert [request.text for request in engine.requests] == ["No me paga\ndesde mayo", "¿Y si no contesta?"]
    assert engine.requests[1].history[0].text == "No me paga\ndesde mayo"
    assert out.count("Lectura: Impago o pago tardío") == 2
    assert err.count(PROMPT) == 3
    assert "\x1b" not in out + err
    assert "\r" not in out + err
    assert not talk.failed
    assert [len(store.get(case.id).turns) for case in store.list()] == [2]


def test_the_end_of_the_input_sends_what_there_is(talking: Talking) -> None:
    engine = ReplayedEngine(*ANSWER)
    talking("No me paga", engine)
    assert [request.text for request in engine.requests] == ["No me paga"]


def test_commands(talking: Talking, tmp_path: Path) -> None:
    first, last = "/plan\nNo me paga\n\n/plan\n/fuentes\n/fuentes 2\n/FUENTES 9\n/ayuda\n", "/bah\n/salir\nno\n\n"
    typed = f"{first}/exporta caso.md\n/exporta caso.md\n{last}"
    engine = ReplayedEngine(*ANSWER)
    talk, out, err = talking(typed, engine)
    assert len(engine.requests) == 1
    assert "Todavía no hay pasos." in err
    assert out.count("- Después: Revisar la tarifa (y el anticipo) [2]") == 2
    assert out.count("[1] El último aviso › Con fecha") == 2
    assert "[2] Mis notas › Tarifas (documento propio)\n\nAnticipo del 40 %." in out
    assert "No hay ningún pasaje «9»: van del 1 al 2." in err
    assert HELP in out
    assert (tmp_path / "caso.md").read_text().startswith("---\nreflexiona: 1\n")
    assert "Guardado en caso.md." in err
    assert "Ya hay un archivo caso.md." in err
    assert "No hay ninguna orden «/bah»" in err
    assert not talk.failed


def test_a_new_case(talking: Talking, store: ConversationStore) -> None:
    engine = ReplayedEngine(*ANSWER)
    talking("/exporta\nNo me paga\n\n/nuevo\nRegatea\n\n", engine)
    assert [request.history for request in engine.requests] == [(), ()]
    assert {case.title for case in store.list()} == {"No me paga", "Regatea"}


def test_a_slash_inside_a_message_is_text(talking: Talking) -> None:
    engine = ReplayedEngine(*ANSWER)
    talking("Me dijo:\n/salir\n\n", engine)
    assert [request.text for request in engine.requests] == ["Me dijo:\n/salir"]


@pytest.mark.parametrize("word", ["salir", "Adiós", "exit"])
def test_a_word_that_means_to_leave_is_no_case(talking: Talking, word: str) -> None:
    engine = ReplayedEngine(*ANSWER)
    talking(f"{word}\n\nNo me paga\n\n", engine)
    assert engine.requests == []
    talking("Quiero\nsalir\n\n", engine)
    assert [request.text for request in engine.requests] == ["Quiero\nsalir"]


@pytest.mark.parametrize("script", [(EngineError("El motor se cerró."),), (Finished("error"),)])
def test_after_a_failure_one_can_go_on(talking: Talking, script: tuple[object, ...]) -> None:
    engine = ReplayedEngine(*script)
    talk, _, err = talking("No me paga\n\n/ayuda\n", engine)
    assert talk.failed
    assert err.count(PROMPT) == 3


def test_nothing_is_redrawn_once_simplified() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    out, err = Terminal(), Terminal()
    console = Console(out, err, {})
    assert console.styled
    assert console.redraws
    console.simplify()
    console.status("Leyendo")
    console.status("Leyendo", "40 %")
    console.line("Ya.")
    assert (out.getvalue(), err.getvalue()) == ("Ya.\n", "Leyendo…\n")
    assert not console.styled
    assert console.width is None
