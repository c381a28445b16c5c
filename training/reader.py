"""Makes `models/included/reader/`: linear models that read a situation with numpy alone.

    python -m training.reader

After `python -m training.encoder`, from whose run it takes what the vectors say.

Every number that is shipped as a probability or a threshold comes from texts that were not trained on: retold ones,
with all texts of one page on the same side of a split. Seeded; the same texts give the same files.
"""

from __future__ import annotations

import argparse
import os
import shutil
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path

import msgspec
import numpy as np
import tomlkit
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold

from reflexiona.adapters.alarms import Alarms
from reflexiona.adapters.bert_encoder import BertEncoder, pooled
from reflexiona.adapters.linear_reader import Description
from training import danger, scenes
from training.danger import DangerHead, States, states_of
from training.describe import describe
from training.frames import FRAMES, frame_rows
from training.heads import Heads, Labels, fit, list_labels
from training.mix import Mix, Views, cross_fitted, spread
from training.mix import fit as fit_mix
from training.texts import (
    DATA,
    INCLUDED,
    MADE,
    Situation,
    load_danger,
    load_phrases,
    load_retellings,
    load_situations,
)
from training.tuning_head import VectorHead

FOLDS, SEED = 5, 1


def held_out(
    situations: Sequence[Situation],
    phrases: Sequence[Situation],
    pieces: Sequence[Situation],
    labels: Labels,
    jobs: int = 1,
) -> NDArray[np.float32]:
    """Logits of every situation by heads that saw neither it, nor a piece of it, nor another text of its page.

    (situations × outputs).
    """
    width = len(labels.scenarios) + len(labels.problems) + len(labels.courses) + 1
    found = np.zeros((len(situations), width), dtype=np.float32)
    splitter = GroupKFold(FOLDS, shuffle=True, random_state=SEED)
    groups = [s.origin for s in situations]
    parts = list(splitter.split(np.zeros(len(situations)), groups=groups))
    learnt = []
    for seen, _ in parts:
        pages = {groups[i] for i in seen}
        learnt.append([*(situations[i] for i in seen), *(p for p in pieces if p.origin in pages), *phrases])
    asked = [[situations[i].text for i in unseen] for _, unseen in parts]
    if jobs == 1:
        logits = list(map(_logits, learnt, asked, repeat(labels)))
    else:
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
            logits = list(pool.map(_logits, learnt, asked, repeat(labels)))
    for (_, unseen), part in zip(parts, logits, strict=True):
        found[unseen] = part
    return found


def _logits(learnt: Sequence[Situation], asked: Sequence[str], labels: Labels) -> NDArray[np.float32]:
    return fit(learnt, labels).logits(asked)


def read_share(path: Path, situations: Sequence[Situation]) -> tuple[NDArray[np.float32], VectorHead]:
    """What `training.encoder` left: logits of every situation held out by page, and the head over the final vectors.

    It knows nothing of texts that were written for danger alone: their logits are 0.

    Raises:
        SystemExit: it was made from other situations.
    """
    share = np.load(path, allow_pickle=False)
    rows = {name: row for row, name in enumerate(share["ids"].tolist())}
    if missing := [s.id for s in situations if s.id not in rows and not s.of_danger]:
        raise SystemExit(f"{path} lacks {len(missing)} situations: run training.encoder first")
    known = [n for n, s in enumerate(situations) if not s.of_danger]
    logits = np.zeros((len(situations), share["logits"].shape[1]), dtype=np.float32)
    logits[known] = share["logits"][[rows[situations[n].id] for n in known]]
    return logits, VectorHead(share["weights"], share["intercepts"], share["attention"])


def look_for_danger(
    every: Sequence[Situation], states: Sequence[States], jobs: int
) -> tuple[NDArray[np.float32], DangerHead]:
    """Held-out logits of danger for every text, and the head that learnt from all."""
    told = np.array([s.safety for s in every])
    return danger.held_out(states, told, [s.origin for s in every], jobs), danger.fit(states, told)


def without_examples(frames: str) -> str:
    """The frames as they are needed at run time: what they were tested with belongs to the texts, which stay here."""
    document = tomlkit.parse(frames).unwrap()
    for row in document["marco"]:
        del row["ejemplos"], row["contraejemplos"]
    return tomlkit.dumps(document)


@dataclass(frozen=True, slots=True)
class Learnt:
    """Every head, and what each view counts."""

    words: Heads
    vectors: VectorHead
    danger: DangerHead
    mix: Mix


