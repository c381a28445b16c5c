"""Going on otherwise from an earlier point of a conversation: one place for all faces. No widget, no disk, no clock.

What comes of it is a conversation of its own; the one that was there stays as it is, so that no answer is lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from reflexiona.domain import Conversation, Turn
from reflexiona.settings import INCLUDED_MODEL
from reflexiona.turn_building import copied

_TITLE = re.compile(r"Rama (\d+) · ")


def branched(
    case: Conversation, place: int, turn: Turn, case_id: str, title: str, new_id: Callable[[], str]
) -> Conversation:
    """A conversation with copies of the turns before `place` (from 0), and then `turn`, which is to be answered.

    Args:
        case: stays as it is.
        place: of the turn in whose place the branch goes on.
        turn: a new one.
        case_id: id of the branch.
        title: of the branch.
        new_id: makes the ids of the copies.
    """
    copies = tuple(copied(before, new_id()) for before in case.turns[:place])
    return Conversation(case_id, title, turn.created, turn.created, (*copies, turn))


def branch_title(title: str, taken: Iterable[str]) -> str:
    """The title of the next branch of a conversation: its own, with a number that none of its branches has.

    Args:
        title: of the conversation, which may be a branch itself.
        taken: titles of the others.
    """
    stem = _TITLE.sub("", title, count=1)
    found = [(_TITLE.match(other), other) for other in (title, *taken)]
    numbers = [int(match[1]) for match, other in found if match and other[match.end() :] == stem]
    return f"Rama {max(numbers, default=0) + 1} · {stem}"


def same_again(turn: Turn, model: str) -> str:
    """Why another answer to a turn would say the same, as the beginning of a sentence; empty: a model writes it.

    Args:
        turn: was answered.
        model: name of the one in use; empty: none.
    """
    from reflexiona.about_program import about_program  # no first frame waits for what it imports

    if model in ("", INCLUDED_MODEL):
        return "Sin un modelo descargado saldría lo mismo"
    reading, reflection = turn.reading, turn.reflection
    told = reading is not None and (reading.safety or reading.worrying or reading.nothing_to_read)
    only_words = turn.draft is not None and reflection is not None and reflection.composed
    same = told or only_words or about_program(turn)
    return "Esto no lo escribe ningún modelo: saldría lo mismo" if same else ""
