"""Deleting for real, with a moment to think again. What is deleted is in no file of the data folder any more.

A conversation in the bin is out of sight at once. The process that put it there erases it; should that one end before,
whoever opens the store next does.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress

import msgspec

from reflexiona.domain import Turn
from reflexiona.errors import StorageError
from reflexiona.storage.database import Database
from reflexiona.storage.presence import Presence


class Bin:
    """Conversations that are about to be deleted."""

    def __init__(self, database: Database, presence: Presence) -> None:
        self._database = database
        self._presence = presence

    def put(self, conversation_id: str) -> None:
        """Takes a conversation out of sight, to be erased unless it is taken back."""
        owner = self._presence.id
        with self._database.writing() as connection:
            connection.execute("UPDATE conversation SET going = ? WHERE id = ?", (owner, conversation_id))

    def take_back(self, conversation_id: str) -> bool:
        """Puts it back in its place; False when it has been erased."""
        with self._database.writing() as connection:
            done = connection.execute("UPDATE conversation SET going = '' WHERE id = ?", (conversation_id,))
        return done.rowcount == 1

    def empty(self) -> int:
        """Erases what this process put here and what processes that ended left; returns how many conversations."""
        others = self._presence.others()
        with self._database.reading() as connection:
            rows = connection.execute("SELECT id, going FROM conversation WHERE going != ''").fetchall()
        gone = [conversation for conversation, owner in rows if owner not in others]
        if gone:
            self.erase(*gone)
        else:  # one who was killed in the middle of an erasure may have left the log full
            with suppress(StorageError):
                self._database.leave_no_trace()
        return len(gone)

    def erase(self, *conversations: str) -> None:
        """Erases conversations, in the bin or not, the sent texts that are theirs, and what was made of those.

        Raises:
            StorageError: they cannot be erased, or a trace may be left until the last window closes.
        """
        with self._database.writing() as connection:
            for conversation in conversations:
                _erase(connection, conversation)
            connection.execute("INSERT INTO turn_words(turn_words) VALUES ('optimize')")
        self._database.leave_no_trace()


def _erase(connection: sqlite3.Connection, conversation: str) -> None:
    connection.execute(
        "DELETE FROM turn_words WHERE rowid IN (SELECT number FROM turn WHERE conversation = ?)", (conversation,)
    )
    bodies = connection.execute(
        "SELECT body FROM turn_body WHERE number IN (SELECT number FROM turn WHERE conversation = ?)", (conversation,)
    ).fetchall()
    connection.execute("DELETE FROM conversation WHERE id = ?", (conversation,))
    for (body,) in bodies:
        connection.execute("DELETE FROM earlier WHERE text = ?", (msgspec.json.decode(body, type=Turn).text,))
