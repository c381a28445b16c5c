"""The bytes a model says, as text that may be shown: whole characters only, no thoughts, nothing a terminal obeys."""

from __future__ import annotations

import codecs
import unicodedata

_NEVER_SHOWN = frozenset({"Cc", "Cf", "Cs", "Co"})


class SpokenText:
    """Takes token pieces one by one and gives back what can already be shown.

    Args:
        thought: what opens and closes a thought.
        trim: whether blanks before the first word are dropped.
    """

    def __init__(self, thought: tuple[str, str], *, trim: bool) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._open, self._close = thought
        self._trim = trim
        self._thinking = False
        self._held = ""

    def feed(self, piece: bytes) -> str:
        """The text that this piece completes; often one word, sometimes nothing."""
        self._held += self._decoder.decode(piece)
        return self._take()

    def end(self) -> str:
        """What was still held back when the model stopped."""
        self._held += self._decoder.decode(b"", final=True)
        shown = self._take()
        rest, self._held = self._held, ""
        return shown + ("" if self._thinking else self._show(rest))

    def _take(self) -> str:
        shown = ""
        while True:
            mark = self._close if self._thinking else self._open
            before, found, after = self._held.partition(mark)
            if not found:
                break
            if self._thinking:
                self._trim = True
            else:
                shown += self._show(before)
            self._thinking = not self._thinking
            self._held = after
        keep = _overlap(self._held, mark)
        ready, self._held = self._held[: len(self._held) - keep], self._held[len(self._held) - keep :]
        return shown if self._thinking else shown + self._show(ready)

    def _show(self, text: str) -> str:
        text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in _NEVER_SHOWN)
        if self._trim:
            text = text.lstrip()
            self._trim = not text
        return text


def _overlap(text: str, mark: str) -> int:
    """How many characters at the end of `text` may be the beginning of `mark`."""
    return next((n for n in range(min(len(text), len(mark) - 1), 0, -1) if mark.startswith(text[-n:])), 0)
