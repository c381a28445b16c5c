"""What the included model's own reading is worth beside the reader's, on pages that neither has learnt from.

    python -m training.model.measure

Chooses its weight by the lowest log loss, none where the gain may well be chance, and writes it into `modelo.json`.
After `python -m training.model`. The reader's opinions are those of its cross-validation: heads and mix that saw no
text of the page.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from reflexiona.corpus.lists import load_lists
from reflexiona.domain import Likelihood
from reflexiona.models.included import included_file, included_note
from reflexiona.opinions import Judged, best_weight, log_loss
from training import calibrate
from training.frames import frame_rows
from training.heads import list_labels
from training.mix import Views, cross_fitted
from training.model import material
from training.model.judging import opinions
from training.model.network import Network, Shape
from training.reader import held_out, read_share
from training.texts import CORPUS, MADE, Situation, load_phrases, load_situations

Floats = NDArray[np.float64]


def readers(situations: Sequence[Situation], made: Path, jobs: int) -> Floats:
    """(texts × scenarios): probabilities by heads, mix and calibration that saw no text of the page."""
    labels = list_labels()
    kept = made / "by_words.npz"
    ids = [s.id for s in situations]
    if kept.is_file() and np.load(kept)["ids"].tolist() == ids:
        by_words = np.load(kept)["logits"]
    else:
        by_words = held_out(situations, load_phrases(), (), labels, jobs)
        np.savez(kept, ids=np.array(ids), logits=by_words)
    by_vector, _ = read_share(made / "vectors.npz", situations)
    by_frame = frame_rows([s.text for s in situations])
    views = Views(*(part.astype(np.float64) for part in (by_words, by_vector, by_frame)))
    own = cross_fitted(views, situations, labels)[:, : len(labels.scenarios)]
    none = labels.scenarios.index("ninguno")
    life = [i for i, s in enumerate(situations) if s.measured]
    truth = np.array([labels.scenarios.index(situations[i].primary) for i in life])
    settings = calibrate.fit_primary(own[life], truth, none)
    return np.asarray(np.exp(calibrate.log_primary(own, none, settings)))


def judged(cases: Sequence[Situation], reader: Floats, model: Floats, names: Sequence[str]) -> list[Judged]:
    """The cases with both opinions."""

    def ranked(row: Floats) -> tuple[Likelihood, ...]:
        return tuple(Likelihood(names[k], float(row[k])) for k in np.argsort(-row))

    return [Judged(s.primary, ranked(r), ranked(m)) for s, r, m in zip(cases, reader, model, strict=True)]


def figures(cases: Sequence[Judged], weight: float) -> str:
    """Top-1 and top-3 of both alone, the loss of both together, and its difference from the reader's with 95 %."""
    said = {}
    for name in ("reader", "model"):
        ranks = [[row.id for row in getattr(case, name)].index(case.primary) for case in cases]
        said[name] = f"{np.mean([r == 0 for r in ranks]):.3f} / {np.mean([r < 3 for r in ranks]):.3f}"
    gains = np.array([log_loss(case, weight) - log_loss(case, 0.0) for case in cases])
    off = 1.96 * gains.std(ddof=1) / np.sqrt(len(gains))
    first = f"{len(cases)} texts; top-1 / top-3: reader {said['reader']}, model {said['model']}; weight {weight:.2f}"
    change = f"{gains.mean():+.4f} ({gains.mean() - off:+.4f} … {gains.mean() + off:+.4f})"
    return f"{first}: the log loss changes by {change}"


def main(argv: Sequence[str] | None = None) -> int:
    """The command of the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--made", type=Path, default=MADE)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args(argv)
    situations, lists = load_situations(), load_lists(CORPUS)
    _, apart = material.split(situations)
    apart = [s for s in apart if not s.framed]
    place = {s.id: n for n, s in enumerate(situations)}
    reader = readers(situations, options.made, options.jobs)[[place[s.id] for s in apart]]
    made = Tokenizer.from_file(str(options.made / "model" / "tokenizer.json"))
    network = Network(Shape(made.get_vocab_size()))
    network.load_state_dict(torch.load(options.made / "model" / "learner.pt", weights_only=True)["network"])
    model = opinions(network, made, [s.text for s in apart], lists)
    cases = judged(apart, reader, model, list(lists.scenarios))
    weight = best_weight(cases)
    path = included_file().with_name("modelo.json")
    kept = msgspec.to_builtins(included_note()) | {"weight": weight}
    path.write_bytes(msgspec.json.format(msgspec.json.encode(kept), indent=1) + b"\n")
    sys.stdout.write(figures(cases, weight or 0.3) + f"\nweight: {weight:.2f}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
