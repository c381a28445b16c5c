"""Conversations, plans, drafts and earlier texts in one SQLite file: the person's words, never lost and never shown.

Knows nothing of models or indexes. Deleting is real: pages are overwritten, the word index purged, the log truncated.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from reflexiona.domain import Conversation, Step, Turn
from reflexiona.errors import NotFoundError
from reflexiona.storage.database import Database
from reflexiona.storage.drafts import Drafts


@dataclass(frozen=True, slots=True)
class Summary:
    """A conversation as a list shows it."""

    id: str
    title: str
    created: str
    updated: str
    turns: int
    scenario: str
    """Primary scenario of the last turn that was read; empty when none was."""
    steps_done: int
    steps: int
    interrupted: int
    """How many answers never came to an end."""


@dataclass(frozen=True, slots=True)
class Found:
    """A turn that holds the words searched for."""

    conversation: str
    title: str
    turn: str
    snippet: str
    """Around the words, which stand between «⟦» and «⟧»."""


class ConversationStore:
    """The file. Safe to use from several threads; several processes take turns by SQLite's own locks."""

    def __init__(self, path: Path) -> None:
        self._database = Database(path)
        self.drafts = Drafts(self._database)

    def close(self) -> None:
        """Closes the file; nothing is pending."""
        self._database.close()

    def create(self, conversation: Conversation) -> None:
        """Keeps a new conversation, with the turns it has."""
        with self._database.writing() as connection:
            connection.execute(
                "INSERT INTO conversation VALUES (?, ?, ?, ?)",
                (conversation.id, conversation.title, conversation.created, conversation.updated),
            )
            for turn in conversation.turns:
                self._put(connection, conversation.id, turn)

    def save_turn(self, conversation_id: str, turn: Turn, now: str) -> None:
        """Adds a turn, or replaces the one with its id."""
        with self._database.writing() as connection:
            self._put(connection, conversation_id, turn)
            connection.execute("UPDATE conversation SET updated = ? WHERE id = ?", (now, conversation_id))

    def set_plan(self, turn_id: str, plan: Sequence[Step]) -> None:
        """Replaces the plan of a turn."""
        with self._database.writing() as connection:
            row = connection.execute("SELECT conversation, body FROM turn WHERE id = ?", (turn_id,)).fetchone()
            if row is None:
                raise NotFoundError("Ese paso es de una respuesta que ya no está guardada.")
            self._put(connection, row[0], replace(_turn(row[1]), plan=tuple(plan)))

    def get(self, conversation_id: str) -> Conversation:
        """A conversation by its id or an unambiguous beginning of it.

        Raises:
            NotFoundError: none, or several, begin so.
        """
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT id, title, created, updated FROM conversation WHERE substr(id, 1, length(?)) = ?",
                (conversation_id, conversation_id),
            ).fetchall()
            exact = [row for row in rows if row[0] == conversation_id]
            if not conversation_id or len(exact or rows) != 1:
                raise NotFoundError(
                    f"No hay ningún caso «{conversation_id}»."
                    if not rows
                    else f"Varios casos empiezan por «{conversation_id}».",
                    "Mira los que hay con «reflexiona casos lista».",
                )
            row = (exact or rows)[0]
            bodies = connection.execute(
                "SELECT body FROM turn WHERE conversation = ? ORDER BY number", (row[0],)
            ).fetchall()
        return Conversation(row[0], row[1], row[2], row[3], tuple(_turn(body) for (body,) in bodies))

    def list(self) -> tuple[Summary, ...]:
        """All conversations, the most recently used first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                """
                SELECT c.id, c.title, c.created, c.updated, count(t.id),
                       coalesce((SELECT body ->> '$.reading.scenarios[0].id' FROM turn
                                 WHERE conversation = c.id AND body ->> '$.reading' IS NOT NULL
                                 ORDER BY number DESC LIMIT 1), ''),
                       (SELECT count(*) FROM turn p, json_each(p.body, '$.plan') s
                        WHERE p.conversation = c.id AND s.value ->> '$.done'),
                       (SELECT count(*) FROM turn p, json_each(p.body, '$.plan') s WHERE p.conversation = c.id),
                       coalesce(sum(t.status = 'streaming'), 0)
                FROM conversation c LEFT JOIN turn t ON t.conversation = c.id
                GROUP BY c.id ORDER BY c.updated DESC, c.rowid DESC
                """
            ).fetchall()
        return tuple(Summary(*row) for row in rows)

    def search(self, query: str, limit: int = 50) -> tuple[Found, ...]:
        """Turns that hold every word of `query`, the last one as a beginning; accents do not count."""
        words = re.findall(r"\w+", query)
        if not words:
            return ()
        match = " ".join(f'"{word}"' for word in words) + "*"
        with self._database.reading() as connection:
            rows = connection.execute(
                """
                SELECT t.conversation, c.title, t.id, snippet(turn_words, -1, '⟦', '⟧', '…', 16)
                FROM turn_words w JOIN turn t ON t.number = w.rowid JOIN conversation c ON c.id = t.conversation
                WHERE turn_words MATCH ? ORDER BY rank LIMIT ?
                """,
                (match, limit),
            ).fetchall()
        return tuple(Found(*row) for row in rows)

    def rename(self, conversation_id: str, title: str) -> None:
        """Gives a conversation another title."""
        with self._database.writing() as connection:
            connection.execute("UPDATE conversation SET title = ? WHERE id = ?", (title, conversation_id))
            connection.execute(
                "UPDATE turn_words SET title = ? WHERE rowid IN (SELECT number FROM turn WHERE conversation = ?)",
                (title, conversation_id),
            )

    def delete(self, conversation_id: str) -> None:
        """Deletes a conversation so that its words are in no file of the data folder any more."""
        with self._database.writing() as connection:
            connection.execute(
                "DELETE FROM turn_words WHERE rowid IN (SELECT number FROM turn WHERE conversation = ?)",
                (conversation_id,),
            )
            bodies = connection.execute("SELECT body FROM turn WHERE conversation = ?", (conversation_id,)).fetchall()
            connection.execute("DELETE FROM conversation WHERE id = ?", (conversation_id,))
            for (body,) in bodies:
                connection.execute("DELETE FROM earlier WHERE text = ?", (_turn(body).text,))
            connection.execute("INSERT INTO turn_words(turn_words) VALUES ('optimize')")
        with self._database.reading() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def forget_document(self, document: str) -> int:
        """Takes the words of one of the person's documents out of all answers; returns out of how many."""
        from reflexiona.storage.forgetting import without_document  # seldom needed, and what it imports costs time

        with self._database.writing() as connection:
            rows = connection.execute(
                "SELECT conversation, body FROM turn WHERE instr(body, ?)", (msgspec.json.encode(document).decode(),)
            ).fetchall()
            turns = [(conversation, _turn(body)) for conversation, body in rows]
            changed = [(c, new) for c, turn in turns if (new := without_document(turn, document)) is not turn]
            for conversation, turn in changed:
                self._put(connection, conversation, turn)
            connection.execute("INSERT INTO turn_words(turn_words) VALUES ('optimize')")
        with self._database.reading() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return len(changed)

    def interrupted(self) -> tuple[tuple[str, Turn], ...]:
        """(conversation id, turn) of answers that never came to an end."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT conversation, body FROM turn WHERE status = 'streaming' ORDER BY number"
            ).fetchall()
        return tuple((conversation, _turn(body)) for conversation, body in rows)

    def _put(self, connection: sqlite3.Connection, conversation_id: str, turn: Turn) -> None:
        body = msgspec.json.encode(turn).decode()
        number = connection.execute(
            "INSERT INTO turn(id, conversation, status, body) VALUES (?, ?, ?, ?) "
            "ON CONFLICT(id) DO UPDATE SET status = excluded.status, body = excluded.body RETURNING number",
            (turn.id, conversation_id, turn.status, body),
        ).fetchone()[0]
        title = connection.execute("SELECT title FROM conversation WHERE id = ?", (conversation_id,)).fetchone()
        answer = turn.reflection.text if turn.reflection else ""
        draft = turn.draft.text if turn.draft else ""
        steps = "\n".join(step.text for step in turn.plan)
        connection.execute(
            "INSERT OR REPLACE INTO turn_words(rowid, title, words) VALUES (?, ?, ?)",
            (number, title[0] if title else "", "\n".join((turn.text, answer, draft, steps))),
        )


def _turn(body: str | bytes) -> Turn:
    return msgspec.json.decode(body, type=Turn)
