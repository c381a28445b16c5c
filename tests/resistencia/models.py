"""The long fault campaign for local models: `python -m tests.resistencia.models`, part of `make resistencia`.

Downloads from a server that misbehaves at random, stopped and killed at random moments; and thousands of damaged model
files, looked at and then given to a real engine. Whatever happens, one of two things must be true: what should be there
is there, byte for byte, or one Spanish sentence says why not, and the next try can go on. Prints figures; exits with 1
where a rule was broken.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from reflexiona.domain import TurnRequest
from reflexiona.engine.client import EngineClient
from reflexiona.errors import EngineError, ModelError, ReflexionaError
from reflexiona.events import Problem, ReflectionReady
from reflexiona.models.catalogue import load_catalogue
from reflexiona.models.download.events import Manner
from reflexiona.models.installing import Installation, Installed, partials
from reflexiona.models.preflight import inspect_gguf
from reflexiona.models.registry import ModelRegistry
from reflexiona.paths import DataFolder
from tests.support import naughty_server as server
from tests.support.broken_gguf import broken_files, cut_anywhere, flipped_headers
from tests.support.catalogue import write_catalogue
from tests.support.program import start
from tests.support.tiny_gguf import write_tiny

HASTY = Manner(silence=0.15, tries=2, pause=0.001)
MOST_TRIES = 40


class BrokenRule(AssertionError):
    """What must never happen has happened."""


def main() -> int:
    """Runs the campaign."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--descargas", type=int, default=300, help="downloads from a misbehaving server")
    parser.add_argument("--muertes", type=int, default=12, help="downloads whose program is killed")
    parser.add_argument("--archivos", type=int, default=4000, help="damaged files")
    parser.add_argument("--semilla", type=int, default=1, help="of chance")
    options = parser.parse_args()
    began = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="resistencia-") as folder:
            place = Path(folder)
            say("descargas con fallos", downloads(place / "a", options.descargas, options.semilla))
            say("descargas con el programa muerto a medias", kills(place / "b", options.muertes, options.semilla))
            say("archivos dañados", asyncio.run(files(place / "c", options.archivos, options.semilla)))
    except BrokenRule as rule:
        sys.stdout.write(f"REGLA ROTA: {rule}\n")
        return 1
    sys.stdout.write(f"modelos: sin fallos, en {time.monotonic() - began:.0f} s\n")
    return 0


def say(title: str, figures: Counter[str]) -> None:
    """Prints the figures of a part."""
    told = ", ".join(f"{name} {count}" for name, count in figures.most_common())
    sys.stdout.write(f"{title}: {told}\n")
    sys.stdout.flush()


def downloads(place: Path, count: int, seed: int) -> Counter[str]:
    """Each download goes on until the model is there, through failures of the server and of the person's patience."""
    place.mkdir()
    body = write_tiny(place / "sano.gguf").read_bytes()
    chance = random.Random(seed)
    figures: Counter[str] = Counter()
    for number in range(count):
        data = DataFolder(place / f"datos-{number}")
        with server.naughty(body, *script(chance)) as naughty:
            size = None if chance.random() < 0.1 else len(body)
            entry = load_catalogue(
                write_catalogue(place / "c.toml", naughty.port, body, size=size or len(body), unverified=size is None)
            ).entries[0]
            for tries in range(1, MOST_TRIES + 1):
                outcome = one_try(Installation(data, entry, lambda seen: True, manner=HASTY), chance)
                figures[outcome] += 1
                check(data, body, expected=outcome == "instaladas")
                if outcome == "instaladas":
                    break
                if tries > 10:
                    naughty.script = [server.good]
            else:
                raise BrokenRule(f"la descarga {number} no termina nunca")
            figures["peticiones"] += len(naughty.asked)
    return figures


def script(chance: random.Random) -> list[server.Behaviour]:
    """Some misbehaviours, and a good server in between."""
    bad: list[server.Behaviour] = [
        server.drop(chance.random()),
        server.end_early(chance.random()),
        server.stalling(chance.random(), 0.3),
        server.slow(chance.randrange(2, 40), 0.002),
        server.silent(0.3),
        server.ignore_range,
        server.wrong_range,
        server.unnamed_range,
        server.odd_416,
        server.other_file,
        server.page,
        server.page_as_file,
        server.another_size,
        server.longer_than_said,
        server.without_length,
        server.unsized,
        server.broken_chunks,
        server.squeezed,
        server.no_http,
        server.status(chance.choice((401, 403, 404, 410, 451, 500, 502, 503))),
        server.status(429, Retry_After="0"),
        server.redirect(
            chance.choice(("/x", "http://otro.invalid/", "", "https://127.0.0.1:1/x", "file:///etc/hosts"))
        ),
    ]
    steps = [chance.choice([*bad, server.good, server.drop(chance.random())]) for _ in range(chance.randrange(1, 9))]
    return [*steps, server.good]


