"""Every action of the main screen, once: this table makes the key bindings, the palette, the help and the hints.

A letter never acts while the composer has the focus: there it is text. What it does also has a key that works from
anywhere.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.binding import Binding

from reflexiona.tui import (
    adjusting,
    branching,
    deeds,
    drafting,
    help_lines,
    importing,
    keeping,
    library,
    planning,
    sharing,
    writing,
)

if TYPE_CHECKING:
    from reflexiona.tui.keymap import Keymap
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


WRITING, ANSWER, PLAN, PLACES, CASES, PROGRAM = (
    *("Escribir", "La respuesta", "El plan", "Moverse", "Los casos", "El programa"),
)

TYPING = (
    ("Enter", "enviar"),
    ("Ctrl+J", "línea nueva (y Mayús+Enter, si la terminal lo distingue)"),
    ("↑ ↓", "con el cuadro vacío, textos enviados antes"),
    ("RePág AvPág", "leer la conversación sin dejar de escribir"),
)
"""What the composer does by itself: (key, what)."""

READING = (
    ("1 … 9", "abrir el pasaje con ese número de la respuesta a la vista (Alt+1 … Alt+9 desde cualquier parte)"),
    ("Tab", "pasar a la conversación, a los pasajes, al plan"),
    ("Enter", "en los pasajes, abrir uno"),
    (
        "Esc",
        "cerrar un panel, dejar un texto que se cambia o detener la respuesta; si no, alternar entre escribir y leer",
    ),
    ("Una letra", "al leer, volver a escribir con ella"),
)
"""What else the keys do: (key, what)."""

LISTED = (
    ("Supr", "en la lista de casos, borrar el marcado; F2 cambia su título"),
    ("Ctrl+P importar", "traer una conversación exportada antes"),
)
"""What the list of conversations does besides, and what has no key of its own: (key, what)."""

GOING = (
    ("Ctrl+P artículos", "leer cualquiera de los artículos, o de los documentos propios"),
    ("Ctrl+P documento", "cómo agregar documentos propios"),
    ("Ctrl+P teléfonos", "los teléfonos de ayuda confirmados de cada país"),
)
"""Where the palette leads besides: (key, what)."""

PLANNED = (
    ("Espacio, Enter", "en el plan, marcar un paso como hecho"),
    ("n e f Supr", "en el plan, añadir, cambiar, poner fecha y quitar"),
    ("Alt+↑ Alt+↓", "en el plan, subir o bajar el paso (también < y >)"),
    ("Ctrl+Z", "en el plan, deshacer el último cambio"),
)
"""What the plan does by itself: (key, what)."""

COMMANDS = (
    Command("new", "Conversación nueva", PLACES, deeds.start_anew, ("ctrl+n",)),
    Command("off_record", "Conversación temporal, sin guardar nada", PLACES, keeping.off_record, ("alt+t",)),
    Command("cases", "Casos guardados", PLACES, deeds.toggle_cases, ("ctrl+l",)),
    Command("search", "Buscar en todos los casos", PLACES, keeping.search_all, ("ctrl+r",)),
    Command("find", "Buscar en esta conversación", PLACES, keeping.find_here, ("ctrl+f",)),
    Command("guide", "Guía: pasajes y plan", PLACES, deeds.toggle_guide, ("ctrl+g",)),
    Command("library", "Artículos: leer cualquiera", PLACES, library.open_library),
    Command("add_document", "Agregar un documento propio: cómo se hace", PLACES, library.tell_how_to_add),
    Command("help_lines", "Teléfonos de ayuda, de cada país", PLACES, help_lines.open_help_lines),
    Command("editor", "Escribir en tu editor", WRITING, writing.write_in_editor, ("ctrl+o",)),
    Command("copy", "Copiar la respuesta", ANSWER, sharing.copy_answer, ("ctrl+y",)),
    Command("message", "Mensaje al cliente: escribirlo y cambiarlo", ANSWER, drafting.open_message, ("f4",)),
    Command("copy_message", "Copiar solo el mensaje propuesto", ANSWER, sharing.copy_message, ("alt+m",)),
    Command("export", "Exportar a Markdown", ANSWER, sharing.export, ("ctrl+e",)),
    Command(
        "export_redacted", "Exportar sin nombres, importes ni otros datos", ANSWER, sharing.export_redacted, ("alt+e",)
    ),
    Command("retake", "Retomar la respuesta que quedó a medias", ANSWER, deeds.retake, ("alt+r",)),
    Command("edit", "Cambiar un texto enviado y reenviarlo como rama", ANSWER, branching.edit, ("f6",)),
    Command("regenerate", "Otra respuesta al último texto, como rama", ANSWER, branching.regenerate, ("f7",)),
    Command("choose_a", "Responder «a» a la pregunta", ANSWER, lambda s: deeds.choose(s, 0), ("alt+a",)),
    Command("choose_b", "Responder «b» a la pregunta", ANSWER, lambda s: deeds.choose(s, 1), ("alt+b",)),
    Command("plan", "Ir al plan", PLAN, planning.go, ("alt+p",)),
    Command("step_add", "Añadir un paso al plan", PLAN, planning.add, ("alt+n",)),
    Command("step_edit", "Cambiar el paso marcado", PLAN, planning.edit, ("alt+c",)),
    Command("step_date", "Poner fecha al paso marcado", PLAN, planning.set_date, ("alt+f",)),
    Command("step_remove", "Quitar el paso marcado", PLAN, planning.remove, ("alt+q",)),
    Command("step_up", "Subir el paso marcado", PLAN, lambda s: planning.move(s, -1)),
    Command("step_down", "Bajar el paso marcado", PLAN, lambda s: planning.move(s, 1)),
    Command("step_undo", "Deshacer el último cambio del plan", PLAN, planning.undo),
    Command("rename", "Cambiar el título del caso", CASES, keeping.rename, ("f2",)),
    Command("delete", "Borrar el caso (diez segundos para deshacerlo)", CASES, keeping.delete, ("alt+x",)),
    Command("undo", "Deshacer el borrado", CASES, keeping.undo, ("alt+z",)),
    Command("import_case", "Importar una conversación exportada", CASES, importing.import_case),
    Command("cancel", "Detener la respuesta", ANSWER, deeds.stop),
    Command("models", "Modelos de lenguaje: ver, descargar, usar", PROGRAM, adjusting.open_models, ("f8",)),
    Command("settings", "Ajustes", PROGRAM, adjusting.open_settings, ("f9",)),
    Command("keyboard", "Comprobar el teclado: acentos, teclas", PROGRAM, adjusting.open_keyboard, ("f5",)),
    Command("palette", "Todo lo que se puede hacer", PROGRAM, lambda s: s.app.action_command_palette(), ("ctrl+p",)),
    Command("help", "Ayuda", PROGRAM, deeds.show_help, ("f1",), "question_mark"),
    Command("quit", "Salir", PROGRAM, lambda s: s.app.action_quit(), ("ctrl+q",)),
)

ELSEWHERE = "esdctok"
"""Characters that do something together with Alt on other screens: archive, message, keyboard."""
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
        yield Binding(f"alt+{number}", f"cite_read({number})", f"Abrir [{number}]", show=False, priority=True)
        yield Binding(str(number), f"cite_read({number})", f"Abrir [{number}]", show=False)
    yield Binding("escape", "escape", "Detener o volver", show=False)


def rebound(keymap: Keymap) -> Iterator[tuple[str, Command | None]]:
    """The keys that do something else than usual: (key, what; None: nothing any more)."""
    for command in COMMANDS:
        yield from ((key, None) for key in command.keys if key not in keymap.keys[command.id])
    for command in COMMANDS:
        yield from ((key, command) for key in keymap.keys[command.id] if key not in command.keys)


def alt_characters() -> tuple[str, ...]:
    """The characters that do something together with Alt."""
    keys = [key for command in COMMANDS for key in command.keys]
    return (*"123456789", *ELSEWHERE, *(key.removeprefix("alt+") for key in keys if key.startswith("alt+")))


def key_label(key: str) -> str:
    """A key as people write it: `ctrl+l` is «Ctrl+L»."""
    names = {
        **{"ctrl": "Ctrl", "alt": "Alt", "shift": "Mayús", "question_mark": "?", "escape": "Esc", "enter": "Enter"},
        **{"tab": "Tab", "space": "Espacio", "up": "↑", "down": "↓", "left": "←", "right": "→", "delete": "Supr"},
        **{"pageup": "RePág", "pagedown": "AvPág", "home": "Inicio", "end": "Fin", "backspace": "Retroceso"},
    }
    parts = key.split("+")
    return "+".join(names.get(part, part.upper()) for part in parts)
