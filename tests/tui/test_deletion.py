"""Renaming; deleting with ten seconds to think again, and then really gone: from the disk and from the window."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from reflexiona.domain import Conversation, Reflection, Turn
from reflexiona.tui.app import Opening
from reflexiona.tui.clipboard import last_copy
from reflexiona.tui.messages import Parted
from reflexiona.tui.widgets import lines
from reflexiona.tui.widgets.lines import Farewell
from tests.support.engine import ScriptedEngine
from tests.support.traces import traces
from tests.support.tui import PLAN, READING, Heard, answered, app_with, kept, main_screen, ready, seen, send, until

SIZE = (120, 34)
SECRET = ("murciélago", "ornitorrinco", "zarigüeya", "quebrantahuesos")
MOMENT = "2026-07-20T08:00:00+00:00"


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Less time to think again."""
    monkeypatch.setattr(lines, "GRACE", 1.0)


def cases(data: Path) -> list[str]:
    store = kept(data)
    found = [summary.id for summary in store.list()]
    store.close()
    return found


def fill(data: Path) -> None:
    """A conversation to be deleted, and another one."""
    turn = Turn("t1", f"El {SECRET[0]} no paga", MOMENT, reading=READING, reflection=Reflection(f"Un {SECRET[1]} [1]."))
    plan = (replace(PLAN[0], text=f"Llamar a {SECRET[2]}"),)
    store = kept(data)
    store.create(Conversation("c1", SECRET[3].title(), MOMENT, MOMENT, (replace(turn, plan=plan),)))
    store.create(Conversation("c2", "Otra cosa", MOMENT, "2026-07-19", (Turn("t2", "Otra cosa", MOMENT),)))
    store.drafts.remember(turn.text)
    store.close()
    assert {word for word, _ in traces(data, *SECRET)} == set(SECRET)


async def open_list(pilot: Pilot[None]) -> None:
    await ready(pilot)
    await pilot.press("ctrl+l")
    await until(pilot, lambda: main_screen(pilot).query("#case-list:focus"))


def said(pilot: Pilot[None]) -> list[str]:
    return [notification.message for notification in pilot.app._notifications]


@pytest.mark.usefixtures("hurried")
async def test_a_deleted_conversation_is_in_no_file_once_its_time_is_over(data: Path) -> None:
    fill(data)
    heard = Heard()
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE, message_hook=heard) as pilot:
        await open_list(pilot)
        await pilot.press("delete")
        await until(pilot, lambda: f"Se borra  «{SECRET[3].title()}»" in seen(pilot))
        assert cases(data) == ["c2"]
        assert [line for line in seen(pilot).splitlines() if SECRET[3].title() in line] == [
            line for line in seen(pilot).splitlines() if "Se borra" in line
        ]
        await until(pilot, lambda: said(pilot) == ["Borrado para siempre."])
        assert [message.conversation.id for message in heard.of(Parted)] == ["c1"]
        assert traces(data, *SECRET, *(word.title() for word in SECRET)) == []
        assert "Se borra" not in seen(pilot)
        await pilot.press("alt+z")
        assert said(pilot)[-1] == "No hay nada que deshacer: lo borrado ya no está."
        await pilot.press("escape", "up")
        assert main_screen(pilot).talk.composer.text == ""  # nor can it be recalled
    assert traces(data, *SECRET) == []
    assert cases(data) == ["c2"]


async def test_undo_brings_it_back_as_it_was(data: Path) -> None:
    fill(data)
    before = kept(data).get("c1")
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await open_list(pilot)
        await pilot.press("delete", "alt+z")
        screen = main_screen(pilot)
        await until(pilot, lambda: screen.talk.desk and screen.talk.desk.current == "c1")
        assert "Se borra" not in seen(pilot)
    assert kept(data).get("c1") == before
    assert cases(data) == ["c1", "c2"]


