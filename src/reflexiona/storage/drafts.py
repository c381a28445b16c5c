"""What is being typed and what was sent before: kept so that no text is ever lost."""

from __future__ import annotations

from reflexiona.storage.database import Database

EARLIER_TEXTS = 200
"""How many sent texts are kept for recall."""


class Drafts:
    """Drafts by slot, and earlier texts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(self, text: str, slot: str = "composer") -> None:
        """Keeps what is being typed; an empty text forgets it."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM draft WHERE slot = ?", (slot,))
            if text:
                connection.execute("INSERT INTO draft VALUES (?, ?)", (slot, text))

    def load(self, slot: str = "composer") -> str:
        """What was being typed, or an empty text."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT text FROM draft WHERE slot = ?", (slot,)).fetchone()
        return row[0] if row else ""

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
