"""A conversation that comes from a file is kept once, under whatever id and title it was."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from reflexiona.domain import Conversation, Turn
from reflexiona.storage.conversations import ConversationStore


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of taking a conversation in."""

    kept: Conversation
    twin: bool = False
    """Whether it had been kept before."""
    instead_of: str = ""
    """The id it had, which is another conversation's; empty: it has kept its own."""


def take_in(store: ConversationStore, conversation: Conversation, new_id: Callable[[int], str]) -> Taken:
    """Keeps a conversation that comes from a file, unless it is kept already.

    Args:
        store: where.
        conversation: with the ids it has in the file.
        new_id: makes an id of so many bytes.
    """
    if kept := twin_of(store, conversation):
        return Taken(kept, twin=True)
    before, turns = conversation.id, conversation.turns
    taken = not before or store.knows(conversation)
    if taken:
        turns = tuple(replace(turn, id=new_id(8)) for turn in turns)
        conversation = replace(conversation, id=new_id(4), turns=turns)
    store.create(conversation)
    return Taken(conversation, instead_of=before if taken else "")


def twin_of(store: ConversationStore, conversation: Conversation) -> Conversation | None:
    """The kept conversation with the same turns; None: there is none. Ids and titles do not count."""
    for summary in store.list():
        if (summary.created, summary.turns) == (conversation.created, len(conversation.turns)):
            kept = store.get(summary.id)
            if _content(kept.turns) == _content(conversation.turns):
                return kept
    return None


def _content(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    return tuple(replace(turn, id="") for turn in turns)
