"""The words of the program: Spanish everywhere, nothing parsed as markup, nothing a terminal would obey."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from reflexiona.domain import Evidence, Hit, Reflection, Register
from reflexiona.events import (
    DraftReady,
    Event,
    Finished,
    Notice,
    PassagesReady,
    PlanReady,
    Problem,
    Progress,
    ReadingReady,
    ReflectionReady,
    Token,
)
from reflexiona.tui.commands import COMMANDS
from reflexiona.tui.screens.help import HelpScreen, page
from reflexiona.tui.screens.palette import Entry, Palette, matching
from reflexiona.tui.screens.reader import Reader
from reflexiona.tui.themes import CHOICES
from tests.support.engine import ScriptedEngine
from tests.support.tui import (
    DRAFT,
    PASSAGES,
    PLAN,
    READING,
    Heard,
    answered,
    app_with,
    main_screen,
    ready,
    seen,
    send,
    until,
)

SIZE = (120, 60)
NASTY = "[/b] [50%] [nombre] [@click=app.quit]x[/] \x1b]52;c;eA==\x07\x1b[31m\x9b2J\u202e\u200b fin"
LEFT = "[/b] [50%] [nombre] [@click=app.quit]x[/]"


def nasty() -> list[Event]:
    """A turn whose every text holds what must not be obeyed."""
    evidence = (Evidence(NASTY, 0, len(NASTY)),)
    passages = tuple(replace(p, title=f"{n} {NASTY}", article_title=NASTY) for n, p in enumerate(PASSAGES[:2], 1))
    return [
        ReadingReady(replace(READING, evidence=evidence), Register.TU),
        PassagesReady(tuple(Hit(p, 1) for p in passages)),
        Progress(NASTY, 0.5),
        Token(NASTY),
        Notice(NASTY),
        Problem(NASTY, NASTY),
        ReflectionReady(Reflection(f"{NASTY}\n\n- {NASTY}", composed=False), NASTY),
        PlanReady(tuple(replace(step, text=NASTY) for step in PLAN[:1])),
        DraftReady(replace(DRAFT, text=NASTY)),
        Finished("done"),
    ]


def is_clean(shown: str) -> bool:
    return not any((ord(c) < 32 and c != "\n") or 127 <= ord(c) < 160 or c in "\u202e\u200b" for c in shown)


async def test_nobodys_text_is_parsed_or_obeyed(data: Path) -> None:
    engine = ScriptedEngine([nasty()], model=NASTY)
    async with app_with(engine, data).run_test(size=SIZE) as pilot:
        await send(pilot, f"Dice: {NASTY}")
        shown = seen(pilot)
        assert is_clean(shown)
        assert shown.count(LEFT) >= 8
        await send(pilot, f"Otra: {NASTY}")  # now the first one is a past turn
        main_screen(pilot).talk.transcript.scroll_home(animate=False)
        await pilot.pause()
        shown = seen(pilot)
        assert is_clean(shown)
        assert LEFT in shown
        await pilot.press("ctrl+l")
        await pilot.pause()
        assert is_clean(seen(pilot))
        await pilot.press("alt+1")
        await until(pilot, lambda: isinstance(pilot.app.screen, Reader))
        assert is_clean(seen(pilot))


async def test_pasted_text_is_cleaned(data: Path) -> None:
    from textual.events import Paste

    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        screen = await ready(pilot)
        screen.talk.composer.post_message(Paste("uno\r\ndos\x1b[2J\x07\rtres"))
        await pilot.pause()
        assert screen.talk.composer.text == "uno\ndos[2J\ntres"


async def test_a_long_paste_grows_the_composer_only_so_far(data: Path) -> None:
    from textual.events import Paste

    async with app_with(ScriptedEngine([answered()]), data).run_test(size=(80, 24)) as pilot:
        screen = await ready(pilot)
        screen.talk.composer.post_message(Paste("una línea de un correo largo\n" * 700))
        await pilot.pause()
        assert screen.talk.composer.size.height <= 11
        assert screen.talk.transcript.size.height >= 5
        await pilot.press("enter")
        await until(pilot, lambda: screen.talk.last and screen.talk.last.status == "done")


async def test_enter_sends_and_ctrl_j_breaks_the_line_or_the_other_way_round(data: Path) -> None:
    from reflexiona.tui.app import Opening

    engine = ScriptedEngine([answered()])
    async with app_with(engine, data, Opening(sends="ctrl+j")).run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press(*"uno", "enter", *"dos", "shift+enter", *"tres", "ctrl+j")
        await until(pilot, lambda: engine.asked)
        assert "Ctrl+J enviar" in seen(pilot)
    assert engine.asked[0].text == "uno\ndos\ntres"


async def test_blank_text_is_not_sent(data: Path) -> None:
    engine = ScriptedEngine([answered()])
    async with app_with(engine, data).run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("space", "ctrl+j", "enter")
        await pilot.pause()
    assert engine.asked == []


async def test_ctrl_c_copies_what_is_selected_else_says_how_to_leave(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        screen = await ready(pilot)
        await pilot.press(*"guardar esto", "ctrl+c")
        assert screen.talk.composer.text == "guardar esto"
        assert [n.message for n in pilot.app._notifications] == [
            "Ctrl+Q cierra Reflexiona. Ctrl+C copia lo seleccionado."
        ]
        screen.talk.composer.select_all()
        await pilot.press("ctrl+c")
        assert pilot.app.clipboard == "guardar esto"


@pytest.mark.parametrize(
    ("typed", "first"),
    [("guia", "Guía: pasajes y plan"), ("conversacion", "Conversación nueva"), ("TEMA cla", "Tema: Claro")],
)
def test_the_palette_does_not_mind_accents(typed: str, first: str) -> None:
    entries = [Entry(command.id, command.title) for command in COMMANDS]
    entries += [Entry(name, f"Tema: {title}") for name, title in CHOICES.items()]
    assert matching(entries, typed)[0].title == first
    assert matching(entries, "xyz") == ()


async def test_the_palette_does_what_is_chosen(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+p", *"tema claro", "enter")
        await until(pilot, lambda: pilot.app.theme == "reflexiona-claro")
        await pilot.press("ctrl+p", *"nada de esto")
        await until(pilot, lambda: "No hay nada con ese nombre." in seen(pilot))
        await pilot.press("escape", "ctrl+p", *"ayuda", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))


async def test_every_command_is_in_the_palette_and_in_the_help(data: Path) -> None:
    text = page(100).plain
    for command in COMMANDS:
        assert not command.keys or command.title[1:] in text
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=(120, 72)) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(pilot.app.screen, Palette))
        shown = seen(pilot)
    assert all(command.title in shown for command in COMMANDS if command.id != "palette")


async def test_nothing_of_textual_speaks_english(data: Path) -> None:
    heard = Heard()
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE, message_hook=heard) as pilot:
        screen = await ready(pilot)
        assert list(pilot.app.get_system_commands(screen)) == []
        for keys in (["ctrl+c"], ["ctrl+p"], ["escape"], ["f1"], ["escape"], ["tab"], ["tab"]):
            await pilot.press(*keys)
            await pilot.pause()
            shown = seen(pilot)
            for word in ("Press", "quit", "Search", "Theme", "Quit", "matches", "Select", "Screenshot", "Keys"):
                assert not re.search(rf"\b{word}\b", shown)
