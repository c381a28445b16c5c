"""The conversations in hand, written through to the store: what is here is on disk, or will be within a second.

A temporary conversation is the exception: nothing of it is handed over, ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from reflexiona.domain import Conversation, Step, Turn

if TYPE_CHECKING:
    from reflexiona.tui.keeper import Keeper

WRITE_EVERY = 1.0
"""Seconds between two writes of an answer that is being streamed."""


class Notebook:
    """Conversations by id. Call everything from the event loop's thread."""

    def __init__(self, keeper: Keeper, now: Callable[[], str]) -> None:
        self._keeper = keeper
        self._now = now
        self._cases: dict[str, Conversation] = {}
        self._temporary: set[str] = set()
        self._unwritten: set[tuple[str, str]] = set()
        self._timer: asyncio.TimerHandle | None = None

    def __getitem__(self, case_id: str) -> Conversation:
        return self._cases[case_id]

    def lay(self, case: Conversation) -> None:
        """Takes in a conversation as it was read from the store."""
        self._cases[case.id] = case

    def begin(self, case: Conversation, *, temporary: bool = False) -> None:
        """Takes in a new conversation and keeps it, unless it is a temporary one."""
        self._cases[case.id] = case
        if temporary:
            self._temporary.add(case.id)
        else:
            self._keeper.later(lambda store: store.create(case))

    def forget(self, case_id: str) -> None:
        """Lets a conversation go; what is on disk is not its business."""
        self._cases.pop(case_id, None)
        self._temporary.discard(case_id)
        self._unwritten = {(case, turn) for case, turn in self._unwritten if case != case_id}

    def rename(self, case_id: str, title: str) -> None:
        """Gives a conversation another title, in hand and on disk."""
        if case_id in self._cases:
            self._cases[case_id] = replace(self._cases[case_id], title=title)
        if case_id not in self._temporary:
            self._keeper.later(lambda store: store.rename(case_id, title))

    def turn(self, case_id: str, turn_id: str) -> Turn:
        """A turn of a conversation in hand."""
        return next(turn for turn in self._cases[case_id].turns if turn.id == turn_id)

    def before(self, case_id: str, turn_id: str) -> tuple[Turn, ...]:
        """The turns before a turn, oldest first."""
        turns = self._cases[case_id].turns
        return turns[: next(place for place, turn in enumerate(turns) if turn.id == turn_id)]

    def put(self, case_id: str, turn: Turn, *, soon: bool = False) -> None:
        """Adds a turn, or replaces the one with its id, and keeps it: at once, or (`soon`) within a second."""
        case = self._cases[case_id]
        known = any(old.id == turn.id for old in case.turns)
        turns = tuple(turn if old.id == turn.id else old for old in case.turns) if known else (*case.turns, turn)
        self._cases[case_id] = replace(case, turns=turns, updated=self._now())
        if case_id in self._temporary:
            return
        self._unwritten.add((case_id, turn.id))
        if not soon:
            self.write()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(WRITE_EVERY, self.write)

    def set_plan(self, turn_id: str, plan: tuple[Step, ...]) -> None:
        """Keeps a plan as the person left it."""
        kept = True
        for case_id, case in self._cases.items():
            if any(turn.id == turn_id for turn in case.turns):
                turns = tuple(replace(turn, plan=plan) if turn.id == turn_id else turn for turn in case.turns)
                self._cases[case_id] = replace(case, turns=turns)
                kept = case_id not in self._temporary
        if kept:
            self._keeper.later(lambda store: store.set_plan(turn_id, plan))

    def remember(self, text: str, made_of: str = "") -> None:
        """Keeps a text that was sent, or that was `made_of` one of that conversation, to be recalled."""
        self._keeper.later(lambda store: store.drafts.remember(text, made_of))

    def keep_draft(self, text: str, made_of: str = "") -> None:
        """Keeps what is being typed, maybe `made_of` a sent text of that conversation; an empty text forgets it."""
        self._keeper.later(lambda store: store.drafts.save(text, made_of))

    def erase_draft(self) -> None:
        """Forgets what was being typed: it is in no file any more."""
        self._keeper.later(lambda store: store.drafts.erase())

    def write(self) -> None:
        """Hands everything that is not on disk yet to the keeper."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        now = self._now()
        for case_id, turn_id in self._unwritten:
            self._hand_over(case_id, self.turn(case_id, turn_id), now)
        self._unwritten.clear()

    def _hand_over(self, case_id: str, turn: Turn, now: str) -> None:
        self._keeper.later(lambda store: store.save_turn(case_id, turn, now))
