"""`reflexiona diagnostico`: what is installed, what is in use, what the terminal can do, and that nothing goes out."""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import date

from reflexiona import __version__
from reflexiona.cli.console import Console, one_line
from reflexiona.cli.machine import connections, family
from reflexiona.cli.workplace import engine_beside
from reflexiona.errors import ExitCode, ReflexionaError
from reflexiona.events import StatusReady
from reflexiona.models.memory import memory, size_text
from reflexiona.models.prefixes import PrefixFiles
from reflexiona.models.registry import ModelRegistry
from reflexiona.paths import DataFolder, resource
from reflexiona.settings import INCLUDED_MODEL, Settings, load_settings
from reflexiona.storage.conversations import ConversationStore

Fact = tuple[str, str]
_SEEN = ("TERM", "COLORTERM", "NO_COLOR", "TERM_PROGRAM", "LANG", "LC_ALL")


def diagnosis(options: argparse.Namespace, console: Console) -> ExitCode:
    """Tells all facts; one that cannot be found out is said in its place, and makes the exit code `FAILED`."""
    data = DataFolder.locate()
    fault: ReflexionaError | None = None
    _section(console, "Programa", _program())
    try:
        _section(console, "Datos", _data(data))
    except ReflexionaError as error:
        fault = error
        console.line(f"  {error}")
    try:
        engine = asyncio.run(_engine(data))
    except ReflexionaError as error:
        fault = error
        engine = [("Motor", str(error))]
    _section(console, "Motor", engine)
    try:
        settings = load_settings(data.settings)
        _section(console, "Modelos", _models(data, settings))
    except ReflexionaError as error:
        fault, settings = error, Settings()
        console.line(f"  {error}")
    _section(console, "Artículos", _corpus())
    _section(console, "Terminal y teclado", _terminal(console, settings))
    return ExitCode.FAILED if fault else ExitCode.DONE


def _section(console: Console, title: str, facts: Iterator[Fact] | list[Fact]) -> None:
    console.line(title)
    for name, value in facts:
        console.line(f"  {one_line(f'{name}: {value}')}")


def _program() -> Iterator[Fact]:
    yield "Reflexiona", __version__
    yield "Python", f"{platform.python_version()} ({sys.executable})"
    yield "Sistema", f"{platform.system()} {platform.release()} ({platform.machine()}), {os.cpu_count()} núcleos"
    if amount := memory():
        yield "Memoria", f"{size_text(amount.free)} libres de {size_text(amount.total)}"


def _data(data: DataFolder) -> Iterator[Fact]:
    data.ensure()
    mode = data.root.stat().st_mode & 0o777
    private = "solo tuya" if mode == 0o700 else "otros usuarios pueden entrar"
    yield "Carpeta", f"{data.root} (permisos {mode:o}: {private})"
    with closing(ConversationStore(data.conversations)) as store:
        yield "Casos guardados", str(len(store.list()))
    yield "Espacio libre", size_text(shutil.disk_usage(data.root).free)


async def _engine(data: DataFolder) -> list[Fact]:
    async with engine_beside(data) as (engine, starting):
        await starting
        status = await engine.status(complete=True)
        hits = await engine.search("factura sin pagar", 3)
        open_now = connections(family())
    return [*_index(status), ("Búsqueda de prueba", f"{len(hits)} pasajes"), ("Red", _network(open_now))]


def _index(status: StatusReady) -> Iterator[Fact]:
    yield "Artículos", f"{status.passages} pasajes"
    yield "Índice", status.generation or "todavía no está hecho"
    yield "Codificador", status.encoder
    yield "Piezas", ", ".join(f"{library} {version}" for library, version in status.versions)


def _network(count: int | None) -> str:
    if count is None:
        return "este sistema no deja comprobarlo desde aquí; Reflexiona no abre ninguna conexión"
    if count:
        return f"hay {count} conexiones abiertas, y no debería haber ninguna"
    return "ninguna conexión abierta, ni en este proceso ni en el motor, después de una búsqueda"


def _models(data: DataFolder, settings: Settings) -> Iterator[Fact]:
    installed = ModelRegistry(data).installed()
    names = [INCLUDED_MODEL, *(model.name for model in installed)]
    yield "En uso", settings.model or "ninguno: las respuestas se componen con los artículos"
    if settings.model and settings.model not in names:
        yield "Atención", f"el modelo {settings.model} ya no está"
    for model in installed:
        changed = "" if model.unchanged else ", el archivo ha cambiado"
        yield model.name, f"{size_text(model.size)}, plantilla {model.family}{changed}"
    if (kept := PrefixFiles(data).look()).files:
        damaged = f"; {kept.damaged} dañados, que se leerán de nuevo" if kept.damaged else ""
        yield "Comienzos ya leídos", f"{kept.files} ({size_text(kept.size)}), nada de lo escrito{damaged}"
    yield "Leer al escribir", "sí" if settings.read_ahead else "no (ajuste «leer_al_escribir»)"


def _corpus() -> Iterator[Fact]:
    """Against today: elsewhere no answer depends on the calendar."""
    from reflexiona.corpus.articles import load_articles
    from reflexiona.corpus.check import outdated
    from reflexiona.corpus.lists import load_help_lines

    corpus = resource("corpus")
    old = list(outdated(load_articles(corpus), load_help_lines(corpus), date.today()))
    yield "Normas y teléfonos", f"{len(old)} por comprobar" if old else "al día"
    yield from (("Por comprobar", warning) for warning in old)


def _terminal(console: Console, settings: Settings) -> Iterator[Fact]:
    size = shutil.get_terminal_size()
    ends = ("entrada", sys.stdin.isatty()), ("salida", console.terminal)
    yield "Terminal", ", ".join(f"{name} {'sí' if there else 'no'}" for name, there in ends)
    yield "Tamaño", f"{size.columns} columnas, {size.lines} filas"
    yield "Codificación", sys.stdout.encoding or "desconocida"
    for name in _SEEN:
        if name in os.environ:
            yield name, os.environ[name]
    if "TMUX" in os.environ:
        yield "tmux", "sí"
    sends, breaks = ("Enter", "Ctrl+J") if settings.send_key == "enter" else ("Ctrl+J", "Enter")
    yield "Enviar", f"{sends}; línea nueva: {breaks}"
    if settings.keys:
        from reflexiona.tui.commands import COMMANDS  # imports Textual
        from reflexiona.tui.keymap import make_keymap

        problems = make_keymap(COMMANDS, settings.keys).problems
        yield "Teclas propias", f"{len(settings.keys)}" + ("" if problems else ", sin problemas")
        yield from (("Aviso", problem) for problem in problems)
    yield "Protocolo Kitty", "sí" if settings.kitty_keyboard else "no (ajuste «teclado_kitty»)"
    yield "Acentos", "á é í ó ú ü ñ ¿ ¡ — si aquí se ven mal, la terminal no está en UTF-8"
