"""What is in the composer, changed in the person's own editor: in a real terminal; and where that is refused."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest

from tests.support.engine import ScriptedEngine
from tests.support.terminal import Terminal, running, wait_until_gone
from tests.support.traces import traces
from tests.support.tui import answered, app_with, ready, said, until

SIZE = (100, 30)
DRAFT = "El cliente no paga"


def editor(folder: Path, script: str) -> str:
    """A program that changes a file."""
    path = folder / "editor.sh"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    return str(path)


def opened(home: Path, command: str) -> Terminal:
    return Terminal(home, environment={"VISUAL": "", "EDITOR": command, "XDG_RUNTIME_DIR": ""})


def begin(terminal: Terminal) -> None:
    """Writes something once everything is there, and opens the editor."""
    terminal.until("Qué está pasando con tu cliente")
    terminal.until(lambda screen: "modelo" in screen.splitlines()[0])
    terminal.type(DRAFT)
    terminal.until(DRAFT)
    terminal.press("ctrl+o")


@pytest.mark.slow
def test_what_is_saved_comes_back_unsent(tmp_path: Path) -> None:
    home = tmp_path / "datos"
    script = 'printf "\\033[2J\\033[Habierto: "; cat "$1"; read x; printf "¿Y qué le digo mañana?\\n" >> "$1"'
    with opened(home, editor(tmp_path, script)) as terminal:
        begin(terminal)
        terminal.until(f"abierto: {DRAFT}")
        assert "Reflexiona" not in terminal.screen
        assert len(list(home.glob("reflexiona-editor-*"))) == 1
        os.kill(terminal.processes[0], signal.SIGINT)  # Ctrl+C over there
        terminal.press("enter")
        terminal.until("¿Y qué le digo mañana?")
        terminal.until(lambda screen: screen.splitlines()[0].startswith("  Reflexiona"))
        lines = [line.strip(" ›│") for line in terminal.screen.splitlines()]
        assert lines[lines.index(DRAFT) + 1] == "¿Y qué le digo mañana?"
        assert list(home.glob("reflexiona-editor-*")) == []
        terminal.type(" Sigo aquí.")
        terminal.until("¿Y qué le digo mañana? Sigo aquí.")
        terminal.press("ctrl+q")
        assert terminal.end() == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("script", "told"),
    [
        ('printf "Otra cosa" > "$1"; exit 3', "El editor terminó con un fallo: no se ha cambiado nada."),
        ('echo > "$1"', "El archivo volvió vacío: en el cuadro queda lo que había."),
        ('rm "$1"', "No existe el archivo"),
        ("true", "No se ha cambiado nada."),
    ],
)
def test_the_draft_stays_as_it_was(tmp_path: Path, script: str, told: str) -> None:
    with opened(tmp_path / "datos", editor(tmp_path, script)) as terminal:
        begin(terminal)
        terminal.until(lambda screen: told in " ".join(re.sub(r"[^\w.:,]", " ", screen).split()))
        terminal.until(DRAFT)
        assert "Otra cosa" not in terminal.screen


@pytest.mark.slow
def test_the_program_is_ended_while_the_editor_is_open(tmp_path: Path) -> None:
    home = tmp_path / "datos"
    with opened(home, editor(tmp_path, 'echo "abierto en $1"; exec sleep 60')) as terminal:
        begin(terminal)
        terminal.until("abierto en")
        processes = terminal.processes
        os.kill(processes[0], signal.SIGTERM)
        wait_until_gone(processes[0])
        assert [pid for pid in processes if running(pid)] == []
        assert list(home.glob("reflexiona-editor-*")) == []
        assert traces(home, DRAFT)


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("", "No hay ningún editor elegido: se elige con la variable VISUAL o EDITOR, por ejemplo «nano»."),
        ("vim '", "No se entiende qué editor dice la variable EDITOR: vim '"),
        ("true", "Aquí no se puede abrir un editor: hace falta una terminal"),  # the tests' own has none
    ],
)
async def test_where_it_cannot_be_opened_that_is_said(
    data: Path, monkeypatch: pytest.MonkeyPatch, command: str, told: str
) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", command)
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        screen = await ready(pilot)
        await pilot.press(*"hola", "ctrl+o")
        await until(pilot, lambda: told in said(pilot))
        assert screen.talk.composer.text == "hola"


async def test_off_the_record_it_is_refused(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "true")
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        screen = await ready(pilot)
        await pilot.press("alt+t")
        await until(pilot, lambda: screen.talk.pockets.off_record)
        await pilot.press(*"murciélago", "ctrl+o")
        told = "En una conversación temporal no se abre el editor: dejaría el texto en un archivo."
        await until(pilot, lambda: told in said(pilot))
        assert screen.talk.composer.text == "murciélago"
        assert traces(data, "murciélago") == []


async def test_undo_leads_back_to_what_was_there(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        composer = (await ready(pilot)).talk.composer
        await pilot.press(*"hola")
        composer.rewrite("Hola,\r\n¿qué tal?\x1b")
        assert composer.text == "Hola,\n¿qué tal?"
        await pilot.press("ctrl+z")
        assert composer.text == "hola"
