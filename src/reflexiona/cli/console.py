"""The only writer of the commands: data on stdout, messages on stderr, and nothing that a terminal would obey.

Whoever wrote a text, it passes through `safe` on its way out; the few control sequences of ours are added after that.
"""

from __future__ import annotations

import os
import sys
import unicodedata
from collections.abc import Mapping
from typing import Any, TextIO

from reflexiona.errors import ReflexionaError

BOLD, PLAIN = "\x1b[1m", "\x1b[0m"
_HIDDEN = {"Cc", "Cf", "Cs", "Co"}
_WIDEST = 88
"""Columns; longer lines of prose tire the eyes."""


def safe(text: str) -> str:
    """`text` in NFC without control characters, bidirectional overrides or lone surrogates; newlines and tabs stay."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in _HIDDEN)


def one_line(text: str) -> str:
    """`safe`, with every run of white space as one space: for titles and list entries."""
    return " ".join(safe(text).split())


class Console:
    """Where a command writes.

    Args:
        out: for data.
        err: for messages.
        environment: `NO_COLOR`, `TERM` and `ACCESSIBLE` are looked at.
    """

    def __init__(self, out: TextIO, err: TextIO, environment: Mapping[str, str]) -> None:
        self._out = out
        self._err = err
        self._status = ""
        self._open_line = False
        dumb = environment.get("TERM") == "dumb"
        self.accessible = dumb or environment.get("ACCESSIBLE", "") not in ("", "0")
        """Nothing is redrawn, wrapped or set in bold: a screen reader, or a terminal that cannot."""
        self.terminal = out.isatty()
        """Whether a person sees stdout while it is written."""
        self.styled = self.terminal and not self.accessible and "NO_COLOR" not in environment
        self._redraws = err.isatty() and not self.accessible
        for stream in (out, err):
            _never_fail(stream)

    @classmethod
    def of_process(cls) -> Console:
        """The console of this process, as its streams stand now."""
        return cls(sys.stdout, sys.stderr, os.environ)

    def simplify(self) -> None:
        """From here on nothing is redrawn, wrapped or set in bold, whatever the terminal can do."""
        self.accessible = True
        self.styled = self._redraws = False

    @property
    def redraws(self) -> bool:
        """Whether what is going on is shown in place, and so may be said as often as it changes."""
        return self._redraws

    @property
    def width(self) -> int | None:
        """Columns to wrap prose at; None: not at all."""
        if not self.terminal or self.accessible:
            return None
        try:
            return min(_WIDEST, os.get_terminal_size(self._out.fileno()).columns)
        except OSError:
            return None

    def line(self, text: str = "") -> None:
        """A line of data, or several."""
        self.piece(f"{safe(text)}\n")

    def piece(self, prepared: str) -> None:
        """Data as it comes, seen at once. `prepared` has passed through `safe` already, and may hold bold marks."""
        self._forget_status()
        self._out.write(prepared)
        self._out.flush()
        self._open_line = not prepared.endswith("\n")

    def json(self, value: Any) -> None:
        """One JSON value; plain ASCII where the stream cannot take more."""
        import json  # only what is for programs needs it

        utf8 = (self._out.encoding or "utf-8").lower().replace("-", "") == "utf8"
        self._forget_status()
        self._out.write(json.dumps(value, ensure_ascii=not utf8, indent=2 if self.terminal else None) + "\n")
        self._out.flush()

    def message(self, text: str) -> None:
        """A message for the person."""
        self._forget_status()
        if self._open_line and self.terminal:
            self._out.write("\n")
            self._open_line = False
        self._out.flush()
        self._err.write(f"{safe(text)}\n")
        self._err.flush()

    def error(self, error: ReflexionaError) -> None:
        """What went wrong and what to do, on one line."""
        self.message(" ".join(str(error).split()))

    def status(self, phase: str, detail: str = "") -> None:
        """What is going on. A terminal shows phase and detail in place; elsewhere each phase is said once."""
        if self._redraws:
            self._err.write(f"\r\x1b[K{one_line(f'{phase} {detail}')}")
            self._err.flush()
        elif phase != self._status:
            self._err.write(f"{one_line(phase)}…\n")
            self._err.flush()
        self._status = phase

    def silence(self) -> None:
        """Nobody reads stdout any more: what is left in it must not fail at exit."""
        try:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._out.fileno())
            os.close(nowhere)
        except OSError:  # a stream without a descriptor
            return

    def _forget_status(self) -> None:
        if self._status and self._redraws:
            self._err.write("\r\x1b[K")
            self._err.flush()
        self._status = ""


def _never_fail(stream: TextIO) -> None:
    """A character that the stream's encoding lacks becomes «?» instead of an error."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")
