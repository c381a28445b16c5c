"""`reflexiona modelos`: the local models a person has, and which one writes. Listing is in `model_list`."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable

from reflexiona.cli.console import Console
from reflexiona.cli.encoders import remove_encoder
from reflexiona.cli.workplace import engine_beside
from reflexiona.errors import ExitCode, ModelError, NotFoundError, ReflexionaError
from reflexiona.models.installed import InstalledModel
from reflexiona.models.installing import forget_partial
from reflexiona.models.memory import memory, needed, require
from reflexiona.models.preflight import inspect_gguf
from reflexiona.models.registry import ModelRegistry, model_name
from reflexiona.paths import DataFolder, path_of
from reflexiona.settings import INCLUDED_MODEL, load_settings, save_setting

NONE = "ninguno"
Action = Callable[[argparse.Namespace, Console, DataFolder], ExitCode]


def models(options: argparse.Namespace, console: Console) -> ExitCode:
    """Runs an action on the models."""
    return _ACTIONS[options.accion](options, console, DataFolder.locate())


def _list(options: argparse.Namespace, console: Console, data: DataFolder) -> ExitCode:
    from reflexiona.cli.model_list import list_models

    return list_models(options, console, data)


def _install(options: argparse.Namespace, console: Console, data: DataFolder) -> ExitCode:
    from reflexiona.cli.install import install

    return install(options, console, data)


def _measure(options: argparse.Namespace, console: Console, data: DataFolder) -> ExitCode:
    from reflexiona.cli.measure import measure

    return measure(options, console, data)


def _import(options: argparse.Namespace, console: Console, data: DataFolder) -> ExitCode:
    registry = ModelRegistry(data)
    before = {model.name for model in registry.installed()}
    path = path_of(options.archivo)
    header = inspect_gguf(path)
    if not options.a_pesar_de_la_memoria:
        need = needed(header.size, header.kv_bytes, header.context)
        require(path.name, need, memory(), f"reflexiona modelos importa {path}")

    def report(fraction: float) -> None:
        console.status("leyendo el archivo", f"{round(100 * fraction)} %")

    model = registry.import_file(path, options.nombre, template=options.plantilla, report=report)
    try:
        model = registry.heed_memory(model.name, heed=not options.a_pesar_de_la_memoria)
        try_model(console, data, model)
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
    return ExitCode.DONE


def try_model(console: Console, data: DataFolder, model: InstalledModel) -> None:
    """Loads a model in a worker and has it write a few tokens.

    Raises:
        ReflexionaError: it cannot be used.
    """
    asyncio.run(_try(console, data, model))


async def _try(console: Console, data: DataFolder, model: InstalledModel) -> None:
    async with engine_beside(data) as (engine, starting):
        console.status("probando el modelo")
        await starting
        await engine.use_model(model.name, str(model.path), model.family)


def _use(options: argparse.Namespace, console: Console, data: DataFolder) -> ExitCode:
    name = ""
    if options.nombre != NONE:
        registry = ModelRegistry(data)
        model = registry.find(options.nombre)
        if not options.a_pesar_de_la_memoria:
            require(model.name, model.memory or needed(model.size), memory())
        name = registry.heed_memory(model.name, heed=not options.a_pesar_de_la_memoria).name
    data.ensure()
    save_setting(data.settings, "modelo", name)
    if name:
        console.message(f"Desde ahora escribe {name}.")
    else:
        console.message("Desde ahora las respuestas se componen con los artículos, sin modelo.")
    return ExitCode.DONE


def _verify(options: argparse.Namespace, console: Console, data: DataFolder) -> ExitCode:
    registry = ModelRegistry(data)
    names = [options.nombre] if options.nombre else [model.name for model in registry.installed()]
    damaged = 0
    for name in names:

        def report(fraction: float, name: str = name) -> None:
            console.status(f"comprobando {name}", f"{round(100 * fraction)} %")

        sound = registry.verify(name, report)
        damaged += not sound
        told = "está entero" if sound else "está dañado o ha cambiado: quítalo y tráelo otra vez"
        console.line(f"{model_name(name)}  {told}")
    if not names:
        console.message("No hay ningún modelo que comprobar.")
    return ExitCode.FAILED if damaged else ExitCode.DONE


def _remove(options: argparse.Namespace, console: Console, data: DataFolder) -> ExitCode:
    name = model_name(options.nombre)
    if remove_encoder(console, data, name):
        return ExitCode.DONE
    half = forget_partial(data, name)
    try:
        ModelRegistry(data).remove(name)
    except NotFoundError:
        if not half:
            raise
        console.message(f"Quitado lo que había de la descarga de {name}.")
        return ExitCode.DONE
    console.message(f"Quitado el modelo {name}; si se importó, el archivo de donde vino sigue donde estaba.")
    if load_settings(data.settings).model == name:
        save_setting(data.settings, "modelo", INCLUDED_MODEL)
        console.message("Era el que se usaba: ahora responde el modelo incluido.")
    return ExitCode.DONE


_ACTIONS: dict[str, Action] = {
    "lista": _list,
    "instala": _install,
    "importa": _import,
    "usa": _use,
    "verifica": _verify,
    "quita": _remove,
    "mide": _measure,
}
