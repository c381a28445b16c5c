"""Help comes before work: whether a conversation shows help now, and how what waits is refused. For all faces."""

from __future__ import annotations

from collections.abc import Sequence

from reflexiona.domain import Turn
from reflexiona.errors import BadInputError


def in_danger(turns: Sequence[Turn]) -> bool:
    """Whether help is what a conversation shows now."""
    last = next((turn.reading for turn in reversed(turns) if turn.reading), None)
    return last is not None and last.safety


def told_of_dying(turns: Sequence[Turn]) -> bool:
    """Whether a turn that showed danger, or may have, speaks of harming oneself: no «no hay peligro» undoes that."""
    from reflexiona.self_harm import tells_of_self_harm  # the first frame does not wait for its patterns

    worried = (turn.text for turn in turns if turn.reading and (turn.reading.safety or turn.reading.worrying))
    return any(map(tells_of_self_harm, worried))


def work_waits(what: str, turns: Sequence[Turn]) -> BadInputError:
    """Says that something of the work waits, and how to go on, where a sentence is enough for that.

    Args:
        what: what there is none of: «ningún mensaje».
        turns: the conversation.
    """
    remedy = "" if told_of_dying(turns) else "Si no hay peligro, basta con escribir «no hay peligro»."
    return BadInputError(f"Ahora va antes la seguridad: de momento, {what}.", remedy)
