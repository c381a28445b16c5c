"""What a download is asked for and what it says on its way: plain values, which a face may import."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """A file on the network, and what is known of it."""

    url: str
    hosts: tuple[str, ...]
    """What may serve it besides the host of `url`: these and what lies below them."""
    size: int | None = None
    """Bytes; None: not known."""
    sha256: str = ""
    """Its hash or the beginning of it; empty: not known."""
    starts_with: bytes = b""
    """How the file must begin: anything else is refused before it is written."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How patient a download is. Seconds; `tries` in a row without a new byte."""

    silence: float = 30.0
    tries: int = 5
    pause: float = 1.0


@dataclass(frozen=True, slots=True)
class Received:
    """How far it is. `phase`: «descargando» or «comprobando lo que ya había»."""

    phase: str
    done: int
    total: int | None
    speed: float | None = None
    """Bytes a second over the last seconds."""

    @property
    def seconds_left(self) -> float | None:
        """At this speed; None where that cannot be said."""
        return (self.total - self.done) / self.speed if self.total is not None and self.speed else None


@dataclass(frozen=True, slots=True)
class Remark:
    """Something the person should know while it goes on, in Spanish."""

    text: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """All of it is there."""

    size: int
    sha256: str


FetchEvent = Received | Remark | Fetched
