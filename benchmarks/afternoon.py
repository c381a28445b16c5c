"""Reading and passages beside what a developer would write in an afternoon: chromadb and sentence-transformers.

    python benchmarks/afternoon.py [--casos FILE] [--cuantos N]

Both answer the same texts in processes of their own, on the same passages and with the same encoder folder: ours
through the engine's worker (reading, passages, no model), the other with `SentenceTransformer.encode` and one
`collection.query`. Start-up is until the first answer; the other's collection is made beforehand and not counted.
hit@3: a wanted guidance point is among the first three passages.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource as limits
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median, quantiles
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
CASES = ROOT / "training" / "data" / "situations_test.jsonl"
WARM = 5
"""Texts that are not timed."""
THEIRS = """
import json, resource, sys, time
started = time.perf_counter()
import chromadb
from sentence_transformers import SentenceTransformer
folder, encoder, texts = sys.argv[1], sys.argv[2], json.load(sys.stdin)
model = SentenceTransformer(encoder, device="cpu")
collection = chromadb.PersistentClient(folder).get_collection("articulos")
found, took, first = [], [], 0.0
for text in texts:
    at = time.perf_counter()
    ids = collection.query(model.encode([text]).tolist(), n_results=10)["ids"][0]
    took.append(time.perf_counter() - at)
    first = first or time.perf_counter() - started
    found.append(ids)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"first": first, "took": took, "found": found, "peak": peak}))
"""


def theirs(texts: list[str], folder: str) -> dict[str, Any]:
    """The afternoon's pipeline, over a collection of our passages."""
    import chromadb
    from sentence_transformers import SentenceTransformer

    from reflexiona.corpus.library import indexed_text, load_library
    from reflexiona.paths import resource

    encoder = str(resource("models", "included", "encoder"))
    library = list(load_library())
    vectors = SentenceTransformer(encoder, device="cpu").encode([indexed_text(p) for p in library])
    collection = chromadb.PersistentClient(folder).create_collection("articulos", metadata={"hnsw:space": "cosine"})
    collection.add(ids=[p.id for p in library], embeddings=vectors.tolist())
    run = subprocess.run(
        [sys.executable, "-c", THEIRS, folder, encoder],
        input=json.dumps(texts), capture_output=True, text=True, check=True,
    )  # fmt: skip
    answer: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return answer


async def ours(texts: list[str], home: str) -> dict[str, Any]:
    """The engine, from its start."""
    from reflexiona.cli.workplace import engine_beside
    from reflexiona.domain import TurnRequest
    from reflexiona.events import PassagesReady
    from reflexiona.paths import DataFolder

    os.environ["REFLEXIONA_HOME"] = home
    started, first = time.perf_counter(), 0.0
    found, took = [], []
    async with engine_beside(DataFolder.locate()) as (engine, starting):
        await starting
        for text in texts:
            at = time.perf_counter()
            ids: list[str] = []
            async for event in engine.ask(TurnRequest(text=text)):
                if isinstance(event, PassagesReady):
                    ids = [hit.passage.id for hit in event.hits]
                    took.append(time.perf_counter() - at)
                    first = first or time.perf_counter() - started
            found.append(ids)
    peak = limits.getrusage(limits.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {"first": first, "took": took, "found": found, "peak": peak}


def hits(found: list[list[str]], cases: list[dict[str, Any]]) -> float:
    """hit@3 over the cases that want a point."""
    from reflexiona.corpus.library import load_library

    points = {p.id: set(p.points) for p in load_library()}
    wanted = [(ids, set(case["points"])) for ids, case in zip(found, cases, strict=True) if case.get("points")]
    return sum(any(points.get(i, set()) & want for i in ids[:3]) for ids, want in wanted) / len(wanted)


def main() -> None:
    """Measures both and prints figures and ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--casos", type=Path, default=CASES)
    parser.add_argument("--cuantos", type=int, default=120)
    options = parser.parse_args()
    lines = options.casos.read_text(encoding="utf-8").splitlines()
    cases = [case for case in map(json.loads, lines) if case.get("points")][: options.cuantos]
    texts = [case["text"] for case in cases]
    with tempfile.TemporaryDirectory() as folder:
        mine = asyncio.run(ours(texts, str(Path(folder, "datos"))))
        mine = asyncio.run(ours(texts, str(Path(folder, "datos"))))  # the index is made in the first run
        other = theirs(texts, str(Path(folder, "tarde")))
    rows = {
        "first answer, s": (mine["first"], other["first"]),
        "median, ms": tuple(1000 * median(side["took"][WARM:]) for side in (mine, other)),
        "99th percentile, ms": tuple(1000 * quantiles(side["took"][WARM:], n=100)[98] for side in (mine, other)),
        "memory, MB": (mine["peak"], other["peak"]),
        "hit@3": (hits(mine["found"], cases), hits(other["found"], cases)),
    }
    print(f"{len(texts)} texts            ours   afternoon   ratio")
    for name, (one, two) in rows.items():
        print(f"{name:22s}{one:8.2f}{two:10.2f}{one / two:9.2f}")


if __name__ == "__main__":
    main()
