"""`reflexiona corpus agrega` and `quita`: the person's own documents among the articles."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from reflexiona.cli.console import Console, one_line
from reflexiona.errors import BadInputError, ExitCode, ReflexionaError
from reflexiona.paths import DataFolder

if TYPE_CHECKING:
    from reflexiona.documents.adding import Taken
    from reflexiona.documents.gathering import Found

_NAMED = 10
"""Files that are named one by one where nothing happened to them; of more, the number is told."""
_SAFE = "Lo guardado queda guardado, y el índice se completa solo la próxima vez."
_ELSEWHERE = "Si Reflexiona está abierta en otra ventana, contará con ellos cuando se vuelva a abrir."
_HELD = (
    "Otra ventana de Reflexiona usa todavía el índice anterior: sus restos se borran al cerrarla y abrir Reflexiona "
    "de nuevo."
)


def add(options: argparse.Namespace, console: Console) -> ExitCode:
    """Takes files in and indexes them. What was taken in before an interruption stays."""
    from reflexiona.documents.gathering import gather
    from reflexiona.documents.reading import SAID_KINDS

    data = DataFolder.locate()
    data.ensure()
    gathered = gather(options.archivos, data.root)
    if gathered.others:
        console.message(f"De otros tipos, sin mirar: {_files(gathered.others)}. Se leen {SAID_KINDS}.")
    if not gathered.files:
        raise BadInputError("No hay ningún documento que agregar.", f"Se leen archivos {SAID_KINDS}.")
    taken: list[Taken] = []
    try:
        _take(console, data, gathered.files, taken, as_json=options.json)
    except KeyboardInterrupt:
        console.message(f"Interrumpido tras {len(taken)} de {_files(len(gathered.files))}. {_SAFE}")
        return ExitCode.INTERRUPTED
    finally:
        if options.json:
            console.json([_taken_json(done) for done in taken])
    if any(done.is_new for done in taken):
        return _index(console, data, _ELSEWHERE)
    return ExitCode.DONE if any(done.record for done in taken) else ExitCode.BAD_INPUT


def remove(options: argparse.Namespace, console: Console) -> ExitCode:
    """Takes documents out: their text, what the index holds of it, and what kept cases repeat of it."""
    from reflexiona.documents.keeping import keeping
    from reflexiona.documents.shelf import DocumentShelf

    data = DataFolder.locate()
    shelf = DocumentShelf(data)
    records = {record.id: record for record in map(shelf.find, options.id)}
    with keeping(shelf) as keeper:
        # the cases first: interrupted here, the document is still there to be taken out again
        answers = _forget(data, records)
        for record in records.values():
            keeper.remove(record)
            console.message(f"Quitado: {record.title} ({record.id}). El archivo de donde vino no se toca.")
    if answers:
        kept = "1 respuesta guardada" if answers == 1 else f"{answers} respuestas guardadas"
        console.message(f"También se quitó de {kept}; lo que se contara allí con otras palabras sigue.")
    code = _index(console, data, "")
    if sum(path.is_dir() for path in data.index.iterdir()) > 1:
        console.message(_HELD)
    return code


def _take(console: Console, data: DataFolder, files: Sequence[Found], taken: list[Taken], *, as_json: bool) -> None:
    """Takes the files in; `taken` grows by each as it is done."""
    from reflexiona.documents.adding import take_in
    from reflexiona.documents.reader import DocumentReader
    from reflexiona.documents.shelf import DocumentShelf

    same: list[str] = []
    console.status("leyendo los documentos", f"0 de {len(files)}")
    with DocumentReader() as reader, closing(take_in(files, DocumentShelf(data), reader, _now)) as doing:
        for done in doing:
            taken.append(done)
            if done.record is None:
                console.message(one_line(f"Saltado: {done.name} {done.message} {done.remedy}"))
            elif done.is_new and not as_json:
                console.line(one_line(f"{done.record.id}  {_about(done)}"))
            elif not done.is_new:
                same.append(one_line(f"Ya estaba: {done.name} ({done.record.id})."))
            if console.redraws:
                console.status("leyendo los documentos", f"{len(taken)} de {len(files)}")
    for line in same if len(same) <= _NAMED else (f"Ya estaban: {_files(len(same))}.",):
        console.message(line)


def _about(done: Taken) -> str:
    assert done.record is not None  # it was taken in
    record = done.record
    return " · ".join(part for part in (record.title, record.date, done.outcome.value) if part)


def _taken_json(done: Taken) -> dict[str, object]:
    record = done.record
    return {
        "file": done.name,
        "outcome": done.outcome.value,
        "id": record.id if record else None,
        "title": record.title if record else None,
        "date": record.date if record else None,
        "message": f"{done.message} {done.remedy}".strip(),
    }


def _index(console: Console, data: DataFolder, afterwards: str) -> ExitCode:
    """Brings the index up to the documents there are now."""
    from reflexiona.cli.corpus import rebuild

    try:
        found = asyncio.run(rebuild(console, data, anew=False))
    except KeyboardInterrupt:
        console.message(f"Interrumpido. {_SAFE}")
        return ExitCode.INTERRUPTED
    except ReflexionaError:
        console.message(_SAFE)
        raise
    console.message(f"Índice al día: {found.passages} pasajes. {afterwards}".strip())
    return ExitCode.DONE


def _forget(data: DataFolder, documents: Iterable[str]) -> int:
    """Takes the words of documents out of the kept cases; returns from how many answers."""
    if not data.conversations.exists():
        return 0
    from reflexiona.storage.conversations import ConversationStore

    with closing(ConversationStore(data.conversations)) as store:
        return sum(store.forget_document(document) for document in documents)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _files(count: int) -> str:
    return "1 archivo" if count == 1 else f"{count} archivos"
