"""How long `reflexiona preguntar --sin-modelo --json` takes in a fresh process, beside `import chromadb` alone.

    python benchmarks/cold_answer.py

Medians of five after one run that is not counted (the files are in memory then, the processes are new); `first start`
is with an empty data folder, where the index is made as well. Goal: under 2 s on two cores.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

RUNS = 5
TEXT = "Me debe tres facturas y no contesta\n"
OURS = [sys.executable, "-m", "reflexiona", "preguntar", "--sin-modelo", "--json"]
THEIRS = [sys.executable, "-c", "import chromadb"]


def seconds(command: list[str], home: str) -> float:
    """Runs a command to its end; ours must have answered with valid JSON.

    Raises:
        CalledProcessError: it failed.
    """
    started = time.perf_counter()
    environment = {**os.environ, "REFLEXIONA_HOME": home}
    run = subprocess.run(command, input=TEXT, capture_output=True, text=True, env=environment, check=True)
    took = time.perf_counter() - started
    if command is OURS:
        assert json.loads(run.stdout)["passages"]
    return took


def main() -> None:
    """Measures in turns and prints a line each, and the ratio."""
    with tempfile.TemporaryDirectory() as folder:
        home = str(Path(folder, "datos"))
        rows = [
            (seconds(OURS, home), seconds(OURS, str(Path(folder, f"nueva-{n}"))), seconds(THEIRS, home))
            for n in range(RUNS + 1)
        ][1:]
    again, first, theirs = (median(column) for column in zip(*rows, strict=True))
    print(f"preguntar, cold          {again:.2f} s  ({', '.join(f'{row[0]:.2f}' for row in rows)})")
    print(f"preguntar, first start   {first:.2f} s  ({', '.join(f'{row[1]:.2f}' for row in rows)})")
    print(f"import chromadb          {theirs:.2f} s  ({', '.join(f'{row[2]:.2f}' for row in rows)})")
    print(f"ratio (cold)             {again / theirs:.2f}")


if __name__ == "__main__":
    main()
