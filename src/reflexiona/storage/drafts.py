"""What is being typed and what was sent before: kept so that no text is ever lost."""

from __future__ import annotations

import sqlite3

from reflexiona.storage.database import Database
from reflexiona.storage.presence import Presence

EARLIER_TEXTS = 200
"""How many sent texts are kept for recall."""


class Drafts:
    """A draft for each open window, those that closed windows left, and earlier texts.

    A text may be made of one that was sent in a conversation: then it is erased together with that conversation, and
    kept nowhere once that is gone.
    """

    def __init__(self, database: Database, presence: Presence) -> None:
        self._database = database
        self._presence = presence

    def save(self, text: str, made_of: str = "") -> None:
        """Keeps what is being typed in this window; an empty text forgets it.

        Args:
            text: what there is of it.
            made_of: id of the conversation; empty: none, or the one that this very text was kept with.
        """
        slot = self._presence.id
        with self._database.writing() as connection:
            same = connection.execute("SELECT source FROM draft WHERE slot = ? AND text = ?", (slot, text)).fetchone()
            source = made_of or (same[0] if same else None)
            connection.execute("DELETE FROM draft WHERE slot = ?", (slot,))
            if text and _stands(connection, source):
                connection.execute("INSERT INTO draft(slot, text, source) VALUES (?, ?, ?)", (slot, text, source))

    def erase(self) -> None:
        """Forgets what is being typed in this window, so that it is in no file of the data folder any more."""
        self.save("")
        self._database.leave_no_trace()

    def load(self) -> str:
        """What was typed last, in whatever window, or an empty text."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT text FROM draft ORDER BY rowid DESC LIMIT 1").fetchone()
        return row[0] if row else ""

    def take_over(self) -> tuple[str, ...]:
        """The drafts that closed windows left, the last one first: that one is this window's draft from now on.

        The others go to the earlier texts. A draft of a window that is open stays where it is.
        """
        slot, living = self._presence.id, self._presence.living()
        with self._database.writing() as connection:
            rows = connection.execute("SELECT slot, text FROM draft ORDER BY rowid DESC").fetchall()
            left = [(old, text) for old, text in rows if old not in living]
            has_one = any(old == slot for old, _ in rows)
            for place, (old, _) in enumerate(left):
                if place == 0 and not has_one:
                    connection.execute("UPDATE draft SET slot = ? WHERE slot = ?", (slot, old))
                else:
                    _put_aside(connection, old)
        return tuple(text for _, text in left)

    def put_aside(self) -> None:
        """What was being typed in this window goes to the earlier texts: something else is being typed."""
        with self._database.writing() as connection:
            _put_aside(connection, self._presence.id)

    def remember(self, text: str, made_of: str = "") -> None:
        """Keeps a text that was sent, or that was `made_of` one of that conversation, for recall."""
        with self._database.writing() as connection:
            if not _stands(connection, made_of or None):
                return
            connection.execute("DELETE FROM earlier WHERE text = ?", (text,))
            connection.execute("INSERT INTO earlier(text, source) VALUES (?, ?)", (text, made_of or None))
            connection.execute(
                "DELETE FROM earlier WHERE number <= (SELECT max(number) FROM earlier) - ?", (EARLIER_TEXTS,)
            )

    def earlier(self) -> tuple[str, ...]:
        """Sent texts, the newest first."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT text FROM earlier ORDER BY number DESC").fetchall()
        return tuple(row[0] for row in rows)

    def made_of(self, conversation: str) -> frozenset[str]:
        """What was made of the sent texts of a conversation and not sent, in all windows."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT text FROM earlier WHERE source = :id UNION SELECT text FROM draft WHERE source = :id",
                {"id": conversation},
            ).fetchall()
        return frozenset(row[0] for row in rows)


def _stands(connection: sqlite3.Connection, conversation: str | None) -> bool:
    """Whether a text may be kept: the conversation that it was made of, if any, is not gone."""
    known = "SELECT 1 FROM conversation WHERE id = ?"
    return conversation is None or connection.execute(known, (conversation,)).fetchone() is not None


def _put_aside(connection: sqlite3.Connection, slot: str) -> None:
    connection.execute("INSERT INTO earlier(text, source) SELECT text, source FROM draft WHERE slot = ?", (slot,))
    connection.execute("DELETE FROM draft WHERE slot = ?", (slot,))
