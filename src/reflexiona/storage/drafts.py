"""What is being typed and what was sent before: kept so that no text is ever lost."""

from __future__ import annotations

from reflexiona.storage.database import Database
from reflexiona.storage.presence import Presence

EARLIER_TEXTS = 200
"""How many sent texts are kept for recall."""


class Drafts:
    """A draft for each open window, those that closed windows left, and earlier texts."""

    def __init__(self, database: Database, presence: Presence) -> None:
        self._database = database
        self._presence = presence

    def save(self, text: str) -> None:
        """Keeps what is being typed in this window; an empty text forgets it."""
        slot = self._presence.id
        with self._database.writing() as connection:
            connection.execute("DELETE FROM draft WHERE slot = ?", (slot,))
            if text:
                connection.execute("INSERT INTO draft VALUES (?, ?)", (slot, text))

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
            for place, (old, text) in enumerate(left):
                if place == 0 and not has_one:
                    connection.execute("UPDATE draft SET slot = ? WHERE slot = ?", (slot, old))
                else:
                    connection.execute("DELETE FROM draft WHERE slot = ?", (old,))
                    connection.execute("INSERT INTO earlier(text) VALUES (?)", (text,))
        return tuple(text for _, text in left)

    def remember(self, text: str) -> None:
        """Keeps a sent text for recall."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM earlier WHERE text = ?", (text,))
            connection.execute("INSERT INTO earlier(text) VALUES (?)", (text,))
            connection.execute(
                "DELETE FROM earlier WHERE number <= (SELECT max(number) FROM earlier) - ?", (EARLIER_TEXTS,)
            )

    def earlier(self) -> tuple[str, ...]:
        """Sent texts, the newest first."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT text FROM earlier ORDER BY number DESC").fetchall()
        return tuple(row[0] for row in rows)
