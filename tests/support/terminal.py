"""A small terminal with the real program in it: what a person would see, and the keys they press."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

import pexpect

from reflexiona.cli.machine import family

KEYS = {
    **{"enter": "\r", "esc": "\x1b", "tab": "\t", "space": " ", "backspace": "\x7f"},
    **{"up": "\x1b[A", "down": "\x1b[B", "pagedown": "\x1b[6~", "f1": "\x1bOP"},
}
PROGRAM = (sys.executable, "-m", "reflexiona")
PATIENCE = 20.0
"""Seconds; whatever takes longer has failed."""
_SEQUENCE = re.compile(
    r"\x1b\[(?P<private>[<=>?]?)(?P<numbers>[\d;:]*)[ -/]*(?P<final>[@-~])"
    r"|\x1b\].*?(?:\x07|\x1b\\)|\x1b[P_^].*?\x1b\\|\x1b[ -/]*[0-Z^-~]",
    re.DOTALL,
)
_UNFINISHED = re.compile(r"\x1b(?:\[[<=>?]?[\d;:]*[ -/]*|[\]P_^][^\x07]*|[ -/]*)?\Z")


class Picture:
    """Rows of characters, as control sequences draw them. Knows the few that full-screen programs use."""

    def __init__(self, rows: int, columns: int) -> None:
        self._held = ""
        self.resize(rows, columns)

    def resize(self, rows: int, columns: int) -> None:
        """An empty picture of another size: the program draws it anew."""
        self.rows, self.columns = rows, columns
        self._lines = [[" "] * columns for _ in range(rows)]
        self._row = self._column = 0

    @property
    def text(self) -> str:
        """The rows, without blanks at their ends."""
        return "\n".join("".join(line).rstrip() for line in self._lines)

    def feed(self, output: str) -> None:
        """Draws what a program wrote; a sequence cut in two waits for its other half."""
        output = self._held + output
        cut = _UNFINISHED.search(output)
        self._held = output[cut.start() :] if cut else ""
        output = output[: cut.start()] if cut else output
        at = 0
        for sequence in _SEQUENCE.finditer(output):
            self._write(output[at : sequence.start()])
            if sequence["final"] and not sequence["private"]:
                self._obey(sequence["final"], [int(n or 0) for n in re.split("[;:]", sequence["numbers"])])
            at = sequence.end()
        self._write(output[at:])

    def _write(self, text: str) -> None:
        for character in text:
            if character == "\r":
                self._column = 0
            elif character == "\n":
                self._row = min(self._row + 1, self.rows - 1)
            elif character >= " " and self._column < self.columns:
                self._lines[self._row][self._column] = character
                self._column += 1

    def _obey(self, final: str, numbers: Sequence[int]) -> None:
        if final == "H":
            row, column = (*numbers, 1, 1)[:2]
            self._row = min(max(row, 1), self.rows) - 1
            self._column = min(max(column, 1), self.columns) - 1
        elif final == "J":
            self.resize(self.rows, self.columns)
        elif final == "K":
            self._lines[self._row][self._column :] = [" "] * (self.columns - self._column)


class Terminal:
    """The program in a pseudo-terminal. At the end of a `with`, it and all it started are gone.

    Args:
        home: its data folder.
        command: what to run.
        rows, columns: the terminal's size.
        folder: its working folder.
        environment: beside the usual one.
        prepare: called in the new process, before the program.
    """

    def __init__(
        self,
        home: Path,
        command: Sequence[str] = PROGRAM,
        *,
        rows: int = 40,
        columns: int = 120,
        folder: Path | None = None,
        environment: Mapping[str, str] | None = None,
        prepare: Callable[[], None] | None = None,
    ) -> None:
        usual = {"TERM": "xterm-256color", "REFLEXIONA_HOME": str(home), "PYTHONUTF8": "1", "TZ": "UTC"}
        kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "ACCESSIBLE", "TMUX")}
        self._picture = Picture(rows, columns)
        self._known: set[int] = set()
        self.started = time.monotonic()
        self._child = pexpect.spawn(
            command[0],
            list(command[1:]),
            dimensions=(rows, columns),
            cwd=str(folder or home.parent),
            env={**kept, **usual, **(environment or {})},
            encoding="utf-8",
            preexec_fn=prepare,
        )
        self._child.delaybeforesend = None
        self._child.ptyproc.delayafterclose = 0.05

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        for pid in self._known:
            if running(pid):
                os.kill(pid, signal.SIGKILL)

    @property
    def screen(self) -> str:
        """What stands on the terminal, row by row."""
        self._read(0.0)
        return self._picture.text

    @property
    def processes(self) -> tuple[int, ...]:
        """The program, then what it started."""
        found = family(self._child.pid)
        self._known.update(found)
        return found

    @property
    def worker(self) -> int:
        """The worker's process number."""
        return self.until(lambda _: self.processes[-1] if len(self.processes) == 2 else 0)

    def until(self, seen: str | Callable[[str], int], patience: float = PATIENCE) -> int:
        """Waits until a text stands on the screen, or until `seen` says something of it; returns what it says."""
        end = time.monotonic() + patience
        while True:
            found = int(seen in self._picture.text) if isinstance(seen, str) else seen(self._picture.text)
            if found:
                return found
            if time.monotonic() > end or not self._read(0.02):
                what = f"«{seen}»" if isinstance(seen, str) else "what was waited for"
                raise AssertionError(f"{what} never came; the screen:\n{self._picture.text}")

    def gone(self, text: str) -> None:
        """Waits until a text stands on the screen no more."""
        self.until(lambda screen: text not in screen)

    def rest(self, seconds: float) -> None:
        """Lets time pass."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self._read(0.02):
            pass

    def press(self, *keys: str) -> None:
        """Presses keys, by name or as the character they stand for, at the pace of a quick person."""
        for key in keys:
            before, _, last = key.rpartition("+")
            sent = KEYS.get(last, last)
            self._child.send(chr(ord(sent.upper()) - 64) if before == "ctrl" else f"\x1b{sent}" if before else sent)
            # what follows Escape too soon is taken for one key together with it
            self.rest(0.3 if key == "esc" else 0.03)

    def type(self, text: str) -> None:
        """Types a text word by word."""
        for word in re.findall(r"\s*\S+\s*$|\s*\S+", text):
            self._child.send(word)
            self.rest(0.004)

    def paste(self, text: str) -> None:
        """Pastes a text, as terminals that know bracketed paste hand it over."""
        self._child.send(f"\x1b[200~{text}\x1b[201~")

    def resize(self, rows: int, columns: int) -> None:
        """Gives the terminal another size."""
        self._picture.resize(rows, columns)
        self._child.setwinsize(rows, columns)

    def kill(self) -> None:
        """`kill -9` of the program itself; what it started is left to itself."""
        self._known.update(self.processes)
        if self._child.isalive():
            self._child.kill(signal.SIGKILL)
            self._child.wait()
        self._child.close()

    def end(self, patience: float = PATIENCE) -> int:
        """Waits until the program has ended by itself and returns its exit code."""
        self.processes  # noqa: B018 - from here on they are known
        end = time.monotonic() + patience
        while self._read(0.05):
            assert time.monotonic() < end, f"still running; the screen:\n{self._picture.text}"
        self._child.wait()
        return int(self._child.exitstatus if self._child.exitstatus is not None else -self._child.signalstatus)

    def _read(self, patience: float) -> bool:
        """Draws what has come; False where nothing can come any more."""
        try:
            self._picture.feed(self._child.read_nonblocking(65536, patience))
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        return True


def running(pid: int) -> bool:
    """Whether a process lives: one that has ended and is only waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def wait_until_gone(pid: int, patience: float = PATIENCE) -> None:
    """Waits until a process has ended."""
    end = time.monotonic() + patience
    while running(pid):
        assert time.monotonic() < end, f"process {pid} is still there"
        time.sleep(0.02)
