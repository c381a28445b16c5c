"""Where things lie: what the package brings, and the person's own folder.

A checkout is looked at first: an editable install freezes copies of forced includes at install time.
Nothing here touches the disk on import.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from reflexiona.errors import BadInputError, StorageError, reason

DIRECTORY_MODE = 0o700
FILE_MODE = 0o600


def resource(*parts: str) -> Path:
    """Path of something the package brings: `corpus`, `prompts` or `models` and what is below them."""
    checkout = Path(__file__).resolve().parents[2]
    if (checkout / "pyproject.toml").is_file() and (checkout / "corpus").is_dir():
        return checkout.joinpath(*parts)
    return Path(__file__).resolve().parent.joinpath("data", *parts)


def path_of(typed: str) -> Path:
    """The path that somebody typed, pasted or dragged here: «~» is their home, quotes and `file://` are no part of it.

    Raises:
        BadInputError: there is no such home, or no path is written so.
    """
    text = typed.strip()
    if len(text) > 2 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1]
    if text.startswith("file:///"):
        from urllib.parse import unquote  # hardly anybody writes so

        text = unquote(text.removeprefix("file://"))
    try:
        if "\0" in text:
            raise ValueError
        return Path(text).expanduser()
    except (RuntimeError, ValueError):
        said = " ".join(typed.split())
        raise BadInputError(f"No se entiende la ruta «{said}».", "Escríbela entera, sin «~».") from None


@dataclass(frozen=True, slots=True)
class DataFolder:
    """The person's folder. Every directory is 0700 and every file 0600."""

    root: Path

    @classmethod
    def locate(cls) -> DataFolder:
        """`REFLEXIONA_HOME`, else the platform's usual place for user data.

        Raises:
            BadInputError: `REFLEXIONA_HOME` is no path.
        """
        if home := os.environ.get("REFLEXIONA_HOME"):
            return cls(path_of(home))
        import platformdirs  # here, not above: the first frame does not wait for it

        return cls(Path(platformdirs.user_data_dir("reflexiona", appauthor=False)))

    @property
    def conversations(self) -> Path:
        """The SQLite file with conversations, drafts and plans."""
        return self.root / "conversaciones.sqlite3"

    @property
    def settings(self) -> Path:
        """The hand-editable settings file."""
        return self.root / "ajustes.toml"

    @property
    def index(self) -> Path:
        """Derived indexes, one folder a generation; deleting it is always safe."""
        return self.root / "indice"

    @property
    def documents(self) -> Path:
        """The person's own documents, as they were taken in: ground state."""
        return self.root / "documentos"

    @property
    def models(self) -> Path:
        """The person's model files."""
        return self.root / "modelos"

    @property
    def encoders(self) -> Path:
        """Encoders of the catalogue that were brought, a folder each."""
        return self.root / "codificadores"

    @property
    def measurements(self) -> Path:
        """What was measured of model files on this machine, one file each, by their hash."""
        return self.root / "medidas"

    @property
    def prefixes(self) -> Path:
        """Fixed beginnings of prompts as models have read them; nothing of the person's. Deleting them is safe."""
        return self.root / "comienzos"

    @property
    def logs(self) -> Path:
        """Native noise of the worker process."""
        return self.root / "registro"

    def ensure(self, directory: Path | None = None) -> Path:
        """Makes `directory` (the root by default) with mode 0700.

        Raises:
            StorageError: it cannot be made or written to.
        """
        target = directory or self.root
        try:
            target.mkdir(mode=DIRECTORY_MODE, parents=True, exist_ok=True)
            if self.root.stat().st_mode & 0o077:
                self.root.chmod(DIRECTORY_MODE)
            writable = os.access(target, os.W_OK | os.X_OK)
        except OSError as error:
            raise StorageError(
                f"No se puede usar la carpeta de datos {target}: {reason(error)}.",
                "Revisa sus permisos o elige otra con la variable REFLEXIONA_HOME.",
            ) from error
        if not writable:
            raise StorageError(
                f"La carpeta de datos {target} es de solo lectura.",
                "Revisa sus permisos o elige otra con la variable REFLEXIONA_HOME.",
            )
        return target
