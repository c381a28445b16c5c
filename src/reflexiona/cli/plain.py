"""Line mode: a conversation in plain lines, for screen readers, simple terminals and pipes.

Nothing is redrawn and nothing is said by colour: what was written stays where it stands. A blank line sends; a line
that begins with «/» where a message would begin is a command.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack, closing
from pathlib import Path

from reflexiona.cli.answer import Teller, plan_lines, source_line, source_lines
from reflexiona.cli.cases import file_name, write_markdown
from reflexiona.cli.console import Console
from reflexiona.cli.reading import a_line, more_is_pasted
from reflexiona.cli.session import Manner, Session
from reflexiona.cli.workplace import chosen_writer, engine_beside
from reflexiona.corpus.lists import load_lists
from reflexiona.domain import Turn
from reflexiona.errors import BadInputError, ExitCode, ReflexionaError
from reflexiona.paths import DataFolder, resource
from reflexiona.settings import load_settings
from reflexiona.situation import clean, fold
from reflexiona.storage.conversations import ConversationStore

PROMPT = "Cuenta qué pasa (una línea vacía envía):"
_LEAVING = frozenset({"salir", "adios", "exit", "quit"})
"""What people type to leave; no case is told so."""
HELP = """\
/plan       los siguientes pasos
/fuentes    los pasajes de la última respuesta; «/fuentes 2» muestra uno entero
/exporta    escribe la conversación en un archivo Markdown; «/exporta ARCHIVO» elige cuál
/nuevo      empieza otro caso
/ayuda      esta lista
/salir      termina (también Ctrl+D)"""


def talk(console: Console) -> ExitCode:
    """Talks until the person leaves or the input ends. An answer that failed makes the exit code `FAILED`."""
    console.simplify()
    data = DataFolder.locate()
    data.ensure()
    settings = load_settings(data.settings)
    writer = chosen_writer(data, settings, None, without=False)
    if writer.notice:
        console.message(writer.notice)
    with asyncio.Runner() as runner, closing(ConversationStore(data.conversations)) as store:
        stack = AsyncExitStack()
        engine, _ = runner.run(stack.enter_async_context(engine_beside(data, writer.model)))
        try:
            manner = Manner(settings.country, settings.register, use_model=writer.model is not None)
            talking = Talk(console, runner, Session(engine, store, manner))
            talking.run()
        finally:
            runner.run(stack.aclose())
    return ExitCode.FAILED if talking.failed else ExitCode.DONE


class Talk:
    """The conversation line by line. The event loop stands still while a line is awaited, so Ctrl+C ends the program
    there, and stops the answer while one is coming.
    """

    def __init__(self, console: Console, runner: asyncio.Runner, session: Session) -> None:
        self._console = console
        self._runner = runner
        self._session = session
        self._lists = load_lists(resource("corpus"))
        self.failed = False
        """Whether an answer did not come to its end."""

    def run(self) -> None:
        """Takes messages and commands until the end."""
        self._console.message("Reflexiona, modo sencillo. /ayuda muestra las órdenes.")
        while (text := self._message()) is not None:
            try:
                self._runner.run(self._answer(text))
            except KeyboardInterrupt:
                self._console.message("Respuesta interrumpida: lo escrito queda guardado.")
            except ReflexionaError as error:
                self.failed = True
                self._console.error(error)

    def _message(self) -> str | None:
        """The next message; None at the end. Commands are obeyed on the way."""
        lines: list[str] = []
        self._console.message(PROMPT)
        while (line := a_line()) is not None:
            if not lines and fold(line).strip() in _LEAVING:
                return None
            if not lines and line.startswith("/"):
                if not self._obey(line):
                    return None
                self._console.message(PROMPT)
            elif line.strip() or (lines and more_is_pasted()):
                lines.append(line)
            elif lines:
                break
        text = "\n".join(lines)
        return text if clean(text) else None

    async def _answer(self, text: str) -> None:
        turn = await self._session.ask(text, Teller(self._console, self._lists).hear)
        if self._session.unsaved:
            raise self._session.unsaved
        self.failed = self.failed or turn.status == "error"

    def _obey(self, line: str) -> bool:
        """Does what a command says; False when it is to leave."""
        name, _, rest = line.strip().partition(" ")
        actions: dict[str, Callable[[str], None]] = {
            "/plan": self._plan,
            "/fuentes": self._sources,
            "/exporta": self._export,
            "/nuevo": self._begin_anew,
            "/ayuda": lambda _: self._console.line(HELP),
        }
        if fold(name) == "/salir":
            return False
        action = actions.get(fold(name))
        if action is None:
            self._console.message(f"No hay ninguna orden «{name}». /ayuda muestra las que hay.")
            return True
        try:
            action(rest.strip())
        except ReflexionaError as error:
            self._console.error(error)
        return True

    def _plan(self, rest: str) -> None:
        turn = next((turn for turn in reversed(self._turns()) if turn.plan), None)
        if turn is None:
            self._console.message("Todavía no hay pasos.")
        else:
            self._console.line("\n".join(plan_lines(turn)))

    def _sources(self, rest: str) -> None:
        turn = next((turn for turn in reversed(self._turns()) if turn.passages), None)
        if turn is None:
            self._console.message("Todavía no hay pasajes.")
        elif not rest:
            self._console.line("\n".join(source_lines(turn)))
        elif rest.isdecimal() and 1 <= int(rest) <= len(turn.passages):
            passage = turn.passages[int(rest) - 1]
            self._console.line(f"{source_line(int(rest), passage)}\n\n{passage.text}")
        else:
            self._console.message(f"No hay ningún pasaje «{rest}»: van del 1 al {len(turn.passages)}.")

    def _export(self, rest: str) -> None:
        case = self._session.conversation
        if case is None:
            raise BadInputError("Todavía no hay una conversación que exportar.")
        target = Path(rest or file_name(case)).expanduser()
        write_markdown(case, target, self._lists)
        self._console.message(f"Guardado en {target}.")

    def _begin_anew(self, rest: str) -> None:
        self._session.conversation = None
        self._console.message("Caso nuevo.")

    def _turns(self) -> tuple[Turn, ...]:
        return self._session.conversation.turns if self._session.conversation else ()
