"""How long from exec until «Reflexiona» stands on the terminal, beside a bare Textual program with a text area.

    python benchmarks/first_frame.py [ELIA]

ELIA is the program `elia` of an environment in which elia-chat was installed (`pip install elia-chat`); with it, the
two are compared as well. All run in a pseudo-terminal, in turns; medians of five after one run that is not counted.
Goal: under 0.45 s on two cores. The ratio says more than the figures: it stays the same on a slower or busier machine.
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
from statistics import median

RUNS = 5
PATIENCE = 30.0
BARE = r"""
from textual.app import App
from textual.widgets import TextArea
class Bare(App[None]):
    def compose(self):
        yield TextArea("hola\nReflexiona")
Bare().run()
"""
OURS = [sys.executable, "-m", "reflexiona"]
THEIRS = [sys.executable, "-c", BARE]


def seconds_until(word: bytes, command: list[str], home: str) -> float:
    """Runs `command` in a pseudo-terminal until `word` stands there, and then ends it.

    Raises:
        TimeoutError: it never did.
    """
    started = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm-256color", REFLEXIONA_HOME=home, LINES="40", COLUMNS="120")
        os.execv(command[0], command)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    output = b""
    try:
        while word not in output:
            if time.perf_counter() - started > PATIENCE or not select.select([terminal], [], [], PATIENCE)[0]:
                raise TimeoutError(output.decode(errors="replace"))
            output += os.read(terminal, 65536)
        return time.perf_counter() - started
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(terminal)


def beside_elia(program: str) -> None:
    """Measures ours beside elia's home screen, in turns."""
    with tempfile.TemporaryDirectory() as home:
        os.environ.update(HOME=home, XDG_DATA_HOME=home, XDG_CONFIG_HOME=home)
        pairs = [
            (seconds_until(b"Reflexiona", OURS, home), seconds_until(b"Elia", [program], home)) for _ in range(RUNS + 1)
        ][1:]
    ours, theirs = (median(column) for column in zip(*pairs, strict=True))
    print(f"reflexiona     {ours:.3f} s")
    print(f"elia-chat      {theirs:.3f} s  ({', '.join(f'{other:.3f}' for _, other in pairs)})")
    print(f"ratio          {ours / theirs:.2f}  (goal 0.75)")


def main() -> None:
    """Measures all and prints a line each, and the ratios."""
    if len(sys.argv) > 1:
        beside_elia(sys.argv[1])
    with tempfile.TemporaryDirectory() as home:
        pairs = [
            (seconds_until(b"Reflexiona", OURS, home), seconds_until(b"Reflexiona", THEIRS, home))
            for _ in range(RUNS + 1)
        ][1:]
    ours, theirs = (median(column) for column in zip(*pairs, strict=True))
    print(f"reflexiona     {ours:.3f} s  ({', '.join(f'{one:.3f}' for one, _ in pairs)})")
    print(f"bare Textual   {theirs:.3f} s  ({', '.join(f'{other:.3f}' for _, other in pairs)})")
    print(f"ratio          {ours / theirs:.2f}")


if __name__ == "__main__":
    main()
