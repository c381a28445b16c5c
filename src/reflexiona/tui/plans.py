"""What can be done with a plan: each takes a plan and gives another one. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from reflexiona.domain import Step, When

Plan = tuple[Step, ...]
_ORDER = (When.TODAY, When.THIS_WEEK, When.LATER)
_WEEK = 6
"""Days ahead that are still this week."""


def checked(plan: Plan, place: int) -> Plan:
    """With a step done, or not done any more."""
    return _with(plan, place, replace(plan[place], done=not plan[place].done))


def worded(plan: Plan, place: int, text: str) -> Plan:
    """With other words for a step."""
    return _with(plan, place, replace(plan[place], text=text))


def dated(plan: Plan, place: int, day: date | None, today: date) -> tuple[Plan, int]:
    """With a date for a step (None: without one), which puts it where it belongs; and its place there."""
    if day is None:
        return _with(plan, place, replace(plan[place], date="")), place
    ahead = (day - today).days
    when = When.TODAY if ahead <= 0 else When.THIS_WEEK if ahead <= _WEEK else When.LATER
    step = replace(plan[place], date=day.isoformat(), when=when)
    if when is plan[place].when:
        return _with(plan, place, step), place
    return _placed(without(plan, place), step)


def added(plan: Plan, text: str, beside: int | None = None) -> tuple[Plan, int]:
    """With one step more, of the person's own; and its place.

    Args:
        plan: the plan, perhaps empty.
        text: what is to be done.
        beside: it follows on this step, with its moment; None: it is the last one of today.
    """
    if beside is None:
        return _placed(plan, Step(text, When.TODAY, ""))
    step = Step(text, plan[beside].when, "")
    return (*plan[: beside + 1], step, *plan[beside + 1 :]), beside + 1


def without(plan: Plan, place: int) -> Plan:
    """Without a step."""
    return (*plan[:place], *plan[place + 1 :])


def moved(plan: Plan, place: int, by: int) -> tuple[Plan, int]:
    """With a step one place further up (-1) or down (1), and its place. At the edge of a moment it goes to the next."""
    step, other = plan[place], place + by
    if 0 <= other < len(plan) and plan[other].when is step.when:
        swapped = list(plan)
        swapped[place], swapped[other] = swapped[other], step
        return tuple(swapped), other
    at = _ORDER.index(step.when) + by
    if not 0 <= at < len(_ORDER):
        return plan, place
    return _with(plan, place, replace(step, when=_ORDER[at])), place


def _with(plan: Plan, place: int, step: Step) -> Plan:
    return (*plan[:place], step, *plan[place + 1 :])


def _placed(plan: Plan, step: Step) -> tuple[Plan, int]:
    """A step behind all those that are due no later."""
    rank = _ORDER.index(step.when)
    place = sum(_ORDER.index(other.when) <= rank for other in plan)
    return (*plan[:place], step, *plan[place:]), place
