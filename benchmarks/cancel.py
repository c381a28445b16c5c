"""How long a cancel takes while a prompt is being read, and what the next question then has to read.

    python benchmarks/cancel.py [MODEL.gguf] [--veces 20]

Without a file, a model with random weights in the shape of a small real one is written first (slow enough to be broken
into). Cancels come at random moments of the reading. Goals: median 100 ms, worst 300 ms; the next question reads no
more than passages and text. A machine that does something else meanwhile shows more.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from reflexiona.adapters.llama import LlamaGenerator
from reflexiona.models.preflight import inspect_gguf
from reflexiona.models.templates import choose_family
from reflexiona.ports import Cancelled
from tests.support.tiny_gguf import Shape, write_tiny

SHAPE = Shape(width=256, layers=12, heads=8, kv_heads=2, feed_forward=768, vocabulary=700, ends=False)
FIXED = "Respondes en español, con calma, y citas los pasajes por su número. " * 8
TEXT = "El cliente no paga la factura, no contesta y ayer subió una foto con el trabajo. " * 16


@dataclass(frozen=True)
class Ask:
    """A prompt as the stages make them."""

    user: str
    system: str = FIXED
    opening: str = ""
    known: tuple[str, ...] = ()


def broken_into(generator: LlamaGenerator, user: str, place: float, delay: float) -> float | None:
    """Seconds from the cancel to the end of reading; None where it came too late.

    Args:
        generator: the model.
        user: what it reads.
        place: share of it, 0–1, after which the cancel comes, …
        delay: … so many seconds later: somewhere within a chunk.
    """
    said: list[float] = []
    timers: list[threading.Timer] = []

    def stop() -> None:
        said.append(time.perf_counter())
        generator.stop()

    def report(fraction: float) -> None:
        if fraction >= place and not timers:
            timers.append(threading.Timer(delay, stop))
            timers[0].start()

    generator.on_progress(report)
    try:
        generator.read(Ask(user), 400)
    except Cancelled:
        return time.perf_counter() - said[0]
    finally:
        for timer in timers:
            timer.cancel()
            timer.join()
        generator.resume()
    return None


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", nargs="?", type=Path)
    parser.add_argument("--veces", type=int, default=20)
    options = parser.parse_args()
    rng = random.Random(0)
    with tempfile.TemporaryDirectory() as folder:
        path = options.model or write_tiny(Path(folder, "modelo.gguf"), SHAPE)
        header = inspect_gguf(path)
        family = choose_family("" if options.model else "chatml", header.template, header.architecture)
        generator = LlamaGenerator(path, path.stem, family)
        started = time.perf_counter()
        whole = generator.read(Ask(f"Caso: {TEXT}"), 400)
        seconds = time.perf_counter() - started
        waits = []
        for n in range(options.veces):
            wait = broken_into(generator, f"{n} {TEXT}", rng.uniform(0.1, 0.7), rng.uniform(0.0, 0.05))
            if wait is not None:
                waits.append(wait * 1000)
        before = generator.spent
        last = generator.read(Ask("Y ahora pide un descuento."), 400)
        after = generator.spent.since(before)
        generator.close()
    print(f"prompt: {whole} tokens, {whole / seconds:.0f} a second")
    print(f"cancel: median {median(waits):.0f} ms, worst {max(waits):.0f} ms ({len(waits)} of {options.veces})")
    print(f"next question: {last} tokens, {after.read} read, {after.spared} already known")


if __name__ == "__main__":
    main()
