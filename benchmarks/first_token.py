"""From Enter to a model's first word, beside a plain llama-cpp-python chat that is given the same prompts; and writing
beside a bare loop of evaluating and sampling.

    python benchmarks/first_token.py MODEL.gguf

MODEL is a file that `make_gguf.py` wrote or any instruct model. Ours is the program's own worker: reading, passages,
the model's view of the case (closed choices) and then the first word. The other loads the file with `llama_cpp.Llama`
and streams `create_chat_completion`. Both run in processes of their own, one after the other, on a text of about 100
words and a follow-up. Tokens are those that had to be evaluated between Enter and the end of the answer, closed choices
counted apart. Goals: after reading ahead at most 32 tokens; writing at least 95 % of the bare loop.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import aclosing
from pathlib import Path
from typing import Any

from reflexiona.cli.workplace import engine_beside
from reflexiona.domain import Register, Turn, TurnRequest
from reflexiona.engine.client import EngineClient
from reflexiona.engine.composition import compose
from reflexiona.events import Token, TokensCounted
from reflexiona.models.installed import InstalledModel
from reflexiona.models.registry import ModelRegistry
from reflexiona.paths import DataFolder
from reflexiona.ports import Prompt
from reflexiona.turn_building import advance, begun

TEXT = """\
Soy ilustradora y en junio entregué doce láminas para el calendario de una librería. Quedamos en 1.100 euros a 30 días,
con presupuesto aceptado por correo. Ya vamos por octubre: primero faltaba la firma del socio, luego la gestoría, y
desde hace dos semanas no me contestan ni los correos ni el teléfono. El calendario está impreso y a la venta en el
mostrador, con mi nombre en pequeño. Me da apuro insistir porque son gente del barrio y nos vemos en todas partes, pero
ese dinero me hace falta y estoy cansada de esperar. No sé si ir en persona, escribir otra vez o mandar algo más formal.
"""
FOLLOW_UP = "Hoy contestó el socio: que pagan el viernes si antes les hago la portada de enero. ¿La hago o espero?"
Row = tuple[float, int, int]
"""Seconds to the first word, tokens read, tokens of closed choices."""
PATIENCE = 300.0
"""Seconds."""
WRITTEN = 64
"""Tokens of an answer, beside the bare loop."""
PLAIN = """
import json, sys, time
from llama_cpp import Llama
path, talks = sys.argv[1], json.load(sys.stdin)
started = time.perf_counter()
model = Llama(path, n_ctx=4096, verbose=False)
loaded = time.perf_counter() - started
waits = []
for messages in talks:
    at = time.perf_counter()
    for chunk in model.create_chat_completion(messages, stream=True, max_tokens=16, seed=0):
        if chunk["choices"][0]["delta"].get("content"):
            break
    waits.append(time.perf_counter() - at)
print(json.dumps({"loaded": loaded, "waits": waits}))
"""
LOOP = """
import json, sys, time
import llama_cpp as native
from statistics import median
from reflexiona.adapters.llama import LlamaGenerator
from reflexiona.models.preflight import inspect_gguf
from reflexiona.models.templates import choose_family
from pathlib import Path
from types import SimpleNamespace
path, tokens = Path(sys.argv[1]), int(sys.argv[2])
header = inspect_gguf(path)
generator = LlamaGenerator(path, path.stem, choose_family("", header.template, header.architecture))
prompt = SimpleNamespace(system="Respondes en español.", user=sys.stdin.read(), opening="", known=())
session = generator._session

def ours():
    generator.read(prompt, tokens)
    before, at = generator.spent, time.perf_counter()
    for _ in generator.write(prompt, max_tokens=tokens, seed=0):
        pass
    return (time.perf_counter() - at) / max(1, generator.spent.since(before).written)

def bare():
    generator.read(prompt, tokens)
    at = time.perf_counter()
    with generator._sampler(0) as sampler:
        for _ in range(tokens):
            token = native.llama_sampler_sample(sampler, session.context, -1)
            one = (native.llama_token * 1)(token)
            native.llama_decode(session.context, native.llama_batch_get_one(one, 1))
    took = (time.perf_counter() - at) / tokens
    native.llama_memory_seq_rm(native.llama_get_memory(session.context), 0, session.held, -1)
    return took

