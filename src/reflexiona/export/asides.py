"""Turns that are no part of a case, for every face: what was asked about the program itself."""

from __future__ import annotations

from reflexiona.domain import Turn
from reflexiona.stages.about_program import program_topic


def about_program(turn: Turn) -> bool:
    """Whether a turn only asks about the program: then its reading says nothing of it. Never so in danger."""
    reading = turn.reading
    in_danger = reading is not None and (reading.safety or reading.worrying)
    return not in_danger and bool(program_topic(turn.text))
