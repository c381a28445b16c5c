"""`kill -9` of the app and of the worker, in the real program: no word is lost, and nothing is left behind."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from reflexiona.engine.exit_reasons import describe
from reflexiona.errors import ExitCode
from tests.support.program import SHORT, SITUATION, UNHURRIED, draft, kept, use_model
from tests.support.terminal import Terminal, running, wait_until_gone
from tests.support.tiny_gguf import write_tiny

pytestmark = pytest.mark.slow

BEGUN = "Me pidió otra ronda de cambios, ¿y la señal? Año nuevo, piñata y pingüino"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "datos"


@pytest.fixture
def home_with_model(home: Path, tmp_path: Path) -> Path:
    """A data folder whose chosen model takes its time."""
    use_model(home, write_tiny(tmp_path / "lento.gguf", UNHURRIED))
    return home


def ask_and_wait_for_words(terminal: Terminal, home: Path) -> str:
    """Sends a situation; returns what of the answer is on disk once the model is writing."""
    terminal.until("modelo lento")
    terminal.paste(SITUATION)
    terminal.until("contestar?")
    terminal.press("enter")
    terminal.until("palabras/s")
    terminal.until(lambda _: bool(written(home)))
    return written(home)


def written(home: Path) -> str:
    reflection = kept(home)[0].turns[-1].reflection
    return reflection.text if reflection else ""


def status(home: Path) -> str:
    return kept(home)[0].turns[-1].status


def test_kill_of_the_app_in_the_middle_of_a_draft(home: Path) -> None:
    with Terminal(home) as terminal:
        terminal.until("modelo incluido")
        worker = terminal.worker
        terminal.type(BEGUN)
        terminal.until("pingüino")
        terminal.until(lambda _: draft(home) == BEGUN)
        terminal.kill()
        wait_until_gone(worker)
    with Terminal(home) as terminal:
        terminal.until(BEGUN)
        terminal.until("modelo incluido")
        terminal.type(" y más")
        terminal.press("enter")
        terminal.until(lambda _: bool(kept(home)) and status(home) == "done")
        assert kept(home)[0].turns[0].text == f"{BEGUN} y más"
        terminal.press("ctrl+q")
        assert terminal.end() == ExitCode.DONE
    assert draft(home) == ""


def test_kill_of_the_app_in_the_middle_of_an_answer(home_with_model: Path) -> None:
    home = home_with_model
    with Terminal(home) as terminal:
        before = ask_and_wait_for_words(terminal, home)
        terminal.type("y otra cosa")
        terminal.until(lambda _: draft(home) == "y otra cosa")
        worker = terminal.worker
        terminal.kill()
        wait_until_gone(worker)
    assert status(home) == "streaming"
    there = written(home)
    assert there.startswith(before)
    with Terminal(home) as terminal:
        terminal.until("¿Retomar?")
        terminal.until("y otra cosa")
        terminal.until("Esta respuesta quedó a medias.")
        assert written(home) == there
        terminal.until(lambda screen: there.split()[0] in screen and "Impago o pago tardío" in screen)
        terminal.press("alt+r")
        terminal.until("palabras/s")
        terminal.press("esc")
        terminal.until(lambda _: status(home) == "cancelled")
        terminal.press("ctrl+q")
        assert terminal.end() == ExitCode.DONE
    assert len(kept(home)) == 1
    assert len(kept(home)[0].turns) == 1
    assert draft(home) == "y otra cosa"


def test_kill_of_the_worker_in_the_middle_of_an_answer(home_with_model: Path) -> None:
    home = home_with_model
    with Terminal(home) as terminal:
        ask_and_wait_for_words(terminal, home)
        worker = terminal.worker
        os.kill(worker, signal.SIGKILL)
        terminal.until(lambda _: status(home) == "done")
        turn = kept(home)[0].turns[0]
        assert turn.reflection is not None
        assert (turn.reflection.composed, turn.reflection.complete) == (True, True)
        assert turn.plan
        (notice,) = [notice for notice in turn.notices if "reiniciado" in notice]
        assert notice.startswith(describe(-signal.SIGKILL).message)
        assert terminal.worker != worker
        assert not running(worker)
        terminal.until("sin modelo")
        terminal.until("Aviso  El sistema cerró el motor")
        terminal.type(SHORT)
        terminal.press("enter")
        terminal.until(lambda _: len(kept(home)[0].turns) == 2 and status(home) == "done")
        second = terminal.worker
        terminal.press("ctrl+q")
        assert terminal.end() == ExitCode.DONE
        wait_until_gone(second)


def test_kill_of_an_idle_worker_is_mended_with_the_next_turn(home: Path) -> None:
    with Terminal(home) as terminal:
        terminal.until("modelo incluido")
        os.kill(terminal.worker, signal.SIGKILL)
        terminal.type(SHORT)
        terminal.press("enter")
        terminal.until(lambda _: bool(kept(home)) and status(home) == "done")
        (notice,) = kept(home)[0].turns[0].notices
        assert notice.endswith("la respuesta va sin el modelo, compuesta con los artículos.")


def test_closing_the_terminal_window_keeps_the_draft_and_ends_all(home: Path) -> None:
    with Terminal(home) as terminal:
        terminal.until("modelo incluido")
        app, worker = terminal.processes
        terminal.type(BEGUN)
        terminal.until("pingüino")
        os.kill(app, signal.SIGHUP)
        assert terminal.end() == ExitCode.DONE
        wait_until_gone(worker)
    assert draft(home) == BEGUN
