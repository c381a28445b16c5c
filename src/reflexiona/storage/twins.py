"""Whether a conversation that comes from a file is kept already, under whatever id and title."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reflexiona.domain import Conversation, Turn
from reflexiona.storage.conversations import ConversationStore


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