async def test_the_one_on_the_table_is_deleted_from_the_composer(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await send(pilot, "Lo de siempre.")
        await pilot.press(*"a medias", "alt+x")
        await until(pilot, lambda: "Qué está pasando con tu cliente" in seen(pilot))
        assert cases(data) == []
        assert "«Lo de siempre.» en 10 s · deshacer  Alt+Z" in seen(pilot)
        assert main_screen(pilot).talk.composer.text == "a medias"
        await pilot.press("alt+z")
        await until(pilot, lambda: "Pedir que te paguen" in seen(pilot))
    assert len(cases(data)) == 1


async def test_several_wait_each_for_its_own_end_and_the_last_one_comes_back_first(data: Path) -> None:
    fill(data)
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await open_list(pilot)
        await pilot.press("delete")
        await until(pilot, lambda: "Se borra  «Quebranta" in seen(pilot))
        await pilot.press("delete")
        await until(pilot, lambda: "Se borra  «Otra cosa» (y 1 más)" in seen(pilot))
        await pilot.press("alt+z")
        await until(pilot, lambda: "Se borra  «Quebranta" in seen(pilot))
        assert cases(data) == ["c2"]


async def test_leaving_before_the_time_is_over_deletes_all_the_same(data: Path) -> None:
    fill(data)
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await open_list(pilot)
        await pilot.press("delete")
        await until(pilot, lambda: "Se borra" in seen(pilot))
        await pilot.press("ctrl+q")
    assert traces(data, *SECRET, SECRET[3].title()) == []
    assert cases(data) == ["c2"]


async def test_what_a_killed_window_had_promised_is_done_by_the_next_one(data: Path) -> None:
    fill(data)
    store = kept(data)
    store.bin.put("c1")
    store._presence.leave()  # as the system does when the process is killed
    store._database.close()
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await ready(pilot)
        await until(pilot, lambda: traces(data, *SECRET, SECRET[3].title()) == [])
        assert "Otra cosa" in seen(pilot)


async def test_what_is_being_answered_is_not_deleted(data: Path) -> None:
    engine = ScriptedEngine([answered(model="gemma")])
    engine.hold_at = 10
    async with app_with(engine, data).run_test(size=SIZE) as pilot:
        await send(pilot, wait=False)
        await until(pilot, lambda: engine.asked)
        await pilot.press("alt+x")
        assert said(pilot) == ["Se está respondiendo en este caso: hay que detenerlo (Esc) antes de borrarlo."]
        assert len(cases(data)) == 1
        engine.go.set()


@pytest.mark.usefixtures("hurried")
async def test_a_copied_answer_goes_with_its_conversation(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await send(pilot)
        await pilot.press("ctrl+y")
        await until(pilot, last_copy().exists)
        await pilot.press("alt+x")
        await until(pilot, lambda: not last_copy().exists())


async def test_nothing_to_delete_and_nothing_to_rename_is_said(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("alt+x", "f2", "alt+z")
        assert len(said(pilot)) == 3
        assert main_screen(pilot).query_one(Farewell).display is False
        assert len(pilot.app.screen_stack) == 1


async def test_rename_the_one_on_the_table(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await send(pilot, "Lo de siempre.")
        await pilot.press("f2")
        await until(pilot, lambda: "¿Qué título le pones?" in seen(pilot))
        await pilot.press("ctrl+u", *"El [taller] de María", "enter")
        await until(pilot, lambda: "· El [taller] de María" in seen(pilot).splitlines()[0])
        await send(pilot, "¿Y ahora?")  # what is written later keeps the title
        await pilot.press("f2", *"xx", "escape")
        await pilot.press("f2", "ctrl+u", "enter")
    store = kept(data)
    (summary,) = store.list()
    assert (summary.title, summary.turns) == ("El [taller] de María", 2)
    assert [found.summary.id for found in store.search("taller maria")] == [summary.id]


async def test_rename_the_one_that_is_marked_in_the_list(data: Path) -> None:
    fill(data)
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await open_list(pilot)
        await pilot.press("down", "f2")
        await until(pilot, lambda: "¿Qué título le pones?" in seen(pilot))
        await pilot.press("end", *" y más", "enter")
        await until(pilot, lambda: "Otra cosa y más" in seen(pilot))
    assert kept(data).get("c2").title == "Otra cosa y más"


async def test_a_pipe_does_not_push_out_what_was_left_unsent(data: Path) -> None:
    store = kept(data)
    store.drafts.save("lo de ayer")
    store.close()
    async with app_with(ScriptedEngine([answered()]), data, Opening("un correo")).run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("!")
        await until(pilot, lambda: kept(data).drafts.load() == "un correo!", 4)
    assert kept(data).drafts.earlier() == ("lo de ayer",)
