"""How soon a pressed key stands on the terminal beside a long conversation, and what an idle window costs.

    python benchmarks/liveliness.py

The real program in a pseudo-terminal, twenty keys each, beside two turns and beside two hundred; then ten seconds in
which nothing happens. Goals: 100 ms, and 1.3 times what it is beside two; under 1 % of a core.
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import tempfile
import termios
import time
from contextlib import closing, suppress
from pathlib import Path
from statistics import median
from types import TracebackType

from history import conversations

from reflexiona.corpus.library import load_library
from reflexiona.domain import Conversation
from reflexiona.paths import DataFolder
from reflexiona.storage.conversations import ConversationStore

FEW, MANY = 2, 200
KEYS = "ŵŷžšđħłœþðŋıŧĸæøßµçŕ"
"""Characters that stand nowhere else on the screen."""
PATIENCE = 30.0
IDLE = 10.0


class Window:
    """The program in a pseudo-terminal."""

    def __init__(self, home: str) -> None:
        self._pid, self._terminal = pty.fork()
        if self._pid == 0:
            os.environ.update(TERM="xterm-256color", REFLEXIONA_HOME=home)
            os.execv(sys.executable, [sys.executable, "-m", "reflexiona"])
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))

    def __enter__(self) -> Window:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._terminal)

    def until(self, word: str, sent: str = "") -> float:
        """Sends keys and waits for a text; returns the seconds it took."""
        started = time.perf_counter()
        os.write(self._terminal, sent.encode())
        output = b""
        while word.encode() not in output:
            if time.perf_counter() - started > PATIENCE:
                raise TimeoutError(word)
            if select.select([self._terminal], [], [], 1.0)[0]:
                output += os.read(self._terminal, 65536)
        return time.perf_counter() - started

    def rest(self, seconds: float) -> None:
        """Lets time pass, reading what comes."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            if select.select([self._terminal], [], [], left)[0]:
                os.read(self._terminal, 65536)

    def processor(self) -> float:
        """Seconds of processor time of the program and what it started."""
        return sum(_processor(pid) for pid in _family(self._pid))


def _processor(pid: int) -> float:
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def _family(pid: int) -> list[int]:
    found = [pid]
    for one in found:
        with suppress(OSError):
            for task in Path(f"/proc/{one}/task").iterdir():
                found += [int(child) for child in (task / "children").read_text().split()]
    return found


def fill(home: Path, turns: int) -> None:
    """A conversation of so many turns."""
    parts = conversations(load_library(), -(-turns // 3))
    case = Conversation("c1", "Uno largo", parts[-1].created, parts[-1].updated)
    whole = [turn for part in parts for turn in part.turns][:turns]
    with closing(ConversationStore(DataFolder(home).conversations)) as store:
        store.create(Conversation(case.id, case.title, case.created, case.updated, tuple(whole)))


def echo(turns: int) -> tuple[float, float]:
    """(milliseconds from a key to its picture, share of a core while nothing happens)."""
    with tempfile.TemporaryDirectory() as home:
        fill(Path(home), turns)
        with Window(home) as window:
            window.until("modelo incluido")
            window.rest(2.0)
            window.until("Casos", "\x0c")  # Ctrl+L
            window.rest(1.0)
            window.until("Uno largo", "\r")
            window.rest(6.0)
            taken = []
            for key in KEYS:
                taken.append(window.until(key, key))
                window.rest(0.15)
            window.rest(2.0)
            before = window.processor()
            window.rest(IDLE)
            return median(taken) * 1000, (window.processor() - before) / IDLE


def main() -> None:
    """Measures both and prints the ratio."""
    few, _ = echo(FEW)
    many, idle = echo(MANY)
    print(f"a key beside {FEW:3} turns    {few:7.1f} ms")
    print(f"a key beside {MANY:3} turns    {many:7.1f} ms  (goal 100)")
    print(f"ratio                    {many / few:7.2f}     (goal 1.3)")
    print(f"idle                     {idle * 100:7.2f} %   (of a core, window and worker; goal 1)")


if __name__ == "__main__":
    main()
