"""Every action of the main screen, once: this table makes the key bindings, the palette, the help and the hints.

A letter never acts while the composer has the focus: there it is text. What it does also has a key that works from
anywhere.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.binding import Binding

from reflexiona.tui import deeds, sharing

if TYPE_CHECKING:
    from reflexiona.tui.screens.main import MainScreen

Run = Callable[["MainScreen"], Awaitable[None] | None]


@dataclass(frozen=True, slots=True)
class Command:
    """Something the person can do."""

    id: str
    title: str
    """As the palette and the help say it."""
    group: str
    run: Run
    keys: tuple[str, ...] = ()
    """Work from anywhere on the screen."""
    letter: str = ""
    """Works while the composer does not have the focus."""
    explains: str = ""
    """One line more, for the palette."""


WRITING, ANSWER, PLACES, PROGRAM = "Escribir", "La respuesta", "Moverse", "El programa"

TYPING = (
    ("Enter", "enviar"),
    ("Ctrl+J", "línea nueva (y Mayús+Enter, si la terminal lo distingue)"),
    ("↑ ↓", "con el cuadro vacío, textos enviados antes"),
    ("RePág AvPág", "leer la conversación sin dejar de escribir"),
)
"""What the composer does by itself: (key, what)."""

READING = (
    ("1 … 9", "abrir el pasaje con ese número (Alt+1 … Alt+9 desde cualquier parte)"),
    ("Tab", "pasar a la conversación, a los pasajes, al plan"),
    ("Espacio, Enter", "en el plan, marcar un paso; en los pasajes, abrir uno"),
    ("Esc", "detener la respuesta; si no hay ninguna en marcha, ir y volver entre escribir y leer"),
)
"""What else the keys do: (key, what)."""

COMMANDS = (
    Command("new", "Conversación nueva", PLACES, deeds.start_anew, ("ctrl+n",)),
    Command("cases", "Casos guardados", PLACES, deeds.toggle_cases, ("ctrl+l",)),
    Command("guide", "Guía: pasajes y plan", PLACES, deeds.toggle_guide, ("ctrl+g",)),
    Command("copy", "Copiar la respuesta", ANSWER, sharing.copy_answer, ("ctrl+y",), "y"),
    Command("copy_message", "Copiar solo el mensaje propuesto", ANSWER, sharing.copy_message, ("alt+m",), "m"),
    Command("export", "Exportar a Markdown", ANSWER, sharing.export, ("ctrl+e",)),
    Command("retake", "Retomar la respuesta que quedó a medias", ANSWER, deeds.retake, ("alt+r",), "r"),
    Command("choose_a", "Responder «a» a la pregunta", ANSWER, lambda s: deeds.choose(s, 0), ("alt+a",), "a"),
    Command("choose_b", "Responder «b» a la pregunta", ANSWER, lambda s: deeds.choose(s, 1), ("alt+b",), "b"),
    Command("cancel", "Detener la respuesta", ANSWER, deeds.stop),
    Command("palette", "Todo lo que se puede hacer", PROGRAM, lambda s: s.app.action_command_palette(), ("ctrl+p",)),
    Command("help", "Ayuda", PROGRAM, deeds.show_help, ("f1",), "question_mark"),
    Command("quit", "Salir", PROGRAM, lambda s: s.app.action_quit(), ("ctrl+q",)),
)

BY_ID = {command.id: command for command in COMMANDS}


def bindings() -> Iterator[Binding]:
    """The bindings of the main screen."""
    for command in COMMANDS:
        call = f"command('{command.id}')"
        if command.keys:
            keys = ",".join(command.keys)
            yield Binding(keys, call, command.title, show=False, priority=True, id=command.id)
        if command.letter:
            yield Binding(command.letter, call, command.title, show=False)
    for number in range(1, 10):
        yield Binding(f"alt+{number}", f"cite_last({number})", f"Abrir [{number}]", show=False, priority=True)
        yield Binding(str(number), f"cite_last({number})", f"Abrir [{number}]", show=False)
    yield Binding("escape", "escape", "Detener o volver", show=False)


def alt_characters() -> tuple[str, ...]:
    """The characters that do something together with Alt."""
    keys = [key for command in COMMANDS for key in command.keys]
    return (*"123456789", *(key.removeprefix("alt+") for key in keys if key.startswith("alt+")))


def key_label(key: str) -> str:
    """A key as people write it: `ctrl+l` is «Ctrl+L»."""
    names = {"ctrl": "Ctrl", "alt": "Alt", "shift": "Mayús", "question_mark": "?", "escape": "Esc"}
    parts = key.split("+")
    return "+".join(names.get(part, part.upper()) for part in parts)
