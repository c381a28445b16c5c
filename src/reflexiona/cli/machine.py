"""What this machine says about itself: children of this process, and connections that are open to anywhere."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

_TABLES = ("tcp", "tcp6", "udp", "udp6", "raw", "raw6")
_SOCKET = re.compile(r"socket:\[(\d+)\]")


def family(process: int | None = None) -> tuple[int, ...]:
    """Ids of a process (this one by default) and of its descendants."""
    found = [os.getpid() if process is None else process]
    for pid in found:
        for task in _listing(Path(f"/proc/{pid}/task")):
            try:
                found.extend(int(child) for child in (task / "children").read_text(encoding="ascii").split())
            except OSError:
                continue
    return tuple(found)


def connections(processes: Iterable[int]) -> int | None:
    """How many network sockets (TCP, UDP, raw) these processes hold; None where the system does not say."""
    if not Path("/proc/self/fd").is_dir():
        return None
    return sum(len(_sockets(pid) & _network_sockets(pid)) for pid in processes)


def _sockets(pid: int) -> set[str]:
    found = set()
    for descriptor in _listing(Path(f"/proc/{pid}/fd")):
        try:
            match = _SOCKET.match(os.readlink(descriptor))
        except OSError:  # closed meanwhile
            continue
        if match:
            found.add(match[1])
    return found


def _network_sockets(pid: int) -> set[str]:
    """Inodes of the network sockets of the process's network namespace."""
    found: set[str] = set()
    for table in _TABLES:
        try:
            rows = Path(f"/proc/{pid}/net/{table}").read_text(encoding="ascii").splitlines()[1:]
        except OSError:
            continue
        found.update(row.split()[9] for row in rows)
    return found


def _listing(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []
