"""Makes `models/included/reader/`: linear models that read a situation with numpy alone.

    python -m training.reader

Every number that is shipped as a probability or a threshold comes from texts that were not trained on: retold ones,
with all texts of one page on the same side of a split. Seeded; the same texts give the same files.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold

from reflexiona.adapters.alarms import Alarms
from reflexiona.adapters.linear_reader import Description
from reflexiona.corpus.lists import load_lists
from reflexiona.domain import NONE_SCENARIO
from training.describe import describe
from training.heads import Heads, Labels, fit
from training.texts import CORPUS, DATA, INCLUDED, Situation, load_phrases, load_situations

FOLDS, SEED = 5, 1


def list_labels() -> Labels:
    """The closed lists of the corpus."""
    lists = load_lists(CORPUS)
    scenarios = tuple(lists.scenarios)
    return Labels(scenarios, tuple(s for s in scenarios if s != NONE_SCENARIO), tuple(lists.courses))


def held_out(
    situations: Sequence[Situation], phrases: Sequence[Situation], labels: Labels, folds: int = FOLDS
) -> NDArray[np.float32]:
    """Logits of every situation by heads that saw neither it nor another of its page: (situations × outputs)."""
    width = len(labels.scenarios) + len(labels.problems) + len(labels.courses) + 1
    found = np.zeros((len(situations), width), dtype=np.float32)
    splitter = GroupKFold(folds, shuffle=True, random_state=SEED)
    groups = [s.origin for s in situations]
    for seen, unseen in splitter.split(np.zeros(len(situations)), groups=groups):
        heads = fit([*(situations[i] for i in seen), *phrases], labels)
        found[unseen] = heads.logits([situations[i].text for i in unseen])
    return found


def write(folder: Path, heads: Heads, about: Description) -> None:
    """Writes arrays, vocabulary, description and frames."""
    folder.mkdir(parents=True, exist_ok=True)
    scaled = heads.weights * heads.known.scale()[:, None]
    np.save(folder / "pesos.npy", scaled.astype(np.float16))
    np.save(folder / "idf.npy", heads.known.idf)
    np.save(folder / "sesgos.npy", heads.intercepts.astype(np.float32))
    (folder / "vocabulario.txt").write_text("\n".join((*heads.known.words, *heads.known.pieces)), encoding="utf-8")
    (folder / "lector.json").write_bytes(msgspec.json.format(msgspec.json.encode(about), indent=1) + b"\n")
    shutil.copyfile(DATA / "seguridad.toml", folder / "seguridad.toml")


def main(argv: Sequence[str] | None = None) -> int:
    """Measures, trains on everything, writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=INCLUDED / "reader")
    parser.add_argument("--limit", type=int, default=0, help="every n-th situation only, for a quick trial")
    options = parser.parse_args(argv)
    labels, every = list_labels(), options.limit or 1
    situations, phrases = load_situations()[::every], load_phrases()[::every]
    logits = held_out(situations, phrases, labels)
    heads = fit([*situations, *phrases], labels)
    about = describe(situations, logits, labels, len(heads.known.words), Alarms(DATA / "seguridad.toml"))
    write(options.out, heads, about)
    print(f"{options.out}: {heads.weights.shape[0]} features × {heads.weights.shape[1]} outputs")
    for key, value in about.measured.items():
        print(f"{key:28s}{value:8.3f}")
    print(about.thresholds, about.calibration)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
