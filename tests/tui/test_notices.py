"""Notices: over the heading, where they cover nothing that one is reading or writing, and gone by themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets._toast import Toast

from tests.support.engine import ScriptedEngine
from tests.support.tui import answered, app_with, main_screen, said, seen, send, until


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_notice_covers_neither_the_answer_nor_what_is_being_written(data: Path, size: tuple[int, int]) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=size, notifications=True) as pilot:
        await send(pilot)
        screen = main_screen(pilot)
        await pilot.press(*"a medias")
        await pilot.pause()
        before = seen(pilot).splitlines()
        top = screen.talk.transcript.content_region.y
        await pilot.press("f7")
        await until(pilot, lambda: screen.query(Toast) and "Sin un modelo descargado" in seen(pilot))
        assert seen(pilot).splitlines()[top:] == before[top:]
        assert all(toast.region.bottom <= top for toast in screen.query(Toast))


async def test_a_long_one_is_whole_and_goes_by_itself(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=(80, 24), notifications=True) as pilot:
        await send(pilot)
        told = (
            "Una frase larga que no cabe en una línea de la pantalla y que se lee entera aunque ocupe unas cuantas más."
        )
        pilot.app.notify(told, timeout=1.5, markup=False)
        await until(pilot, lambda: all(word in seen(pilot) for word in told.split()))
        await until(pilot, lambda: not said(pilot) and "Reflexiona ·" in seen(pilot))
