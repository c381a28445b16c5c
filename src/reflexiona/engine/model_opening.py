"""Opens a model file for the slot: header, family and memory are checked, and only then llama.cpp is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from reflexiona.engine import imports
from reflexiona.engine.model_slot import StoppableGenerator
from reflexiona.engine.protocol import UseModel
from reflexiona.errors import ModelError
from reflexiona.models.included import included_note
from reflexiona.models.measurements import Measurements
from reflexiona.models.memory import CONTEXT, memory, needed, require
from reflexiona.models.prefixes import PrefixFiles
from reflexiona.models.preflight import inspect_gguf
from reflexiona.models.registry import ModelRegistry
from reflexiona.models.templates import choose_family
from reflexiona.paths import DataFolder
from reflexiona.settings import INCLUDED_MODEL


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a model's file."""

    heedless: bool = False
    """Whether it is to be loaded where the memory seems too small for it."""
    identity: str = ""
    """Its hash; empty: not known."""
    weight: float = 0.0
    """How much its opinion counts beside the reader's."""
    memory: int = 0
    """Bytes of memory it takes in use; 0: not known."""


def known(data: DataFolder, path: Path) -> Known:
    """What the data folder knows of a model's file; of one that is not kept there, or has changed, nothing is known."""
    model = ModelRegistry(data).of_file(path)
    if model is None or not model.unchanged:
        return Known(heedless=model is not None and model.heedless)
    weight = Measurements(data).weight(model.sha256)
    if weight is None:
        weight = included_note().weight if model.name == INCLUDED_MODEL else 0.0
    return Known(model.heedless, model.sha256, weight, model.memory)


def open_model(
    wanted: UseModel, loading: Callable[[float], bool], data: DataFolder | None = None
) -> StoppableGenerator:
    """The model of a request, loaded.

    Args:
        wanted: an empty template means the one that the file shows.
        loading: told a fraction 0–1; answers whether to go on.
        data: where more is known of its file, and where the fixed part of its prompts outlives the process.

    Raises:
        ModelError: the file, or the library, cannot be used, or there is no memory for it.
        Cancelled: `loading` answered no.
    """
    path = Path(wanted.path)
    header = inspect_gguf(path)
    family = choose_family(wanted.template, header.template, header.architecture)
    about = known(data, path) if data else Known()
    if not about.heedless:
        need = about.memory or needed(header.size, header.kv_bytes, header.context)
        require(wanted.name, need, memory())
    try:
        with imports.ALONE:
            from reflexiona.adapters.llama import LlamaGenerator  # loads native libraries that may be missing
    except (ImportError, OSError, RuntimeError) as error:
        raise ModelError(
            "No se puede cargar llama.cpp: falta una biblioteca del sistema o está mal instalado.",
            "En Debian o Ubuntu: sudo apt install libgomp1. Si no basta, reinstala llama-cpp-python.",
        ) from error
    return LlamaGenerator(
        path,
        wanted.name,
        family,
        n_ctx=CONTEXT,
        threads=1 if family.confined else None,  # so small that two would only wait for each other
        loading=loading,
        weight=about.weight,
        store=PrefixFiles(data) if data else None,
        identity=about.identity,
    )
