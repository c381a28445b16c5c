"""The person's settings: a small TOML file that stays hand-editable; comments are kept when a setting is saved."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from reflexiona.errors import BadInputError, StorageError, reason
from reflexiona.paths import FILE_MODE
from reflexiona.situation import fold

COUNTRIES = {
    **{"AR": "Argentina", "BO": "Bolivia", "CL": "Chile", "CO": "Colombia", "EC": "Ecuador", "ES": "España"},
    **{"MX": "México", "PE": "Perú", "US": "Estados Unidos", "UY": "Uruguay", "VE": "Venezuela"},
}
"""ISO code → name; a setting may be either."""
ALSO_CALLED = {
    **dict.fromkeys(("eeuu", "ee uu", "ee. uu.", "ee.uu.", "usa", "u.s.a.", "nuevo mexico"), "US"),
    **dict.fromkeys(("mejico", "ciudad de mexico", "cdmx", "mexico df", "mexico d.f.", "mexico d. f."), "MX"),
    **{"estados unidos mexicanos": "MX", "republica mexicana": "MX", "republica argentina": "AR"},
}
"""What else people call a country, or a place that sounds like one, folded → ISO code."""
CHOICES = {
    "register": ("", "tu", "vos", "usted"),
    "send_key": ("enter", "ctrl+j"),
    "country": ("", *COUNTRIES),
}
"""Closed values; an empty one means «not set»."""

INCLUDED_MODEL = "incluido"
"""Name of the model that comes with the program."""

NAMES = {
    "modelo": "model",
    "pais": "country",
    "trato": "register",
    "enviar_con": "send_key",
    "tema": "theme",
    "raton": "mouse",
    "teclado_kitty": "kitty_keyboard",
    "codificador": "encoder",
    "leer_al_escribir": "read_ahead",
}
"""Spanish key in the file → field."""
KEYS = "teclas"
"""The table of the person's own keys."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting with its default."""

    model: str = INCLUDED_MODEL
    """Name of the local model in use; empty: none, the answer is composed from the articles alone."""
    country: str = ""
    """ISO code, for help lines and country articles; empty: not set, never guessed."""
    register: str = ""
    """How the person is spoken to: tu, vos, usted; empty: as they write."""
    send_key: str = "enter"
    """The key that sends; the other one makes a new line."""
    theme: str = ""
    """Name of a theme; empty: the program's own dark one."""
    mouse: bool = True
    """Off: the terminal's own text selection works."""
    kitty_keyboard: bool = True
    """Off for terminals that mishandle the Kitty keyboard protocol (dead keys, AltGr)."""
    keys: tuple[tuple[str, str], ...] = ()
    """The table `[teclas]`: (action, keys with commas between them). Which actions there are, the interface knows."""
    encoder: str = ""
    """Path of a sentence-transformers folder for retrieval; empty: the included one."""
    read_ahead: bool = True
    """Whether the model reads what is being written in pauses, so that it answers sooner; nothing of it is kept."""


def country_code(name: str) -> str:
    """The ISO code of a country by its name, by what else it is called or by its code; empty: there is none such."""
    said = fold(name).strip()
    own = (code for code, called in COUNTRIES.items() if said in (fold(called), code.lower()))
    return next(own, ALSO_CALLED.get(said, ""))


def load_settings(path: Path) -> Settings:
    """Reads the file; a missing one means the defaults.

    Raises:
        BadInputError: malformed, an unknown key, or a value out of its range.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadInputError(
            f"No se puede leer {path}: {reason(error)}.", "Corrígelo a mano o bórralo: es solo de ajustes."
        ) from error
    keys = _keys(data.pop(KEYS, {}))
    return Settings(keys=keys, **{_field(key): _checked(key, value) for key, value in data.items()})


def save_setting(path: Path, key: str, value: str | bool) -> Settings:
    """Writes one setting (by its Spanish key) and returns all; the rest of the file stays as it is.

    Raises:
        BadInputError: unknown key or value.
        StorageError: the file cannot be written.
    """
    import tomlkit  # only when something is saved: costs 30 ms

    _checked(key, value)
    load_settings(path)
    document = tomlkit.parse(path.read_text(encoding="utf-8")) if path.exists() else tomlkit.document()
    document[key] = value
    part = path.with_suffix(".parte")
    try:
        with os.fdopen(os.open(part, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, FILE_MODE), "w", encoding="utf-8") as file:
            file.write(tomlkit.dumps(document))
        os.replace(part, path)
    except OSError as error:
        raise StorageError(
            f"No se pudo guardar el ajuste en {path}: {reason(error)}.", "Revisa permisos y espacio."
        ) from error
    return load_settings(path)


def _field(key: str) -> str:
    if key not in NAMES:
        raise BadInputError(f"Ajuste desconocido: «{key}».", f"Los que hay: {', '.join(NAMES)}.")
    return NAMES[key]


def _keys(table: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(table, dict) or not all(isinstance(value, str) for value in table.values()):
        raise BadInputError(f'En [{KEYS}] cada línea es como: guide = "ctrl+g".')
    return tuple(table.items())


def _checked(key: str, value: Any) -> Any:
    name = _field(key)
    kind = next(type(field.default) for field in fields(Settings) if field.name == name)
    if type(value) is not kind:
        raise BadInputError(f"El ajuste «{key}» debe ser {'true o false' if kind is bool else 'un texto'}.")
    if name == "country" and isinstance(value, str):
        value = country_code(value) or value.upper()
    if name in CHOICES and value not in CHOICES[name]:
        options = ", ".join(f"«{choice}»" for choice in CHOICES[name])
        raise BadInputError(f"El ajuste «{key}» no admite «{value}».", f"Valores: {options}.")
    return value
