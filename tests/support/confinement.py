"""What the operating system can forbid a command, so that a test need not believe what the program says of itself.

Each function returns what `subprocess` calls in the new process before the program: children inherit it. Linux only.
"""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
import socket
import struct
import subprocess
from collections.abc import Callable
from functools import cache

_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _PR_CAPBSET_DROP = 38, 22, 24
_FILTER_MODE = 2
_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH = 1, 2
_ALLOW, _KILL_PROCESS = 0x7FFF0000, 0x80000000
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_NUMBER_AT, _ARCHITECTURE_AT, _FIRST_ARGUMENT_AT = 0, 4, 16
_ARCHITECTURES = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
"""Machine: (audit id, number of the call `socket`)."""


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


def _step(code: int, value: int, on_true: int = 0, on_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, on_true, on_false, value)


def no_sockets() -> Callable[[], None]:
    """Whoever only asks for a socket that could reach another machine is killed with SIGSYS; local ones are allowed."""
    architecture, number = _ARCHITECTURES[platform.machine()]
    steps = b"".join(
        (
            _step(_LOAD, _ARCHITECTURE_AT),
            _step(_EQUAL, architecture, 1, 0),
            _step(_RETURN, _KILL_PROCESS),
            _step(_LOAD, _NUMBER_AT),
            _step(_EQUAL, number, 1, 0),
            _step(_RETURN, _ALLOW),
            _step(_LOAD, _FIRST_ARGUMENT_AT),
            _step(_EQUAL, int(socket.AF_UNIX), 0, 1),
            _step(_RETURN, _ALLOW),
            _step(_RETURN, _KILL_PROCESS),
        )
    )
    program = _Program(len(steps) // 8, steps)
    library = ctypes.CDLL(None, use_errno=True)

    def confine() -> None:
        for call in ((_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), (_PR_SET_SECCOMP, _FILTER_MODE, ctypes.byref(program), 0, 0)):
            if library.prctl(*call):
                raise OSError(ctypes.get_errno(), "prctl")

    return confine


def obeying_modes() -> Callable[[], None]:
    """Root obeys the modes of files like anybody else; for others nothing changes."""
    library = ctypes.CDLL(None, use_errno=True)

    def confine() -> None:
        for capability in (_CAP_DAC_OVERRIDE, _CAP_DAC_READ_SEARCH):
            if os.geteuid() == 0 and library.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0):
                raise OSError(ctypes.get_errno(), "prctl")

    return confine


@cache
def without_interfaces() -> tuple[str, ...]:
    """A command that runs another where there is no network at all; empty where the system does not let us."""
    unshare = shutil.which("unshare")
    for options in ("-rn", "-n"):
        if unshare and subprocess.run([unshare, options, "true"], capture_output=True, check=False).returncode == 0:
            return (unshare, options)
    return ()
