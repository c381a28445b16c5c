"""Makes the included model.

    python -m training.model

Goes on where it was stopped; `--anew` begins again. Seeded; on the same machine the same texts give the same weights.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import torch
from tokenizers import Tokenizer

from reflexiona.corpus.lists import load_lists
from reflexiona.models.included import IncludedNote, included_file, included_words
from reflexiona.models.preflight import inspect_gguf
from training.model import export, material, words
from training.model.answers import load_answers
from training.model.fragments import load_fragments
from training.model.judging import judged
from training.model.learning import Learner
from training.model.network import Network, Shape
from training.texts import CORPUS, INCLUDED, MADE, load_situations

STEPS, SEED = 4_200, 7
BESIDE = 40_000_000
"""Bytes of memory that llama.cpp takes beside so small a file (31 million, measured), and some to spare."""
GREEDY, LINES = 25, 1_000
"""Texts on which the file is compared with the network, and with the vocabulary."""
SAVE_EVERY, JUDGE_EVERY, JUDGED = 150, 600, 260


def main(argv: Sequence[str] | None = None) -> int:
    """The command of the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--made", type=Path, default=MADE / "model")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--until", type=int, default=0, help="stop early, to go on later")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path, default=included_file().parent)
    parser.add_argument("--anew", action="store_true")
    options = parser.parse_args(argv)
    torch.set_num_threads(options.threads)
    torch.manual_seed(SEED)
    options.made.mkdir(parents=True, exist_ok=True)
    kept, written = options.made / "learner.pt", options.made / "tokenizer.json"
    if options.anew:
        kept.unlink(missing_ok=True)
        written.unlink(missing_ok=True)
    found = material.load(written)
    lists = load_lists(CORPUS)
    network = Network(Shape(found.made.get_vocab_size()))
    network.words.weight.data = material.first_vectors(found.made, network.shape.width, INCLUDED / "encoder")
    learner = Learner.begin(network, found.vectors.shape[1])
    if kept.is_file():
        learner.load(kept)
    _, apart = material.split(load_situations())
    size = sum(p.numel() for p in network.parameters())
    sys.stdout.write(f"{size / 1e6:.2f} M parameters, {len(apart)} texts apart, from step {learner.step}\n")
    started = time.monotonic()

    def watch(step: int, loss: float, speed: float) -> None:
        sys.stdout.write(f"{step:6d} {loss:.3f} {speed:.0f}/s {time.monotonic() - started:.0f} s\n")
        sys.stdout.flush()

    stream = found.stream(SEED, learner.step)
    until = options.until or options.steps
    while learner.step < until:
        stop = min(until, (learner.step // SAVE_EVERY + 1) * SAVE_EVERY)
        learner.learn(stream, found.vectors, stop, options.steps, watch)
        learner.save(kept)
        if learner.step % JUDGE_EVERY == 0 or learner.step == options.steps:
            figures = judged(network, found.made, apart[:JUDGED], lists)
            sys.stdout.write(f"       {' '.join(f'{key} {value:.3f}' for key, value in figures.items())}\n")
            sys.stdout.flush()
    if learner.step == options.steps:
        finish(network, found.made, [s.text for s in load_situations()], options.out)
    return 0


def finish(network: Network, made: Tokenizer, texts: Sequence[str], folder: Path) -> None:
    """Writes the model and what belongs to it, and checks that llama.cpp says what the network says.

    Raises:
        SystemExit: it does not.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / included_file().name
    export.write(network, made, path)
    words.write(folder / included_words().name, load_fragments(), load_answers().values())
    content = path.read_bytes()
    inspect_gguf(path)
    note = IncludedNote(
        hashlib.sha256(content).hexdigest(),
        len(content),
        len(content) + BESIDE,
        0.0,  # until `training.model.measure` has said what it is worth
        sum(p.numel() for p in network.parameters()),
        datetime.now(UTC).date().isoformat(),
    )
    (folder / "modelo.json").write_bytes(msgspec.json.format(msgspec.json.encode(note), indent=1) + b"\n")
    if otherwise := export.disagreements(network, made, path, texts[:: max(1, len(texts) // GREEDY)], 40):
        raise SystemExit(f"llama.cpp goes on otherwise behind {len(otherwise)} texts: {otherwise[0]}")
    if cut := export.cut_otherwise(made, path, texts[:LINES]):
        raise SystemExit(f"llama.cpp cuts {len(cut)} texts otherwise: {cut[0]}")
    sys.stdout.write(
        f"{path}: {len(content) / 1e6:.1f} MB, as the network on {GREEDY} texts, as the vocabulary on {LINES}\n"
    )


if __name__ == "__main__":
    raise SystemExit(main())
