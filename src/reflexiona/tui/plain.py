"""What may reach the terminal: text without control characters, whoever wrote it.

Nothing here parses markup. Every text of the person, of a model or of a document passes through `plain` on its way to
a widget. Unlike `situation.clean`, which prepares a whole text to be kept, it leaves blank ends alone: it also serves
pieces of a stream.
"""

from __future__ import annotations

import re
import unicodedata

_NEWLINES = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_CONTROLS = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f"  # C0 without tab and newline, DEL, C1: the terminal would obey them
    "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # invisible, or turn a line around
    "\U000e0000-\U000e007f\ud800-\udfff]"
)


def plain(text: str) -> str:
    """`text` in NFC, with every kind of line end as a newline and without control characters (tab and newline stay)."""
    return _CONTROLS.sub("", _NEWLINES.sub("\n", unicodedata.normalize("NFC", text)))


def one_line(text: str) -> str:
    """`plain`, with every run of white space as one space: for titles and list entries."""
    return " ".join(plain(text).split())


def folded(text: str) -> str:
    """Lower case without accents, for matching: «BÚSQUEDA» and «busqueda» are the same."""
    parts = unicodedata.normalize("NFD", text.lower())
    return "".join(char for char in parts if not unicodedata.combining(char))
