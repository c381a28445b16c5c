"""What all folders of sentence encoders share: an id from their content, and configuration in JSON."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from safetensors import SafetensorError

from reflexiona.errors import ModelError, reason

REMEDY = "Elige otra carpeta o vuelve a copiarla entera."
_IDENTIFYING = ("*.json", "*.safetensors", "*.bin", "*.model", "*.txt")


def encoder_id(folder: Path) -> str:
    """Name of the folder and a hash of all in it that decides a vector: weights, tokenizer, configuration.

    Raises:
        ModelError: there is nothing of the kind in `folder`, or it cannot be read.
    """
    digest = hashlib.sha256()
    try:
        found = sorted({path for pattern in _IDENTIFYING for path in folder.rglob(pattern) if path.is_file()})
        for path in found:
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    except OSError as error:
        raise ModelError(f"No se puede leer el codificador {folder}: {reason(error)}.", REMEDY) from error
    if not any(path.suffix in {".safetensors", ".bin"} for path in found):
        raise ModelError(f"En {folder} no hay ningún codificador.", REMEDY)
    return f"{folder.resolve().name}-{digest.hexdigest()[:16]}"


@contextmanager
def reading(folder: Path) -> Iterator[None]:
    """What goes wrong while an encoder is read from `folder` becomes a `ModelError`."""
    try:
        yield
    except ModelError:
        raise
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise ModelError(f"No se puede leer el codificador {folder}: {error}.", REMEDY) from error
    except Exception as error:  # tokenizers raises bare Exception for a malformed file
        raise ModelError(f"El tokenizador de {folder} está dañado: {error}.", REMEDY) from error


def read_json(path: Path) -> Any:
    """The content of a configuration file.

    Raises:
        OSError: it cannot be read.
        ValueError: it is not JSON.
    """
    return json.loads(path.read_text(encoding="utf-8"))
