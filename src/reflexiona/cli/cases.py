"""`reflexiona casos`: what was kept. Needs the store only; no worker is started."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from contextlib import closing

from reflexiona.cli.console import Console, one_line
from reflexiona.cli.kept import delete_case, export_case, found_line, import_case, listed_line, tell_case, unmarked
from reflexiona.cli.reading import file_text
from reflexiona.cli.spanish import UsageError
from reflexiona.cli.wanted import wanted_of
from reflexiona.corpus.lists import load_lists
from reflexiona.errors import ExitCode
from reflexiona.loose_texts import sweep
from reflexiona.paths import DataFolder, resource
from reflexiona.storage.conversations import ConversationStore
from reflexiona.storage.history import Found, Summary, Wanted

Action = Callable[[argparse.Namespace, Console, ConversationStore], None]


def cases(options: argparse.Namespace, console: Console) -> ExitCode:
    """Runs an action on the kept conversations."""
    data = DataFolder.locate()
    data.ensure()
    sweep(data)
    with closing(ConversationStore(data.conversations)) as store:
        store.bin.empty()  # what a window that was cut off had promised to delete
        _ACTIONS[options.accion](options, console, store)
    return ExitCode.DONE


def _list(options: argparse.Namespace, console: Console, store: ConversationStore) -> None:
    found = store.list()
    if options.json:
        console.json([_summary_json(summary) for summary in found])
        return
    lists = load_lists(resource("corpus"))
    for summary in found:
        console.line(f"{summary.id}  {listed_line(summary, lists)}")
    if not found:
        console.message("Todavía no hay ningún caso guardado.")


def _search(options: argparse.Namespace, console: Console, store: ConversationStore) -> None:
    names = load_lists(resource("corpus")).scenarios
    wanted = wanted_of(options, {scenario.id: scenario.name for scenario in names.values()})
    query = " ".join(options.palabras)
    if wanted == Wanted() and not query:
        raise UsageError(
            "Falta qué buscar: palabras, o alguna de las opciones.", "Mira «reflexiona casos busca --help»."
        )
    found = store.search(query, wanted)
    if options.json:
        console.json([_found_json(match) for match in found])
        return
    for match in found:
        console.line(f"{match.summary.id}  {found_line(match)}")
    if not found:
        console.message("Ningún caso es así." if not query else "Ningún caso tiene esas palabras.")


def _show(options: argparse.Namespace, console: Console, store: ConversationStore) -> None:
    conversation = store.get(options.id)
    if options.json:
        import msgspec

        console.json(msgspec.to_builtins(conversation))
        return
    tell_case(console, load_lists(resource("corpus")), conversation)


def _export(options: argparse.Namespace, console: Console, store: ConversationStore) -> None:
    lists = load_lists(resource("corpus"))
    export_case(console, lists, store.get(options.id), options.archivo or "", redact=options.sin_datos)


def _import(options: argparse.Namespace, console: Console, store: ConversationStore) -> None:
    conversation = import_case(console, store, file_text(options.archivo))
    console.line(f"{conversation.id}  {one_line(conversation.title)}")


def _delete(options: argparse.Namespace, console: Console, store: ConversationStore) -> None:
    conversation = store.get(options.id)
    if not options.si and not sys.stdin.isatty():
        raise UsageError("Borrar es para siempre, y aquí no se puede preguntar.", "Añade --si para confirmarlo.")
    delete_case(console, store, conversation, sure=options.si)


def _summary_json(summary: Summary) -> dict[str, object]:
    return {
        "id": summary.id,
        "title": summary.title,
        "created": summary.created,
        "updated": summary.updated,
        "turns": summary.turns,
        "scenario": summary.scenario or None,
        "steps": summary.steps,
        "steps_done": summary.steps_done,
        "state": summary.state.value,
        "interrupted": summary.interrupted,
    }


def _found_json(found: Found) -> dict[str, object]:
    return {
        "conversation": found.summary.id,
        "turn": found.turn or None,
        "snippet": unmarked(found.snippet),
        **{name: value for name, value in _summary_json(found.summary).items() if name != "id"},
    }


_ACTIONS: dict[str, Action] = {
    "lista": _list,
    "busca": _search,
    "muestra": _show,
    "exporta": _export,
    "importa": _import,
    "borra": _delete,
}
