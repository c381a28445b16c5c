"""The last text answered once more: another seed, a conversation of its own; only where a model writes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from reflexiona.domain import Likelihood
from reflexiona.settings import INCLUDED_MODEL
from reflexiona.tui.app import Opening
from reflexiona.tui.messages import Branched, TurnRetaken
from tests.support.engine import ScriptedEngine
from tests.support.tui import (
    ANSWER,
    READING,
    Heard,
    answered,
    app_with,
    at_rest,
    cases,
    main_screen,
    said,
    seen,
    send,
    until,
    with_draft,
)

SIZE = (120, 40)
SECOND = "¿Me escribes un correo?"
ASKED = "¿Cómo borro esto?"


async def test_regenerating_asks_once_more_with_another_seed_and_keeps_both(data: Path) -> None:
    heard = Heard()
    other = answered(answer="Otra forma de verlo [1].", model="gemma-2b")
    engine = ScriptedEngine([answered(), answered(model="gemma-2b"), other], model="gemma-2b")
    async with app_with(engine, data).run_test(size=SIZE, message_hook=heard) as pilot:
        await send(pilot)
        await send(pilot, SECOND)
        await pilot.press(*"a medias", "f7")
        await until(pilot, lambda: len(engine.asked) == 3)
        screen = main_screen(pilot)
        await at_rest(pilot)
        assert "Otra forma de verlo" in seen(pilot)
        assert screen.talk.composer.text == "a medias"
        await pilot.press("f7")
        await until(pilot, lambda: len(engine.asked) == 4)
        await at_rest(pilot)
    assert len(heard.of(Branched)) == 2
    assert [request.text for request in engine.asked[1:]] == [SECOND] * 3
    assert [len(request.history) for request in engine.asked[1:]] == [1, 1, 1]
    seeds = [request.seed for request in engine.asked[1:]]
    assert seeds[0] == 0
    assert len(set(seeds)) == 3
    titles = sorted(case.title for case in cases(data))
    stem = min(titles, key=len)
    assert titles == sorted([stem, f"Rama 1 · {stem}", f"Rama 2 · {stem}"])
    answers = {case.turns[1].reflection.text for case in cases(data) if case.turns[1].reflection}
    assert answers == {ANSWER, "Otra forma de verlo [1]."}


async def test_another_answer_that_was_cut_off_is_retaken_with_its_seed(data: Path) -> None:
    heard = Heard()
    engine = ScriptedEngine([answered(model="gemma-2b")], model="gemma-2b")
    async with app_with(engine, data).run_test(size=SIZE, message_hook=heard) as pilot:
        await send(pilot)
        engine.hold_at = 20
        await pilot.press("f7")
        screen = main_screen(pilot)
        await until(pilot, lambda: len(engine.asked) == 2 and screen.talk.last and screen.talk.last.reflection)
        await pilot.press("escape")
        await until(pilot, lambda: screen.talk.last and screen.talk.last.status == "cancelled")
        engine.hold_at = None
        await pilot.press("alt+r")
        await until(pilot, lambda: screen.talk.last and screen.talk.last.status == "done")
    assert len(heard.of(TurnRetaken)) == 1
    assert engine.asked[2].seed == engine.asked[1].seed != 0


async def test_where_no_model_writes_it_says_so_and_offers_to_change_the_text(data: Path) -> None:
    danger = replace(READING, scenarios=(Likelihood("falta_de_respeto", 0.8),), safety=True)
    engine = ScriptedEngine(
        [answered(), answered(reading=danger, plan=False), with_draft(), answered(plan=False)], model=INCLUDED_MODEL
    )
    opening = Opening(keys=(("edit", "alt+v"),))
    async with app_with(engine, data, opening).run_test(size=SIZE) as pilot:
        await send(pilot)
        await pilot.press("f7")
        await until(pilot, lambda: "Sin un modelo descargado saldría lo mismo; Alt+V trae" in said(pilot))
        main_screen(pilot).model = "gemma-2b"
        for text in ("Sabe dónde vivo.", SECOND, ASKED):
            engine.model = "gemma-2b"
            await send(pilot, text)
            pilot.app.clear_notifications()
            await pilot.press("f7")
            await until(pilot, lambda: "Esto no lo escribe ningún modelo: saldría lo mismo;" in said(pilot))
        await pilot.press("alt+v")
        await until(pilot, lambda: main_screen(pilot).talk.composer.text == ASKED)
        assert "Alt+V el anterior" in seen(pilot)
    assert len(engine.asked) == 4
    assert len(cases(data)) == 1