def one_try(installation: Installation, chance: random.Random) -> str:
    """Runs an installation; now and then the person loses patience."""
    patience = chance.randrange(1, 30) if chance.random() < 0.3 else 10**9
    try:
        with closing(installation.events()) as events:
            for number, event in enumerate(events):
                if isinstance(event, Installed):
                    return "instaladas"
                if number >= patience:
                    return "detenidas"
    except ReflexionaError as error:
        sentence(error)
        return "fallos dichos"
    raise BrokenRule("una instalación terminó sin modelo y sin decir nada")


def check(data: DataFolder, body: bytes, *, expected: bool) -> None:
    """Either the right model is there, or none."""
    found = ModelRegistry(data).installed()
    if bool(found) != expected:
        raise BrokenRule(f"hay {len(found)} modelos y debía haber {int(expected)}")
    for model in found:
        if model.path.read_bytes() != body or model.sha256 != hashlib.sha256(body).hexdigest():
            raise BrokenRule("el modelo instalado no es el del catálogo")
    known = {"descarga.lock", "diminuto.gguf", "diminuto.json", "diminuto.gguf.descarga", "diminuto.gguf.descarga.json"}
    if data.models.is_dir() and (left := {path.name for path in data.models.iterdir()} - known):
        raise BrokenRule(f"queda algo en la carpeta: {left}")
    if found and partials(data):
        raise BrokenRule("queda una descarga a medias de un modelo instalado")


def kills(place: Path, count: int, seed: int) -> Counter[str]:
    """The real program, killed in the middle of a download, as often as it takes; then left alone."""
    place.mkdir()
    body = write_tiny(place / "sano.gguf").read_bytes()
    chance = random.Random(seed)
    figures: Counter[str] = Counter()
    home = place / "datos"
    data = DataFolder(home)
    for _ in range(count):
        with server.naughty(body, server.slow(100, 0.01)) as naughty:
            catalogue = write_catalogue(place / "c.toml", naughty.port, body)
            order = ("modelos", "instala", "diminuto", "--catalogo", str(catalogue))
            for _ in range(3):
                program = start(home, *order)
                time.sleep(chance.uniform(0.1, 0.8))
                program.send_signal(chance.choice((signal.SIGKILL, signal.SIGTERM, signal.SIGINT)))
                program.communicate(timeout=20)
                figures["muertes"] += 1
                done = bool(ModelRegistry(data).installed())
                check(data, body, expected=done)
            naughty.script = [server.good]
            program = start(home, *order)
            _, said = program.communicate(timeout=60)
            if program.returncode:
                raise BrokenRule(f"tras las muertes no termina: {said}")
            figures["instaladas"] += 1
            check(data, body, expected=True)
            ModelRegistry(data).remove("diminuto")
    return figures


async def files(place: Path, count: int, seed: int) -> Counter[str]:
    """Damaged files: refused by the header check, else by llama.cpp, else loaded; the engine is there for the next."""
    place.mkdir()
    sound = write_tiny(place / "sano.gguf")
    figures: Counter[str] = Counter()
    engine = EngineClient(DataFolder(place / "datos"))
    try:
        await engine.start()
        for path in damaged(place, sound, count, seed):
            figures["archivos"] += 1
            before = engine.pid
            outcome = await taken(engine, path)
            figures[outcome] += 1
            if before is not None and before != engine.pid:
                figures["motores caídos"] += 1
            path.unlink()
        await engine.use_model("sano", str(sound))
        events = [event async for event in engine.ask(TurnRequest("Me debe tres facturas y no contesta"))]
        answers = [event for event in events if isinstance(event, ReflectionReady)]
        if any(isinstance(event, Problem) for event in events) or not answers or answers[0].reflection.composed:
            raise BrokenRule("después de los archivos dañados el motor ya no responde con un modelo sano")
    except EngineError as error:
        raise BrokenRule(f"el motor no se recuperó: {error}") from error
    finally:
        await engine.close()
    return figures


def damaged(place: Path, sound: Path, count: int, seed: int) -> Iterable[Path]:
    """The corpus, then random damage."""
    corpus = place / "corpus"
    corpus.mkdir()
    yield from broken_files(corpus)
    yield from cut_anywhere(sound, place, count // 4, seed)
    yield from flipped_headers(sound, place, count - count // 4, seed)


async def taken(engine: EngineClient, path: Path) -> str:
    """What becomes of a file."""
    try:
        inspect_gguf(path)
    except ModelError as error:
        sentence(error)
        return "rechazados por la cabecera"
    try:
        await engine.use_model("x", str(path), "chatml")
    except ModelError as error:
        sentence(error)
        return "rechazados al cargar"
    return "cargados"


def sentence(error: ReflexionaError) -> None:
    """One Spanish line that a terminal can show."""
    if not error.message.isprintable() or not error.message.rstrip(")").endswith(".") or "Error" in error.message:
        raise BrokenRule(f"no es una frase: {error.message!r}")


if __name__ == "__main__":
    sys.exit(main())
