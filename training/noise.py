"""Writes a text as a hurried hand would: letters swapped, dropped or mistaken, h and b/v at random."""

from __future__ import annotations

import random

_MISTAKEN = [
    ("b", "v"),
    ("v", "b"),
    ("ll", "y"),
    ("y", "ll"),
    ("s", "z"),
    ("z", "s"),
    ("c", "s"),
    ("g", "j"),
    ("j", "g"),
]
_MISTAKEN += [("qu", "k"), ("h", ""), ("cc", "c"), ("x", "s"), ("mp", "np"), ("n", "m")]
_SHORT = {"que": "q", "porque": "xq", "también": "tb", "por": "x", "de": "d"}


def noisy(text: str, seed: int, share: float = 0.18) -> str:
    """`text` with about `share` of its words misspelt; the same seed gives the same text."""
    chance = random.Random(seed)
    return " ".join(_misspelt(word, chance) if chance.random() < share else word for word in text.split())


def _misspelt(word: str, chance: random.Random) -> str:
    if word in _SHORT:
        return _SHORT[word]
    if len(word) < 4 or not word.isalpha():
        return word
    at = chance.randrange(1, len(word) - 1)
    kind = chance.random()
    if kind < 0.25:
        return word[:at] + word[at + 1 :]
    if kind < 0.45:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind < 0.6:
        return word[:at] + word[at] + word[at:]
    fitting = [(old, new) for old, new in _MISTAKEN if old in word]
    if not fitting:
        return word[:at] + chance.choice("aeiournsl") + word[at + 1 :]
    old, new = chance.choice(fitting)
    return word.replace(old, new, 1)
