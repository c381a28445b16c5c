"""Reads files in another process: ended when a file keeps it too long, replaced when a file brings it down."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import msgspec

import reflexiona
from reflexiona.documents.child import Answer
from reflexiona.documents.content import UnreadableError
from reflexiona.documents.reading import ReadDocument
from reflexiona.errors import StorageError, reason

CHILD = (sys.executable, "-P", "-m", "reflexiona.documents.child")
PATIENCE = 60.0
"""Seconds that a file may take."""


class DocumentReader:
    """One reading process, started with the first file. Close it, or use it in a `with`.

    Args:
        patience: seconds that a file may take.
        command: what to start.
    """

    def __init__(self, patience: float = PATIENCE, command: Sequence[str] = CHILD) -> None:
        self._patience = patience
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def read(self, path: Path) -> ReadDocument:
        """The document in a file.

        Raises:
            UnreadableError: it cannot be taken in, and why.
            StorageError: the reading process cannot start.
        """
        process = self._running()
        assert process.stdin is not None  # it was asked for
        try:
            process.stdin.write(msgspec.json.encode(os.fsencode(path.absolute())) + b"\n")
            process.stdin.flush()
            line = self._lines.get(timeout=self._patience)
        except queue.Empty:
            self.close()
            raise UnreadableError(
                f"tarda más de {self._patience:.0f} segundos en leerse.", "Guárdalo como texto o divídelo en partes."
            ) from None
        except OSError:
            line = b""
        try:
            answer = msgspec.json.decode(line, type=Answer)
        except msgspec.MsgspecError:  # it ended, or what speaks is no reader of ours any more
            self.close()
            answer = Answer(None, "está dañado: no se pudo leer.", "Ábrelo con otro programa y guárdalo de nuevo.")
        if answer.document is None:
            raise UnreadableError(answer.message, answer.remedy)
        return answer.document

    def close(self) -> None:
        """Ends the process; the next file starts another."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                with suppress(OSError):  # what it was not sent any more
                    if stream is not None:
                        stream.close()

    def __enter__(self) -> DocumentReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            try:
                self._process = subprocess.Popen(
                    self._command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    env=_environment(os.environ),
                    start_new_session=True,  # Ctrl+C in the terminal is for the face alone
                )
            except OSError as error:
                raise StorageError(
                    f"No se pudo arrancar el lector de documentos: {reason(error)}.", "Reinstala Reflexiona."
                ) from error
            self._lines = queue.SimpleQueue()
            threading.Thread(target=_listen, args=(self._process, self._lines), daemon=True).start()
        return self._process


def _listen(process: subprocess.Popen[bytes], lines: queue.SimpleQueue[bytes]) -> None:
    """Hands on each line; an empty one when the process has ended."""
    assert process.stdout is not None  # it was asked for
    try:
        for line in process.stdout:
            lines.put(line)
    except (OSError, ValueError):  # closed while it was read
        pass
    lines.put(b"")


def _environment(given: Mapping[str, str]) -> dict[str, str]:
    here = str(Path(reflexiona.__file__).resolve().parents[1])
    return {**given, "PYTHONUTF8": "1", "PYTHONPATH": os.pathsep.join(filter(None, (here, given.get("PYTHONPATH"))))}
