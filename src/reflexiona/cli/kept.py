"""What is kept, told and changed: the lines of lists, a whole conversation, its export, its deletion.

For the commands and for the orders of line mode alike.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from reflexiona.cli.answer import Teller
from reflexiona.cli.console import Console, one_line
from reflexiona.cli.reading import a_line
from reflexiona.corpus.lists import Lists
from reflexiona.domain import Conversation
from reflexiona.errors import BadInputError, StorageError, reason
from reflexiona.export.markdown import to_markdown
from reflexiona.export.reading_back import from_markdown
from reflexiona.export.spanish import moment
from reflexiona.paths import FILE_MODE, path_of
from reflexiona.situation import fold, title_of
from reflexiona.storage.conversations import ConversationStore
from reflexiona.storage.history import Found, Summary
from reflexiona.storage.twins import take_in

_RECALLED = 200
"""Characters of the last words that are told when a conversation is opened."""


def listed_line(summary: Summary, lists: Lists) -> str:
    """«21 de noviembre de 2026, 10:09 · Cafetería · Impago o pago tardío · 2 mensajes»."""
    names = lists.scenarios
    return one_line(" · ".join(_parts(summary, names[summary.scenario].name if summary.scenario in names else "")))


def found_line(found: Found) -> str:
    """The title and the words around what was searched for; without words, as in a list."""
    if not found.snippet:
        return one_line(" · ".join(_parts(found.summary, "")))
    return one_line(f"{found.summary.title} · {unmarked(found.snippet)}")


def unmarked(snippet: str) -> str:
    """A snippet without the marks around its words."""
    return snippet.replace("⟦", "").replace("⟧", "")


def tell_case(console: Console, lists: Lists, conversation: Conversation) -> None:
    """The whole conversation."""
    console.line(one_line(f"{conversation.title} ({conversation.id})"))
    for turn in conversation.turns:
        console.line(f"\n— {here(turn.created)} —\n{turn.text}\n")
        Teller(console, lists).tell(turn)


def tell_opened(console: Console, conversation: Conversation) -> None:
    """Which conversation is open now, and what was told in it last."""
    turns = conversation.turns
    count = f"{len(turns)} {'mensaje' if len(turns) == 1 else 'mensajes'}"
    console.line(one_line(f"Abierta: «{conversation.title}», {count}, del {here(conversation.updated)}."))
    if told := next((turn for turn in reversed(turns) if turn.draft is None), None):
        console.line(one_line(f"Lo último que contaste: {title_of(told.text, _RECALLED)}"))
    console.message("Lo que se escriba ahora sigue con ella. /lee la lee entera.")


def import_case(console: Console, store: ConversationStore, text: str) -> Conversation:
    """Keeps an exported conversation, and says so; returns it, or the one that was kept already.

    Raises:
        BadInputError: it was not exported by Reflexiona, or was damaged.
    """
    taken = take_in(store, from_markdown(text), lambda size: os.urandom(size).hex())
    if taken.twin:
        console.message(f"Ya estaba guardado con el id {taken.kept.id}: no se guarda otra vez.")
    elif taken.instead_of:
        console.message(f"Ya había un caso con el id {taken.instead_of}: este se guarda con otro.")
    return taken.kept


def export_case(console: Console, lists: Lists, conversation: Conversation, target: str, *, redact: bool) -> None:
    """Writes a conversation as Markdown and says where; `target` empty: a new file here; «-»: standard output.

    Raises:
        BadInputError: the file is there already, or the path is none.
        StorageError: it cannot be written.
    """
    remark = ""
    if redact:
        from reflexiona.export.redaction import REMARK, redacted  # most exports do without

        done = redacted(conversation)
        conversation, remark = done.conversation, REMARK
        console.message(done.told)
    if target == "-":
        console.piece(to_markdown(conversation, lists, remark))
        return
    path = path_of(target or file_name(conversation))
    write_new(path, to_markdown(conversation, lists, remark))
    console.message(f"Guardado en {path}.")


def delete_case(
    console: Console,
    store: ConversationStore,
    conversation: Conversation,
    *,
    sure: bool = False,
    unread: Callable[[str], None] = lambda _: None,
) -> bool:
    """Asks, unless the person is `sure`, and deletes for good; returns whether it was done.

    `unread` is handed a line that is no answer: whoever reads lines has it to read.
    """
    if not sure:
        console.message(f"{one_line(conversation.title)}\n¿Borrar este caso para siempre? Escribe «sí» para borrarlo:")
        line = a_line() or ""
        answer = fold(line).strip(" .!¡")
        if answer != "si":
            console.message("No se ha borrado nada.")
            if answer not in ("", "no"):
                unread(line)
            return False
    store.delete(conversation.id)
    console.message(f"Borrado el caso {conversation.id}.")
    return True


def write_new(target: Path, text: str) -> None:
    """Writes a new file that only its owner can read.

    Raises:
        BadInputError: the file is there already, or no file can be called so.
        StorageError: it cannot be written.
    """
    try:
        descriptor = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, FILE_MODE)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise BadInputError(f"Ya hay un archivo {target}.", "Elige otro nombre; no se ha tocado.") from None
    except ValueError:
        raise BadInputError(f"Ningún archivo puede llamarse «{one_line(str(target))}».", "Elige otro nombre.") from None
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


def _parts(summary: Summary, scenario: str) -> Iterator[str]:
    yield here(summary.updated)
    yield summary.title
    if scenario:
        yield scenario
    yield f"{summary.turns} {'mensaje' if summary.turns == 1 else 'mensajes'}"
    if summary.steps:
        yield f"pasos hechos: {summary.steps_done} de {summary.steps}"
    if summary.interrupted:
        yield "quedó a medias"
