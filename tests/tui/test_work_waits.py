"""While help is shown, neither the message nor the plan is handed out, by key, palette or click; and it says so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from reflexiona.domain import Likelihood
from reflexiona.safety import work_waits
from tests.support.engine import ScriptedEngine
from tests.support.tui import DRAFT, READING, answered, app_with, main_screen, said, send, until, with_draft

DANGER = replace(READING, scenarios=(Likelihood("falta_de_respeto", 0.8),), safety=True, secondary=(), evidence=())
ANSWER = "**Antes que nada, tu seguridad**\n\nSi no es así, escribe «no hay peligro»."


async def test_no_message_leaves_the_program(data: Path) -> None:
    engine = ScriptedEngine([with_draft(), answered(reading=DANGER, answer=ANSWER, plan=False), answered()])
    async with app_with(engine, data).run_test(size=(80, 24)) as pilot:
        await send(pilot)
        pilot.app.copy_to_clipboard("")
        await pilot.press("alt+m")
        await until(pilot, lambda: pilot.app.clipboard == DRAFT.text)
        pilot.app.copy_to_clipboard("")
        await send(pilot, "Sabe dónde vivo y me amenaza.")
        for keys in (["alt+m"], ["f4"], ["ctrl+p", *"copiar solo", "enter"]):
            pilot.app.clear_notifications()
            await pilot.press(*keys)
            await until(pilot, lambda: str(work_waits("ningún mensaje", ())) in said(pilot))
            assert pilot.app.screen is main_screen(pilot)
        assert pilot.app.clipboard == ""
        await pilot.press("alt+n")
        await until(pilot, lambda: str(work_waits("ningún paso del trabajo", ())) in said(pilot))
        await pilot.press("ctrl+y")
        await until(pilot, lambda: "tu seguridad" in pilot.app.clipboard)  # help may be taken along
        await send(pilot, "No hay peligro.")
        await pilot.press("alt+m")
        await until(pilot, lambda: pilot.app.clipboard == DRAFT.text)


async def test_after_thoughts_of_dying_none_of_them_promises_a_sentence_that_undoes_it(data: Path) -> None:
    engine = ScriptedEngine(
        [with_draft(), answered(reading=DANGER, answer="**Antes que nada, cómo estás**", plan=False)]
    )
    async with app_with(engine, data).run_test(size=(80, 24)) as pilot:
        await send(pilot)
        await send(pilot, "No quiero seguir viviendo.")
        for key, what in (("alt+m", "mensaje"), ("f4", "mensaje"), ("alt+n", "paso del trabajo")):
            pilot.app.clear_notifications()
            await pilot.press(key)
            await until(pilot, lambda what=what: f"de momento, ningún {what}." in said(pilot))  # type: ignore[misc]
            assert "no hay peligro" not in said(pilot)
