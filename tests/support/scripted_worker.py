"""A worker whose turns are scripted by the text of the request; descriptors, lanes, model slot and llama.cpp are real.

Run as a file by the client's tests: `python tests/support/scripted_worker.py [--unchecked | --broken]`.
`--unchecked` loads a model without looking at its header first. `--broken` cannot start.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from reflexiona.domain import Reflection, TurnRequest
from reflexiona.engine.core import Core
from reflexiona.engine.index_opening import IndexOpening, Opened
from reflexiona.engine.model_opening import open_model
from reflexiona.engine.model_slot import ModelSlot, StoppableGenerator
from reflexiona.engine.protocol import Message, UseModel
from reflexiona.engine.reindexing import Reindexing
from reflexiona.engine.service import Sender, serve
from reflexiona.engine.streams import Log, take_over
from reflexiona.errors import BadInputError, StorageError
from reflexiona.events import Event, Finished, Notice, PassagesReady, Problem, ReflectionReady, Token
from reflexiona.paths import DataFolder
from reflexiona.ports import Cancelled, Generator


@dataclass(frozen=True)
class Prompt:
    """All of a turn's text is the person's part."""

    user: str
    system: str = "Respondes en español y citas los pasajes. " * 4
    opening: str = ""
    known: tuple[str, ...] = ()


class ScriptedTurns:
    """Does what the text says; anything else is answered, by the model where there is one."""

    def turn(self, request: TurnRequest, generator: Generator | None) -> Iterator[Event]:
        """The events of a turn."""
        yield PassagesReady(())
        match request.text.split()[0]:
            case "cae":
                os.kill(os.getpid(), signal.SIGKILL)
            case "cae-con-modelo" if request.use_model:
                yield Token("medio ")
                os.kill(os.getpid(), signal.SIGSEGV)
            case "sordo":
                yield Token("sordo")
                time.sleep(600)
            case "falla":
                raise ValueError(request.text)
            case "rechaza":
                raise BadInputError("No hay texto que leer.", "Escribe algo.")
            case "ruido":
                sys.stdout.write("texto de una biblioteca\n")
                sys.stdout.flush()
                os.write(1, b"ruido nativo\n")
            case "registro":
                yield Notice(Path(os.environ["REFLEXIONA_HOME"], "registro", "motor.log").read_text())
            case "entorno":
                yield Notice(" ".join(sorted(os.environ)))
        yield from self._written(request, generator)

    def read_ahead(self, request: TurnRequest, generator: Generator) -> int:
        """Reads all of the text."""
        return generator.read(Prompt(request.text), 400)

    def _written(self, request: TurnRequest, generator: Generator | None) -> Iterator[Event]:
        if generator is None:
            yield ReflectionReady(Reflection("compuesto"))
            yield Finished("done")
            return
        text, status = "", "done"
        try:
            for piece in generator.write(Prompt(request.text), max_tokens=400, seed=request.seed):
                text += piece
                yield Token(piece)
        except Cancelled:
            status = "cancelled"
        yield ReflectionReady(Reflection(text, composed=False, complete=status == "done"))
        yield Finished(status)


def _no_index() -> Opened:
    raise StorageError("Aquí no hay índice.", "Es un motor de prueba.")


def _unchecked(wanted: UseModel, loading: Callable[[float], bool]) -> StoppableGenerator:
    from reflexiona.adapters.llama import LlamaGenerator
    from reflexiona.models.templates import FAMILIES

    return LlamaGenerator(Path(wanted.path), wanted.name, FAMILIES["chatml"], loading=loading)


def main() -> None:
    """Runs the worker."""
    streams = take_over()
    sender = Sender(streams.sink)
    if "--broken" in sys.argv:
        sender(Message(0, Problem("No se puede usar la carpeta de datos.", "Revisa sus permisos.")))
        sys.exit(1)
    log = Log(DataFolder.locate())
    slot = ModelSlot(_unchecked if "--unchecked" in sys.argv else open_model)
    index = IndexOpening(_no_index)
    core = Core(
        turns=ScriptedTurns(),
        index=index,
        slot=slot,
        encoder=lambda: "ninguno",
        passages=7,
    )
    reindexing = Reindexing(index, _endless, lambda: None)
    serve(streams.source, sender, log, work=core, loading=slot, indexing=reindexing)


def _endless(report: Callable[[str, float], None], anew: bool) -> None:
    while True:
        report("codificando los pasajes", 0.5)
        time.sleep(0.01)


if __name__ == "__main__":
    main()
