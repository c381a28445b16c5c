"""A disk that is really full, and a machine that says it has little memory.

`small_disk` gives a command that runs another where `folder` is a fresh tmpfs of its own (a mount namespace, without
privileges where the system allows it); where none can be had, an empty command and a limit set in the new process,
which the system enforces as well.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

MEGABYTE = 1024 * 1024


def small_disk(folder: Path, megabytes: int, *, then: int = 0) -> tuple[tuple[str, ...], Callable[[], None] | None]:
    """Command to put before another, and what to call in the new process before the program.

    Args:
        folder: becomes the small disk.
        megabytes: its size.
        then: the other command runs a second time on a disk of this size; not where there is only a limit.
    """
    folder.mkdir(parents=True, exist_ok=True)
    unshare = shutil.which("unshare")
    script = f'mount -t tmpfs -o size={megabytes}m,mode=700 tmpfs "{folder}"'
    script += f' && {{ "$@"; mount -o remount,size={then}m tmpfs "{folder}"; }}' if then else ""
    script += ' && exec "$@"'
    for options in ("-rm", "-m"):
        before = (unshare or "", options, "sh", "-c", script, "sh")
        if unshare and subprocess.run([*before, "true"], capture_output=True, check=False).returncode == 0:
            return before, None

    def limit() -> None:
        import resource
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write then fails, as on a full disk
        resource.setrlimit(resource.RLIMIT_FSIZE, (megabytes * MEGABYTE, megabytes * MEGABYTE))

    return (), limit


def little_memory(folder: Path, total: int, free: int) -> tuple[str, ...]:
    """A command that runs another where the system says it has so many bytes; empty where that cannot be had."""
    folder.mkdir(parents=True, exist_ok=True)
    said = folder / "meminfo"
    said.write_text(f"MemTotal: {total // 1024} kB\nMemFree: 1 kB\nMemAvailable: {free // 1024} kB\n")
    unshare = shutil.which("unshare")
    script = f'mount --bind "{said}" /proc/meminfo && exec "$@"'
    for options in ("-rm", "-m"):
        before = (unshare or "", options, "sh", "-c", script, "sh")
        if unshare and subprocess.run([*before, "true"], capture_output=True, check=False).returncode == 0:
            return before
    return ()
