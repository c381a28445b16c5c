"""Pictures of the screens, held against `docs/pantallas.md`. Look at a changed one before accepting it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from reflexiona.domain import Register
from reflexiona.events import Event, Finished, PassagesReady, ReadingReady, ReflectionReady
from reflexiona.tui.app import Opening
from reflexiona.tui.screens.reader import Reader
from tests.support.engine import ScriptedEngine
from tests.support.tui import UNCLEAR, answered, app_with, main_screen, ready, seen, send, until, with_draft

SnapCompare = Callable[..., bool]
Before = Callable[[Pilot[None]], Awaitable[None]]
NARROW, MEDIUM, WIDE = (80, 24), (120, 40), (160, 45)


@pytest.fixture(autouse=True)
def _no_movement(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")


async def still(pilot: Pilot[None]) -> None:
    main_screen(pilot).talk.composer.cursor_blink = False
    await pilot.pause()


async def welcome(pilot: Pilot[None]) -> None:
    await ready(pilot)
    await until(pilot, lambda: "sin modelo" in seen(pilot))
    await still(pilot)


async def turn(pilot: Pilot[None]) -> None:
    await send(pilot)
    await still(pilot)


async def two_turns(pilot: Pilot[None]) -> None:
    await send(pilot)
    await send(pilot, "¿Me escribes un correo firme?")
    await still(pilot)


async def guide(pilot: Pilot[None]) -> None:
    await turn(pilot)
    await pilot.press("ctrl+g", "tab", "home", "space", "down")
    await still(pilot)


async def reader(pilot: Pilot[None]) -> None:
    await turn(pilot)
    await pilot.press("alt+2")
    await until(pilot, lambda: isinstance(pilot.app.screen, Reader))
    await pilot.pause(0.1)


async def help_page(pilot: Pilot[None]) -> None:
    await welcome(pilot)
    await pilot.press("f1")
    await pilot.pause(0.1)


async def palette(pilot: Pilot[None]) -> None:
    await welcome(pilot)
    await pilot.press("ctrl+p", *"conv")
    await pilot.pause(0.1)


UNSURE: list[Event] = [
    ReadingReady(UNCLEAR, Register.TU),
    PassagesReady(()),
    *[event for event in answered(reading=UNCLEAR, plan=False) if isinstance(event, ReflectionReady)],
    Finished("done"),
]


SCENES: dict[str, tuple[Before, tuple[int, int], str]] = {
    "bienvenida-80": (welcome, NARROW, ""),
    "bienvenida-120": (welcome, MEDIUM, ""),
    "respuesta-80": (turn, NARROW, ""),
    "respuesta-120": (turn, MEDIUM, ""),
    "respuesta-120-claro": (two_turns, MEDIUM, "reflexiona-claro"),
    "respuesta-160": (two_turns, WIDE, ""),
    "guia-80": (guide, NARROW, ""),
    "lector-80": (reader, NARROW, ""),
    "lector-120": (reader, MEDIUM, ""),
    "ayuda-80": (help_page, NARROW, ""),
    "buscador-120": (palette, MEDIUM, ""),
    "colores-de-la-terminal-120": (two_turns, MEDIUM, "ansi-dark"),
}
"""Name → what is done, at which size, in which theme (none: ours, dark)."""


@pytest.mark.parametrize("scene", SCENES)
def test_screen(snap_compare: SnapCompare, data: Path, scene: str) -> None:
    before, size, theme = SCENES[scene]
    app = app_with(ScriptedEngine([answered(), with_draft()]), data, Opening(theme=theme))
    assert snap_compare(app, terminal_size=size, run_before=before)


def test_not_sure(snap_compare: SnapCompare, data: Path) -> None:
    assert snap_compare(app_with(ScriptedEngine([UNSURE]), data), terminal_size=MEDIUM, run_before=turn)


def test_without_colours(snap_compare: SnapCompare, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = app_with(ScriptedEngine([answered()]), data)
    assert snap_compare(app, terminal_size=NARROW, run_before=guide)
