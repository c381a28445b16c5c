"""What all folders of sentence encoders share: an id from their content, what they want before a text, their JSON."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from safetensors import SafetensorError

from reflexiona.errors import ModelError, reason

REMEDY = "Elige otra carpeta o vuelve a copiarla entera."
PROMPTS = "config_sentence_transformers.json"
"""The file of a folder that says what its encoder wants before a text."""
_IDENTIFYING = ("*.json", "*.safetensors", "*.bin", "*.model", "*.txt")
_E5 = re.compile(r"(?:^|-)e5-(?:small|base|large)(?:-v2)?$", re.IGNORECASE)
"""Their folders say nothing of what their model cards ask for; those that follow instructions want something else."""


class Prefixes(NamedTuple):
    """What stands before each text when it is encoded; both empty for most encoders."""

    query: str = ""
    passage: str = ""


def prefixes(folder: Path) -> Prefixes:
    """What the encoder in `folder` wants before a query and before a passage.

    Its own prompts (`query`; `document`, `passage` or `corpus`); of an E5 model that says nothing, those of its card.

    Raises:
        OSError: the file of its prompts cannot be read.
        ValueError: that file is not JSON, or not of its format.
    """
    config = read_json(folder / PROMPTS) if (folder / PROMPTS).is_file() else {}
    prompts = (config.get("prompts") if isinstance(config, dict) else None) or {}
    if not isinstance(prompts, dict) or not all(isinstance(text, str | None) for text in prompts.values()):
        raise ValueError(f"{PROMPTS}: prompts")
    documents = (prompts.get(name) for name in ("document", "passage", "corpus"))
    own = Prefixes(prompts.get("query") or "", next(filter(None, documents), ""))
    return own if any(own) or not _is_e5(folder) else Prefixes("query: ", "passage: ")


def _is_e5(folder: Path) -> bool:
    place = folder.resolve()
    if place.parent.name == "snapshots":  # in a hub's cache: models--WHO--NAME/snapshots/REVISION
        place = place.parent.parent
    return bool(_E5.search(place.name))


def encoder_id(folder: Path) -> str:
    """Name of the folder and a hash of all that decides a vector: weights, tokenizer, configuration, prefixes.

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
        if _is_e5(folder):  # known from the name, not from the content
            digest.update("\0".join(prefixes(folder)).encode())
    except (OSError, ValueError) as error:
        raise ModelError(f"No se puede leer el codificador {folder}: {_said(error)}.", REMEDY) from error
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


def _said(error: Exception) -> str:
    return reason(error) if isinstance(error, OSError) else str(error)
