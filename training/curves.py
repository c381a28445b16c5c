"""Learning curves: what more retold texts bring, to words alone and to words with frames.

    python -m training.curves

Held out by page, `PARTS` parts; every point learns from all invented texts and from a share of the other retold ones.
Measured on retold texts that the writers of the frames have not read.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import softmax
from sklearn.model_selection import GroupKFold

from training.frames import frame_rows
from training.heads import Labels, fit_main, list_labels
from training.texts import Situation, load_phrases, load_situations

PARTS, SEED = 3, 1
SHARES = (0.25, 0.5, 0.75, 1.0)

Floats = NDArray[np.float64]


def held_out(situations: Sequence[Situation], labels: Labels, share: float) -> Floats:
    """(situations × scenarios): logits by words, learnt from a share of the other retold pages; 0 for invented ones."""
    found = np.zeros((len(situations), len(labels.scenarios)))
    groups = [s.origin for s in situations]
    phrases = load_phrases()
    for seen, unseen in GroupKFold(PARTS, shuffle=True, random_state=SEED).split(found, groups=groups):
        pages = sorted({situations[i].origin for i in seen if situations[i].retold})
        random.Random(SEED).shuffle(pages)
        kept = set(pages[: round(share * len(pages))])
        learnt = [situations[i] for i in seen if not situations[i].retold or situations[i].origin in kept]
        head = fit_main([*learnt, *phrases], labels)
        retold = [i for i in unseen if situations[i].retold]
        found[retold] = head([situations[i].text for i in retold])
    return found


def with_frames(words: Floats, frames: Floats, truth: NDArray[np.int64], pages: Sequence[str]) -> Floats:
    """Words and frames added up with two weights that were fitted on other pages."""
    found = np.zeros_like(words)

    def mixed(weights: Floats, rows: NDArray[np.int64]) -> Floats:
        return np.asarray(weights[0] * words[rows] + weights[1] * frames[rows])

    for seen, unseen in GroupKFold(PARTS, shuffle=True, random_state=SEED + 1).split(words, groups=list(pages)):

        def loss(weights: Floats, seen: NDArray[np.int64] = seen) -> float:
            chances = softmax(mixed(weights, seen), axis=1)
            return float(-np.log(chances[np.arange(len(seen)), truth[seen]]).mean())

        found[unseen] = mixed(minimize(loss, [1.0, 0.5], method="Nelder-Mead").x, unseen)
    return found


def scored(logits: Floats, cases: Sequence[Situation], labels: Labels) -> str:
    """Top-1, top-3, main or secondary."""
    ranked = [[labels.scenarios[k] for k in row[:3]] for row in np.argsort(-logits, axis=1)]
    first = np.mean([r[0] == s.primary for r, s in zip(ranked, cases, strict=True)])
    third = np.mean([s.primary in r for r, s in zip(ranked, cases, strict=True)])
    either = np.mean([r[0] in (s.primary, *s.secondary) for r, s in zip(ranked, cases, strict=True)])
    return f"{first:.3f} / {third:.3f} / {either:.3f}"


def main(argv: Sequence[str] | None = None) -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limit", type=int, default=0, help="every n-th situation only, for a quick trial")
    options = parser.parse_args(argv)
    situations, labels = load_situations()[:: options.limit or 1], list_labels()
    retold = [i for i, s in enumerate(situations) if s.retold]
    fair = np.array([not situations[i].framed for i in retold])
    cases = [situations[i] for i in retold if not situations[i].framed]
    truth = np.array([labels.scenarios.index(s.primary) for s in cases])
    frames = frame_rows([s.text for s in cases]).astype(np.float64)
    print(f"{len(cases)} retold texts: top-1 / top-3 / main or secondary")
    print(f"{'frames alone':24s}{scored(frames, cases, labels)}")
    for share in SHARES:
        words = held_out(situations, labels, share)[retold][fair]
        both = with_frames(words, frames, truth, [s.origin for s in cases])
        learnt = round(share * len(retold) * (PARTS - 1) / PARTS)
        print(f"{f'words, {learnt} retold':24s}{scored(words, cases, labels)}", flush=True)
        print(f"{'  with frames':24s}{scored(both, cases, labels)}", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
