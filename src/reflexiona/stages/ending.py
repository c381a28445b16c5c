"""How a model's answer ends well: it is stopped where it goes round in circles, and cut where its last sentence is."""

from __future__ import annotations

import re
from collections import Counter

from reflexiona.situation import fold

_RUN = 6
"""Words; the same ones in the same order …"""
_TIMES = 3
"""… so often are a circle."""
_LONGEST_WORD = 120
_END = re.compile(r"[.!?…][»”\")*_\]]*(?:\s*\[\d+\])*[.!?…]?[*_]*(?=\s|$)")
_LEAST_KEPT = 0.5
"""Of a text, so much must be whole sentences; else its last word is its end."""


class Circles:
    """Takes an answer piece by piece and notices when it goes round in circles."""

    def __init__(self) -> None:
        self._word = ""
        self._words: list[str] = []
        self._runs: Counter[tuple[str, ...]] = Counter()

    def feed(self, piece: str) -> bool:
        """Takes a piece; returns whether the answer should end here."""
        *whole, self._word = re.split(r"\s+", self._word + piece)
        for word in whole:
            self._words.append(fold(word))
            if len(self._words) >= _RUN:
                run = tuple(self._words[-_RUN:])
                self._runs[run] += 1
                if self._runs[run] >= _TIMES:
                    return True
        return len(self._word) > _LONGEST_WORD


def ended_well(text: str) -> str:
    """`text` to the end of its last whole sentence; where that would take too much of it, to its last whole word."""
    text = text.rstrip()
    ends = [match.end() for match in _END.finditer(text)]
    if ends and ends[-1] >= _LEAST_KEPT * len(text):
        return text[: ends[-1]]
    words = text.rsplit(None, 1)
    return f"{words[0].rstrip(',;:—-')}…" if len(words) > 1 else text
