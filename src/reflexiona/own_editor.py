"""A text changed in the person's own editor, that of `VISUAL` or `EDITOR`: for both faces."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path

from reflexiona.errors import BadInputError, ReflexionaError, StorageError, reason
from reflexiona.loose_texts import loose_text
from reflexiona.paths import DataFolder
from reflexiona.text_files import text_of

OFF_RECORD = "En una conversación temporal no se abre el editor: dejaría el texto en un archivo."
UNCHANGED = "No se ha cambiado nada."


class OwnEditor:
    """The editor that the environment names.

    Raises:
        BadInputError: it names none, or what it says cannot be read.
    """

    def __init__(self) -> None:
        self._command = _command()
        self._process: subprocess.Popen[bytes] | None = None

    def edit(self, text: str, data: DataFolder) -> str:
        """What the person made of a text, once the editor has ended; then its file is gone. May run in a thread.

        Raises:
            BadInputError: there is no such editor, or what came of the text is none.
            NotFoundError: the editor took the file away.
            StorageError: the file cannot be written.
            ReflexionaError: the editor failed.
        """
        try:
            with loose_text(text, data) as path:
                self._run(path)
                return re.sub(r"\n\Z", "", text_of(path))
        except OSError as error:
            raise StorageError(f"No se puede abrir el texto en un editor: {reason(error)}.") from error

    def end(self) -> None:
        """Asks an editor that is open to end; what was not saved in it is lost."""
        if self._process is not None:
            self._process.terminate()

    def _run(self, path: Path) -> None:
        try:
            self._process = subprocess.Popen([*self._command, path])
        except (FileNotFoundError, PermissionError):
            raise BadInputError(
                f"No se encuentra el editor «{self._command[0]}».", "Se elige con la variable VISUAL o EDITOR."
            ) from None
        with self._process as process:
            try:
                code = process.wait()
            except BaseException:  # the program is ending
                process.kill()
                raise
        if code:
            raise ReflexionaError("El editor terminó con un fallo: no se ha cambiado nada.")


def _command() -> list[str]:
    """The words of the command."""
    name = next((name for name in ("VISUAL", "EDITOR") if os.environ.get(name, "").strip()), "")
    if not name:
        raise BadInputError(
            "No hay ningún editor elegido: se elige con la variable VISUAL o EDITOR, por ejemplo «nano»."
        )
    try:
        return shlex.split(os.environ[name])
    except ValueError:  # a quote that is not closed, or a backslash at the end
        raise BadInputError(
            f"No se entiende qué editor dice la variable {name}: {os.environ[name]}",
            "Falta cerrar unas comillas o sobra una barra.",
        ) from None
