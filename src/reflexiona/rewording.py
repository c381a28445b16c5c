"""Having a message to the client written, or written otherwise: the one place for all faces. No widget, no disk."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Protocol

from reflexiona.domain import Draft, Tone, Turn, TurnRequest
from reflexiona.errors import ReflexionaError
from reflexiona.events import DraftReady, Event, Problem

ASKS = "Escríbeme un mensaje para el cliente."
"""What is asked in the person's name where no message has been proposed yet."""
_CHANNELS = {"correo": "un correo", "whatsapp": "un mensaje de WhatsApp", "llamada": "un guion para una llamada"}
_TONES = {"equilibrado": "", "firme": ", más firme", "calido": ", más cálido", "breve": ", más corto"}
_REGISTERS = {"tu": "de tú", "vos": "de vos", "usted": "de usted"}


class Answers(Protocol):
    """What is needed of the engine."""

    def ask(self, turn: TurnRequest) -> AsyncIterator[Event]:
        """The events of a turn, `Finished` last."""


def wish(draft: Draft) -> str:
    """The words that ask for a message of this channel, tone and register."""
    said = f"Escríbeme {_CHANNELS[draft.channel.value]}{_TONES[draft.tone.value]}"
    return f"{said}, {_REGISTERS[draft.register.value]}."


def last_message(turns: Sequence[Turn]) -> Turn | None:
    """The turn of the last message proposed."""
    return next((turn for turn in reversed(turns) if turn.draft), None)


def outdated(turns: Sequence[Turn]) -> bool:
    """Whether the case reads otherwise, or more of it was told, since the last message was proposed.

    Not where another one was asked for meanwhile and there was none.
    """
    turn = last_message(turns)
    if turn is None or turn.draft is None:
        return False
    changed = False
    for later in turns[turns.index(turn) + 1 :]:
        if later.text == wish(turn.draft):
            changed = False
        elif later.reading is not None:
            other = turn.reading is None or later.reading.primary != turn.reading.primary
            changed = changed or other or bool(later.reading.evidence)  # what only asks or thanks has none
    return changed


async def reworded(engine: Answers, wanted: Draft, history: Sequence[Turn], country: str) -> Draft | None:
    """Another message for the case, beside the conversation: nothing is added to it. None: there is none.

    Args:
        engine: is free.
        wanted: the message last proposed, with the channel, register and tone that are wanted.
        history: the conversation up to the turn of the message.
        country: ISO code the person set, or empty.

    Raises:
        ReflexionaError: the engine failed.
    """
    before = replace(wanted, tone=Tone.BALANCED)  # then the tone is put on the same message
    turns = (*history[:-1], replace(history[-1], draft=before))
    found: Draft | None = None
    async for event in engine.ask(TurnRequest(wish(wanted), turns, None, use_model=False, country=country)):
        if isinstance(event, DraftReady):
            found = event.draft
        elif isinstance(event, Problem):
            raise ReflexionaError(event.message, event.remedy)
    return found
