"""A model file of this machine, and what was measured of it when it came."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A model file and what was measured when it came."""

    name: str
    path: Path
    size: int
    mtime_ns: int
    sha256: str
    family: str
    """Id of its prompt template."""
    memory: int = 0
    """Bytes of memory it takes in use."""
    heedless: bool = False
    """Whether the person wants it loaded where the memory seems too small for it."""

    @property
    def unchanged(self) -> bool:
        """Whether size and modification time are still those of the day it came."""
        try:
            now = self.path.stat()
        except OSError:
            return False
        return (now.st_size, now.st_mtime_ns) == (self.size, self.mtime_ns)
