"""A temporary conversation: nothing of it is ever in a file, and it says so."""

from __future__ import annotations

from pathlib import Path

from reflexiona.events import ReflectionReady
from tests.support.engine import ScriptedEngine
from tests.support.traces import traces
from tests.support.tui import answered, app_with, kept, main_screen, ready, seen, send, until

SIZE = (120, 34)
WORDS = ("murciélago", "ornitorrinco", "zarigüeya", "quebrantahuesos")


def secretive() -> ScriptedEngine:
    """Answers with a word of its own."""
    return ScriptedEngine([answered(answer=f"Un {WORDS[1]} [1]."), answered()])


async def test_nothing_of_it_is_in_any_file_while_it_is_open_nor_afterwards(data: Path) -> None:
    async with app_with(secretive(), data).run_test(size=SIZE) as pilot:
        screen = await ready(pilot)
        await pilot.press("alt+t")
        await until(pilot, lambda: "Temporal: no se guarda nada. Si el programa se cierra o falla" in seen(pilot))
        await send(pilot, f"El {WORDS[0]} no paga")
        await until(pilot, lambda: WORDS[1] in seen(pilot))
        await pilot.press("tab", "tab", "space")  # a step of its plan is checked
        screen.talk.composer.focus()
        await pilot.press(*f"y la {WORDS[2]}")
        await pilot.pause(1.3)  # by now a draft would have been kept
        assert traces(data, *WORDS) == []
        assert kept(data).list() == ()
        await pilot.press("f2", "ctrl+u", *WORDS[3], "enter")
        await until(pilot, lambda: WORDS[3] in seen(pilot).splitlines()[0])
        await pilot.press("ctrl+q")
    assert traces(data, *WORDS) == []
    assert kept(data).drafts.earlier() == ()
    assert kept(data).drafts.load() == ""


async def test_one_goes_to_and_fro_and_each_side_keeps_its_texts(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        screen = await ready(pilot)
        composer = screen.talk.composer
        await send(pilot, "Lo que se guarda.")
        await pilot.press("alt+t")
        await until(pilot, lambda: screen.has_class("-talk") and "Temporal:" in seen(pilot))
        await pilot.press("up")
        assert composer.text == ""  # what was sent before belongs to the other side
        await send(pilot, "Lo que no.")
        await pilot.press(*"a medias")
        await pilot.press("ctrl+n")
        await until(pilot, lambda: "Temporal:" not in seen(pilot))
        assert composer.text == ""
        await pilot.press("ctrl+z")
        assert composer.text == ""
        await pilot.press("up")
        assert composer.text == "Lo que se guarda."
        await pilot.press("alt+t")
        await until(pilot, lambda: "Temporal:" in seen(pilot) and "Pedir que te paguen" in seen(pilot))
        assert composer.text == "a medias"
        composer.clear()
        await pilot.press("up")
        assert composer.text == "Lo que no."
        await pilot.press("alt+t")
        await until(pilot, lambda: "Temporal:" not in seen(pilot))
        assert composer.text == "Lo que se guarda."
    assert [case.title for case in kept(data).list()] == ["Lo que se guarda."]


async def test_a_text_that_was_begun_goes_along_and_its_draft_is_erased(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        screen = await ready(pilot)
        await pilot.press(*f"el {WORDS[0]}")
        await until(pilot, lambda: traces(data, WORDS[0]), 4)
        await pilot.press("alt+t")
        await until(pilot, lambda: traces(data, WORDS[0]) == [])
        assert screen.talk.composer.text == f"el {WORDS[0]}"
        await pilot.press("!")
        await pilot.pause(1.3)
        assert traces(data, WORDS[0]) == []


async def test_the_list_shows_it_and_it_can_be_deleted_and_brought_back(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        screen = await ready(pilot)
        await pilot.press("alt+t")
        await send(pilot, "Lo que no.")
        await pilot.press("ctrl+n", "ctrl+l")
        await until(pilot, lambda: "se pierde al cerrar" in seen(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: screen.talk.desk and screen.talk.desk.off_record)
        await pilot.press("alt+x")
        await until(pilot, lambda: "Se borra  «Conversación temporal»" in seen(pilot))
        await pilot.press("alt+z")
        await until(pilot, lambda: screen.talk.last and screen.talk.last.text == "Lo que no.")
        await pilot.press("alt+x")
        await until(pilot, lambda: "Se borra" in seen(pilot))
        await pilot.press("alt+t")  # another one: the first has no more time
        await until(pilot, lambda: screen.talk.desk and screen.talk.desk.off_record and screen.talk.last is None)
        assert [n.message for n in pilot.app._notifications] == ["Borrado para siempre."]


async def test_an_answer_that_is_running_goes_on_off_the_record(data: Path) -> None:
    engine = ScriptedEngine([answered(answer=f"Un {WORDS[1]} [1].", model="gemma"), answered()])
    engine.hold_at = 4
    async with app_with(engine, data).run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("alt+t")
        await send(pilot, f"El {WORDS[0]}", wait=False)
        await until(pilot, lambda: engine.asked)
        await pilot.press("ctrl+n")
        engine.hold_at = None
        engine.go.set()
        desk = main_screen(pilot).talk.desk
        assert desk is not None
        await until(pilot, lambda: not desk.busy)
        await pilot.pause(1.2)
        assert traces(data, *WORDS) == []
        await pilot.press("alt+t")
        await until(pilot, lambda: WORDS[1] in seen(pilot))


def test_the_answer_of_the_script_is_the_one_looked_for() -> None:
    (reflection,) = [event for event in secretive().scripts[0] if isinstance(event, ReflectionReady)]
    assert WORDS[1] in reflection.reflection.text
