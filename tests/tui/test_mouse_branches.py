"""The mouse changes a sent text as F6 does, and asks once more as F7 does; elsewhere it leaves nothing to read."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from reflexiona.tui.app import Opening
from reflexiona.tui.widgets.turn import PastTurn
from tests.support.engine import ScriptedEngine
from tests.support.tui import SITUATION, answered, app_with, at_rest, cases, main_screen, seen, send, until, with_draft

SECOND = "¿Me escribes un correo?"
SIZE = (80, 24)


def place_of(pilot: Pilot[None], text: str) -> tuple[int, int]:
    """Column and line of a text on the terminal, below the heading."""
    lines = seen(pilot).splitlines()
    y = next(y for y, line in enumerate(lines) if text in line and y)
    return lines[y].index(text) + 1, y


async def point_at(pilot: Pilot[None], text: str) -> None:
    await pilot.hover(offset=place_of(pilot, text))
    await pilot.pause()


async def click_on(pilot: Pilot[None], text: str) -> None:
    await pilot.click(offset=place_of(pilot, text))
    await pilot.pause()


async def test_the_last_text_is_changed(data: Path) -> None:
    async with app_with(ScriptedEngine([answered(plan=False)]), data).run_test(size=(80, 60)) as pilot:
        await send(pilot)
        before = seen(pilot)
        assert "cambiar  F6" not in before
        await point_at(pilot, "Rediseñé")
        await until(pilot, lambda: "cambiar  F6" in seen(pilot))
        assert "otra respuesta" not in seen(pilot)  # nobody would write it otherwise
        await click_on(pilot, "cambiar")
        await until(pilot, lambda: main_screen(pilot).talk.composer.text == SITUATION)
        assert "Se cambia el texto enviado" in seen(pilot)
        await pilot.press("escape")
        await point_at(pilot, "›")
        await until(pilot, lambda: "cambiar  F6" not in seen(pilot))
        assert seen(pilot).split() == before.split()


async def test_an_earlier_text_is_changed_and_marks_of_a_search_stay(data: Path) -> None:
    async with app_with(ScriptedEngine([answered(), with_draft()]), data).run_test(size=SIZE) as pilot:
        await send(pilot)
        await send(pilot, SECOND)
        screen = main_screen(pilot)
        await pilot.press("ctrl+f", *"rótulos")
        screen.talk.transcript.scroll_home(animate=False)
        await pilot.pause()
        past = screen.query_one(PastTurn)
        marked, height = past.content, past.size.height
        await point_at(pilot, "Rediseñé")
        await until(pilot, lambda: "cambiar  F6" in seen(pilot))
        assert past.content is marked
        assert past.size.height == height
        await click_on(pilot, "cambiar")
        await until(pilot, lambda: screen.talk.composer.text == SITUATION)
        assert "Se cambia el texto 1 de 2" in seen(pilot)
        await click_on(pilot, "F6 el anterior")
        await until(pilot, lambda: screen.talk.composer.text == SECOND)
        await click_on(pilot, "Esc lo deja")
        await until(pilot, lambda: screen.talk.composer.text == "")


async def test_what_is_copied_is_what_was_written(data: Path) -> None:
    async with app_with(ScriptedEngine([answered(), with_draft()]), data).run_test(size=SIZE) as pilot:
        await send(pilot)
        await send(pilot, SECOND)
        screen = main_screen(pilot)
        screen.talk.transcript.scroll_home(animate=False)
        await pilot.pause()
        await point_at(pilot, "Rediseñé")
        await until(pilot, lambda: "cambiar  F6" in seen(pilot))
        past = screen.query_one(PastTurn)
        past.text_select_all()
        assert screen.get_selected_text() == str(past.content)
        assert "cambiar  F6" not in str(past.content)
        assert not screen.query_one(".change").allow_select


async def test_the_persons_own_keys_are_named(data: Path) -> None:
    engine = ScriptedEngine([answered(model="gemma-2b")], model="gemma-2b")
    opening = Opening(keys=(("edit", "f10"), ("regenerate", "alt+g")))
    async with app_with(engine, data, opening).run_test(size=(80, 60)) as pilot:
        await send(pilot)
        await point_at(pilot, "Rediseñé")
        await until(pilot, lambda: "cambiar  F10  ·  otra respuesta  Alt+G" in seen(pilot))


@pytest.mark.parametrize("model", ["gemma-2b"])
async def test_what_a_model_wrote_is_answered_once_more(data: Path, model: str) -> None:
    engine = ScriptedEngine([answered(model=model)], model=model)
    async with app_with(engine, data).run_test(size=(80, 60)) as pilot:
        await send(pilot)
        await point_at(pilot, "Rediseñé")
        await until(pilot, lambda: "cambiar  F6  ·  otra respuesta  F7" in seen(pilot))
        await click_on(pilot, "otra respuesta")
        await until(pilot, lambda: len(engine.asked) == 2)
        await at_rest(pilot)
    assert len(cases(data)) == 2
    assert engine.asked[1].seed != 0
