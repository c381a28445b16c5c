"""Searching in everything that was kept, from the composer on: words, filters, opening at the words."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from reflexiona.domain import Conversation, Reading, Reflection, Step, Turn
from reflexiona.tui.screens.archive import SHOWN, Archive, marked
from reflexiona.tui.screens.palette import Palette
from reflexiona.tui.widgets.cases import PAGE
from reflexiona.tui.widgets.filters import DATES, days
from tests.support.engine import ScriptedEngine
from tests.support.tui import PLAN, READING, UNCLEAR, answered, app_with, kept, ready, seen, until

SIZE = (110, 34)
STORIES = (
    (
        "Una heladería que no paga",
        "La heladería debe el rótulo y la carta.",
        READING,
        PLAN,
        "2026-07-20T08:00:00+00:00",
    ),
    ("El logo de las siete rondas", "Van siete rondas de cambios.", UNCLEAR, (), "2026-07-15T08:00:00+00:00"),
    ("Todo es para ayer", "Me llama los domingos.", READING, PLAN, "2025-03-01T08:00:00+00:00"),
)


def story(number: int, title: str, text: str, reading: Reading, plan: tuple[Step, ...], moment: str) -> Conversation:
    turn = replace(Turn(f"t{number}", text, moment), reading=reading, plan=plan, reflection=Reflection("Con calma."))
    return Conversation(f"c{number}", title, moment, moment, (turn,))


@pytest.fixture
def data_with_stories(data: Path) -> Path:
    store = kept(data)
    for number, parts in enumerate(STORIES):
        case = story(number, *parts)
        if number == 2:
            done = tuple(replace(step, done=True) for step in case.turns[0].plan)
            case = replace(case, turns=(replace(case.turns[0], plan=done),))
        store.create(case)
    store.close()
    return data


def titles(pilot: Pilot[None]) -> list[str]:
    listed = pilot.app.screen.query_one("#results", OptionList)
    return [str(option.prompt).split("\n")[0] for option in listed.options]


async def archive(pilot: Pilot[None]) -> None:
    await ready(pilot)
    await pilot.press("ctrl+r")
    await until(pilot, lambda: isinstance(pilot.app.screen, Archive) and len(titles(pilot)) == 3)


async def test_it_finds_as_one_types_without_minding_accents(data_with_stories: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data_with_stories).run_test(size=SIZE) as pilot:
        await archive(pilot)
        assert titles(pilot) == [title for title, *_ in STORIES]
        assert "hoy 8:00 · plan 0/4 · impago o pago tardío" in seen(pilot)
        await pilot.press(*"ROTUL")
        await until(pilot, lambda: titles(pilot) == ["Una heladería que no paga"])
        assert "La heladería debe el rótulo y la carta." in seen(pilot)
        await pilot.press(*"xx")
        await until(pilot, lambda: "Ningún caso es así." in seen(pilot))
        assert titles(pilot) == []
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(pilot.app.screen, Archive))


async def test_a_draft_in_the_composer_waits_where_it_is(data_with_stories: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data_with_stories).run_test(size=SIZE) as pilot:
        screen = await ready(pilot)
        await pilot.press(*"a medias", "ctrl+r")
        await until(pilot, lambda: isinstance(pilot.app.screen, Archive))
        await pilot.press(*"rondas", "escape")
        assert screen.talk.composer.text == "a medias"


async def test_enter_opens_a_conversation_at_the_words(data_with_stories: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data_with_stories).run_test(size=SIZE) as pilot:
        screen = await ready(pilot)
        await archive(pilot)
        await pilot.press(*"siete cambi")
        await until(pilot, lambda: titles(pilot) == ["El logo de las siete rondas"])
        await pilot.press("enter")
        await until(pilot, lambda: screen.talk.finder and screen.talk.finder.count == "1 de 1")
        assert "Van siete rondas de cambios." in seen(pilot)
        assert screen.talk.finder is not None
        assert screen.talk.finder.sought == "siete"
        await pilot.press("escape")
        assert not screen.talk.finder.display
        assert screen.talk.composer.has_focus


async def test_without_words_the_arrows_choose_and_nothing_is_looked_for(data_with_stories: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data_with_stories).run_test(size=SIZE) as pilot:
        screen = await ready(pilot)
        await archive(pilot)
        await pilot.press("down", "down", "up", "enter")
        await until(pilot, lambda: screen.talk.desk and screen.talk.desk.current == "c1")
        assert screen.talk.finder is None


@pytest.mark.parametrize(
    ("keys", "expected", "told"),
    [
        (("alt+e", "down", "enter"), ["Una heladería que no paga", "Todo es para ayer"], "impago o pago tardío"),
        (("alt+s", *"pasos", "enter"), ["Una heladería que no paga"], "con pasos por hacer"),
        (("alt+s", *"terminado", "enter"), ["Todo es para ayer"], "plan terminado"),
        (("alt+s", *"sin plan", "enter"), ["El logo de las siete rondas"], "sin plan"),
        (("alt+d", *"7 dias", "enter"), ["Una heladería que no paga", "El logo de las siete rondas"], "7 días"),
        (("alt+d", *"antes", "enter"), ["Todo es para ayer"], "antes de este año"),
    ],
)
async def test_filters(data_with_stories: Path, keys: tuple[str, ...], expected: list[str], told: str) -> None:
    async with app_with(ScriptedEngine([answered()]), data_with_stories).run_test(size=SIZE) as pilot:
        await archive(pilot)
        await pilot.press(keys[0])
        await until(pilot, lambda: isinstance(pilot.app.screen, Palette))
        await pilot.press(*keys[1:])
        await until(pilot, lambda: isinstance(pilot.app.screen, Archive) and titles(pilot) == expected)
        assert told in seen(pilot)
        await pilot.press(keys[0])
        await until(pilot, lambda: isinstance(pilot.app.screen, Palette))
        await pilot.press(*"todos", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Archive) and len(titles(pilot)) == 3)


async def test_of_many_the_last_ones_are_shown_and_that_is_said(data: Path) -> None:
    store = kept(data)
    for number in range(SHOWN + 5):
        store.create(story(number, f"Caso {number:02d}", "igual", READING, (), f"2026-07-01T10:00:{number:02d}+00:00"))
    store.close()
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: isinstance(pilot.app.screen, Archive) and len(titles(pilot)) == SHOWN)
        assert titles(pilot)[0] == f"Caso {SHOWN + 4}"
        assert f"Los {SHOWN} últimos; hay más." in seen(pilot)


async def test_an_empty_store_says_so(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: "Todavía no hay ningún caso guardado." in seen(pilot))


def test_days() -> None:
    now = datetime(2026, 7, 20, 16, 4, tzinfo=UTC)
    assert [days(which, now) for which in (*DATES, "")] == [
        ("2026-07-20T00:00:00+00:00", ""),
        ("2026-07-14T00:00:00+00:00", ""),
        ("2026-06-21T00:00:00+00:00", ""),
        ("2026-01-01T00:00:00+00:00", ""),
        ("", "2026-01-01T00:00:00+00:00"),
        ("", ""),
    ]


def test_words_found_are_told_apart_without_colours() -> None:
    content = marked("Van [siete] ⟦rondas⟧ de [/b] ⟦cambios⟧")
    assert content.plain == "Van [siete] rondas de [/b] cambios"
    bold = [content.plain[span.start : span.end] for span in content.spans if "bold" in str(span.style)]
    assert bold == ["rondas", "cambios"]


async def test_the_list_shows_a_page_at_a_time_with_the_progress_of_each_plan(data: Path) -> None:
    fill(data, PAGE + 5)
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        screen = await ready(pilot)
        await pilot.press("ctrl+l")
        await until(pilot, lambda: screen.query("#case-list:focus"))
        listed = screen.query_one("#case-list", OptionList)
        assert listed.option_count == PAGE + 1
        assert "1 jul · plan 0/4" in seen(pilot)
        assert listed.get_option_at_index(PAGE).prompt.plain.strip() == "y 5 más"  # type: ignore[union-attr]
        await pilot.press("end")
        await until(pilot, lambda: listed.option_count == PAGE + 5 and listed.highlighted == PAGE + 4)
        assert "Caso 00" in seen(pilot)
        await pilot.press("delete")
        await until(pilot, lambda: len(kept(data).list()) == PAGE + 4)


async def test_the_list_goes_on_with_the_arrows_and_with_the_wheel_to_the_very_last_one(data: Path) -> None:
    fill(data, 3 * PAGE + 2)
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        screen = await ready(pilot)
        await pilot.press("ctrl+l")
        await until(pilot, lambda: screen.query("#case-list:focus"))
        listed = screen.query_one("#case-list", OptionList)
        listed.highlighted = PAGE - 1
        await pilot.press("down", "down")
        assert listed.option_count > PAGE + 1
        assert listed.highlighted == PAGE + 1
        there = listed.option_count
        listed.scroll_end(animate=False)
        await until(pilot, lambda: listed.option_count > there)
        for _ in range(3 * PAGE):
            await pilot.press("down")
            if listed.highlighted == 3 * PAGE + 1:
                break
        names = [option.id for option in listed.options]
        assert names == [summary.id for summary in kept(data).list()]
        await pilot.press("enter")
        await until(pilot, lambda: "Reflexiona · Caso 00" in seen(pilot))
        await pilot.press("ctrl+l")
        await until(pilot, lambda: screen.query("#case-list:focus"))
        assert (listed.option_count, listed.highlighted) == (PAGE + 1, 0)


def fill(data: Path, count: int) -> None:
    """Keeps so many conversations, «Caso 00» the oldest."""
    with closing(kept(data)) as store:
        for number in range(count):
            moment = f"2026-07-01T10:{number // 60:02d}:{number % 60:02d}+00:00"
            store.create(story(number, f"Caso {number:02d}", "igual", READING, PLAN, moment))
