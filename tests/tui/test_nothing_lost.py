"""No text is ever lost: drafts, earlier texts, answers under way, whatever ends the program."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
import time
from pathlib import Path

import pexpect
import pytest

from reflexiona.domain import Conversation, Turn
from reflexiona.events import Token
from reflexiona.tui.app import Opening
from reflexiona.tui.messages import Failed
from tests.support.engine import ScriptedEngine
from tests.support.tui import (
    ANSWER,
    SITUATION,
    Heard,
    answered,
    app_with,
    kept,
    main_screen,
    ready,
    seen,
    send,
    unfinished,
    until,
)

SIZE = (100, 30)


def half_way(data: Path, text: str = "A medias.") -> None:
    """A conversation whose answer was being written when the power went."""
    from reflexiona.turn_building import advance, begun

    turn = begun("t1", text, "2026-07-20T10:00:00+00:00")
    for event in [*answered()[:2], Token("Lo que ya se había escrito [1].")]:
        turn = advance(turn, event)
    store = kept(data)
    store.create(Conversation("c1", "Un caso", "2026-07-20T10:00:00+00:00", "2026-07-20T10:00:00+00:00", (turn,)))
    store.close()


async def test_a_draft_is_kept_within_a_second_and_is_there_again(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press(*"mañana sí?")
        await until(pilot, lambda: kept(data).drafts.load() == "mañana sí?", 3)
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        screen = await ready(pilot)
        await until(pilot, lambda: screen.talk.composer.text == "mañana sí?")


async def test_leaving_keeps_the_last_words(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press(*"recién escrito", "ctrl+q")
    assert kept(data).drafts.load() == "recién escrito"


async def test_an_error_of_the_interface_itself_keeps_the_last_words(data: Path) -> None:
    def broken() -> None:
        raise RuntimeError("roto")

    async def use() -> None:
        app = app_with(ScriptedEngine([answered()]), data)
        async with app.run_test(size=SIZE) as pilot:
            await ready(pilot)
            await pilot.press(*"recién escrito")
            app.call_later(broken)
            await pilot.pause()

    with pytest.raises(RuntimeError, match="roto"):
        await use()
    assert kept(data).drafts.load() == "recién escrito"


async def test_a_sent_text_is_no_draft_any_more_and_can_be_recalled(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await send(pilot, "Primero.")
        await send(pilot, "Segundo.")
        screen = main_screen(pilot)
        await pilot.press("up")
        assert screen.talk.composer.text == "Segundo."
        await pilot.press("up")
        assert screen.talk.composer.text == "Primero."
        await pilot.press("down", "down")
        assert screen.talk.composer.text == ""
    assert kept(data).drafts.load() == ""
    assert kept(data).drafts.earlier() == ("Segundo.", "Primero.")


async def test_arrows_move_the_cursor_inside_a_text_that_is_being_written(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await send(pilot, "Enviado.")
        screen = main_screen(pilot)
        await pilot.press(*"uno", "ctrl+j", *"dos", "up", "up")
        assert screen.talk.composer.text == "uno\ndos"


async def test_a_draft_does_not_push_out_what_a_pipe_brings(data: Path) -> None:
    store = kept(data)
    store.drafts.save("lo de ayer")
    store.close()
    app = app_with(ScriptedEngine([answered()]), data, Opening("el correo\r\nque llegó\x1b[2J"))
    async with app.run_test(size=SIZE) as pilot:
        screen = await ready(pilot)
        assert screen.talk.composer.text == "el correo\nque llegó[2J"
        screen.talk.composer.clear()
        await pilot.press("up")
        assert screen.talk.composer.text == "lo de ayer"


async def test_writes_as_the_tokens_come(data: Path) -> None:
    engine = ScriptedEngine([answered(model="gemma")])
    engine.hold_at = 30
    async with app_with(engine, data).run_test(size=SIZE) as pilot:
        await send(pilot, wait=False)

        def written() -> bool:
            turns = unfinished(data)
            return bool(turns and turns[0].reflection)

        await until(pilot, written, 4)
        turn: Turn = unfinished(data)[0]
        engine.go.set()
    assert turn.reflection is not None
    assert ANSWER.startswith(turn.reflection.text.strip())
    assert not turn.reflection.complete


async def test_leaving_in_the_middle_of_an_answer_lets_it_be_retaken(data: Path) -> None:
    engine = ScriptedEngine([answered(model="gemma")])
    engine.hold_at = 30
    async with app_with(engine, data).run_test(size=SIZE) as pilot:
        await send(pilot, wait=False)
        screen = main_screen(pilot)
        await until(pilot, lambda: screen.talk.last and screen.talk.last.reflection)
        await pilot.press("ctrl+q")
    assert engine.closed
    turn = kept(data).interrupted()[0][1]
    assert turn.reflection is not None
    assert turn.reflection.text


async def test_an_interrupted_answer_is_shown_and_retaken_only_when_asked(data: Path) -> None:
    half_way(data)
    engine = ScriptedEngine([answered()])
    async with app_with(engine, data).run_test(size=SIZE) as pilot:
        screen = await ready(pilot)
        await until(pilot, lambda: "¿Retomar?" in seen(pilot))
        shown = seen(pilot)
        assert "Esta respuesta quedó a medias." in shown
        assert "Lo que ya se había escrito [1]." in shown
        assert engine.asked == []
        await pilot.press("alt+r")
        await until(pilot, lambda: screen.talk.last and screen.talk.last.status == "done")
        assert "Lo que ya se había escrito" not in seen(pilot)
    assert [request.text for request in engine.asked] == ["A medias."]
    assert kept(data).interrupted() == ()


async def test_a_store_that_cannot_be_written_is_said_and_the_rest_works(data: Path) -> None:
    heard = Heard()
    blocker = sqlite3.connect(data / "conversaciones.sqlite3")
    blocker.execute("CREATE TABLE otra_cosa (x)")
    blocker.commit()
    blocker.close()
    (data / "conversaciones.sqlite3").write_bytes(b"esto no es una base de datos" * 100)
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE, message_hook=heard) as pilot:
        turn = await send(pilot)
        assert "Aviso  No se pueden abrir las conversaciones" in seen(pilot)
    assert turn.status == "done"
    assert heard.of(Failed)


PROGRAM = """
import sys, time
from pathlib import Path
sys.path[:0] = {paths!r}
from tests.support.engine import ScriptedEngine
from reflexiona.tui.commands import alt_characters
from reflexiona.tui.keyboard import take_alt
from tests.support.tui import answered, app_with
take_alt(alt_characters())
app_with(ScriptedEngine([answered(model="gemma")], pause=0.15), Path({data!r})).run()
"""


def opened(data: Path) -> pexpect.spawn[str]:
    """The app in a terminal of its own, ready."""
    root = Path(__file__).parents[2]
    program = PROGRAM.format(paths=[str(root), str(root / "src")], data=str(data))
    environment = {**os.environ, "TERM": "xterm-256color"}
    child = pexpect.spawn(sys.executable, ["-c", program], dimensions=(30, 100), env=environment, encoding="utf-8")
    child.expect("Qué está pasando", timeout=20)
    child.expect("sin modelo|gemma", timeout=20)
    return child


@pytest.mark.slow
def test_kill_9_in_the_middle_of_a_draft_and_of_an_answer(data: Path) -> None:
    child = opened(data)
    child.send(SITUATION[:60])
    child.expect("rótulos", timeout=10)
    child.send("\r")
    child.expect("Pedir", timeout=20)
    child.send("y además esto: ¿mañana? ÁÉü")
    time.sleep(2.5)
    child.kill(signal.SIGKILL)
    child.expect(pexpect.EOF)
    store = kept(data)
    assert store.drafts.load() == "y además esto: ¿mañana? ÁÉü"
    _, turn = store.interrupted()[0]
    assert turn.text == SITUATION[:60].strip()
    assert turn.reflection is not None
    assert turn.reflection.text.startswith("Pedir que")


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_closed_terminal_keeps_what_was_typed_in_the_last_second(data: Path, number: signal.Signals) -> None:
    child = opened(data)
    child.send("hasta la última letra")
    child.expect("letra", timeout=10)
    child.kill(number)
    child.expect(pexpect.EOF, timeout=20)
    assert kept(data).drafts.load() == "hasta la última letra"


@pytest.mark.slow
def test_alt_and_a_digit_reach_the_app_through_a_terminal(data: Path) -> None:
    child = opened(data)
    child.send("\x1b1")
    child.expect("980", timeout=10)
    child.send("\x11")
    child.expect(pexpect.EOF, timeout=20)
    assert kept(data).drafts.load().startswith("Entregué las traducciones")