pairs = [(ours(), bare()) for _ in range(6)][1:]
print(json.dumps([median(side) for side in zip(*pairs)]))
"""
"""Ours and the bare loop in turns: seconds a token."""


class Recorder:
    """Stands where a model would, and keeps the prompt it is given to read."""

    name, weight, confined = "registro", 0.0, False
    context_size = 4096

    def __init__(self) -> None:
        self.prompt: Prompt | None = None

    def count_tokens(self, text: str) -> int:
        """About as many as a real one counts."""
        return len(text) // 3

    def frame_tokens(self, system: str) -> int:
        """The fixed part."""
        return self.count_tokens(system)

    def read(self, prompt: Prompt, reserve: int) -> int:
        """Keeps it."""
        del reserve
        self.prompt = prompt
        return 1


async def asked(engine: EngineClient, request: TurnRequest) -> tuple[float, TokensCounted, Turn]:
    """Seconds from Enter to the first word, the tokens, the turn as it then stands."""
    at, first, counted = time.perf_counter(), 0.0, TokensCounted(0, 0, 0, 0)
    turn = begun("a", request.text, "2026-01-01T00:00:00+00:00")
    async with aclosing(engine.ask(request)) as events:
        async for event in events:
            turn = advance(turn, event)
            if isinstance(event, Token) and not first:
                first = time.perf_counter() - at
            elif isinstance(event, TokensCounted):
                counted = event
    return first, counted, turn


async def session(data: DataFolder, model: InstalledModel, *, ahead: bool) -> tuple[float, list[Row], Turn]:
    """One start of the program, a question and a follow-up.

    Args:
        data: what earlier starts left is used.
        model: the one that writes.
        ahead: each text is read ahead to its end before it is asked.

    Returns:
        Seconds until the model is ready; a row for each question; the first turn.
    """
    rows: list[Row] = []
    history: tuple[Turn, ...] = ()
    at = time.perf_counter()
    async with engine_beside(data, model) as (engine, starting):
        await starting
        await engine.status(complete=True)
        await engine.speed("hola", 1)  # answered once the model is there and its fixed part read
        ready = time.perf_counter() - at
        for text in (TEXT, FOLLOW_UP):
            request = TurnRequest(text=text, history=history, register=Register.TU)
            engine.drafting(request if ahead else None)
            while ahead and engine._drafting.ready != request:
                await asyncio.sleep(0.05)
                assert time.perf_counter() < at + PATIENCE, "the text is not read ahead"
            first, counted, turn = await asked(engine, request)
            assert counted.written, "no model has answered: is the text taken for a danger?"
            rows.append((first, counted.read, counted.chosen))
            history = history or (turn,)
    return ready, rows, history[0]


def recorded(data: DataFolder, request: TurnRequest) -> Prompt:
    """The prompt that a model is given for a turn."""
    recorder = Recorder()
    compose(data).core._turns.read_ahead(request, recorder)  # type: ignore[arg-type]
    assert recorder.prompt is not None, "a danger, or nothing to read"
    return recorder.prompt


def talks(data: DataFolder, first: Turn) -> list[list[dict[str, str]]]:
    """Both questions as a plain chat would hold them: the fixed part as system, the rest as it is given to a model."""
    prompt = recorded(data, TurnRequest(text=TEXT, register=Register.TU))
    then = recorded(data, TurnRequest(text=FOLLOW_UP, history=(first,), register=Register.TU))
    system = {"role": "system", "content": prompt.system}
    opening = {"role": "user", "content": prompt.user}
    answer = {"role": "assistant", "content": first.reflection.text if first.reflection else ""}
    return [[system, opening], [system, opening, answer, {"role": "user", "content": then.user}]]


def in_a_process(program: str, given: str, *arguments: str) -> Any:
    """What a program prints last, as JSON."""
    command = [sys.executable, "-c", program, *arguments]
    run = subprocess.run(command, input=given, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    return json.loads(run.stdout.splitlines()[-1])


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    path = parser.parse_args().model.resolve()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["REFLEXIONA_HOME"] = folder
        data = DataFolder.locate()
        data.ensure()
        model = ModelRegistry(data).import_file(path)
        sessions = {
            "first start ever": asyncio.run(session(data, model, ahead=False)),
            "second start": asyncio.run(session(data, model, ahead=False)),
            "read ahead": asyncio.run(session(data, model, ahead=True)),
        }
        other = in_a_process(PLAIN, json.dumps(talks(data, sessions["first start ever"][2])), str(path))
    written, bare = in_a_process(LOOP, TEXT, str(path), str(WRITTEN))
    print("seconds                 ready   first word   (tokens)    follow-up   (tokens)")
    for name, (ready, ((one, read, chosen), (two, more, others)), _) in sessions.items():
        print(f"{name:20s}{ready:9.2f}{one:13.2f}{f'({read}+{chosen})':>11s}{two:13.2f}{f'({more}+{others})':>11s}")
    print(f"{'plain chat':20s}{other['loaded']:9.2f}{other['waits'][0]:13.2f}{other['waits'][1]:24.2f}")
    print(
        f"a token written: {1000 * written:.1f} ms, in a bare loop {1000 * bare:.1f} ms: {100 * bare / written:.0f} %"
    )


if __name__ == "__main__":
    main()
