"""Two windows at once, and what one leaves to the next: drafts, answers under way, what was killed."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from reflexiona.domain import Conversation
from reflexiona.events import Token
from reflexiona.tui import deeds
from reflexiona.turn_building import advance, begun
from tests.support.engine import ScriptedEngine
from tests.support.tui import ANSWER, answered, app_with, kept, ready, seen, send, unfinished, until

SIZE = (120, 34)
MOMENT = "2026-07-20T08:00:00+00:00"


async def test_each_window_has_its_own_draft(data: Path) -> None:
    one, other = (app_with(ScriptedEngine([answered()]), data) for _ in range(2))
    async with one.run_test(size=SIZE) as first, other.run_test(size=SIZE) as second:
        await ready(first)
        await first.press(*"el de la primera")
        screen = await ready(second)
        await until(first, lambda: kept(data).drafts.load() == "el de la primera", 4)
        assert screen.talk.composer.text == ""
        await second.press(*"el de la segunda")
        await until(second, lambda: kept(data).drafts.load() == "el de la segunda", 4)
        await second.press("ctrl+q")
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        screen = await ready(pilot)
        await until(pilot, lambda: screen.talk.composer.text)
        both = {screen.talk.composer.text}
        assert [n.message.split(":")[0] for n in pilot.app._notifications] == ["Quedó sin enviar 1 otro texto"]
        screen.talk.composer.clear()
        await pilot.press("up")
        both.add(screen.talk.composer.text)
    assert both == {"el de la primera", "el de la segunda"}


async def test_a_window_that_opens_beside_an_open_one_takes_nothing_of_it(data: Path) -> None:
    with closing(kept(data)) as window:
        window.drafts.save("escribiendo")
        async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
            screen = await ready(pilot)
            await pilot.pause()
            assert screen.talk.composer.text == ""
        assert window.drafts.load() == "escribiendo"


async def test_an_answer_of_another_window_is_not_interrupted_and_comes_when_it_is_there(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deeds, "LOOK_EVERY", 0.1)
    turn = begun("t1", "Lo de la heladería.", MOMENT)
    for event in [*answered()[:2], Token("Lo que ya se había escrito [1].")]:
        turn = advance(turn, event)
    with closing(kept(data)) as window:
        window.create(Conversation("c1", "Un caso", MOMENT, MOMENT, (turn,)))
        async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
            screen = await ready(pilot)
            await pilot.pause()
            assert "¿Retomar?" not in seen(pilot)
            assert "a medias" not in seen(pilot)
            await screen.action_resume("c1")
            await until(pilot, lambda: "Se está respondiendo en otra ventana." in seen(pilot))
            assert "Lo que ya se había escrito [1]." in seen(pilot)
            await pilot.press("alt+r")
            assert [n.message for n in pilot.app._notifications] == ["No hay ninguna respuesta a medias."]
            await pilot.press("alt+x")
            await until(pilot, lambda: len(pilot.app._notifications) == 2)
            assert "Otra ventana está respondiendo en este caso" in [n.message for n in pilot.app._notifications][1]
            for event in answered()[2:]:
                turn = advance(turn, event)
            window.save_turn("c1", turn, MOMENT)
            await until(pilot, lambda: "Pedir que te paguen" in seen(pilot))
            assert "en otra ventana" not in seen(pilot)
            assert screen.talk.last == turn


async def test_when_the_other_window_is_killed_the_answer_can_be_retaken(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deeds, "LOOK_EVERY", 0.1)
    window = kept(data)
    window.create(Conversation("c1", "Un caso", MOMENT, MOMENT, (begun("t1", "Lo de siempre.", MOMENT),)))
    engine = ScriptedEngine([answered()])
    async with app_with(engine, data).run_test(size=SIZE) as pilot:
        screen = await ready(pilot)
        await screen.action_resume("c1")
        await until(pilot, lambda: "Se está respondiendo en otra ventana." in seen(pilot))
        window.close()
        await until(pilot, lambda: "¿Retomar?" in seen(pilot))
        assert engine.asked == []
        await pilot.press("alt+r")
        await until(pilot, lambda: screen.talk.last and screen.talk.last.status == "done")
    assert unfinished(data) == []


async def test_a_conversation_deleted_in_another_window_is_not_brought_back(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await send(pilot, "Lo de siempre.")
        with closing(kept(data)) as window:
            window.delete(window.list()[0].id)
        await send(pilot, "¿Y ahora?")
        await until(pilot, lambda: "Este caso se borró: lo nuevo ya no se guarda." in seen(pilot))
        assert ANSWER.split()[0] in seen(pilot)
    assert kept(data).list() == ()
