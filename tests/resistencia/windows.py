"""The long fault campaign for the interface: `python -m tests.resistencia.windows`, part of `make resistencia`.

The real program in a terminal of its own, used by a script (typing, sending, an answer word by word, branching off,
exporting, deleting) and killed with `kill -9` at a random moment. Afterwards: at most the last second of typing is
missing, the store is sound, and once the program was opened again no temporary file is left. Prints figures; exits with
1 where a rule was broken.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

from reflexiona.errors import ExitCode
from reflexiona.paths import DataFolder
from reflexiona.storage.conversations import ConversationStore
from tests.support.program import SHORT, UNHURRIED, kept, use_model
from tests.support.terminal import Terminal, wait_until_gone
from tests.support.tiny_gguf import write_tiny

LATEST = 9.0
"""Seconds of use after which the program is killed at the latest."""
WORDS = (
    "Ñandú quiso otra ronda de cambios y después dijo que la factura ya no era la de siempre pero que sin falta".split()
)
"""What is typed, a word at a time."""
BRANCHED = " y esto va por otro lado"
"""What is added to a text that was sent."""
EXPECTED = {
    "conversaciones.sqlite3",
    "ajustes.toml",
    "indice",
    "modelos",
    "registro",
    "abierto",
    "comienzos",
    "medidas",
}
"""What may lie in the data folder between two uses."""


class BrokenRule(AssertionError):
    """What must never happen has happened."""


def main() -> int:
    """Runs the campaign."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--muertes", type=int, default=50, help="windows that are killed")
    parser.add_argument("--semilla", type=int, default=1, help="of chance")
    options = parser.parse_args()
    began, chance, figures = time.monotonic(), random.Random(options.semilla), Counter[str]()
    with tempfile.TemporaryDirectory(prefix="resistencia-") as folder:
        place = Path(folder)
        home = place / "datos"
        use_model(home, write_tiny(place / "lento.gguf", UNHURRIED))
        for number in range(options.muertes):
            try:
                figures[one_life(home, chance)] += 1
            except AssertionError as rule:
                sys.stdout.write(f"REGLA ROTA en la muerte {number + 1}: {rule}\n")
                return 1
    told = ", ".join(f"{name} {count}" for name, count in figures.most_common())
    sys.stdout.write(f"ventanas muertas: {told}\nventanas: sin fallos, en {time.monotonic() - began:.0f} s\n")
    return 0


def one_life(home: Path, chance: random.Random) -> str:
    """Uses the program until it is killed, and looks at what it left; returns what it was doing."""
    with Terminal(home, folder=home.parent) as terminal:
        terminal.until("modelo lento")
        worker = terminal.worker
        death = time.monotonic() + chance.uniform(0.2, LATEST)
        use = _Use(terminal, chance, death)
        doing = use.run()
        terminal.kill()
        wait_until_gone(worker)
    _sound(home)
    _nothing_lost(home, use)
    with Terminal(home, folder=home.parent) as terminal:
        terminal.until("modelo lento")
        terminal.press("ctrl+q")
        if terminal.end() != ExitCode.DONE:
            raise BrokenRule("la ventana siguiente no se cierra bien")
    _tidy(home)
    return doing


