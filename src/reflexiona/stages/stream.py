"""What a model writes, made safe while it streams: citations only of what is shown, no control characters.

A model cites by the numbers of its prompt; what comes out are the numbers under which the passages are shown.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

_CITATION = re.compile(r"\[([\s,;y]*\d[\d\s,;y]*)\]")
_MAYBE = re.compile(r"\[[\d\s,;y]*$")
_OPENED_TWICE = re.compile(r"\[([\d\s,;y]*)(?=\[)")
"""What a citation inside would leave as a citation once it is dropped."""
_LONGEST = 60
"""Characters of a citation; a longer one is none, and loses its bracket."""


class CleanStream:
    """Lets text through piece by piece; a citation is held back until it is whole and dropped when it is not shown.

    Args:
        numbers: number in the prompt → number of the passage that is shown.
    """

    def __init__(self, numbers: Mapping[int, int]) -> None:
        self._numbers = numbers
        self._held = ""
        self.dropped = 0
        """Citations that pointed at nothing."""

    def feed(self, piece: str) -> str:
        """The part of what has come that may be shown now."""
        self._held += "".join(c for c in piece if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cf", "Cs"})
        self._held = _OPENED_TWICE.sub(r"\1", self._held)
        held = _MAYBE.search(self._held)
        if held and len(held[0]) > _LONGEST:
            self._held, held = self._held[: held.start()] + held[0][1:], None
        ready, self._held = (self._held[: held.start()], held[0]) if held else (self._held, "")
        return self._checked(ready)

    def close(self) -> str:
        """What was still held back."""
        rest, self._held = self._held, ""
        return "" if _MAYBE.fullmatch(rest) else self._checked(rest)

    def _checked(self, text: str) -> str:
        return _CITATION.sub(self._valid, text)

    def _valid(self, match: re.Match[str]) -> str:
        cited = [self._numbers.get(int(number), 0) for number in re.findall(r"\d{1,9}", match[1][:_LONGEST])]
        self.dropped += cited.count(0)
        return " ".join(f"[{number}]" for number in cited if number)
