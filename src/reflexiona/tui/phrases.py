"""How figures and dates read in Spanish."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

WEEKDAYS = ("lun", "mar", "mié", "jue", "vie", "sáb", "dom")
MONTHS = ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic")


def decimal(value: float) -> str:
    """A probability as people write it: `0.934` is «0,93»."""
    return f"{value:.2f}".replace(".", ",")


def percent(fraction: float) -> str:
    """A fraction 0-1 as «45 %», with the space that belongs there and that does not break."""
    return f"{round(fraction * 100)}\u00a0%"


def speed(words_per_second: float) -> str:
    """«6 palabras/s»; slow models get one decimal."""
    figure = f"{words_per_second:.0f}" if words_per_second >= 3 else f"{words_per_second:.1f}".replace(".", ",")
    return f"{figure} palabras/s"


def bar(fraction: float, width: int = 20) -> tuple[str, str]:
    """The filled and the empty part of a bar of `width` cells."""
    filled = max(0, min(width, round(fraction * width)))
    return "━" * filled, "─" * (width - filled)


def moment(stamp: str, now: datetime, zone: tzinfo | None = None) -> str:
    """An ISO 8601 stamp as a person would say it today: «hoy 18:04», «ayer 9:30», «lun 20 jul», «20 jul 2025».

    Args:
        stamp: UTC, or with its own offset. Anything else is returned as it is.
        now: the present moment, with a time zone.
        zone: the zone to show it in; None: the machine's.
    """
    try:
        when = datetime.fromisoformat(stamp)
    except ValueError:
        return stamp
    when = (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(zone)
    today = now.astimezone(zone).date()
    days = (today - when.date()).days
    if days in (0, 1):
        return f"{'hoy' if days == 0 else 'ayer'} {when.hour}:{when.minute:02d}"
    day = f"{when.day} {MONTHS[when.month - 1]}"
    if when.year != today.year:
        return f"{day} {when.year}"
    return f"{WEEKDAYS[when.weekday()]} {day}" if days < 7 else day


def several(count: int, one: str, many: str) -> str:
    """«1 paso», «4 pasos»."""
    return f"{count} {one if count == 1 else many}"