class _Use:
    """What a person does, until death comes."""

    def __init__(self, terminal: Terminal, chance: random.Random, death: float) -> None:
        self._terminal, self._chance = terminal, chance
        self.death = death
        """When it is killed."""
        self.typed: list[tuple[float, str]] = []
        """(when, the whole text) after each word, since the last time it was sent."""
        self.sent: list[tuple[float, str]] = []

    @property
    def over(self) -> bool:
        return time.monotonic() >= self.death

    def run(self) -> str:
        """Does one thing after the other; returns the last one."""
        deeds = {
            "escribiendo": self._type,
            "respondiendo": self._ask,
            "ramificando": self._branch,
            "exportando": self._export,
            "borrando": self._drop,
        }
        order = ["respondiendo", *self._chance.choices(list(deeds), k=12)]
        if self._chance.random() < 0.4:
            order.insert(0, "escribiendo")
        for doing in order:
            deeds[doing]()
            if self.over:
                return doing
        return "en reposo"

    def _rest(self, seconds: float) -> None:
        self._terminal.rest(max(0.0, min(seconds, self.death - time.monotonic())))

    def _type(self) -> None:
        for word in self._chance.sample(WORDS, 6):
            if self.over:
                return
            so_far = self.typed[-1][1] if self.typed else ""
            self._terminal.type(f"{word} ")
            self.typed.append((time.monotonic(), f"{so_far}{word} "))
            self._rest(self._chance.uniform(0.05, 0.5))

    def _ask(self) -> None:
        text = self.typed[-1][1] if self.typed else ""
        self._terminal.type(f"{SHORT}.")
        self._rest(0.2)
        if self.over:
            self.typed.append((time.monotonic(), f"{text}{SHORT}."))
            return
        self._terminal.press("enter")
        self.sent.append((time.monotonic(), f"{text}{SHORT}.".strip()))
        self.typed = []
        self._rest(self._chance.uniform(0.3, 4.0))
        if not self.over and self._chance.random() < 0.5:
            self._terminal.press("esc")
            self._rest(0.5)
            if "Esc escribir" in self._terminal.screen:  # the answer had come to its end: back to the composer
                self._terminal.press("esc")

    def _branch(self) -> None:
        """Changes a text that was sent, and sends it; what was being typed goes to the earlier texts."""
        self._terminal.press("f6")
        self._rest(self._chance.uniform(0.2, 0.8))
        if self.over:
            return
        self._terminal.type(BRANCHED)
        self._rest(0.2)
        if self.over:
            return
        self._terminal.press("enter")
        self.sent.append((time.monotonic(), BRANCHED.strip()))
        self.typed = []
        self._rest(self._chance.uniform(0.05, 3.0))

    def _export(self) -> None:
        self._terminal.press("ctrl+e")
        self._rest(0.6)

    def _drop(self) -> None:
        if self._chance.random() < 0.3:
            self._terminal.press("alt+x")
            self.sent = []  # what was sent may rightly be gone
            self._rest(1.0)


def _sound(home: Path) -> None:
    with closing(sqlite3.connect(DataFolder(home).conversations)) as connection:
        (said,) = connection.execute("PRAGMA integrity_check").fetchone()
        (empty,) = connection.execute(
            "SELECT count(*) FROM conversation WHERE id NOT IN (SELECT conversation FROM turn)"
        ).fetchone()
    if said != "ok":
        raise BrokenRule(f"el archivo de conversaciones está dañado: {said}")
    if empty:
        raise BrokenRule(f"conversaciones sin su texto: {empty}")


def _nothing_lost(home: Path, use: _Use) -> None:
    """What was typed a second and a half before death, or sent half a second before it, is there."""
    there = " ".join(turn.text for case in kept(home) for turn in case.turns)
    with closing(ConversationStore(DataFolder(home).conversations)) as store:
        unsent = " ".join((store.drafts.load(), *store.drafts.earlier()))
    death = use.death
    for when, text in use.sent:
        if death - when > 0.5 and text not in f"{there} {unsent}":
            raise BrokenRule(f"falta lo enviado: «{text}»")
    safe = [text for when, text in use.typed if death - when > 1.5]
    if safe and safe[-1].strip() not in f"{unsent} {there}":
        raise BrokenRule(f"del borrador falta más que el último segundo: «{safe[-1]}», queda «{unsent}»")


def _tidy(home: Path) -> None:
    left = {path.name for path in home.iterdir()} - EXPECTED
    if left:
        raise BrokenRule(f"queda algo en la carpeta de datos: {sorted(left)}")
    for path in home.rglob("*"):
        if path.name.endswith((".parte", ".part", ".tmp")):
            raise BrokenRule(f"queda un archivo temporal: {path}")
    owners = list((home / "abierto").iterdir()) if (home / "abierto").is_dir() else []
    if len(owners) > 1:
        raise BrokenRule(f"ventanas muertas siguen apuntadas: {len(owners)}")


if __name__ == "__main__":
    raise SystemExit(main())
