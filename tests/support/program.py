"""The program as a person meets it: commands in processes of their own, and what they leave in a data folder."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from reflexiona.domain import Conversation
from reflexiona.paths import DataFolder
from reflexiona.storage.conversations import ConversationStore
from tests.support.tiny_gguf import Shape

PROGRAM = (sys.executable, "-m", "reflexiona")
SITUATION = (
    "Hola, soy diseñadora gráfica en Zaragoza y llevo nueve años trabajando por mi cuenta. En abril le hice la "
    "identidad completa a una cafetería: logotipo, carta, rótulo y las plantillas para las redes. Acordamos por "
    "correo 2.300 €, con la mitad al empezar y la otra mitad a treinta días de la entrega. La primera parte llegó "
    "sin problema. La segunda, 1.150 €, venció hace dos meses y ahí empezó el baile: primero que la gestoría estaba "
    "de vacaciones, después que «esta semana sin falta», y desde hace quince días ni abre los mensajes. Mientras "
    "tanto el rótulo está puesto, la carta está en las mesas y ayer subió una foto presumiendo del nuevo diseño. Me "
    "da rabia y también vergüenza insistir, porque el dueño es amigo de mi cuñado y no quiero líos en casa. ¿Cómo se "
    "lo digo sin quedar mal, y qué hago si sigue sin contestar?"
)
"""150 words, as people write them."""
SHORT = "Me debe tres facturas y no contesta"
UNHURRIED = Shape(width=128, layers=24, feed_forward=384, ends=False)
"""A model that takes some seconds over an answer: time enough to break in."""
Run = subprocess.CompletedProcess[str]


def environment(home: Path) -> dict[str, str]:
    """The usual environment, with this data folder."""
    return {**os.environ, "REFLEXIONA_HOME": str(home), "PYTHONUTF8": "1"}


def reflexiona(
    home: Path,
    *arguments: str,
    stdin: str | bytes = "",
    before: Sequence[str] = (),
    prepare: Callable[[], None] | None = None,
) -> Run:
    """Runs a command to its end.

    Args:
        before: a command that runs it.
        prepare: called in the new process, before the program.
    """
    run = subprocess.run(
        [*before, *PROGRAM, *arguments],
        input=stdin.encode() if isinstance(stdin, str) else stdin,
        capture_output=True,
        env=environment(home),
        cwd=home.parent,
        preexec_fn=prepare,
        timeout=240,
        check=False,
    )
    return Run(run.args, run.returncode, run.stdout.decode(), run.stderr.decode())


def start(home: Path, *arguments: str) -> subprocess.Popen[str]:
    """Starts a command and does not wait."""
    return subprocess.Popen(
        [*PROGRAM, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(home),
        cwd=home.parent,
    )


def use_model(home: Path, file: Path) -> str:
    """Imports a model and chooses it, by the commands; returns its name."""
    run = reflexiona(home, "modelos", "importa", str(file))
    assert run.returncode == 0, run.stderr
    name = run.stdout.strip()
    assert reflexiona(home, "modelos", "usa", name).returncode == 0
    return name


def kept(home: Path) -> tuple[Conversation, ...]:
    """All conversations of a data folder, the most recently used first."""
    with closing(ConversationStore(DataFolder(home).conversations)) as store:
        return tuple(store.get(summary.id) for summary in store.list())


def draft(home: Path) -> str:
    """What is kept of a text that was being typed."""
    with closing(ConversationStore(DataFolder(home).conversations)) as store:
        return store.drafts.load()
