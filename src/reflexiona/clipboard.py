"""Copying with the system's own tool, where there is one: for both faces."""

from __future__ import annotations

import asyncio
import os
import shutil

WAIT = 2.0
"""Seconds a tool may take."""
_TOOLS = (
    ("WAYLAND_DISPLAY", ("wl-copy",)),
    ("DISPLAY", ("xclip", "-selection", "clipboard")),
    ("DISPLAY", ("xsel", "--clipboard", "--input")),
    ("", ("pbcopy",)),
)
"""(variable that must be set, command that takes the text on its input)."""


async def with_tools(text: str) -> bool:
    """Copies with a tool of the system; False: there is none that works."""
    for variable, command in _TOOLS:
        if (not variable or os.environ.get(variable)) and shutil.which(command[0]) and await _feed(command, text):
            return True
    return False


async def _feed(command: tuple[str, ...], text: str) -> bool:
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        await asyncio.wait_for(process.communicate(text.encode()), WAIT)
    except (OSError, TimeoutError):
        return False
    return process.returncode == 0
