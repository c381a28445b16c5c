"""Which cases a command line asks for: scenario, state, days."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from reflexiona.cli.spanish import UsageError
from reflexiona.situation import fold
from reflexiona.storage.history import State, Wanted


def wanted_of(options: argparse.Namespace, names: Mapping[str, str]) -> Wanted:
    """What the options say. `names`: of the scenarios, by id.

    Raises:
        UsageError: no scenario, or several, are called so; a day that does not exist.
    """
    until = _day(options.hasta)
    return Wanted(
        scenario=_scenario(options.escenario, names) if options.escenario else "",
        state=State(options.estado) if options.estado else None,
        since=_moment(_day(options.desde)),
        before=_moment(until + timedelta(days=1) if until else None),
    )


def _scenario(asked: str, names: Mapping[str, str]) -> str:
    if asked in names:
        return asked
    alike = [scenario for scenario, name in names.items() if fold(asked) in fold(name)]
    if len(alike) == 1:
        return alike[0]
    if alike:
        raise UsageError(f"Varios escenarios se llaman así: {', '.join(alike)}.", "Hay que decir cuál.")
    raise UsageError(f"No hay ningún escenario «{asked}».", f"Son: {', '.join(names)}.")


def _day(written: str | None) -> date | None:
    if not written:
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise UsageError(f"«{written}» no es un día.", "Se escribe así: 2026-11-24.") from None


def _moment(day: date | None) -> str:
    """The beginning of a day at this machine, as the store writes moments."""
    return datetime.combine(day, time.min).astimezone(UTC).isoformat(timespec="seconds") if day else ""
