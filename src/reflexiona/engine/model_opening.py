"""Opens a model file for the slot: header check, family, and only then llama.cpp."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from reflexiona.engine import imports
from reflexiona.engine.model_slot import StoppableGenerator
from reflexiona.engine.protocol import UseModel
from reflexiona.errors import ModelError
from reflexiona.models.preflight import inspect_gguf
from reflexiona.models.templates import choose_family


def open_model(wanted: UseModel, loading: Callable[[float], bool]) -> StoppableGenerator:
    """The model of a request, loaded.

    Args:
        wanted: an empty template means the one that the file shows.
        loading: told a fraction 0–1; answers whether to go on.

    Raises:
        ModelError: the file, or the library, cannot be used.
        Cancelled: `loading` answered no.
    """
    path = Path(wanted.path)
    header = inspect_gguf(path)
    family = choose_family(wanted.template, header.template, header.architecture)
    try:
        with imports.ALONE:
            from reflexiona.adapters.llama import LlamaGenerator  # loads native libraries that may be missing
    except (ImportError, OSError, RuntimeError) as error:
        raise ModelError(
            "No se puede cargar llama.cpp: falta una biblioteca del sistema o está mal instalado.",
            "En Debian o Ubuntu: sudo apt install libgomp1. Si no basta, reinstala llama-cpp-python.",
        ) from error
    return LlamaGenerator(path, wanted.name, family, loading=loading)
