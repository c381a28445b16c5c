"""How far a download is, in words."""

from __future__ import annotations

from reflexiona.models.download.events import Received
from reflexiona.models.memory import size_text


def progress_text(event: Received) -> str:
    """«43 % · 1,1 GB de 2,5 GB · 8,3 MB/s · quedan 3 min»."""
    parts = [size_text(event.done)]
    if event.total:
        parts = [f"{100 * event.done // event.total} %", f"{size_text(event.done)} de {size_text(event.total)}"]
    if event.speed:
        parts.append(f"{event.speed / 1e6:.1f} MB/s".replace(".", ","))
    if event.seconds_left is not None:
        parts.append(f"quedan {time_text(event.seconds_left)}")
    return " · ".join(parts)


def time_text(seconds: float) -> str:
    """«40 s», «3 min», «1 h 20 min»."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
