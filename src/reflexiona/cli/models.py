"""`reflexiona modelos`: the local models a person has, and which one writes."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable
from pathlib import Path

from reflexiona.cli.console import Console
from reflexiona.cli.workplace import engine_beside
from reflexiona.errors import ExitCode, ModelError, ReflexionaError
from reflexiona.export.spanish import decimal
from reflexiona.models.registry import InstalledModel, ModelRegistry, model_name
from reflexiona.paths import DataFolder
from reflexiona.settings import load_settings, save_setting

NONE = "ninguno"
Action = Callable[[argparse.Namespace, Console, DataFolder], None]


def models(options: argparse.Namespace, console: Console) -> ExitCode:
    """Runs an action on the models."""
    _ACTIONS[options.accion](options, console, DataFolder.locate())
    return ExitCode.DONE


def size_text(size: int) -> str:
    """Bytes as «1,1 GB» or «430 MB»."""
    return f"{decimal(size / 1e9, 1)} GB" if size >= 1e9 else f"{decimal(size / 1e6, 0 if size >= 1e7 else 1)} MB"


def _list(options: argparse.Namespace, console: Console, data: DataFolder) -> None:
    chosen = load_settings(data.settings).model
    installed = ModelRegistry(data).installed()
    if options.json:
        console.json([_model_json(model, chosen) for model in installed])
        return
    for model in installed:
        marks = " · en uso" if model.name == chosen else ""
        marks += "" if model.unchanged else " · el archivo ha cambiado: hay que importarlo de nuevo"
        console.line(f"{model.name}  {size_text(model.size)} · plantilla {model.family}{marks}")
    if not installed:
        console.message("No hay ningún modelo. Trae uno con «reflexiona modelos importa ARCHIVO.gguf».")
    elif not chosen:
        console.message("No se usa ninguno: las respuestas se componen con los artículos.")


def _model_json(model: InstalledModel, chosen: str) -> dict[str, object]:
    return {
        "name": model.name,
        "path": str(model.path),
        "size": model.size,
        "sha256": model.sha256,
        "template": model.family,
        "in_use": model.name == chosen,
        "unchanged": model.unchanged,
    }


def _import(options: argparse.Namespace, console: Console, data: DataFolder) -> None:
    registry = ModelRegistry(data)
    before = {model.name for model in registry.installed()}

    def report(fraction: float) -> None:
        console.status("leyendo el archivo", f"{round(100 * fraction)} %")

    model = registry.import_file(
        Path(options.archivo).expanduser(), options.nombre, template=options.plantilla, report=report
    )
    try:
        asyncio.run(_try(console, data, model))
    except BaseException as error:
        if model.name not in before:
            registry.remove(model.name)
        if isinstance(error, ReflexionaError):
            raise ModelError(
                f"El modelo no pasó la prueba y no se ha guardado: {error.message}", error.remedy
            ) from error
        raise
    console.line(model.name)
    console.message(f"Importado y probado. Para que escriba: reflexiona modelos usa {model.name}")


async def _try(console: Console, data: DataFolder, model: InstalledModel) -> None:
    """Loads the model in a worker and has it write a few tokens."""
    async with engine_beside(data) as (engine, starting):
        console.status("probando el modelo")
        await starting
        await engine.use_model(model.name, str(model.path), model.family)


def _use(options: argparse.Namespace, console: Console, data: DataFolder) -> None:
    if options.nombre == NONE:
        name = ""
    else:
        name = ModelRegistry(data).find(options.nombre).name
    data.ensure()
    save_setting(data.settings, "modelo", name)
    if name:
        console.message(f"Desde ahora escribe {name}.")
    else:
        console.message("Desde ahora las respuestas se componen con los artículos, sin modelo.")


def _remove(options: argparse.Namespace, console: Console, data: DataFolder) -> None:
    name = model_name(options.nombre)
    ModelRegistry(data).remove(name)
    console.message(f"Quitado el modelo {name}; el archivo de donde vino sigue donde estaba.")
    if load_settings(data.settings).model == name:
        save_setting(data.settings, "modelo", "")
        console.message("Era el que se usaba: las respuestas se componen ahora con los artículos.")


_ACTIONS: dict[str, Action] = {"lista": _list, "importa": _import, "usa": _use, "quita": _remove}
