"""`reflexiona casos`: what was kept. Needs the store only; no worker is started."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from reflexiona.cli.answer import Teller
from reflexiona.cli.console import Console, one_line
from reflexiona.cli.reading import a_line, file_text
from reflexiona.cli.spanish import UsageError
from reflexiona.cli.wanted import wanted_of
from reflexiona.corpus.lists import Lists, load_lists
from reflexiona.domain import Conversation
from reflexiona.errors import BadInputError, ExitCode, StorageError, reason
from reflexiona.export.markdown import to_markdown
from reflexiona.export.reading_back import from_markdown
from reflexiona.export.spanish import moment
from reflexiona.paths import FILE_MODE, DataFolder, resource
from reflexiona.situation import fold
from reflexiona.storage.conversations import ConversationStore
from reflexiona.storage.history import Found, Summary, Wanted

Action = Callable[[argparse.Namespace, Console, ConversationStore], None]


def cases(options: argparse.Namespace, console: Console) -> ExitCode:
    """Runs an action on the kept conversations."""
    data = DataFolder.locate()
    data.ensure()
    with closing(ConversationStore(data.conversations)) as store:
        store.bin.empty()  # what a window that was cut off had promised to delete
        _ACTIONS[options.accion](options, console, store)
    return ExitCode.DONE


def write_markdown(conversation: Conversation, target: Path, lists: Lists, remark: str = "") -> None:
    """Writes a conversation into a new file that only its owner can read; `remark` stands below its title.

    Raises:
        BadInputError: the file is there already.
        StorageError: it cannot be written.
    """
    try:
        descriptor = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, FILE_MODE)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(to_markdown(conversation, lists, remark))
    except FileExistsError:
        raise BadInputError(f"Ya hay un archivo {target}.", "Elige otro nombre; no se ha tocado.") from None
    except OSError as error:
        raise StorageError(
            f"No se puede escribir {target}: {reason(error)}.", "Elige otro lugar o revisa los permisos."
        ) from error


def file_name(conversation: Conversation) -> str:
    """«reflexiona-cafeteria-a1b2c3d4.md»: the beginning of the title, and the id."""
    words = re.findall(r"[a-z0-9]+", fold(conversation.title))[:6]
    return f"{'-'.join(('reflexiona', *words, re.sub('[^A-Za-z0-9]', '', conversation.id)[:12]))}.md"


def here(stamp: str) -> str:
    """An ISO moment as a person at this machine would write it."""
    try:
        return moment(datetime.fromisoformat(stamp).astimezone().isoformat())
    except ValueError:
        return stamp


def _list(options: argparse.Namespace, console: Console, store: ConversationStore) -> None:
    found = store.list()
    if options.json:
        console.json([_summary_json(summary) for summary in found])
        return
    names = load_lists(resource("corpus")).scenarios
    for summary in found:
        scenario = names[summary.scenario].name if summary.scenario in names else ""
        console.line(f"{summary.id}  {one_line(' · '.join(_summary_parts(summary, scenario)))}")
    if not found:
        console.message("Todavía no hay ningún caso guardado.")


def _summary_parts(summary: Summary, scenario: str) -> Iterator[str]:
    yield here(summary.updated)
    yield summary.title
    if scenario:
        yield scenario
    yield f"{summary.turns} {'mensaje' if summary.turns == 1 else 'mensajes'}"
    if summary.steps:
        yield f"pasos hechos: {summary.steps_done} de {summary.steps}"
    if summary.interrupted:
        yield "quedó a medias"


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
        told = _unmarked(match.snippet) or " · ".join(_summary_parts(match.summary, ""))
        parts = (match.summary.title, told) if match.snippet else (told,)
        console.line(f"{match.summary.id}  {one_line(' · '.join(parts))}")
    if not found:
        console.message("Ningún caso es así." if not query else "Ningún caso tiene esas palabras.")


def _show(options: argparse.Namespace, console: Console, store: ConversationStore) -> None:
    conversation = store.get(options.id)
    if options.json:
        import msgspec

        console.json(msgspec.to_builtins(conversation))
        return
    lists = load_lists(resource("corpus"))
    console.line(one_line(f"{conversation.title} ({conversation.id})"))
    for turn in conversation.turns:
        console.line(f"\n— {here(turn.created)} —\n{turn.text}\n")
        Teller(console, lists).tell(turn)


def _export(options: argparse.Namespace, console: Console, store: ConversationStore) -> None:
    conversation, remark = store.get(options.id), ""
    if options.sin_datos:
        from reflexiona.export.redaction import REMARK, redacted  # most exports do without

        done = redacted(conversation)
        conversation, remark = done.conversation, REMARK
        console.message(done.told)
    lists = load_lists(resource("corpus"))
    if options.archivo == "-":
        console.piece(to_markdown(conversation, lists, remark))
        return
    target = Path(options.archivo or file_name(conversation))
    write_markdown(conversation, target, lists, remark)
    console.message(f"Guardado en {target}.")


def _import(options: argparse.Namespace, console: Console, store: ConversationStore) -> None:
    conversation = from_markdown(file_text(options.archivo))
    if not conversation.id or any(summary.id == conversation.id for summary in store.list()):
        console.message(f"Ya había un caso con el id {conversation.id}: este se guarda con otro.")
        conversation = _with_new_ids(conversation)
    store.create(conversation)
    console.line(f"{conversation.id}  {one_line(conversation.title)}")


def _with_new_ids(conversation: Conversation) -> Conversation:
    turns = tuple(replace(turn, id=os.urandom(8).hex()) for turn in conversation.turns)
    return replace(conversation, id=os.urandom(4).hex(), turns=turns)


def _delete(options: argparse.Namespace, console: Console, store: ConversationStore) -> None:
    conversation = store.get(options.id)
    if not options.si:
        if not sys.stdin.isatty():
            raise UsageError("Borrar es para siempre, y aquí no se puede preguntar.", "Añade --si para confirmarlo.")
        console.message(f"{one_line(conversation.title)}\n¿Borrar este caso para siempre? Escribe «sí» para borrarlo:")
        if fold(a_line() or "").strip() != "si":
            console.message("No se ha borrado nada.")
            return
    store.delete(conversation.id)
    console.message(f"Borrado el caso {conversation.id}.")


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
        "snippet": _unmarked(found.snippet),
        **{name: value for name, value in _summary_json(found.summary).items() if name != "id"},
    }


def _unmarked(snippet: str) -> str:
    return snippet.replace("⟦", "").replace("⟧", "")


_ACTIONS: dict[str, Action] = {
    "lista": _list,
    "busca": _search,
    "muestra": _show,
    "exporta": _export,
    "importa": _import,
    "borra": _delete,
}
