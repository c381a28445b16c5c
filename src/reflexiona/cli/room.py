"""What the orders of line mode share: where they write, whom they ask, which conversation is open."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass

from reflexiona.cli.answer import Teller
from reflexiona.cli.console import Console
from reflexiona.cli.reading import a_line, more_is_pasted
from reflexiona.cli.session import Hear, Session
from reflexiona.corpus.lists import Lists
from reflexiona.domain import Conversation, Turn
from reflexiona.errors import BadInputError, ReflexionaError
from reflexiona.paths import DataFolder
from reflexiona.safety import in_danger, work_waits
from reflexiona.storage.conversations import ConversationStore

Act = Callable[[str], None]
"""Does what an order says with what follows it; what is wrong is raised as a `ReflexionaError`."""


@dataclass(slots=True)
class Room:
    """One for a whole run of line mode."""

    console: Console
    runner: asyncio.Runner
    session: Session
    store: ConversationStore
    data: DataFolder
    lists: Lists
    listed: tuple[str, ...] = ()
    """Ids of the conversations in the list that was shown last: what its numbers stand for."""
    heard: str = ""
    """Id of the turn whose numbers were told since the last answer; empty: that of the last answer."""
    before: Conversation | None = None
    """The conversation that the open one branched off, or, once that is open, the branch; None: there is none."""
    unread: str | None = None
    """A line that came as an answer to a question and was none: the next to be read."""
    failed: bool = False
    """Whether an answer did not come to its end."""

    @property
    def case(self) -> Conversation:
        """The conversation that is open.

        Raises:
            BadInputError: none is.
        """
        if self.session.conversation is None:
            raise BadInputError("Todavía no hay ninguna conversación abierta.", "Cuenta qué pasa, o mira /casos.")
        return self.session.conversation

    def last(self, has: Callable[[Turn], object]) -> Turn | None:
        """The last turn of the open conversation that has something."""
        turns = self.session.conversation.turns if self.session.conversation else ()
        return next((turn for turn in reversed(turns) if has(turn)), None)

    @property
    def in_danger(self) -> bool:
        """Whether help is what the open conversation shows now."""
        return in_danger(self.session.conversation.turns if self.session.conversation else ())

    def work_waits(self, what: str) -> None:
        """Refuses what is about the work while help is what counts; `what` there is none of: «ningún mensaje».

        Raises:
            BadInputError: it is so now.
        """
        turns = self.session.conversation.turns if self.session.conversation else ()
        if in_danger(turns):
            raise work_waits(what, turns)

    def cited(self) -> Turn | None:
        """The turn whose passages the numbers mean that were told last."""
        return self.last(lambda turn: turn.passages and turn.id == self.heard) or self.last(lambda turn: turn.passages)

    def put_open(self, conversation: Conversation | None, *, kept: bool = True) -> None:
        """Opens a conversation, or an empty one; `kept`: what is told in it is stored."""
        self.session.conversation = conversation
        self.session.store = self.store if kept else None
        self.heard, self.before = "", None

    def open_instead(self, conversation: Conversation | None, *, kept: bool = True) -> None:
        """As `put_open`; says so where a conversation is lost by it that was not kept."""
        lost = self.session.conversation is not None and self.session.store is None
        self.put_open(conversation, kept=kept)
        if lost:
            self.console.message("La conversación temporal de antes no estaba guardada: queda olvidada.")

    def next_line(self) -> str | None:
        """The next line; None at the end of the input.

        Raises:
            BadInputError: it is not text.
        """
        line, self.unread = self.unread, None
        return a_line() if line is None else line

    def text_from(self, line: str) -> str:
        """The text that begins with a line: up to a blank one, unless that belongs to what is pasted, or the end.

        Raises:
            BadInputError: it is not text.
        """
        lines = [line]
        while (following := self.next_line()) is not None and (following.strip() or more_is_pasted()):
            lines.append(following)
        return "\n".join(lines)

    def ask(self, text: str) -> None:
        """Asks, and tells the answer while it comes. Ctrl+C stops the answer."""
        self._hear(lambda hear: self.session.ask(text, hear))

    def branch(self, place: int, title: str, text: str | None = None) -> None:
        """Goes on otherwise in a conversation of its own, as `Session.branch`, and tells the answer while it comes."""
        before = self.case
        self._hear(lambda hear: self.session.branch(place, title, text, hear))
        if self.case.id != before.id:
            self.before = before

    def _hear(self, answered: Callable[[Hear], Coroutine[None, None, Turn]]) -> None:
        teller = Teller(self.console, self.lists, answer_first=True)
        self.heard = ""
        try:
            turn = self.runner.run(answered(teller.hear))
            if self.session.unsaved:
                raise self.session.unsaved
        except KeyboardInterrupt:
            there = "queda guardado" if self.session.store else "sigue en esta conversación"
            self.console.message(f"Respuesta interrumpida: lo escrito {there}.")
        except ReflexionaError as error:
            self.failed = True
            self.console.error(error)
        else:
            self.failed = self.failed or turn.status == "error"
