"""One SQLite file with the person's words: opened privately, read and written under a lock, errors said in Spanish."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reflexiona.errors import StorageError, reason
from reflexiona.paths import FILE_MODE
from reflexiona.storage.schema import migrate

PATIENCE = 5.0
"""Seconds that one process waits for another."""


class Database:
    """The file. Safe to use from several threads; several processes take turns by SQLite's own locks.

    Raises:
        StorageError: it cannot be opened, or is no database of ours; the file is left as it is.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        try:
            # SQLite gives its side files the mode of the main one.
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, FILE_MODE))
            self._connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
            _prepare(self._connection)
        except (OSError, sqlite3.Error) as error:
            raise StorageError(
                f"No se pueden abrir las conversaciones ({path}): {reason(error)}.",
                "Revisa los permisos de la carpeta y el espacio en disco; el archivo no se ha tocado.",
            ) from error

    def close(self) -> None:
        """Closes the file; nothing is pending."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection to read with.

        Raises:
            StorageError: SQLite cannot read.
        """
        with self._lock:
            try:
                yield self._connection
            except sqlite3.Error as error:
                raise StorageError(
                    f"No se pueden leer las conversaciones: {reason(error)}.",
                    "Cierra otras copias de Reflexiona y reintenta.",
                ) from error

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection inside one transaction: all of it is kept, or nothing.

        Raises:
            StorageError: SQLite cannot write; what was kept before is untouched.
        """
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    yield self._connection
                    self._connection.execute("COMMIT")
                except BaseException:
                    if self._connection.in_transaction:
                        self._connection.execute("ROLLBACK")
                    raise
            except sqlite3.Error as error:
                raise StorageError(
                    f"No se pudo guardar: {reason(error)}.",
                    "Lo guardado antes sigue intacto; revisa el espacio en disco y los permisos.",
                    retryable=True,
                ) from error

    def leave_no_trace(self) -> None:
        """Empties the write-ahead log, which may hold what was deleted.

        Raises:
            StorageError: another process kept it busy all the time.
        """
        with self.reading() as connection:
            busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if busy:
            raise StorageError(
                "Lo borrado ya no está en las conversaciones, pero otra ventana no deja vaciar el registro del disco.",
                "Se vacía al cerrar la última ventana de Reflexiona.",
            )


def _prepare(connection: sqlite3.Connection) -> None:
    """Sets the connection up and brings the file to the newest schema.

    SQLite does not wait by itself while two processes turn a new file to write-ahead mode; so it is tried again.
    """
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("PRAGMA temp_store = MEMORY")  # no word is ever in a temporary file
            migrate(connection)
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
