"""The conversation on the table. Owns no widget: it says what happens through messages."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from reflexiona.branches import branched
from reflexiona.domain import Conversation, Turn
from reflexiona.situation import clean, title_of
from reflexiona.tui.answering import Answering, Surroundings
from reflexiona.tui.messages import Branched, Opened, TurnAdded, TurnRetaken
from reflexiona.turn_building import again, begun, once_more

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
        self.temporaries: tuple[str, ...] = ()
        """Ids of the conversations that are kept nowhere, the one that was on the table last at the end."""
        self.elsewhere: frozenset[str] = frozenset()
        """Turns that another window is answering."""

    @property
    def conversation(self) -> Conversation | None:
        """The conversation on the table; None: an empty page."""
        return self.notebook[self.current] if self.current else None

    @property
    def off_record(self) -> bool:
        """Whether the conversation on the table is kept nowhere."""
        return self.current in self.temporaries

    def open(self, conversation: Conversation | None) -> None:
        """Puts a conversation on the table. One that is being answered goes on being answered, as it is in hand."""
        if conversation is not None and not self.answering(conversation.id):
            self.notebook.lay(conversation)
        self.current = conversation.id if conversation else None
        self._say(Opened(self.conversation))

    def open_temporary(self, case_id: str = "") -> None:
        """Puts a conversation that is kept nowhere on the table: this one, or the last one, or else a new one."""
        now, last = self._world.now(), self.temporaries[-1] if self.temporaries else ""
        self.current = case_id or last or self._world.new_id()
        if self.current not in self.temporaries:
            self.notebook.begin(Conversation(self.current, TEMPORARY, now, now), temporary=True)
        self.temporaries = (*(other for other in self.temporaries if other != self.current), self.current)
        self._say(Opened(self.conversation))

    def forget(self, case_id: str) -> None:
        """Lets a conversation go that nobody is answering; one that is on the table makes room for an empty page."""
        self.temporaries = tuple(other for other in self.temporaries if other != case_id)
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

    def branch(self, case_id: str, turn_id: str, title: str, text: str | None = None) -> Turn:
        """Begins a conversation with copies of another one's turns before one of them, and then `text`.

        All of it is kept in one write, and the other stays as it is. Where that is off the record, so is the branch.

        Args:
            case_id: a conversation in hand.
            turn_id: the turn in whose place the branch goes on.
            title: of the branch.
            text: None: that turn's own, to be answered with another seed.
        """
        new_id, now, off_record = self._world.new_id, self._world.now(), case_id in self.temporaries
        old = self.notebook.turn(case_id, turn_id)
        turn = once_more(old, new_id(), now) if text is None else begun(new_id(), clean(text), now)
        place = len(self.notebook.before(case_id, turn_id))
        branch = branched(self.notebook[case_id], place, turn, new_id(), title, new_id)
        self.notebook.begin(branch, temporary=off_record)
        if off_record:
            self.temporaries = (*self.temporaries, branch.id)
        else:
            self.notebook.remember(turn.text)
        self.current = branch.id
        self._say(Branched(branch, waiting=self._enqueue(branch.id, turn.id)))
        return turn

    def drafting(self, text: str, instead_of: str = "") -> None:
        """A text is being written for the conversation on the table; a model may read it already, unless it answers.

        Args:
            text: what there is of it.
            instead_of: id of the turn in whose place it is to stand in a branch; empty: it goes on.
        """
        text = clean(text)
        turns = self.conversation.turns if self.conversation else ()
        history = tuple(takewhile(lambda turn: turn.id != instead_of, turns))
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
