"""Copying that works: the system's own tool where there is one, else the terminal's (OSC 52) and a file beside it.

A terminal does not say whether it obeyed OSC 52. Where only that is left, the text is also in a file of the data
folder, mode 0600, which is removed when the program ends.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

from reflexiona.clipboard import with_tools

if TYPE_CHECKING:
    from textual.app import App


def last_copy() -> Path:
    """The file that stands in for a clipboard."""
    from reflexiona.paths import DataFolder

    return DataFolder.locate().root / "ultima-copia.txt"


async def copy(app: App[object], text: str) -> str:
    """Copies; returns what the person should know besides, or an empty text."""
    app.copy_to_clipboard(text)  # OSC 52
    if await with_tools(text):
        return ""
    try:
        path = await asyncio.to_thread(_write, text)
    except OSError:
        return "Si no se puede pegar, es que la terminal no lo permite: queda exportar con Ctrl+E."
    return f"Si la terminal no lo permite, está en {path} hasta cerrar el programa."


def forget() -> None:
    """Removes the file, if there is one."""
    last_copy().unlink(missing_ok=True)


def _write(text: str) -> Path:
    path = last_copy()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    return path
