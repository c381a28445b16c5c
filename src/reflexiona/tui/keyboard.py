"""Alt with a digit or a letter, as most terminals send it: Escape and then the character.

Textual takes Escape and a digit for what one terminal on a Mac composes with them («£» for Alt+3), and Alt+B for a
word to the left. Here those keys do what the screen says they do.
"""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from enum import Enum
from typing import cast


def take_alt(characters: Iterable[str]) -> None:
    """From now on, Escape followed by one of these characters is Alt with it, whatever it was."""
    from textual._ansi_sequences import ANSI_SEQUENCES_KEYS  # the parser's own table: it offers no other way

    table = cast(MutableMapping[str, object], ANSI_SEQUENCES_KEYS)
    keys = Enum("Alt", {f"ALT_{character}": f"alt+{character}" for character in characters})  # type: ignore[misc]
    for key in keys:
        table[f"\x1b{key.value[-1]}"] = (key,)
