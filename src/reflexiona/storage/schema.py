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
