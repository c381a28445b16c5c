"""What the reader makes of pieces of the texts: so many more texts with a meaning, each with its doubt.

The model learns from them what single sentences say, as a pupil of the reader (Hinton et al. 2015): labels alone, one a
text, are too few for a network that begins with nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from reflexiona.adapters.bert_encoder import BertEncoder
from reflexiona.adapters.linear_reader import LinearReader
from reflexiona.stages.clauses import clauses
from training.texts import INCLUDED, Situation

Shares = tuple[tuple[str, float], ...]
"""Scenarios and how likely the reader takes them to be."""
PIECES, SHORTEST, WORTH_CUTTING = 2, 8, 24
"""Pieces of a situation, the words of one at least, and of a situation that is cut."""
_KEPT = 5


def pieces_of(situations: Sequence[Situation], seed: int) -> list[str]:
    """Runs of neighbouring clauses of each longer situation."""
    chance, found = random.Random(seed), []
    for situation in situations:
        spans = clauses(situation.text)
        if len(situation.text.split()) < WORTH_CUTTING or len(spans) < 3:
            continue
        for _ in range(PIECES):
            first = chance.randrange(len(spans) - 1)
            last = chance.randrange(first, min(len(spans), first + 6))
            piece = situation.text[spans[first][0] : spans[last][1]]
            if len(piece.split()) >= SHORTEST:
                found.append(piece)
    return found


def heard(texts: Sequence[str], kept: Path, jobs: int) -> list[Shares]:
    """What the reader makes of each text; what it said in earlier runs is read from `kept`."""
    known: dict[str, Shares] = {}
    if kept.is_file():
        known = {key: tuple(map(tuple, row)) for key, row in json.loads(kept.read_text(encoding="utf-8")).items()}
    missing = sorted({name_of(text): text for text in texts if name_of(text) not in known}.values())
    if missing:
        os.environ["OPENBLAS_NUM_THREADS"] = "1"  # for the processes: small matrices
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
            parts = list(pool.map(_score, [missing[n::jobs] for n in range(jobs)]))
        for n, part in enumerate(parts):
            known |= dict(zip(map(name_of, missing[n::jobs]), part, strict=True))
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(known), encoding="utf-8")
    return [known[name_of(text)] for text in texts]


def _score(texts: Sequence[str]) -> list[Shares]:
    reader = LinearReader(INCLUDED / "reader", BertEncoder(INCLUDED / "encoder"))
    return [tuple((row.id, round(row.p, 4)) for row in reader.score(text).primary[:_KEPT]) for text in texts]


def name_of(text: str) -> str:
    """Under which what the reader says of a text is kept."""
    return hashlib.sha256(text.encode()).hexdigest()[:24]