def write(folder: Path, learnt: Learnt, labels: Labels, about: Description) -> None:
    """Writes arrays, vocabulary, description and frames; what each view counts is in its weights."""
    folder.mkdir(parents=True, exist_ok=True)
    heads, vectors, mix = learnt.words, learnt.vectors, learnt.mix
    pointing = learnt.danger.scaled(float(mix.vectors[-1]))
    scaled = heads.weights * heads.known.scale()[:, None] * mix.words
    np.save(folder / "pesos.npy", scaled.astype(np.float16))
    np.save(folder / "idf.npy", heads.known.idf)
    by_vector = vectors.weights * mix.vectors
    by_vector[:, -1] = 0.0  # danger is looked for in the states, not in their mean alone
    intercepts = heads.intercepts * mix.words + vectors.intercepts * mix.vectors
    intercepts[-1] = heads.intercepts[-1] * mix.words[-1] + pointing.intercept
    np.save(folder / "sesgos.npy", intercepts.astype(np.float32))
    np.save(folder / "pesos_vector.npy", by_vector.astype(np.float32))
    np.save(folder / "atencion.npy", _weighed(vectors.attention, len(labels.scenarios), mix.vectors))
    np.save(folder / "peligro.npy", pointing.pooling.weights)
    framed = spread(np.eye(len(labels.scenarios)), labels) * mix.frames
    np.save(folder / "pesos_marcos.npy", framed.astype(np.float32))
    (folder / "marcos.toml").write_text(without_examples(FRAMES.read_text(encoding="utf-8")), encoding="utf-8")
    (folder / "vocabulario.txt").write_text("\n".join((*heads.known.words, *heads.known.pieces)), encoding="utf-8")
    (folder / "lector.json").write_bytes(msgspec.json.format(msgspec.json.encode(about), indent=1) + b"\n")
    shutil.copyfile(DATA / "seguridad.toml", folder / "seguridad.toml")


def _weighed(attention: NDArray[np.float32], pointing: int, weights: NDArray[np.float64]) -> NDArray[np.float32]:
    """Where the attentions point stays; what is read there counts as much as the view does."""
    counts = np.concatenate([np.ones(pointing), weights[: attention.shape[1] - pointing]])
    return np.asarray(attention * counts, dtype=np.float32)


def main(argv: Sequence[str] | None = None) -> int:
    """Measures, trains on everything, writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=INCLUDED / "reader")
    parser.add_argument("--encoder", type=Path, default=INCLUDED / "encoder")
    parser.add_argument("--made", type=Path, default=MADE)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="parts learnt at the same time")
    parser.add_argument("--limit", type=int, default=0, help="every n-th situation only, for a quick trial")
    options = parser.parse_args(argv)
    labels, every = list_labels(), options.limit or 1
    of_danger, phrases = load_danger()[::every], load_phrases()[::every]
    situations = (*load_situations()[::every], *of_danger)
    pieces = [*danger.calm_pieces(situations), *load_retellings(situations)]
    by_vector, vectors = read_share(options.made / "vectors.npz", situations)
    learnt = [*situations, *pieces, *phrases]
    encoder = BertEncoder(options.encoder)
    states = states_of([s.text for s in learnt], encoder)
    by_danger, pointing = look_for_danger(learnt, states, options.jobs)
    by_vector[:, -1] = by_danger[: len(situations)]
    by_frame = frame_rows([s.text for s in situations])
    by_words = held_out(situations, phrases, pieces, labels, options.jobs)
    views = Views(*(part.astype(np.float64) for part in (by_words, by_vector, by_frame)))
    logits = cross_fitted(views, situations, labels)
    heads, mix = fit(learnt, labels), fit_mix(views, situations, labels)
    about = describe(situations, logits, labels, len(heads.known.words), Alarms(DATA / "seguridad.toml"))
    write(options.out, Learnt(heads, vectors, pointing, mix), labels, about)
    told = np.stack([pooled(own.astype(np.float32)) for own in states])
    for key, value in scenes.make(options.out, learnt, told, encoder).items():
        print(f"{key:28s}{value:8.3f}")
    print(f"{options.out}: {heads.weights.shape[0]} features × {heads.weights.shape[1]} outputs")
    for name, part in (("words", mix.words), ("vector", mix.vectors), ("frames", mix.frames)):
        print(f"weight of {name:8s}{np.round(part[[0, 20, 39, 49]], 2)}")
    for key, value in about.measured.items():
        print(f"{key:28s}{value:8.3f}")
    print(about.thresholds, about.calibration)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
