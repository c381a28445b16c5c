"""Days as people write them."""

from __future__ import annotations

from datetime import date

import pytest

from reflexiona.tui.dates import day_text, read_day

TODAY = date(2026, 7, 20)
"""A Monday."""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hoy", "2026-07-20"),
        ("Mañana", "2026-07-21"),
        ("pasado mañana", "2026-07-22"),
        ("el viernes", "2026-07-24"),
        ("VIERNES", "2026-07-24"),
        ("este sábado", "2026-07-25"),
        ("el lunes", "2026-07-27"),
        ("el viernes que viene", "2026-07-24"),
        ("para el próximo miércoles", "2026-07-22"),
        ("antes del jueves", "2026-07-23"),
        ("la semana que viene", "2026-07-27"),
        ("el mes que viene", "2026-08-01"),
        ("a fin de mes", "2026-07-31"),
        ("15/12", "2026-12-15"),
        ("15-12", "2026-12-15"),
        ("3/2", "2027-02-03"),
        ("3/2/26", "2026-02-03"),
        ("15.12.2027", "2027-12-15"),
        ("2026-12-15", "2026-12-15"),
        ("15 de diciembre", "2026-12-15"),
        ("el 15 de dic.", "2026-12-15"),
        ("el 3 de febrero del 2028", "2028-02-03"),
        ("primero de setiembre", "2026-09-01"),
        ("el 25", "2026-07-25"),
        ("el día 5", "2026-08-05"),
        ("31", "2026-07-31"),
        ("29/2", "2028-02-29"),
        ("en tres días", "2026-07-23"),
        ("dentro de 2 semanas", "2026-08-03"),
        ("en un mes", "2026-08-20"),
        ("en quince días", "2026-08-04"),
    ],
)
def test_what_is_understood(text: str, expected: str) -> None:
    assert read_day(text, TODAY) == date.fromisoformat(expected)


@pytest.mark.parametrize("text", ["", "  ", "cuando pueda", "31/2/2026", "45", "0/5", "15/13", "el", "vier", "enero"])
def test_what_is_not(text: str) -> None:
    assert read_day(text, TODAY) is None


@pytest.mark.parametrize(
    ("iso", "expected"),
    [
        ("2026-07-20", "hoy"),
        ("2026-07-21", "mañana"),
        ("2026-07-19", "ayer"),
        ("2026-07-24", "vie 24 jul"),
        ("2026-12-15", "15 dic"),
        ("2027-12-15", "15 dic 2027"),
        ("algún día", "algún día"),
    ],
)
def test_how_a_day_is_said(iso: str, expected: str) -> None:
    assert day_text(iso, TODAY) == expected
