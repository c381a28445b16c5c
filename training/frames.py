"""The frames of the scenarios as columns beside the n-grams: what a text says outright, however it is worded."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from reflexiona.adapters.frames import Frames
from reflexiona.corpus.lists import load_lists
from training.texts import CORPUS, DATA

FRAMES = DATA / "marcos.toml"


def load_frames() -> Frames:
    """The frames, with the scenarios in the order of the corpus."""
    return Frames(FRAMES, tuple(load_lists(CORPUS).scenarios))


def frame_rows(texts: Sequence[str]) -> NDArray[np.float32]:
    """(texts × scenarios): log(1 + how many frames of a scenario a text has)."""
    frames = load_frames()
    return np.stack([frames.vector(text) for text in texts])
