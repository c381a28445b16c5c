"""Taking words out of the program: to the clipboard, to a file. Each says where they went."""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from reflexiona.errors import ReflexionaError, StorageError, reason

if TYPE_CHECKING:
    from reflexiona.domain import Turn
    from reflexiona.tui.screens.main import MainScreen


async def copy_answer(screen: MainScreen) -> None:
    """Copies the last answer, as Markdown."""
    turn = screen.talk.last
    if turn is None or turn.reflection is None:
        screen.notify("Todavía no hay una respuesta que copiar.", markup=False)
        return
    await _copy(screen, answer_text(turn), "Respuesta copiada.")


async def copy_message(screen: MainScreen) -> None:
    """Copies the last message to the client, and nothing else."""
    case = screen.talk.desk.conversation if screen.talk.desk else None
    drafts = [turn.draft for turn in case.turns if turn.draft] if case else []
    if not drafts:
        screen.notify("Todavía no hay un mensaje propuesto. Se puede pedir: «escríbeme un correo».", markup=False)
        return
    await _copy(screen, drafts[-1].text, "Mensaje copiado.")


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
