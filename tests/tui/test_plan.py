"""The plan in the person's hands: words, dates, order, steps of their own; kept at once and in the export."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from textual.pilot import Pilot

from reflexiona.domain import Step, When
from reflexiona.tui import plans
from reflexiona.tui.messages import PlanChanged
from reflexiona.tui.screens.ask import Ask
from tests.support.engine import ScriptedEngine
from tests.support.tui import (
    PLAN,
    Heard,
    answered,
    app_with,
    kept,
    main_screen,
    ready,
    said,
    seen,
    send,
    until,
)

SIZE = (120, 40)
TODAY = date(2026, 7, 20)
A, B, C, D = PLAN


def on_disk(data: Path) -> tuple[Step, ...]:
    store = kept(data)
    plan = store.get(store.list()[0].id).turns[0].plan
    store.close()
    return plan


async def asked(pilot: Pilot[None]) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, Ask))


async def at_plan(pilot: Pilot[None]) -> None:
    await send(pilot)
    await pilot.press("alt+p", "home")
    await until(pilot, lambda: main_screen(pilot).query("#plan:focus"))


def test_moving_within_a_moment_and_over_its_edge() -> None:
    assert plans.moved(PLAN, 0, 1) == ((B, A, C, D), 1)
    up, place = plans.moved(PLAN, 2, -1)
    assert (up[2].when, place) == (When.TODAY, 2)
    down, place = plans.moved(PLAN, 3, 1)
    assert (down, place) == (PLAN, 3)
    assert plans.moved(PLAN, 0, -1) == (PLAN, 0)


def test_a_date_puts_a_step_where_it_belongs() -> None:
    plan, place = plans.dated(PLAN, 0, date(2026, 7, 24), TODAY)
    assert [step.text for step in plan] == [B.text, C.text, A.text, D.text]
    assert (plan[place].date, plan[place].when, place) == ("2026-07-24", When.THIS_WEEK, 2)
    plan, place = plans.dated(plan, 2, date(2026, 9, 1), TODAY)
    assert (plan[place].when, place) == (When.LATER, 3)
    plan, place = plans.dated(plan, 3, None, TODAY)
    assert (plan[3].date, plan[3].when) == ("", When.LATER)


def test_a_step_of_ones_own_follows_the_marked_one_or_closes_today() -> None:
    assert plans.added(PLAN, "x")[1] == 2
    plan, place = plans.added(PLAN, "x", beside=2)
    assert (plan[place], place) == (Step("x", When.THIS_WEEK, ""), 3)
    assert plans.added((), "x") == ((Step("x", When.TODAY, ""),), 0)


async def test_a_step_is_added_worded_dated_moved_and_removed_and_each_is_kept(data: Path) -> None:
    heard = Heard()
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE, message_hook=heard) as pilot:
        await at_plan(pilot)
        await pilot.press("n")
        await asked(pilot)
        await pilot.press(*"Llamar a [Ana]", "enter")
        await until(pilot, lambda: on_disk(data)[1:2] == (Step("Llamar a [Ana]", When.TODAY, ""),))
        assert "Plan · 0 de 5" in seen(pilot)
        await pilot.press("e")
        await asked(pilot)
        await pilot.press("end", *" Ruiz", "enter")
        await until(pilot, lambda: on_disk(data)[1].text == "Llamar a [Ana] Ruiz")
        await pilot.press("f")
        await asked(pilot)
        await pilot.press(*"el viernes")
        await until(pilot, lambda: "vie 24 jul · 2026-07-24" in seen(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: on_disk(data)[3].date == "2026-07-24")
        assert "para vie 24 jul" in seen(pilot)
        await pilot.press("alt+up")
        await until(pilot, lambda: on_disk(data)[2].text == "Llamar a [Ana] Ruiz")
        await pilot.press("greater_than_sign")
        await until(pilot, lambda: on_disk(data)[3].text == "Llamar a [Ana] Ruiz")
        await pilot.press("delete")
        await until(pilot, lambda: on_disk(data) == PLAN)
        assert "Ctrl+Z en el plan lo devuelve" in said(pilot)
        await pilot.press("ctrl+z")
        await until(pilot, lambda: len(on_disk(data)) == 5)
    assert len(heard.of(PlanChanged)) == 7


async def test_it_all_works_from_the_composer_too(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=(80, 24)) as pilot:
        await send(pilot)
        await pilot.press(*"a medias", "alt+n")
        await asked(pilot)
        await pilot.press(*"Mirar el contrato", "enter")
        await until(pilot, lambda: [s.text for s in on_disk(data)][2:3] == ["Mirar el contrato"])
        screen = main_screen(pilot)
        assert screen.talk.composer.text == "a medias"
        await pilot.press("alt+q")  # the new one is marked
        await until(pilot, lambda: on_disk(data) == PLAN)
        await pilot.press("alt+p", "home", "alt+c")
        await asked(pilot)
        await pilot.press("escape", "alt+f")
        await asked(pilot)
        await pilot.press(*"nunca")
        await until(pilot, lambda: "Así no se entiende." in seen(pilot))
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, Ask)
        await pilot.press("ctrl+u", *"3/7/2026", "enter")
        await until(pilot, lambda: "pasó la fecha: vie 3 jul" in seen(pilot))
        await pilot.press("f")
        await asked(pilot)
        await pilot.press("ctrl+u", "enter")
        await until(pilot, lambda: on_disk(data)[1].date == "" and "pasó la fecha" not in seen(pilot))


async def test_where_there_is_nothing_to_change_it_says_so(data: Path) -> None:
    engine = ScriptedEngine([answered(plan=False), answered()])
    async with app_with(engine, data).run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("alt+n", "alt+p", "alt+c")
        assert "Aún no hay una conversación" in said(pilot)
        assert "Todavía no hay plan" in said(pilot)
        assert "Marca antes un paso" in said(pilot)
        await send(pilot)
        await pilot.press("alt+n")  # a plan of nothing but one's own steps
        await asked(pilot)
        await pilot.press(*"Respirar", "enter")
        await until(pilot, lambda: on_disk(data) == (Step("Respirar", When.TODAY, ""),))
        assert "[ ] Respirar" in seen(pilot)
        await pilot.press("alt+p", "delete")
        await until(pilot, lambda: on_disk(data) == ())
        assert "Plan ·" not in seen(pilot)


async def test_while_it_is_being_answered_the_plan_waits(data: Path) -> None:
    script = answered()
    engine = ScriptedEngine([script])
    engine.hold_at = len(script) - 1
    async with app_with(engine, data).run_test(size=SIZE) as pilot:
        await send(pilot, wait=False)
        await until(pilot, lambda: "Plan · 0 de 4" in seen(pilot))
        await pilot.press("alt+n")
        assert "en cuanto termine la respuesta" in said(pilot)
        engine.go.set()


async def test_the_export_shows_what_became_of_it(data: Path, tmp_path: Path) -> None:
    from reflexiona.corpus.lists import load_lists
    from reflexiona.export.markdown import to_markdown
    from reflexiona.export.reading_back import from_markdown
    from tests.support.tui import CORPUS

    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await at_plan(pilot)
        await pilot.press("space", "down", "f")
        await asked(pilot)
        await pilot.press(*"15/12", "enter")
        await until(pilot, lambda: any(step.date for step in on_disk(data)))
    store = kept(data)
    case = store.get(store.list()[0].id)
    text = to_markdown(case, load_lists(CORPUS))
    assert f"- [x] Hoy: {A.text} [1]" in text
    assert f"- [ ] Después: {B.text} (2026-12-15) [2]" in text
    assert from_markdown(text).turns[0].plan == case.turns[0].plan
