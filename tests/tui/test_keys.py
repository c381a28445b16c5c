"""Keys of the person's own, with what clashes said; and what the keyboard sends."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from reflexiona.cli.console import Console
from reflexiona.cli.diagnosis import _terminal
from reflexiona.errors import BadInputError
from reflexiona.paths import DataFolder
from reflexiona.settings import Settings, load_settings, save_setting
from reflexiona.tui.app import Opening
from reflexiona.tui.commands import BY_ID, COMMANDS, alt_characters
from reflexiona.tui.keymap import make_keymap, read_key
from reflexiona.tui.screens.archive import Archive
from reflexiona.tui.screens.help import HelpScreen
from reflexiona.tui.screens.keyboard import KeyboardScreen
from reflexiona.tui.screens.settings import SettingsScreen
from tests.support.engine import ScriptedEngine
from tests.support.tui import (
    answered,
    app_with,
    main_screen,
    ready,
    said,
    seen,
    send,
    until,
)

SIZE = (120, 60)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ctrl+g", "ctrl+g"),
        ("Ctrl+Mayús+F3", "ctrl+shift+f3"),
        (" Alt + M ", "alt+m"),
        ("F4", "f4"),
        ("control+avpág", "ctrl+pagedown"),
        ("ctrl+", ""),
        ("", ""),
        ("ctrl+alt+shift+ü", ""),
    ],
)
def test_keys_are_read_as_people_write_them(text: str, expected: str) -> None:
    assert read_key(text) == expected


def test_no_key_means_two_things() -> None:
    keys = [key for command in COMMANDS for key in command.keys]
    assert len(keys) == len(set(keys))
    assert make_keymap(COMMANDS, ()).problems == ()
    assert len(set(alt_characters())) >= len([key for key in keys if key.startswith("alt+")])


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ([("guide", "ctrl+t")], ""),
        ([("guia", "ctrl+t")], "no hay ninguna acción con ese nombre"),
        ([("guide", "g")], "hace falta Ctrl, Alt o una tecla F"),
        ([("guide", "ctrl+c")], "es para copiar lo seleccionado"),
        ([("guide", "alt+3")], "es para abrir un pasaje"),
        ([("guide", "ctrl+")], "no es una tecla"),
        ([("guide", "ctrl+t"), ("cases", "ctrl+t")], "ya es para «Guía: pasajes y plan»"),
        ([("guide", "ctrl+l")], "Ctrl+L hace ahora «Guía: pasajes y plan»; «Casos guardados» queda solo en Ctrl+P."),
    ],
)
def test_what_is_wrong_is_said(own: list[tuple[str, str]], expected: str) -> None:
    keymap = make_keymap(COMMANDS, own)
    assert expected in "\n".join(keymap.problems)
    assert bool(keymap.problems) == bool(expected)


def test_ones_own_comes_first_and_the_usual_one_stays_unless_it_was_given_away() -> None:
    keymap = make_keymap(COMMANDS, [("guide", "f10, alt+g"), ("cases", "ctrl+g")])
    assert keymap.keys["guide"] == ("f10", "alt+g")
    assert keymap.keys["cases"] == ("ctrl+g", "ctrl+l")
    assert keymap.keys["search"] == BY_ID["search"].keys
    assert keymap.characters.count("g") == 1


def test_the_settings_file_holds_them(tmp_path: Path) -> None:
    path = tmp_path / "ajustes.toml"
    path.write_text('pais = "UY"\n\n[teclas] # mías\nguide = "f10"\n', encoding="utf-8")
    assert load_settings(path).keys == (("guide", "f10"),)
    assert save_setting(path, "modelo", "x").keys == (("guide", "f10"),)
    assert "[teclas] # mías" in path.read_text(encoding="utf-8")
    path.write_text("[teclas]\nguide = 3\n", encoding="utf-8")
    with pytest.raises(BadInputError, match="cada línea es como"):
        load_settings(path)


async def test_they_work_and_every_place_names_them(data: Path) -> None:
    opening = Opening(keys=(("search", "f10"), ("help", "ctrl+g"), ("step_up", "alt+u"), ("nada", "f6")))
    async with app_with(ScriptedEngine([answered()]), data, opening).run_test(size=SIZE) as pilot:
        await ready(pilot)
        await until(pilot, lambda: "Ctrl+G hace ahora «Ayuda»" in said(pilot))
        assert "«nada»: no hay ninguna acción" in said(pilot)
        assert "F10 buscar" in seen(pilot)
        await pilot.press("f10")
        await until(pilot, lambda: isinstance(pilot.app.screen, Archive))
        await pilot.press("escape", "ctrl+g")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        assert "Alt+U" in seen(pilot)
        await pilot.press("escape", "ctrl+r")  # the usual one goes on working
        await until(pilot, lambda: isinstance(pilot.app.screen, Archive))
        await pilot.press("escape", "ctrl+p", *"buscar en todos")
        await until(pilot, lambda: "Buscar en todos los casos  F10" in seen(pilot))
        await pilot.press("escape")
        await send(pilot)
        await pilot.press("alt+p", "home", "down", "alt+u")
        assert "Plan · 0 de 4" in seen(pilot)


async def test_the_keyboard_is_shown_what_it_sends(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=(90, 30)) as pilot:
        await ready(pilot)
        await pilot.press("f5")
        await until(pilot, lambda: "Comprobar el teclado" in seen(pilot) and "encendido" in seen(pilot))
        assert "✓ á" not in seen(pilot)
        await pilot.press("á", "ñ", "shift+enter", "alt+1", "f9", "tab")
        assert all(
            mark in seen(pilot).replace("\u00a0", " ")
            for mark in ("✓ á", "✓ ñ", "✓ Mayús+Enter", "✓ Alt+1", "✓ F9", "· é")
        )
        assert "«ñ» · U+00F1" in seen(pilot)
        assert "suelto" not in seen(pilot)
        await pilot.press("´", "a")
        assert "Un acento llegó suelto" in seen(pilot)
        await pilot.press("alt+k")
        await until(pilot, lambda: not load_settings(DataFolder(data).settings).kitty_keyboard)
        await until(pilot, lambda: "apagado" in seen(pilot))
        assert isinstance(pilot.app.screen, KeyboardScreen)
        await pilot.press("escape")
        assert len(pilot.app.screen_stack) == 1
        assert main_screen(pilot).talk.composer.text == ""


async def test_f_keys_open_their_screens(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("f9")
        await until(pilot, lambda: isinstance(pilot.app.screen, SettingsScreen))


def test_the_diagnosis_says_what_clashes() -> None:
    console = Console(io.StringIO(), io.StringIO(), {})
    facts = list(_terminal(console, Settings(keys=(("guide", "ctrl+l"), ("help", "f10")))))
    assert ("Teclas propias", "2") in facts
    assert [told for name, told in facts if name == "Aviso"] == [
        "Ctrl+L hace ahora «Guía: pasajes y plan»; «Casos guardados» queda solo en Ctrl+P."
    ]
    assert ("Teclas propias", "1, sin problemas") in list(_terminal(console, Settings(keys=(("help", "f10"),))))
