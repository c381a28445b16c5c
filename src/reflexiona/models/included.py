"""The model that comes with the program: always there, nothing to bring, nothing to remove."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec

from reflexiona.errors import ModelError, reason
from reflexiona.models.installed import InstalledModel
from reflexiona.paths import resource
from reflexiona.settings import INCLUDED_MODEL

FAMILY = "incluido"
"""Its prompt template."""


@dataclass(frozen=True, slots=True)
class IncludedNote:
    """What is known of its file since it was made."""

    sha256: str
    size: int
    memory: int
    """Bytes of memory it takes in use."""
    weight: float
    """How much its opinion counts beside the reader's, as measured on texts that neither has learnt from."""
    parameters: int
    made: str
    """The day, ISO 8601."""


def included_file() -> Path:
    """The model file."""
    return resource("models", "included", "modelo", "incluido.gguf")


def included_words() -> Path:
    """What it may say: see `stages.own_words`."""
    return resource("models", "included", "modelo", "palabras.json")


def included_note() -> IncludedNote:
    """What is known of it.

    Raises:
        ModelError: the note is missing or damaged.
    """
    try:
        return msgspec.json.decode(included_file().with_name("modelo.json").read_bytes(), type=IncludedNote)
    except (OSError, msgspec.MsgspecError) as error:
        raise ModelError(f"No se puede leer el modelo incluido: {error}.", "Reinstala Reflexiona.") from error


def included_model() -> InstalledModel:
    """The model that comes with the program. It counts as unchanged while it has its size: installing sets the time.

    Raises:
        ModelError: it is missing or damaged.
    """
    path, note = included_file(), included_note()
    try:
        time = path.stat().st_mtime_ns
    except OSError as error:
        raise ModelError(f"No se puede leer el modelo incluido: {reason(error)}.", "Reinstala Reflexiona.") from error
    return InstalledModel(INCLUDED_MODEL, path, note.size, time, note.sha256, FAMILY, note.memory)
