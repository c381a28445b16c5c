"""Line mode: a conversation in plain lines, for screen readers, simple terminals and pipes.

Nothing is redrawn and nothing is said by colour: what was written stays where it stands. A blank line sends; a line
that begins with «/» where a message would begin is an order.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, closing, contextmanager
from types import FrameType

from reflexiona.cli.answer_orders import AnswerOrders
from reflexiona.cli.branch_orders import BranchOrders
from reflexiona.cli.case_orders import CaseOrders
from reflexiona.cli.console import Console
from reflexiona.cli.message_orders import MessageOrders
from reflexiona.cli.orders import help_text, is_order, leaves, read_order
from reflexiona.cli.room import Act, Room
from reflexiona.cli.session import Manner, Session
from reflexiona.cli.workplace import chosen_writer, engine_beside
from reflexiona.corpus.lists import load_lists
from reflexiona.errors import ExitCode, ReflexionaError
from reflexiona.loose_texts import sweep
from reflexiona.paths import DataFolder, resource
from reflexiona.settings import load_settings
from reflexiona.situation import clean
from reflexiona.storage.conversations import ConversationStore

PROMPT = "Cuenta qué pasa (una línea vacía envía):"


def talk(console: Console) -> ExitCode:
    """Talks until the person leaves or the input ends. An answer that failed makes the exit code `FAILED`."""
    console.simplify()
    data = DataFolder.locate()
    data.ensure()
    sweep(data)
    settings = load_settings(data.settings)
    writer = chosen_writer(data, settings, None, without=False)
    if writer.notice:
        console.message(writer.notice)
    with _left_in_order(), asyncio.Runner() as runner, closing(ConversationStore(data.conversations)) as store:
        store.bin.empty()  # what a window that was cut off had promised to delete
        stack = AsyncExitStack()
        engine, _ = runner.run(stack.enter_async_context(engine_beside(data, writer.model)))
        try:
            manner = Manner(settings.country, settings.register, use_model=writer.model is not None)
            lists = load_lists(resource("corpus"))
            room = Room(console, runner, Session(engine, store, manner), store, data, lists)
            Talk(room).run()
        finally:
            runner.run(stack.aclose())
    return ExitCode.FAILED if room.failed else ExitCode.DONE


@contextmanager
def _left_in_order() -> Iterator[None]:
    """A terminal that is closed, or a request to end, ends the program as a person would: nothing is left lying."""

    def leave(number: int, _: FrameType | None) -> None:
        raise SystemExit(128 + number)

    numbers = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    ours = [number for number in numbers if signal.getsignal(number) is signal.SIG_DFL]  # `nohup` has it ignored
    for number in ours:
        signal.signal(number, leave)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)


class Talk:
    """The conversation line by line. The event loop stands still while a line is awaited, so Ctrl+C ends the program
    there, and stops the answer while one is coming.
    """

    def __init__(self, room: Room) -> None:
        self._room = room
        self._console = room.console
        self._acts: Mapping[str, Act] = {
            **AnswerOrders(room).acts,
            **BranchOrders(room).acts,
            **MessageOrders(room).acts,
            **CaseOrders(room).acts,
            "ayuda": lambda _: self._console.line(help_text()),
        }

    def run(self) -> None:
        """Takes messages and orders until the end."""
        self._console.message("Reflexiona, modo sencillo. /ayuda dice las órdenes.")
        while (text := self._message()) is not None:
            self._room.ask(text)

    def _message(self) -> str | None:
        """The next message; None at the end. Orders are obeyed on the way."""
        self._console.message(PROMPT)
        while (line := self._room.next_line()) is not None:
            if leaves(line, in_danger=self._room.in_danger):
                return None
            if is_order(line):
                if not self._obey(line):
                    return None
                self._console.message(PROMPT)
            elif line.strip() and clean(text := self._room.text_from(line)):
                return text
        return None

    def _obey(self, line: str) -> bool:
        """Does what an order says; False when it is to leave."""
        try:
            name, rest = read_order(line)
            if name == "salir":
                return False
            self._acts[name](rest)
        except ReflexionaError as error:
            self._console.error(error)
        return True
