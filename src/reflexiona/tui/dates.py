"""Days as people write them: «mañana», «el viernes», «15/12», «dentro de dos semanas», «2026-12-15». Pure."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

from reflexiona.tui.phrases import MONTHS, WEEKDAYS
from reflexiona.tui.plain import folded

_DAYS = ("lunes", "martes", "miercoles", "jueves", "viernes", "sabado", "domingo")
_MONTH_NAMES = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
    *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
)
_NEAR = {"hoy": 0, "hoy mismo": 0, "manana": 1, "manana mismo": 1, "pasado": 2, "pasado manana": 2}
_NUMBERS = {name: n for n, name in enumerate(("un", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho"), 1)}
_NUMBERS |= {"una": 1, "diez": 10, "quince": 15, "veinte": 20}
_NUMBER = rf"(\d{{1,3}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_FIGURES = re.compile(r"(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}|\d{2}))?")
_NAMED = re.compile(r"(?:dia )?(\d{1,2}|primero) (?:de )?([a-z]{3,10})\.?(?: (?:del? )?(\d{4}))?")
_OF_MONTH = re.compile(r"(?:dia )?(\d{1,2})(?: de este mes)?")
_AHEAD = re.compile(rf"(?:en|dentro de) {_NUMBER} (dias?|semanas?|mes(?:es)?)")
_AROUND = re.compile(r"^(?:antes del?|para|hasta|a|el|la|este|esta|proximo|proxima)\s+|\s+(?:que viene|proxim[oa])$")

FORMS = "mañana · el viernes · en dos semanas · 15/12 · 2026-12-15"
"""Examples, as the person reads them."""


def read_day(text: str, today: date) -> date | None:
    """The day that a text means, the next one where it may be several; None: it is not understood."""
    said = " ".join(folded(text).replace(",", " ").split())
    while (shorter := _AROUND.sub("", said)) != said and shorter:
        said = shorter
    for reader in (_near, _figures, _named, _ahead, _of_month):
        if (found := reader(said, today)) is not None:
            return found
    return None


def day_text(iso: str, today: date) -> str:
    """An ISO date as it is read today: «hoy», «mañana», «vie 24 jul», «3 feb 2027», «ayer». Else as it is."""
    try:
        day = date.fromisoformat(iso)
    except ValueError:
        return iso
    ahead = (day - today).days
    if ahead in (-1, 0, 1):
        return ("ayer", "hoy", "mañana")[ahead + 1]
    named = f"{day.day} {MONTHS[day.month - 1]}"
    if day.year != today.year and not -60 < ahead < 60:
        return f"{named} {day.year}"
    return f"{WEEKDAYS[day.weekday()]} {named}" if abs(ahead) < 60 else named


def _near(said: str, today: date) -> date | None:
    if said in _NEAR:
        return today + timedelta(days=_NEAR[said])
    if said in _DAYS:
        return today + timedelta(days=(_DAYS.index(said) - today.weekday() - 1) % 7 + 1)
    if said == "semana":
        return today + timedelta(days=7 - today.weekday())
    if said in ("fin de mes", "final de mes", "fines de mes"):
        return today.replace(day=monthrange(today.year, today.month)[1])
    if said == "mes":
        return _months_ahead(today.replace(day=1), 1)
    return None


def _figures(said: str, today: date) -> date | None:
    if match := _ISO.fullmatch(said):
        return _valid(int(match[1]), int(match[2]), int(match[3]))
    match = _FIGURES.fullmatch(said)
    if match is None:
        return None
    return _of_year(int(match[1]), int(match[2]), match[3], today)


def _named(said: str, today: date) -> date | None:
    match = _NAMED.fullmatch(said)
    if match is None:
        return None
    month = next((n for n, name in enumerate(_MONTH_NAMES, 1) if name.startswith(match[2])), None)
    if match[2] in ("set", "sept", "setiembre"):
        month = 9
    return _of_year(1 if match[1] == "primero" else int(match[1]), month, match[3], today) if month else None


def _ahead(said: str, today: date) -> date | None:
    match = _AHEAD.fullmatch(said)
    if match is None:
        return None
    count = int(match[1]) if match[1].isdigit() else _NUMBERS[match[1]]
    if match[2].startswith("mes"):
        return _months_ahead(today, count)
    return today + timedelta(days=count * (7 if match[2].startswith("sem") else 1))


def _of_month(said: str, today: date) -> date | None:
    match = _OF_MONTH.fullmatch(said)
    if match is None:
        return None
    return _first(lambda n: _valid(*_month(today, n), int(match[1])), today)


def _of_year(day: int, month: int, year: str | None, today: date) -> date | None:
    if year:
        return _valid(int(year) + (2000 if len(year) == 2 else 0), month, day)
    return _first(lambda n: _valid(today.year + n, month, day), today)


def _first(candidate: Callable[[int], date | None], today: date) -> date | None:
    """The first of some candidates that is not past."""
    return next((day for n in range(9) if (day := candidate(n)) is not None and day >= today), None)


def _month(today: date, ahead: int) -> tuple[int, int]:
    years, month = divmod(today.month - 1 + ahead, 12)
    return today.year + years, month + 1


def _months_ahead(today: date, count: int) -> date:
    year, month = _month(today, count)
    return date(year, month, min(today.day, monthrange(year, month)[1]))


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
