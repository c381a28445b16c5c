"""Conversations, plans, drafts and earlier texts in one SQLite file: the person's words, never lost and never shown.

Knows nothing of models or indexes. Deleting is real: pages are overwritten, the word index purged, the log truncated.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import msgspec

from reflexiona.domain import Conversation, Step, Turn
from reflexiona.errors import NotFoundError
from reflexiona.storage.bin import Bin
from reflexiona.storage.database import Database
from reflexiona.storage.drafts import Drafts
from reflexiona.storage.history import Found, History, Summary, Wanted
from reflexiona.storage.presence import Presence

PRESENCE = "abierto"
"""Folder beside the file, in which those that have it open say so."""


class ConversationStore:
    """The file. Safe to use from several threads; several processes take turns by SQLite's own locks."""

    def __init__(self, path: Path) -> None:
        self._database = Database(path)
        self._presence = Presence(path.with_name(PRESENCE))
        self._history = History(self._database, self._presence)
        self.drafts = Drafts(self._database, self._presence)
        self.bin = Bin(self._database, self._presence)

    def close(self) -> None:
        """Closes the file; nothing is pending."""
        self._database.close()
        self._presence.leave()

    def create(self, conversation: Conversation) -> None:
        """Keeps a new conversation, with the turns it has."""
        with self._database.writing() as connection:
            connection.execute(
                "INSERT INTO conversation(id, title, created, updated) VALUES (?, ?, ?, ?)",
                (conversation.id, conversation.title, conversation.created, conversation.updated),
            )
            for turn in conversation.turns:
                self._put(connection, conversation.id, turn, _owner(self._presence, turn))

    def knows(self, conversation: Conversation) -> bool:
        """Whether the id of a conversation, or of one of its turns, is taken; what is about to be deleted counts."""
        turns = [turn.id for turn in conversation.turns]
        with self._database.reading() as connection:
            found = connection.execute(
                "SELECT 1 FROM conversation WHERE id = ? "
                "UNION ALL SELECT 1 FROM turn WHERE id IN (SELECT value FROM json_each(?)) LIMIT 1",
                (conversation.id, json.dumps(turns)),
            ).fetchone()
        return found is not None

    def save_turn(self, conversation_id: str, turn: Turn, now: str) -> None:
        """Adds a turn, or replaces the one with its id.

        Raises:
            NotFoundError: the conversation was deleted meanwhile.
        """
        owner = _owner(self._presence, turn)
        with self._database.writing() as connection:
            known = connection.execute("UPDATE conversation SET updated = ? WHERE id = ?", (now, conversation_id))
            if not known.rowcount:
                raise NotFoundError("Este caso se borró: lo nuevo ya no se guarda.", "Puede empezarse otro.")
            self._put(connection, conversation_id, turn, owner)

    def set_plan(self, turn_id: str, plan: Sequence[Step]) -> None:
        """Replaces the plan of a turn."""
        with self._database.writing() as connection:
            row = connection.execute(
                "SELECT conversation, body, owner FROM turn JOIN turn_body USING (number) WHERE id = ?", (turn_id,)
            ).fetchone()
            if row is None:
                raise NotFoundError("Ese paso es de una respuesta que ya no está guardada.")
            self._put(connection, row[0], replace(_turn(row[1]), plan=tuple(plan)), row[2])

    def get(self, conversation_id: str) -> Conversation:
        """A conversation by its id or an unambiguous beginning of it.

        Raises:
            NotFoundError: none, or several, begin so.
        """
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT id, title, created, updated FROM conversation "
                "WHERE substr(id, 1, length(?)) = ? AND going = ''",
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
                "SELECT body FROM turn JOIN turn_body USING (number) WHERE conversation = ? ORDER BY number", (row[0],)
            ).fetchall()
        return Conversation(row[0], row[1], row[2], row[3], tuple(_turn(body) for (body,) in bodies))

    def list(self, wanted: Wanted | None = None) -> tuple[Summary, ...]:
        """The conversations wanted, the most recently used first."""
        return self._history.list(wanted)

    def search(self, query: str, wanted: Wanted | None = None, limit: int = 50) -> tuple[Found, ...]:
        """Conversations that hold every word of `query`, the last one as a beginning; accents do not count."""
        return self._history.search(query, wanted, limit)

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
        self.bin.erase(conversation_id)

    def forget_document(self, document: str) -> int:
        """Takes the words of one of the person's documents out of all answers; returns out of how many."""
        from reflexiona.storage.forgetting import without_document  # seldom needed, and what it imports costs time

        with self._database.writing() as connection:
            rows = connection.execute(
                "SELECT conversation, body, owner FROM turn JOIN turn_body USING (number) WHERE instr(body, ?)",
                (msgspec.json.encode(document).decode(),),
            ).fetchall()
            turns = [(conversation, _turn(body), owner) for conversation, body, owner in rows]
            changed = [(c, new, o) for c, turn, o in turns if (new := without_document(turn, document)) is not turn]
            for conversation, turn, owner in changed:
                self._put(connection, conversation, turn, owner)
            connection.execute("INSERT INTO turn_words(turn_words) VALUES ('optimize')")
        self._database.leave_no_trace()
        return len(changed)

    def interrupted(self) -> tuple[tuple[str, Turn], ...]:
        """(conversation id, turn) of answers that never came to an end and that nobody is writing."""
        living = json.dumps(sorted(self._presence.living()))
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT conversation, body FROM turn JOIN turn_body USING (number) JOIN conversation c "
                "ON c.id = conversation WHERE status = 'streaming' AND going = '' "
                "AND owner NOT IN (SELECT value FROM json_each(?)) ORDER BY number",
                (living,),
            ).fetchall()
        return tuple((conversation, _turn(body)) for conversation, body in rows)

    def elsewhere(self) -> frozenset[str]:
        """Ids of the turns that another window or command is answering now."""
        others = self._presence.others()
        with self._database.reading() as connection:
            rows = connection.execute("SELECT id, owner FROM turn WHERE status = 'streaming'").fetchall()
        return frozenset(turn for turn, owner in rows if owner in others)

    def _put(self, connection: sqlite3.Connection, conversation_id: str, turn: Turn, owner: str) -> None:
        scenario = turn.reading.primary if turn.reading and not turn.reading.not_understood else ""
        done = sum(step.done for step in turn.plan)
        number = connection.execute(
            "INSERT INTO turn(id, conversation, status, owner, scenario, steps, steps_done) "
            "VALUES (?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT(id) DO UPDATE SET status = excluded.status, owner = excluded.owner, "
            "scenario = excluded.scenario, steps = excluded.steps, steps_done = excluded.steps_done RETURNING number",
            (turn.id, conversation_id, turn.status, owner, scenario, len(turn.plan), done),
        ).fetchone()[0]
        body = msgspec.json.encode(turn).decode()
        connection.execute("INSERT OR REPLACE INTO turn_body VALUES (?, ?)", (number, body))
        title = connection.execute("SELECT title FROM conversation WHERE id = ?", (conversation_id,)).fetchone()
        connection.execute(
            "INSERT OR REPLACE INTO turn_words(rowid, title, words) VALUES (?, ?, ?)",
            (number, title[0] if title else "", _words(turn)),
        )


def _words(turn: Turn) -> str:
    """All that can be searched for, but the title. `schema` does the same for turns of old."""
    answer = turn.reflection.text if turn.reflection else ""
    draft = turn.draft.text if turn.draft else ""
    steps = "\n".join(step.text for step in turn.plan)
    return "\n".join((turn.text, answer, turn.question, draft, steps))


def _owner(presence: Presence, turn: Turn) -> str:
    return presence.id if turn.status == "streaming" else ""


def _turn(body: str | bytes) -> Turn:
    return msgspec.json.decode(body, type=Turn)
