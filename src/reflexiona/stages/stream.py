"""What a model writes, made safe while it streams: citations only of what is shown, no control characters."""

from __future__ import annotations

import re
import unicodedata

_CITATION = re.compile(r"\[(\d+(?:\s*[,y]\s*\d+)*)\]")
_MAYBE = re.compile(r"\[[\d\s,y]*$")


class CleanStream:
    """Lets text through piece by piece; a citation is held back until it is whole and dropped when it is not shown."""

    def __init__(self, shown: int) -> None:
        self._shown = shown
        self._held = ""
        self.dropped = 0
        """Citations that pointed at nothing."""

    def feed(self, piece: str) -> str:
        """The part of what has come that may be shown now."""
        self._held += "".join(c for c in piece if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cf", "Cs"})
        held = _MAYBE.search(self._held)
        ready, self._held = (self._held[: held.start()], held[0]) if held else (self._held, "")
        return self._checked(ready)

    def close(self) -> str:
        """What was still held back."""
        rest, self._held = self._held, ""
        return "" if _MAYBE.fullmatch(rest) else self._checked(rest)

    def _checked(self, text: str) -> str:
        return _CITATION.sub(self._valid, text)

    def _valid(self, match: re.Match[str]) -> str:
        numbers = [int(number) for number in re.findall(r"\d+", match[1])]
        valid = [number for number in numbers if 1 <= number <= self._shown]
        self.dropped += len(numbers) - len(valid)
        return " ".join(f"[{number}]" for number in valid)
