"""What is asked about the program is no part of the case, on the screen as in the reading."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from reflexiona.domain import Likelihood
from tests.support.engine import ScriptedEngine
from tests.support.tui import READING, answered, app_with, main_screen, seen, send


async def test_a_question_about_the_program_shows_no_reading_and_changes_none(data: Path) -> None:
    none = replace(READING, scenarios=(Likelihood("ninguno", 0.97),), secondary=(), evidence=())
    told = "Con Alt+X se borra el caso."
    aside = answered(reading=none, answer=told, question="", plan=False)
    engine = ScriptedEngine([aside, answered(), aside, answered()])
    async with app_with(engine, data).run_test(size=(100, 60)) as pilot:
        await send(pilot, "¿Cómo borro esto?")
        assert told in seen(pilot)
        assert "0,97" not in seen(pilot)
        await send(pilot)
        assert "Impago o pago tardío" in seen(pilot)
        assert "La lectura cambia" not in seen(pilot)
        await send(pilot, "¿Y esto sale de mi computadora?")
        assert seen(pilot).count(told) == 2
        await send(pilot, "Sigue sin pagar.")
        assert "Sigue en pie: Impago o pago tardío" in seen(pilot)
        main_screen(pilot).talk.transcript.scroll_home(animate=False)
        await pilot.pause()
        assert "¿Cómo borro esto?" in seen(pilot)
        assert "0,97" not in seen(pilot)


async def test_in_danger_the_reading_stays(data: Path) -> None:
    danger = replace(READING, scenarios=(Likelihood("falta_de_respeto", 0.8),), safety=True)
    engine = ScriptedEngine([answered(reading=danger, plan=False)])
    async with app_with(engine, data).run_test(size=(100, 40)) as pilot:
        await send(pilot, "¿Cómo borro esto?")
        assert "0,80" in seen(pilot)
