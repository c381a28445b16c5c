"""Numbers and dates as they are written in Spanish."""

from __future__ import annotations

from datetime import datetime

_MONTHS = (
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
)


def decimal(value: float, digits: int = 2) -> str:
    """`0.93` as `0,93`."""
    return f"{value:.{digits}f}".replace(".", ",")


def moment(iso: str) -> str:
    """An ISO moment as «21 de noviembre de 2026, 10:05», in the zone it is given in; other texts as they are."""
    try:
        when = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{when.day} de {_MONTHS[when.month - 1]} de {when.year}, {when:%H:%M}"


def lower_first(text: str) -> str:
    """For a name in the middle of a line."""
    return text[:1].lower() + text[1:]
