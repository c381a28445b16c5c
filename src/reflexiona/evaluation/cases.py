"""Labelled cases, one JSON object a line. Keys that are not known here are ignored."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import msgspec

from reflexiona.errors import BadInputError, reason

Row = TypeVar("Row")


class Case(msgspec.Struct, frozen=True):
    """A situation with what a careful reader sees in it. None: not labelled."""

    id: str
    text: str
    primary: str
    secondary: tuple[str, ...] = ()
    points: tuple[str, ...] | None = None
    """Guidance points that good advice would draw on."""
    rumbo: tuple[str, ...] | None = None
    """Acceptable courses."""
    register: str | None = None
    country: str | None = None
    slice: str | tuple[str, ...] | None = None
    """Kind of text, or several, for a table of its own."""
    safety: bool | None = None

    @property
    def slices(self) -> tuple[str, ...]:
        """Its kinds."""
        return (self.slice,) if isinstance(self.slice, str) else self.slice or ()


def load_cases(path: Path) -> tuple[Case, ...]:
    """The cases of a file, in its order.

    Raises:
        BadInputError: the file cannot be read, a line is not a case, or two cases have the same id.
    """
    cases = tuple(read_lines(path, Case, "un caso con id, text y primary"))
    if not cases:
        raise BadInputError(f"{path.name} no tiene ningún caso.", "Cada línea debe ser un caso en JSON.")
    ids = [case.id for case in cases]
    if len(set(ids)) < len(ids):
        repeated = next(key for key in ids if ids.count(key) > 1)
        raise BadInputError(f"En {path.name} hay dos casos con el id «{repeated}».", "Cada caso necesita el suyo.")
    return cases


def read_lines(path: Path, kind: type[Row], wanted: str) -> list[Row]:
    """One `kind` a line, empty lines passed over.

    Raises:
        BadInputError: the file cannot be read, or a line is something else; the message names the line.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(f"No se puede leer {path}: {reason(error)}.", "Revisa la ruta del archivo.") from error
    found: list[Row] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            found.append(msgspec.json.decode(line, type=kind))
        except msgspec.MsgspecError as error:
            raise BadInputError(
                f"La línea {number} de {path.name} no se entiende: {error}.", f"Cada línea debe ser {wanted}, en JSON."
            ) from error
    return found
