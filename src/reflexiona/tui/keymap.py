"""Keys of the person's own, from the settings' `[teclas]`: what they mean, and what is wrong with them. Pure.

A key of one's own comes before the usual one in the help, the palette and the hints. The usual one goes on working
unless it was given to something else: what a text on the screen names is never wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reflexiona.tui.commands import Command

_NAMES = {
    **{"control": "ctrl", "mayus": "shift", "mayús": "shift", "may": "shift", "espacio": "space", "supr": "delete"},
    **{"repag": "pageup", "repág": "pageup", "avpag": "pagedown", "avpág": "pagedown", "inicio": "home", "fin": "end"},
    **{"ins": "insert", "arriba": "up", "abajo": "down", "izquierda": "left", "derecha": "right"},
}
_KEY = re.compile(r"(?:(?:ctrl|alt|shift)\+)*(?:[a-z0-9ñ]|f(?:[1-9]|1\d|2[0-4])|[a-z_]{2,})")
TAKEN = MappingProxyType(
    {
        **{"ctrl+c": "copiar lo seleccionado", "ctrl+j": "línea nueva o enviar", "ctrl+m": "Enter en la terminal"},
        **{"ctrl+i": "el tabulador en la terminal", "ctrl+h": "borrar en la terminal"},
        **{f"alt+{n}": "abrir un pasaje" for n in range(1, 10)},
    }
)
"""Keys that stay as they are, and why."""


@dataclass(frozen=True, slots=True)
class Keymap:
    """What the keys do. `problems` are sentences for the person; the entries they name do not hold."""

    keys: Mapping[str, tuple[str, ...]]
    """Id of a command → its keys, the person's own first."""
    problems: tuple[str, ...] = ()

    def shown(self, command: Command) -> tuple[str, ...]:
        """The keys to name for a command: the person's own, else the usual ones."""
        return self.keys.get(command.id, command.keys)[: max(1, len(command.keys))]

    @property
    def characters(self) -> tuple[str, ...]:
        """Characters that do something together with Alt."""
        keys = [key for found in self.keys.values() for key in found]
        return tuple(key.removeprefix("alt+") for key in keys if re.fullmatch(r"alt\+.", key))


def read_key(text: str) -> str:
    """A key as it is written by people («Ctrl+Mayús+F3») in the form the terminal library knows; empty: no key."""
    parts = [part.strip() for part in text.strip().lower().split("+")]
    key = "+".join(_NAMES.get(part, part) for part in parts)
    return key if _KEY.fullmatch(key) else ""


def make_keymap(commands: Sequence[Command], own: Iterable[tuple[str, str]]) -> Keymap:
    """What the keys do once the person's own are put in: (id of a command, keys with commas between them)."""
    from reflexiona.tui.commands import key_label

    by_id = {command.id: command for command in commands}
    asked: dict[str, tuple[str, ...]] = {}
    owner: dict[str, str] = {}
    problems: list[str] = []
    for name, text in own:
        if name not in by_id:
            problems.append(f"[teclas] «{name}»: no hay ninguna acción con ese nombre.")
            continue
        for written in text.split(","):
            key = read_key(written)
            if problem := _problem(key, written, owner, by_id):
                problems.append(f"[teclas] {name} = «{written.strip()}»: {problem}")
                continue
            owner[key] = name
            asked[name] = (*asked.get(name, ()), key)
    keys: dict[str, tuple[str, ...]] = {}
    for command in commands:
        usual = tuple(key for key in command.keys if owner.get(key, command.id) == command.id)
        keys[command.id] = tuple(dict.fromkeys((*asked.get(command.id, ()), *usual)))
        for key in command.keys:
            if owner.get(key, command.id) != command.id:
                other = by_id[owner[key]].title
                rest = f"queda {key_label(keys[command.id][0])}" if keys[command.id] else "queda solo en Ctrl+P"
                problems.append(f"{key_label(key)} hace ahora «{other}»; «{command.title}» {rest}.")
    return Keymap(keys, tuple(problems))


def _problem(key: str, written: str, owner: Mapping[str, str], by_id: Mapping[str, Command]) -> str:
    """What is wrong with a key; empty: nothing."""
    if not key:
        return "no es una tecla. Se escriben así: «ctrl+g», «alt+m», «f4»."
    if not (key.startswith(("ctrl+", "alt+")) or re.fullmatch(r"(?:shift\+)?f\d+", key)):
        return "hace falta Ctrl, Alt o una tecla F: lo demás es texto o mueve el cursor."
    if key in TAKEN:
        return f"es para {TAKEN[key]}."
    if key in owner:
        return f"ya es para «{by_id[owner[key]].title}»."
    return ""
