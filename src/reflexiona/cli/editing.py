"""A text changed in the person's own editor."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

from reflexiona.errors import BadInputError, ReflexionaError, StorageError, reason
from reflexiona.loose_texts import loose_text
from reflexiona.paths import DataFolder
from reflexiona.text_files import text_of


def edited(text: str, data: DataFolder) -> str:
    """What the person made of a text in the editor of `VISUAL` or `EDITOR`. The file is gone when the editor ends.

    Raises:
        BadInputError: there is no terminal, or no editor, or what came of it is not text.
        StorageError: the file cannot be written.
        ReflexionaError: the editor failed.
    """
    if not sys.stdin.isatty():
        raise BadInputError("Aquí no se puede abrir un editor.", "/cambia, a solas, deja escribir el texto.")
    command = _editor()
    try:
        with loose_text(text, data) as path:
            _run(command, path)
            return text_of(path)
    except OSError as error:
        raise StorageError(f"No se puede abrir el texto en un editor: {reason(error)}.") from error


def _editor() -> list[str]:
    """The words of the command."""
    name = next((name for name in ("VISUAL", "EDITOR") if os.environ.get(name, "").strip()), "")
    if not name:
        raise BadInputError("No hay ningún editor elegido.", "Se elige con la variable EDITOR, por ejemplo «nano».")
    try:
        return shlex.split(os.environ[name])
    except ValueError:  # a quote that is not closed, or a backslash at the end
        raise BadInputError(
            f"No se entiende qué editor dice la variable {name}: {os.environ[name]}",
            "Falta cerrar unas comillas o sobra una barra; /cambia, a solas, deja escribir el texto aquí.",
        ) from None


def _run(command: list[str], path: Path) -> None:
    try:
        code = subprocess.run([*command, path], check=False).returncode
    except (FileNotFoundError, PermissionError):
        raise BadInputError(f"No se encuentra el editor «{command[0]}».", "Se elige con la variable EDITOR.") from None
    if code:
        raise ReflexionaError(
            "El editor terminó con un fallo: no se ha cambiado nada.", "/cambia lo vuelve a intentar."
        )
