"""The schema of the conversations file, as migrations that are only ever added to."""

from __future__ import annotations

import sqlite3

MIGRATIONS = (
    (
        """CREATE TABLE conversation (
            id TEXT PRIMARY KEY, title TEXT NOT NULL, created TEXT NOT NULL, updated TEXT NOT NULL
        )""",
        """CREATE TABLE turn (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            conversation TEXT NOT NULL REFERENCES conversation(id) ON DELETE CASCADE,
            status TEXT NOT NULL,
            body BLOB NOT NULL
        )""",
        "CREATE INDEX turn_by_conversation ON turn(conversation, number)",
        """CREATE VIRTUAL TABLE turn_words USING fts5(
            title, words, tokenize = "unicode61 remove_diacritics 2"
        )""",
        "CREATE TABLE draft (slot TEXT PRIMARY KEY, text TEXT NOT NULL)",
        "CREATE TABLE earlier (number INTEGER PRIMARY KEY, text TEXT NOT NULL)",
    ),
    # What a list shows stands apart from the bodies: reading two thousand conversations touches none of them.
    # `owner`: the open window or command that is writing the turn; `going`: the one that has promised to delete it.
    (
        "ALTER TABLE conversation ADD COLUMN going TEXT NOT NULL DEFAULT ''",
        "DROP INDEX turn_by_conversation",
        "ALTER TABLE turn RENAME TO turn_1",
        """CREATE TABLE turn (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            conversation TEXT NOT NULL REFERENCES conversation(id) ON DELETE CASCADE,
            status TEXT NOT NULL,
            owner TEXT NOT NULL,
            scenario TEXT NOT NULL,
            steps INTEGER NOT NULL,
            steps_done INTEGER NOT NULL
        )""",
        """CREATE TABLE turn_body (
            number INTEGER PRIMARY KEY REFERENCES turn(number) ON DELETE CASCADE,
            body TEXT NOT NULL
        )""",
        """INSERT INTO turn SELECT number, id, conversation, status, '',
            coalesce(body ->> '$.reading.scenarios[0].id', ''), coalesce(json_array_length(body, '$.plan'), 0),
            (SELECT count(*) FROM json_each(body, '$.plan') WHERE value ->> '$.done')
            FROM turn_1 ORDER BY number""",
        "INSERT INTO turn_body SELECT number, body FROM turn_1 ORDER BY number",
        "DROP TABLE turn_1",
        "CREATE INDEX turn_by_conversation ON turn(conversation, number)",
        "DROP TABLE turn_words",
        """CREATE VIRTUAL TABLE turn_words USING fts5(
            title, words, prefix = '1 2 3', tokenize = "unicode61 remove_diacritics 2"
        )""",
        """INSERT INTO turn_words(rowid, title, words) SELECT t.number, c.title,
            (b.body ->> '$.text') || char(10) || coalesce(b.body ->> '$.reflection.text', '') || char(10)
            || coalesce(b.body ->> '$.question', '') || char(10) || coalesce(b.body ->> '$.draft.text', '') || char(10)
            || coalesce((SELECT group_concat(value ->> '$.text', char(10)) FROM json_each(b.body, '$.plan')), '')
            FROM turn t JOIN turn_body b USING (number) JOIN conversation c ON c.id = t.conversation""",
    ),
    # `source`: the conversation of the sent text that this one was made of; it goes with it.
    (
        "ALTER TABLE draft ADD COLUMN source TEXT REFERENCES conversation(id) ON DELETE CASCADE",
        "ALTER TABLE earlier ADD COLUMN source TEXT REFERENCES conversation(id) ON DELETE CASCADE",
    ),
)


def migrate(connection: sqlite3.Connection) -> None:
    """Brings the file to the newest schema in one transaction, so an interrupted migration leaves the last good state.

    Raises:
        sqlite3.DatabaseError: the file was written by a newer program, or is no database.
    """
    if connection.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Read again: another process may have migrated while this one waited.
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > len(MIGRATIONS):
            raise sqlite3.DatabaseError("lo escribió una versión más nueva de Reflexiona")
        for statements in MIGRATIONS[version:]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
