"""The palette finds a command by the words that people type, whatever it is called."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from reflexiona.tui.commands import BY_ID, COMMANDS
from reflexiona.tui.other_words import _WORDS, other_words
from reflexiona.tui.screens.palette import Entry, Palette, matching
from reflexiona.tui.shelf import Shelf
from reflexiona.tui.themes import CHOICES
from tests.support.engine import ScriptedEngine
from tests.support.tui import answered, app_with, main_screen, ready, said, seen, until

ENTRIES = [
    *(Entry(command.id, command.title, "", other_words(command.id)) for command in COMMANDS),
    *(Entry(f"theme:{name}", f"Tema: {title}", "", other_words("theme")) for name, title in CHOICES.items()),
]
TYPED = {
    **{"whatsapp": "message", "correo": "message", "email": "message", "redactar": "message", "mensaje": "message"},
    **{"articulos": "library", "biblioteca": "library", "artículos": "library", "documentos": "library"},
    **{"borrar": "delete", "eliminar": "delete", "importar": "import_case", "traer": "import_case"},
    **{"otra respuesta": "regenerate", "regenerar": "regenerate", "repetir": "regenerate", "editar": "edit"},
    **{"cambiar texto": "edit", "corregir": "edit", "exportar": "export", "guardar": "export"},
    **{"anonimo": "export_redacted", "historial": "cases", "conversaciones": "cases", "buscar": "search"},
    **{"pais": "settings", "configuracion": "settings", "preferencias": "settings", "ajustes": "settings"},
    **{"modelo": "models", "descargar": "models", "instalar": "models", "tareas": "plan", "pasos": "plan"},
    **{"fecha": "step_date", "tarea": "step_add", "renombrar": "rename", "titulo": "rename", "nueva": "new"},
    **{"incognito": "off_record", "temporal": "off_record", "privado": "off_record", "fuentes": "guide"},
    **{"atajos": "help", "teclas": "keyboard", "acentos": "keyboard", "tildes": "keyboard", "salir": "quit"},
    **{"cerrar": "quit", "copiar": "copy", "portapapeles": "copy", "parar": "cancel", "continuar": "retake"},
    **{"editor": "editor", "vim": "editor", "nano": "editor"},
    **{"deshacer": "undo", "recuperar": "undo", "tema": "theme:", "colores": "theme:", "oscuro": "theme:"},
    **{"agregar documento": "add_document", "añadir documento": "add_document", "pdf": "add_document"},
    **{"teléfonos de ayuda": "help_lines", "telefono": "help_lines", "emergencias": "help_lines"},
}
"""What is typed → what it means."""


@pytest.mark.parametrize("typed", TYPED)
def test_what_people_type_finds_it_first_or_second(typed: str) -> None:
    found = [entry.id for entry in matching(ENTRIES, typed)]
    assert any(one.startswith(TYPED[typed]) for one in found[:2]), found


def test_each_letter_that_is_typed_keeps_it() -> None:
    for end in range(4, len("WhatsApp") + 1):
        assert "message" in [entry.id for entry in matching(ENTRIES, "WhatsApp"[:end])][:2]


def test_other_words_are_of_commands_that_there_are() -> None:
    assert set(_WORDS) <= {*BY_ID, "theme"}


async def test_they_are_not_shown(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+p", *"wasap")
        await until(pilot, lambda: "Mensaje al cliente: escribirlo y cambiarlo  F4" in seen(pilot))
        assert isinstance(pilot.app.screen, Palette)
        assert seen(pilot).count("wasap") == 1  # where it is typed
        await pilot.press("escape")
        await until(pilot, lambda: "Reflexiona" in seen(pilot).splitlines()[0])


async def test_the_help_lines_are_told_whole_and_those_of_ones_country_first(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        screen = main_screen(pilot)
        assert screen.backstage is not None
        assert screen.talk.desk is not None
        screen.backstage = replace(screen.backstage, shelf=Shelf())  # the numbers that are shipped
        screen.talk.desk.suit("UY", "")
        await pilot.press("ctrl+p", *"teléfonos de ayuda", "enter")
        await until(pilot, lambda: "¿De qué país, o para qué?" in seen(pilot))
        assert "Uruguay: " in next(line for line in seen(pilot).splitlines() if ": " in line)
        await pilot.press(*"españa emergencias", "enter")
        await until(pilot, lambda: "112 · Emergencias · España" in said(pilot))
        assert "comprobado el 20" in said(pilot)


async def test_how_documents_are_added_is_told(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+p", *"agregar documento", "enter")
        await until(pilot, lambda: "reflexiona corpus agrega ARCHIVO" in said(pilot))
