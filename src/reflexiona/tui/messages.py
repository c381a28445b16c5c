"""What the parts of the interface tell each other. Widgets speak up; the screen and the desk act."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

if TYPE_CHECKING:
    from reflexiona.domain import Conversation, Step, Turn
    from reflexiona.errors import ReflexionaError
    from reflexiona.events import Event


class Sent(Message):
    """The person sent a text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class Opened(Message):
    """A conversation is on the table; None: an empty page."""

    def __init__(self, conversation: Conversation | None) -> None:
        super().__init__()
        self.conversation = conversation


class Branched(Message):
    """A branch is on the table, and its last turn begins. `waiting`: as in `TurnAdded`."""

    def __init__(self, conversation: Conversation, *, waiting: bool) -> None:
        super().__init__()
        self.conversation = conversation
        self.waiting = waiting


class TurnAdded(Message):
    """A turn begins. `waiting`: it waits for the engine, or for the one before it."""

    def __init__(self, conversation_id: str, turn: Turn, *, waiting: bool) -> None:
        super().__init__()
        self.conversation_id = conversation_id
        self.turn = turn
        self.waiting = waiting


class TurnChanged(Message):
    """An event came for a turn; `turn` is how it stands after it."""

    def __init__(self, conversation_id: str, turn: Turn, event: Event) -> None:
        super().__init__()
        self.conversation_id = conversation_id
        self.turn = turn
        self.event = event


class TurnRetaken(Message):
    """A turn is asked again, from the beginning."""

    def __init__(self, conversation_id: str, turn: Turn) -> None:
        super().__init__()
        self.conversation_id = conversation_id
        self.turn = turn


class TurnRead(Message):
    """Another turn of the conversation is being read."""


class Rested(Message):
    """Nothing is being answered, and nothing waits for it."""


class EngineReady(Message):
    """The engine answers. `model`: the local model in use, or being loaded; empty: none."""

    def __init__(self, model: str) -> None:
        super().__init__()
        self.model = model


class Failed(Message):
    """Something failed outside a turn: the engine's start, the disk."""

    def __init__(self, error: ReflexionaError) -> None:
        super().__init__()
        self.error = error


class PlanChanged(Message):
    """The person checked or unchecked a step."""

    def __init__(self, turn_id: str, plan: tuple[Step, ...]) -> None:
        super().__init__()
        self.turn_id = turn_id
        self.plan = plan


class Cited(Message):
    """The person wants to read passage `number` (from 1) of a turn."""

    def __init__(self, turn_id: str, number: int) -> None:
        super().__init__()
        self.turn_id = turn_id
        self.number = number


class FindClosed(Message):
    """The person has done with looking for words in the conversation."""


class CalledOff(Message):
    """A sent text is not to be changed after all."""


class Parted(Message):
    """The time to think again about a deletion is over."""

    def __init__(self, conversation: Conversation) -> None:
        super().__init__()
        self.conversation = conversation


class CaseChosen(Message):
    """The person wants to go on with a kept conversation."""

    def __init__(self, conversation_id: str) -> None:
        super().__init__()
        self.conversation_id = conversation_id
