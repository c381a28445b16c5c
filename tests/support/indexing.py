"""Two small libraries to index, an encoder that counts, and code for processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from reflexiona.adapters.static_encoder import StaticEncoder
from reflexiona.corpus.library import Library
from reflexiona.indexing.opening import OpenIndex
from reflexiona.paths import DataFolder
from tests.support.encoders import article

ROOT = Path(__file__).resolve().parents[2]
TEXTS = ["El cliente no contesta.", "La factura y el pago.", "Todo urgente, todo hoy.", "Un favor gratis."]
LIBRARY = Library([article("uno", TEXTS)])
CHANGED = Library([article("uno", [*TEXTS[:3], "Un contrato con fecha."])])


class Counting(StaticEncoder):
    """A static encoder that remembers what it was asked for."""

    asked: list[str]

    def encode_passages(self, texts: Sequence[str]) -> list[list[float]]:
        self.asked = [*getattr(self, "asked", []), *texts]
        return super().encode_passages(texts)


def names(data: DataFolder) -> list[str]:
    return sorted(path.name for path in data.index.iterdir() if path.is_dir())


def first(index: OpenIndex, encoder: StaticEncoder, text: str) -> tuple[str, str]:
    return index.store.query(encoder.encode_query(text), 1)[0][0], index.lexical.query(text, 1)[0][0]


def run(code: str, *args: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, args)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )


COMMON = """
import os, sys, time
from pathlib import Path
from reflexiona.adapters.static_encoder import StaticEncoder
from reflexiona.corpus.library import Library
from reflexiona.indexing.generations import IndexFolder
from reflexiona.indexing.opening import open_index
from reflexiona.paths import DataFolder
from tests.support.encoders import article
from tests.support.indexing import CHANGED, LIBRARY
data, encoder = DataFolder(Path(sys.argv[1])), StaticEncoder(Path(sys.argv[2]))
"""


def stop_at(fraction: float) -> Callable[[str, float], None]:
    def report(phase: str, reached: float) -> None:
        if reached >= fraction:
            raise KeyboardInterrupt

    return report
