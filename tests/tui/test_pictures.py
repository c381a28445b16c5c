"""Pictures of the screens, held against `docs/pantallas.md`. Look at a changed one before accepting it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static, TextArea

from reflexiona.domain import Register
from reflexiona.events import Event, Finished, PassagesReady, ReadingReady, ReflectionReady
from reflexiona.models import overview
from reflexiona.models.memory import Memory
from reflexiona.tui.app import Opening
from reflexiona.tui.screens.archive import Archive
from reflexiona.tui.screens.ask import Ask
from reflexiona.tui.screens.reader import Reader
from reflexiona.tui.widgets import lines
from tests.support.catalogue import write_catalogue
from tests.support.engine import ScriptedEngine
from tests.support.tui import UNCLEAR, answered, app_with, main_screen, ready, seen, send, until, with_draft

SnapCompare = Callable[..., bool]
Before = Callable[[Pilot[None]], Awaitable[None]]
NARROW, MEDIUM, WIDE = (80, 24), (120, 40), (160, 45)


@pytest.fixture(autouse=True)
def _no_movement(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(overview, "memory", lambda: Memory(16_000_000_000, 9_000_000_000))


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


async def archive(pilot: Pilot[None]) -> None:
    await send(pilot)
    await pilot.press("ctrl+n")
    await send(pilot, "¿Me escribes un correo firme?")
    await pilot.press("ctrl+r", *"correo")
    await until(pilot, lambda: isinstance(pilot.app.screen, Archive) and "2 casos" in seen(pilot))
    pilot.app.screen.query_one(Input).cursor_blink = False
    await pilot.pause(0.1)


async def finder(pilot: Pilot[None]) -> None:
    await two_turns(pilot)
    await pilot.press("ctrl+f", *"aviso")
    found = main_screen(pilot).talk.finder
    assert found is not None
    found.query_one(Input).cursor_blink = False
    await pilot.pause(0.1)


async def deleted(pilot: Pilot[None]) -> None:
    await turn(pilot)
    await pilot.press("ctrl+n")
    await send(pilot, "Otra cosa.")
    await pilot.press("alt+x", "ctrl+l")
    await until(pilot, lambda: "Se borra" in seen(pilot) and main_screen(pilot).query("#case-list:focus"))
    await still(pilot)


async def branch(pilot: Pilot[None]) -> None:
    await two_turns(pilot)
    await pilot.press(*"Un borrador.", "f6")
    await until(pilot, lambda: "Se cambia el texto 2 de 2" in seen(pilot))
    await still(pilot)


async def off_record(pilot: Pilot[None]) -> None:
    await welcome(pilot)
    await pilot.press("alt+t")
    await until(pilot, lambda: "Temporal:" in seen(pilot))
    await still(pilot)


async def renaming(pilot: Pilot[None]) -> None:
    await turn(pilot)
    await pilot.press("f2")
    await until(pilot, lambda: isinstance(pilot.app.screen, Ask))
    pilot.app.screen.query_one(Input).cursor_blink = False
    await pilot.pause(0.1)


async def importing(pilot: Pilot[None]) -> None:
    await welcome(pilot)
    await pilot.press("ctrl+p", *"importar", "enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, Ask))
    await pilot.press(*"~nadie/caso.md", "enter")
    await until(pilot, lambda: "No se entiende la ruta" in seen(pilot))
    pilot.app.screen.query_one(Input).cursor_blink = False
    await pilot.pause(0.1)


async def library(pilot: Pilot[None]) -> None:
    await welcome(pilot)
    await pilot.press("ctrl+p", *"biblioteca", "enter")
    await until(pilot, lambda: "¿Qué artículo?" in seen(pilot))
    pilot.app.screen.query_one(Input).cursor_blink = False
    await pilot.pause(0.1)


async def pointed(pilot: Pilot[None]) -> None:
    await two_turns(pilot)
    main_screen(pilot).talk.transcript.scroll_home(animate=False)
    await pilot.pause()
    await pilot.hover(offset=(10, 4))
    await until(pilot, lambda: "cambiar  F6" in seen(pilot))


async def plan(pilot: Pilot[None]) -> None:
    await turn(pilot)
    await pilot.press("alt+p", "home", "f", *"el viernes", "enter")
    await until(pilot, lambda: "para vie 24 jul" in seen(pilot))
    await still(pilot)


async def date(pilot: Pilot[None]) -> None:
    await turn(pilot)
    await pilot.press("alt+p", "home", "f", *"el viernes")
    await until(pilot, lambda: "vie 24 jul · 2026-07-24" in seen(pilot))
    pilot.app.screen.query_one(Input).cursor_blink = False
    await pilot.pause(0.1)


async def message(pilot: Pilot[None]) -> None:
    await two_turns(pilot)
    await pilot.press("f4")
    await until(pilot, lambda: "Por rellenar:" in seen(pilot))
    pilot.app.screen.query_one(TextArea).cursor_blink = False
    await pilot.pause(0.1)


async def settings(pilot: Pilot[None]) -> None:
    await welcome(pilot)
    await pilot.press("f9")
    await until(pilot, lambda: "Enviar con" in seen(pilot))
    pilot.app.screen.query_one("#settings-where", Static).update("Se guardan al momento en …/ajustes.toml")
    await pilot.press("down")
    await pilot.pause(0.1)


async def models(pilot: Pilot[None]) -> None:
    await welcome(pilot)
    backstage = main_screen(pilot).backstage
    assert backstage is not None
    path = write_catalogue(backstage.data.root / "catalogo.toml", 1, b"x" * 2_500_000, name="uno-4b")
    object.__setattr__(backstage, "catalogue", path)
    await pilot.press("f8")
    await until(pilot, lambda: "uno-4b" in seen(pilot))
    assert not pilot.app.screen.query_one("#models-doing").display


async def keyboard(pilot: Pilot[None]) -> None:
    await welcome(pilot)
    await pilot.press("f5")
    await until(pilot, lambda: "encendido" in seen(pilot))
    await pilot.press("á", "ñ", "alt+1")
    await until(pilot, lambda: all(f"✓\u00a0{key}" in seen(pilot) for key in ("á", "ñ", "Alt+1")))


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
    "archivo-80": (archive, NARROW, ""),
    "archivo-120": (archive, MEDIUM, ""),
    "buscar-aqui-80": (finder, NARROW, ""),
    "buscar-aqui-120": (finder, MEDIUM, ""),
    "borrado-80": (deleted, NARROW, ""),
    "borrado-120": (deleted, MEDIUM, ""),
    "rama-80": (branch, NARROW, ""),
    "rama-120": (branch, MEDIUM, ""),
    "temporal-80": (off_record, NARROW, ""),
    "temporal-120": (off_record, MEDIUM, ""),
    "titulo-80": (renaming, NARROW, ""),
    "titulo-120": (renaming, MEDIUM, ""),
    "importar-80": (importing, NARROW, ""),
    "importar-120": (importing, MEDIUM, ""),
    "articulos-80": (library, NARROW, ""),
    "articulos-120": (library, MEDIUM, ""),
    "cambiar-80": (pointed, NARROW, ""),
    "cambiar-120": (pointed, MEDIUM, ""),
    "plan-80": (plan, NARROW, ""),
    "plan-120": (plan, MEDIUM, ""),
    "fecha-80": (date, NARROW, ""),
    "fecha-120": (date, MEDIUM, ""),
    "mensaje-80": (message, NARROW, ""),
    "mensaje-120": (message, MEDIUM, ""),
    "ajustes-80": (settings, NARROW, ""),
    "ajustes-120": (settings, MEDIUM, ""),
    "modelos-80": (models, NARROW, ""),
    "modelos-120": (models, MEDIUM, ""),
    "teclado-80": (keyboard, NARROW, ""),
    "teclado-120": (keyboard, MEDIUM, ""),
    "colores-de-la-terminal-120": (two_turns, MEDIUM, "ansi-dark"),
}
"""Name → what is done, at which size, in which theme (none: ours, dark)."""


@pytest.mark.parametrize("scene", SCENES)
def test_screen(snap_compare: SnapCompare, data: Path, scene: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before, size, theme = SCENES[scene]
    app = app_with(ScriptedEngine([answered(), with_draft()]), data, Opening(theme=theme))
    monkeypatch.setattr(lines, "monotonic", lambda: 100.0)  # the seconds that are left stand still
    assert snap_compare(app, terminal_size=size, run_before=before)


def test_not_sure(snap_compare: SnapCompare, data: Path) -> None:
    assert snap_compare(app_with(ScriptedEngine([UNSURE]), data), terminal_size=MEDIUM, run_before=turn)


def test_without_colours(snap_compare: SnapCompare, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = app_with(ScriptedEngine([answered()]), data)
    assert snap_compare(app, terminal_size=NARROW, run_before=guide)
