"""Taking words out of the program: to the clipboard, to a file. Each says where they went."""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from reflexiona.errors import ReflexionaError, StorageError, reason
from reflexiona.rewording import last_message, outdated
from reflexiona.safety import in_danger, work_waits

if TYPE_CHECKING:
    from reflexiona.domain import Turn
    from reflexiona.tui.screens.main import MainScreen


async def copy_answer(screen: MainScreen) -> None:
    """Copies the answer that is being read, as Markdown."""
    from reflexiona.tui.deeds import place_read

    case = screen.talk.desk.conversation if screen.talk.desk else None
    turns, place = case.turns if case else (), place_read(screen)
    if not turns or turns[place].reflection is None:
        screen.notify("Todavía no hay una respuesta que copiar.", markup=False)
        return
    which = f" {place + 1} de {len(turns)}" if place + 1 < len(turns) else ""
    await _copy(screen, answer_text(turns[place]), f"Respuesta{which} copiada.")


async def copy_message(screen: MainScreen) -> None:
    """Copies the last message to the client, and nothing else."""
    case = screen.talk.desk.conversation if screen.talk.desk else None
    turn = last_message(case.turns) if case else None
    if case is not None and in_danger(case.turns):
        screen.notify(str(work_waits("ningún mensaje", case.turns)), timeout=8, markup=False)
        return
    if case is None or turn is None or turn.draft is None:
        screen.notify("Todavía no hay un mensaje propuesto. Se puede pedir: «escríbeme un correo».", markup=False)
        return
    old = " Es de antes de lo último que se contó: F4 propone otro." if outdated(case.turns) else ""
    await _copy(screen, turn.draft.text, f"Mensaje copiado.{old}")


def answer_text(turn: Turn) -> str:
    """An answer as text to paste: prose, question, steps, sources."""
    parts = [turn.reflection.text if turn.reflection else "", turn.question]
    numbers = {passage.id: n for n, passage in enumerate(turn.passages, start=1)}
    parts.append(
        "\n".join(
            f"- [{'x' if step.done else ' '}] {step.when.label}: {step.text}"
            + (f" [{numbers[step.source]}]" if step.source in numbers else "")
            for step in turn.plan
        )
    )
    parts.append(turn.draft.text if turn.draft else "")
    if turn.cited:
        parts.append("\n".join(f"[{n}] {p.title} ({p.article_title})" for n, p in enumerate(turn.passages, start=1)))
    return "\n\n".join(part for part in parts if part)


async def export_redacted(screen: MainScreen) -> None:
    """Writes it without names, mails, telephones and amounts, as far as they are found."""
    await export(screen, redacted=True)


async def export(screen: MainScreen, *, redacted: bool = False) -> None:
    """Writes the conversation on the table to a Markdown file, readable only by the person."""
    case = screen.talk.desk.conversation if screen.talk.desk else None
    if case is None or not case.turns or screen.backstage is None:
        screen.notify("Todavía no hay una conversación que exportar.", markup=False)
        return
    try:
        lists = await screen.backstage.shelf.lists()
        from reflexiona.export.markdown import to_markdown

        told = remark = ""
        if redacted:
            from reflexiona.export import redaction

            done = await asyncio.to_thread(redaction.redacted, case)
            case, told, remark = done.conversation, f"\n{done.told}", redaction.REMARK
        text = await asyncio.to_thread(to_markdown, case, lists, remark)
        path = await asyncio.to_thread(write_new, slug(case.title), text)
    except ReflexionaError as error:
        screen.notify(str(error), title="No se pudo exportar", severity="error", timeout=12, markup=False)
        return
    screen.notify(f"{path}{told}", title="Exportada a", timeout=12, markup=False)


def slug(title: str) -> str:
    """A file name without its ending: «reflexiona-una-factura-que-no-llega»."""
    from reflexiona.tui.plain import folded

    words = re.findall(r"[a-z0-9]+", folded(title))
    return "-".join(["reflexiona", *words[:8]])


def write_new(name: str, text: str) -> Path:
    """Writes a new file with mode 0600 into the current folder, or into the home where that cannot be written.

    Nothing is ever overwritten: a number is added to the name.

    Raises:
        StorageError: neither folder can be written.
    """
    refusal = ""
    for folder in (Path.cwd(), Path.home()):
        try:
            return _create(folder, name, text)
        except OSError as error:
            refusal = reason(error)
    raise StorageError(f"No se puede escribir ni en la carpeta actual ni en la personal: {refusal}.")


def _create(folder: Path, name: str, text: str) -> Path:
    for number in range(1, 1000):
        path = folder / (f"{name}.md" if number == 1 else f"{name}-{number}.md")
        try:
            descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:
            continue
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        return path
    raise OSError("demasiados archivos con el mismo nombre")


async def _copy(screen: MainScreen, text: str, done: str) -> None:
    from reflexiona.tui.clipboard import copy

    where = await copy(screen.app, text)
    screen.notify(f"{done} {where}".strip(), timeout=8, markup=False)
