"""`reflexiona preguntar`: one answer."""

from __future__ import annotations

import argparse
import asyncio
import sys
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

from reflexiona.cli.console import Console
from reflexiona.cli.reading import standard_input
from reflexiona.cli.workplace import Writer, chosen_writer, engine_beside
from reflexiona.errors import BadInputError, ExitCode, ReflexionaError
from reflexiona.paths import DataFolder
from reflexiona.settings import Settings, load_settings

if TYPE_CHECKING:
    from reflexiona.cli.session import Hear, Session
    from reflexiona.corpus.lists import Lists
    from reflexiona.domain import Turn


def ask(options: argparse.Namespace, console: Console) -> ExitCode:
    """Answers the text of the arguments, or of standard input.

    Raises:
        BadInputError: there is no text.
        NotFoundError: no such model or conversation.
        StorageError: the text cannot be kept.
    """
    text = _text(options, console)
    data = DataFolder.locate()
    if not options.temporal:
        data.ensure()
    settings = load_settings(data.settings)
    writer = chosen_writer(data, settings, options.modelo, without=options.sin_modelo)
    if writer.notice:
        console.message(writer.notice)
    return asyncio.run(_answer(options, console, data, settings, writer, text))


def _text(options: argparse.Namespace, console: Console) -> str:
    text = " ".join(options.texto)
    if not options.texto or text == "-":
        if sys.stdin.isatty():
            console.message("Cuenta qué pasa. Para enviarlo, pulsa Ctrl+D en una línea vacía.")
        text = standard_input()
    from reflexiona.situation import clean

    if not clean(text):
        raise BadInputError("No hay texto que leer.", "Cuenta qué pasa con el cliente, con las palabras que salgan.")
    return text


async def _answer(
    options: argparse.Namespace, console: Console, data: DataFolder, settings: Settings, writer: Writer, text: str
) -> ExitCode:
    async with engine_beside(data, writer.model) as (engine, _):
        from reflexiona.cli.answer import Teller
        from reflexiona.cli.session import Manner, Session
        from reflexiona.corpus.lists import load_lists
        from reflexiona.paths import resource
        from reflexiona.storage.conversations import ConversationStore

        with ExitStack() as stack:
            store = None
            if options.sigue or not options.temporal:
                store = stack.enter_context(closing(ConversationStore(data.conversations)))
            conversation = store.get(options.sigue) if store and options.sigue else None
            lists = load_lists(resource("corpus"))
            manner = Manner(settings.country, settings.register, use_model=writer.model is not None)
            session = Session(engine, None if options.temporal else store, manner, conversation)
            live = console.terminal and not (options.json or options.markdown)
            try:
                turn = await session.ask(text, Teller(console, lists).hear if live else _phases(console))
            except (asyncio.CancelledError, ReflexionaError):
                if kept := _kept_as(session):
                    console.message(f"Lo escrito hasta aquí queda guardado como {kept}.")
                raise
    if not live:
        _print(options, console, session, turn, lists)
    return _ending(options, console, session, turn)


def _phases(console: Console) -> Hear:
    from reflexiona.events import Event, Progress

    def hear(turn: Turn, event: Event) -> None:
        if isinstance(event, Progress):
            console.status(event.phase)

    return hear


def _print(options: argparse.Namespace, console: Console, session: Session, turn: Turn, lists: Lists) -> None:
    from reflexiona.cli.answer import Teller
    from reflexiona.export.answer import answer_json, answer_text

    if turn.reading is None or (options.json and turn.status == "error"):
        for notice in turn.notices:
            console.message(notice)
    if turn.reading is None:
        return
    if options.json:
        console.json(answer_json(turn, _kept_as(session), session.ms, session.tokens))
    elif options.markdown:
        console.line(answer_text(turn, lists))
    else:
        Teller(console, lists).tell(turn)


def _ending(options: argparse.Namespace, console: Console, session: Session, turn: Turn) -> ExitCode:
    if session.unsaved:
        console.error(session.unsaved)
        return ExitCode.FAILED
    if not options.json and (kept := _kept_as(session)):
        console.message(f'Guardado como {kept}. Para seguir: reflexiona preguntar --sigue {kept} "…"')
    return ExitCode.DONE if turn.status == "done" else ExitCode.FAILED


def _kept_as(session: Session) -> str:
    """Id of the kept conversation; empty for a temporary one."""
    return session.conversation.id if session.store and session.conversation else ""
