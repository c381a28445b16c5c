"""What Spanish words mean in English, as written down in `training/data/glosario.tsv`.

The English of a word is where a Spanish student of an English model begins: its vectors for a Spanish word are those
of the words that translate it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from pathlib import Path

from training.texts import DATA

SENSES = (0.7, 0.3)
"""Weights of a word's first and second sense."""
NOTHING = "-"
"""Gloss of what means nothing in a story: names, foreign words."""


def folded(text: str) -> str:
    """Lower case without accents, as the student's tokenizer reads."""
    parts = unicodedata.normalize("NFD", text.lower())
    return "".join(c for c in parts if not unicodedata.combining(c))


def load_glossary(path: Path = DATA / "glosario.tsv") -> Mapping[str, tuple[str, ...]]:
    """Folded Spanish word → its English senses, the likeliest first.

    Where two words differ in their accents alone, the senses of both are kept, those of the earlier line first.
    """
    found: dict[str, tuple[str, ...]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        word, _, gloss = line.partition("\t")
        senses = [sense.strip() for sense in gloss.split(" / ") if sense.strip() not in {"", NOTHING}]
        if senses:
            key = folded(word)
            kept = (*found.get(key, ()), *senses)
            found[key] = tuple(dict.fromkeys(kept))[: len(SENSES)]
    return found
