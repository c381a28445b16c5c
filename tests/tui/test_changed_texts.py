"""What was made of a sent text and not sent: it can be recalled, it goes with its conversation, and it is no draft."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from reflexiona.tui.screens.main import MainScreen
from reflexiona.tui.widgets import lines
from tests.support.engine import ScriptedEngine
from tests.support.traces import traces
from tests.support.tui import answered, app_with, cases, kept, main_screen, ready, said, send, until

SIZE = (120, 34)
SENT, ADDED = "El murciélago no paga", "ornitorrinco"
OTHER = "Otra cosa."


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Less time to think again."""
    monkeypatch.setattr(lines, "GRACE", 1.0)


async def changing(pilot: Pilot[None], text: str = SENT) -> MainScreen:
    """Takes up the sent text."""
    screen = main_screen(pilot)
    await pilot.press("f6")
    await until(pilot, lambda: screen.talk.branch.stem and screen.talk.composer.text == text)
    return screen


async def taken_up(pilot: Pilot[None], text: str) -> None:
    """Waits for the draft of another window."""
    composer = (await ready(pilot)).talk.composer
    await until(pilot, lambda: composer.text == text)


async def deleted(pilot: Pilot[None]) -> None:
    await pilot.press("alt+x")
    await until(pilot, lambda: "Borrado para siempre." in said(pilot))


@pytest.mark.usefixtures("hurried")
async def test_it_goes_with_its_conversation_from_the_disk_and_from_the_window(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await send(pilot, SENT)
        screen = await changing(pilot)
        await pilot.press(*f" {ADDED}", "escape")
        await until(pilot, lambda: f"{SENT} {ADDED}" in kept(data).drafts.earlier())
        await changing(pilot)
        await pilot.press(*f" otro {ADDED}")
        await until(pilot, lambda: "otro" in kept(data).drafts.load(), 4)
        await deleted(pilot)
        assert traces(data, "murciélago", ADDED) == []
        assert screen.talk.composer.text == ""
        await pilot.press("up")
        assert screen.talk.composer.text == ""
    assert traces(data, "murciélago", ADDED) == []
    assert kept(data).drafts.earlier() == ()


@pytest.mark.usefixtures("hurried")
async def test_another_start_deletes_it_as_well_and_leaves_what_is_of_others(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await send(pilot, SENT)
        await pilot.press(*"mi borrador")
        await changing(pilot)
        await pilot.press(*f" {ADDED}", "ctrl+n")
        await until(pilot, lambda: main_screen(pilot).talk.composer.text == "mi borrador")
        main_screen(pilot).talk.composer.clear()
        await send(pilot, OTHER)
    (case,) = [case for case in cases(data) if case.turns[0].text == SENT]
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        screen = await ready(pilot)
        await until(pilot, lambda: f"{SENT} {ADDED}" in screen.talk.composer.earlier)
        await screen.action_resume(case.id)
        await until(pilot, lambda: screen.talk.last)
        await deleted(pilot)
        assert screen.talk.composer.earlier == (OTHER, "mi borrador")
        assert traces(data, "murciélago", ADDED) == []
    assert kept(data).drafts.earlier() == (OTHER, "mi borrador")


@pytest.mark.usefixtures("hurried")
async def test_off_the_record_it_cannot_be_recalled_once_its_conversation_is_gone(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        screen = await ready(pilot)
        await pilot.press("alt+t")
        await send(pilot, SENT)
        await changing(pilot)
        await pilot.press(*"!", "enter")  # another one, which stays
        await until(pilot, lambda: screen.talk.desk and len(screen.talk.desk.temporaries) == 2)
        await until(pilot, lambda: screen.talk.desk and not screen.talk.desk.busy)
        await changing(pilot, f"{SENT}!")
        await pilot.press(*f" {ADDED}", "escape")
        assert screen.talk.composer.earlier == (f"{SENT}! {ADDED}", f"{SENT}!", SENT)
        await deleted(pilot)
        await pilot.press("alt+t", "up")
        assert screen.talk.composer.text == SENT
        await pilot.press("up")
        assert screen.talk.composer.text == SENT


@pytest.mark.usefixtures("hurried")
async def test_a_text_sent_with_blank_ends_cannot_be_recalled_either(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await send(pilot, f"{SENT} \n")
        await deleted(pilot)
        await pilot.press("up")
        assert main_screen(pilot).talk.composer.text == ""


async def test_leaving_while_the_text_is_as_it_was_sent_keeps_the_real_draft(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await send(pilot, SENT)
        await pilot.press(*"mi borrador")
        await changing(pilot)
        await pilot.pause(1.3)  # by now it would have been kept
        assert kept(data).drafts.load() == "mi borrador"
        await pilot.press("ctrl+q")
    assert kept(data).drafts.load() == "mi borrador"
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await taken_up(pilot, "mi borrador")


async def test_leaving_with_a_changed_text_brings_it_back_and_it_goes_with_its_conversation(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await send(pilot, SENT)
        await changing(pilot)
        await pilot.press(*f" {ADDED}", "ctrl+q")
    for _ in range(2):
        async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
            await taken_up(pilot, f"{SENT} {ADDED}")
            assert main_screen(pilot).talk.branch.stem is None
    store = kept(data)
    store.delete(cases(data)[0].id)
    assert store.drafts.load() == ""
    store.close()
    assert traces(data, "murciélago", ADDED) == []
