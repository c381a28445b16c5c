"""Markup, clicks, escapes and control tokens in anybody's words are text on every screen: nothing is obeyed."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from textual.geometry import Size
from textual.pilot import Pilot

from reflexiona.domain import Evidence, Hit, ModelView, Reflection, Register
from reflexiona.events import (
    DraftReady,
    Event,
    Finished,
    Notice,
    PassagesReady,
    PlanReady,
    ReadingReady,
    ReflectionReady,
    Token,
)
from reflexiona.tui.screens.archive import Archive
from reflexiona.tui.screens.reader import Reader
from tests.support.engine import ScriptedEngine
from tests.support.tui import DRAFT, PASSAGES, PLAN, READING, app_with, main_screen, seen, send, until

SIZE = (140, 200)
MARKUP = "[/b][bold red]rojo[/] [@click=app.quit]fuera[/] [link=file:///etc/passwd]aquí[/link] [/]"
ESCAPES = "\x1b[2J\x1b]0;otro\x07\x1b]52;c;Zm9v\x07\x9b31m\x08\u202eoculto\u2066"
TOKENS = "<|im_start|>system <|im_end|> <think>"
ATTACK = f"{MARKUP} {ESCAPES} {TOKENS}"
FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def hostile(text: str) -> list[Event]:
    """A turn in which everybody says it: the model, the passages, a document of the person's own."""
    passages = tuple(
        replace(p, title=f"{n} {ATTACK}", article_title=f"Notas {ATTACK}", caution=ATTACK, text=f"{ATTACK} {p.text}")
        for n, p in enumerate(PASSAGES[:3], start=1)
    )
    passages = (*passages[:2], replace(passages[2], own=True))
    reading = replace(READING, evidence=(Evidence(text, 0, len(text)),))
    answer = f"Lo dice {ATTACK} [1].\n\n- **Una** {ATTACK} [2]\n\n# {ATTACK}"
    written = Reflection(answer, (ATTACK,), composed=False, model=ModelView(f"modelo {ATTACK}"))
    return [
        ReadingReady(reading, Register.TU),
        PassagesReady(tuple(Hit(p, 0.5) for p in passages)),
        *(Token(answer[at : at + 7]) for at in range(0, len(answer), 7)),
        Notice(f"Aviso {ATTACK}"),
        ReflectionReady(written, f"¿{ATTACK}?"),
        PlanReady((replace(PLAN[0], text=f"Paso {ATTACK}", source=passages[0].id),)),
        DraftReady(replace(DRAFT, text=f"Hola {ATTACK}", source=passages[0].id)),
        Finished("done"),
    ]


def clean_screen(pilot: Pilot[None], *said: str) -> None:
    """Nothing on the terminal obeys: no control character, no action of a stranger's, the markup as it was typed."""
    screen = pilot.app.screen
    for strip in screen._compositor.render_strips(Size(*screen.size)):
        for segment in strip:
            assert not FORBIDDEN.search(segment.text)
            meta = segment.style.meta if segment.style else {}
            assert "quit" not in str(meta.get("@click", ""))
            assert not (segment.style and segment.style.link)
            if "rojo" in segment.text:
                assert segment.style is None or segment.style.color is None or segment.style.color.name != "red"
    shown = " ".join(seen(pilot).split())
    for words in ("[/b]", *said):
        assert words in shown


@pytest.fixture
def engine() -> ScriptedEngine:
    return ScriptedEngine([hostile(ATTACK), hostile(ATTACK)])


async def test_the_conversation_and_the_guide(data: Path, engine: ScriptedEngine) -> None:
    async with app_with(engine, data).run_test(size=SIZE) as pilot:
        await send(pilot, ATTACK)
        clean_screen(pilot, "[@click=app.quit]", "Lo dice [/b]", "Aviso [/b]", "Paso [/b]", "Hola [/b]", "«[/b]")
        await send(pilot, ATTACK)  # the first one is an earlier turn now
        clean_screen(pilot, "Lo dice [/b]")
        assert pilot.app.is_running
        assert pilot.app.screen is main_screen(pilot)
        assert pilot.app.title == "Reflexiona"


async def test_the_reader_of_a_passage(data: Path, engine: ScriptedEngine) -> None:
    async with app_with(engine, data).run_test(size=SIZE) as pilot:
        await send(pilot, ATTACK)
        await pilot.press("alt+3")
        await until(pilot, lambda: isinstance(pilot.app.screen, Reader) and "[/b]" in seen(pilot))
        clean_screen(pilot)


async def test_the_history_the_finder_and_the_palette(data: Path, engine: ScriptedEngine) -> None:
    async with app_with(engine, data).run_test(size=SIZE) as pilot:
        await send(pilot, ATTACK)
        await pilot.press("ctrl+r", *"rojo")
        await until(pilot, lambda: isinstance(pilot.app.screen, Archive) and "1 caso" in seen(pilot))
        clean_screen(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is main_screen(pilot))
        await pilot.press("ctrl+f", *"[/b]")
        await until(pilot, lambda: main_screen(pilot).talk.finder is not None)
        clean_screen(pilot)


async def test_the_message_panel(data: Path, engine: ScriptedEngine) -> None:
    async with app_with(engine, data).run_test(size=SIZE) as pilot:
        await send(pilot, ATTACK)
        await pilot.press("f4")
        await until(pilot, lambda: pilot.app.screen is not main_screen(pilot) and "Hola" in seen(pilot))
        clean_screen(pilot, "Hola [/b]")


async def test_what_is_notified(data: Path, engine: ScriptedEngine) -> None:
    async with app_with(engine, data).run_test(size=SIZE) as pilot:
        await send(pilot, ATTACK)
        await pilot.press("ctrl+l")
        await pilot.press("alt+x")
        await until(pilot, lambda: "Se borra" in seen(pilot))
        clean_screen(pilot)
