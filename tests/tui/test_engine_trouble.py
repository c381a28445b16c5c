"""Asking an engine that does not start, vanishes or fails: it is told in place, and nothing is lost."""

from __future__ import annotations

from pathlib import Path

from reflexiona.domain import Reflection
from reflexiona.errors import EngineError
from reflexiona.events import Problem
from reflexiona.tui.messages import Failed
from tests.support.engine import ScriptedEngine
from tests.support.tui import (
    ANSWER,
    Heard,
    answered,
    app_with,
    main_screen,
    seen,
    send,
    until,
)

SIZE = (120, 40)


async def test_an_engine_that_does_not_start_says_so_and_can_be_tried_again(data: Path) -> None:
    heard = Heard()
    engine = ScriptedEngine([answered()])
    engine.failing = EngineError("El motor no arranca.", "Cierra otros programas.")
    async with app_with(engine, data).run_test(size=SIZE, message_hook=heard) as pilot:
        turn = await send(pilot)
        assert "El motor no arranca. Cierra otros programas." in seen(pilot)
        assert turn.status == "error"
        engine.failing = None
        await pilot.press("alt+r")
        screen = main_screen(pilot)
        await until(pilot, lambda: screen.talk.last and screen.talk.last.status == "done")
        assert "El motor no arranca." not in seen(pilot)
    assert isinstance(heard.of(Failed)[0].error, EngineError)


async def test_a_worker_that_vanishes_is_told_in_place_and_the_turn_begins_anew(data: Path) -> None:
    script = [*answered(model="gemma-2b")[:12], Problem("El motor se cerró.", "Se ha reiniciado."), *answered()]
    async with app_with(ScriptedEngine([script]), data).run_test(size=SIZE) as pilot:
        turn = await send(pilot)
        shown = seen(pilot)
    assert turn.notices == ("El motor se cerró. Se ha reiniciado.",)
    assert turn.reflection == Reflection(ANSWER)
    assert "Aviso  El motor se cerró. Se ha reiniciado." in shown


async def test_anything_else_that_fails_in_the_engine_leaves_the_app_standing(data: Path) -> None:
    engine = ScriptedEngine([answered()])
    engine.breaking = ValueError("\x1b[2Jsecreto")
    async with app_with(engine, data).run_test(size=SIZE) as pilot:
        turn = await send(pilot)
        engine.breaking = None
        again = await send(pilot, "Otra vez.")
    assert (turn.status, again.status) == ("error", "done")
    assert turn.notices == ("Algo falló dentro de Reflexiona (ValueError). Vuelve a intentarlo.",)
