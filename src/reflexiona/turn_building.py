"""How a turn begins, grows with each event of the engine, and goes along into a branch: the one place for all faces.

No widget, no disk, no clock.
"""

from __future__ import annotations

import zlib
from dataclasses import replace

from reflexiona.domain import Reflection, Turn
from reflexiona.events import (
    DraftReady,
    Event,
    Finished,
    ModelViewReady,
    Notice,
    PassagesReady,
    PlanReady,
    Problem,
    ReadingReady,
    ReflectionReady,
    Token,
)

_ONCE_MORE = "-otra"
"""Ends the id of a turn whose text had been answered before and is to be answered otherwise."""


def begun(turn_id: str, text: str, created: str) -> Turn:
    """A turn that waits for its answer; `created` is ISO 8601, UTC."""
    return Turn(id=turn_id, text=text, created=created, status="streaming")


def again(turn: Turn) -> Turn:
    """The same question, as if nothing had been answered yet."""
    return begun(turn.id, turn.text, turn.created)


def copied(turn: Turn, turn_id: str) -> Turn:
    """The same turn for another conversation. Nobody goes on writing a copy: what had not come to its end has not."""
    return replace(turn, id=turn_id, status="error" if turn.status == "streaming" else turn.status)


def once_more(turn: Turn, turn_id: str, created: str) -> Turn:
    """A turn with the same text, to be answered with another seed."""
    return begun(f"{turn_id}{_ONCE_MORE}", turn.text, created)


def seed_of(turn: Turn) -> int:
    """What a model writes the turn's answer with: 0, but for a text that is answered once more.

    It follows from the id, so such an answer that was cut off is asked again with the seed it had.
    """
    return zlib.crc32(turn.id.encode()) & 0x7FFFFFFF or 1 if turn.id.endswith(_ONCE_MORE) else 0


def advance(turn: Turn, event: Event) -> Turn:
    """`turn` after `event`. Events that leave nothing behind, such as progress, leave it as it is."""
    match event:
        case ReadingReady(reading, register):
            # Also how a turn begins anew after a crash: nothing of the first attempt stays.
            return replace(again(turn), reading=reading, register=register, notices=turn.notices)
        case PassagesReady(hits):
            return replace(turn, passages=tuple(hit.passage.bare() for hit in hits))
        case Token(text):
            return replace(turn, reflection=_written(turn, text))
        case ModelViewReady(view):
            return replace(turn, reflection=replace(_written(turn, ""), model=view))
        case ReflectionReady(reflection, question):
            return replace(turn, reflection=reflection, question=question)
        case PlanReady(plan):
            return replace(turn, plan=plan)
        case DraftReady(draft):
            return replace(turn, draft=draft)
        case _:
            return _remarked(turn, event)


def _remarked(turn: Turn, event: Event) -> Turn:
    match event:
        case Notice(text):
            return replace(turn, notices=(*turn.notices, text))
        case Problem(message, remedy):
            return replace(turn, notices=(*turn.notices, f"{message} {remedy}".strip()))
        case Finished(status):
            return replace(turn, status=status)
        case _:
            return turn


def _written(turn: Turn, piece: str) -> Reflection:
    """What is written so far: unfinished until the whole reflection comes."""
    before = turn.reflection or Reflection("", composed=False, complete=False)
    return replace(before, text=before.text + piece)
