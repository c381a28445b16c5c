"""The conversation on the table. Owns no widget: it says what happens through messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reflexiona.domain import Conversation, Turn
from reflexiona.situation import clean, title_of
from reflexiona.tui.answering import Answering, Surroundings
from reflexiona.tui.messages import Opened, TurnAdded, TurnRetaken
from reflexiona.turn_building import again, begun

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.message import Message

    from reflexiona.tui.engine import Engine
    from reflexiona.tui.keeper import Keeper

TEMPORARY = "Conversación temporal"
"""Title of the one that is kept nowhere."""


class Desk(Answering):
    """The desk. Call everything from the event loop's thread."""

    def __init__(
        self, engine: Engine, keeper: Keeper, say: Callable[[Message], object], surroundings: Surroundings
    ) -> None:
        super().__init__(engine, keeper, say, surroundings)
        self.current: str | None = None
        """Id of the conversation on the table."""
        self.temporary: str | None = None
        """Id of the conversation that is kept nowhere, if there is one."""
        self.elsewhere: frozenset[str] = frozenset()
        """Turns that another window is answering."""

    @property
    def conversation(self) -> Conversation | None:
        """The conversation on the table; None: an empty page."""
        return self.notebook[self.current] if self.current else None

    @property
    def off_record(self) -> bool:
        """Whether the conversation on the table is kept nowhere."""
        return self.current is not None and self.current == self.temporary

    def open(self, conversation: Conversation | None) -> None:
        """Puts a conversation on the table. One that is being answered goes on being answered, as it is in hand."""
        if conversation is not None and not self.answering(conversation.id):
            self.notebook.lay(conversation)
        self.current = conversation.id if conversation else None
        self._say(Opened(self.conversation))

    def open_temporary(self) -> None:
        """Puts the conversation that is kept nowhere on the table; a new one, unless there is one."""
        if self.temporary is None:
            now = self._world.now()
            self.temporary = self._world.new_id()
            self.notebook.begin(Conversation(self.temporary, TEMPORARY, now, now), temporary=True)
        self.current = self.temporary
        self._say(Opened(self.conversation))

    def forget(self, case_id: str) -> None:
        """Lets a conversation go that nobody is answering; one that is on the table makes room for an empty page."""
        if case_id == self.temporary:
            self.temporary = None
        on_table = case_id == self.current
        if on_table:
            self.current = None
        self.notebook.forget(case_id)
        if on_table:
            self._say(Opened(None))

    def ask(self, text: str) -> Turn:
        """Adds a turn to the conversation on the table, or to a new one; it is kept before anything else happens."""
        text, now = clean(text), self._world.now()
        known, case_id = self.current is not None, self.current or self._world.new_id()
        turn = begun(self._world.new_id(), text, now)
        if known:
            self.notebook.put(case_id, turn)
        else:  # both in one write: whatever happens, there is no conversation without its text
            self.notebook.begin(Conversation(case_id, title_of(text), now, now, (turn,)))
            self.current = case_id
        if not self.off_record:
            self.notebook.remember(text)
        waiting = self._enqueue(case_id, turn.id)
        self._say(TurnAdded(case_id, turn, waiting=waiting))
        return turn

    def drafting(self, text: str) -> None:
        """A text is being written for the conversation on the table; a model may read it already, unless it answers."""
        text = clean(text)
        history = self.conversation.turns if self.conversation else ()
        self._engine.drafting(self._world.request(text, history) if text.strip() and not self.busy else None)

    def retake(self) -> bool:
        """Asks the last turn of the conversation again, when it did not come to its end."""
        case = self.conversation
        if case is None or not case.turns or case.turns[-1].status == "done":
            return False
        if case.turns[-1].id in self.elsewhere:
            return False
        if self.pending(case.id, case.turns[-1].id):
            return False
        turn = again(case.turns[-1])
        self.notebook.put(case.id, turn)
        self._enqueue(case.id, turn.id)
        self._say(TurnRetaken(case.id, turn))
        return True
