"""How much memory a model needs, how much this machine has, and whether the one goes into the other.

What is needed: the file, what the model remembers of a conversation (the KV cache), and half a gigabyte for the rest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from reflexiona.errors import ModelError

CONTEXT = 4096
"""Tokens of prompt and answer together with which models are opened."""
UNKNOWN_KV = 160 * 1024
"""Bytes a token where nobody says: somewhat more than any model of the catalogue that says it."""
_REST = 500_000_000


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes."""

    total: int
    free: int
    """What programs can still take."""


class Fit(StrEnum):
    """Whether a model fits this machine."""

    FITS = "cabe"
    IF_FREED = "cabe_si_se_libera"
    """Not into what is free now, but into what the machine has."""
    TOO_LARGE = "no_cabe"
    UNKNOWN = "no_se_sabe"
    """The system does not say how much memory there is."""


def memory() -> Memory | None:
    """The memory of this machine; None where the system does not say."""
    try:
        text = Path("/proc/meminfo").read_text(encoding="ascii")
        figures = {name: int(kilobytes) * 1024 for name, kilobytes in re.findall(r"^(\w+): +(\d+) kB", text, re.M)}
        return Memory(figures["MemTotal"], figures["MemAvailable"])
    except (OSError, KeyError):
        return None


def peak_of(process: int) -> int | None:
    """The most memory in bytes that a process has held so far; None where the system does not say."""
    try:
        found = re.search(r"^VmHWM:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text(encoding="ascii"), re.M)
    except OSError:
        return None
    return int(found[1]) * 1024 if found else None


def needed(size: int, kv_bytes: int = 0, context: int = 0) -> int:
    """Bytes of memory that a model takes in use.

    Args:
        size: bytes of its file.
        kv_bytes: bytes a token; 0: not known.
        context: tokens it was trained on at once; 0: not known.
    """
    return size + (kv_bytes or UNKNOWN_KV) * min(CONTEXT, context or CONTEXT) + _REST


def fit(need: int, here: Memory | None) -> Fit:
    """Whether so many bytes go into the memory of this machine."""
    if here is None:
        return Fit.UNKNOWN
    if need <= here.free:
        return Fit.FITS
    return Fit.IF_FREED if need + _REST <= here.total else Fit.TOO_LARGE


def require(name: str, need: int, here: Memory | None, command: str = "") -> None:
    """Whether a model may be loaded now.

    Args:
        name: as the person knows it.
        need: bytes.
        here: the memory of this machine; None: not known, and nothing is refused.
        command: what loads it all the same once `--a-pesar-de-la-memoria` is added; empty: choosing it.

    Raises:
        ModelError: it would not fit: what it needs, what there is, and how to load it all the same.
    """
    found = fit(need, here)
    if here is None or found in (Fit.FITS, Fit.UNKNOWN):
        return
    less = "Cierra otros programas" if found is Fit.IF_FREED else "Elige uno más pequeño"
    wants, free = size_text(need), size_text(here.free)
    raise ModelError(
        f"El modelo «{name}» no cabe en la memoria: necesita unos {wants} y hay {free} libres.",
        f"{less}. Para cargarlo aun así: {command or f'reflexiona modelos usa {name}'} --a-pesar-de-la-memoria",
        retryable=True,
    )


def size_text(size: int) -> str:
    """Bytes as «1,1 GB» or «430 MB»."""
    if size >= 1e9:
        return f"{size / 1e9:.1f} GB".replace(".", ",")
    return f"{size / 1e6:.{0 if size >= 1e7 else 1}f} MB".replace(".", ",")
