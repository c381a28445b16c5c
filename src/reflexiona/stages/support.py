"""Which sentences of a model's reflection no passage supports. Lexical, per sentence; nothing is asked of the model."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reflexiona.domain import Passage
from reflexiona.stages.shown import stems

MARK = " ◦"
"""Stands after a sentence that is the model's own."""

ENOUGH = 0.45
"""Share of a sentence's content words that one passage, or the person's text, must hold."""

_SENTENCE = re.compile(r"[^\s][^\n]*?(?:[.!?…]+(?:\s*\[\d+\])*[»\")*_]*(?=\s|$)|$)", re.MULTILINE)
_VIEW = re.compile(
    r"\b(yo (?:empezar|ir|probar|har|dir)[ií]a|empezar[ií]a por|me parece|creo que|dir[ií]a que|me inclino|"
    r"mi sugerencia|lo que cambiar[ií]a la sugerencia)\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\d[\d.,]*")


def unsupported(text: str, passages: Sequence[Passage], told: str) -> tuple[str, ...]:
    """Sentences of `text`, as they stand in it, that neither a passage nor what the person told supports.

    First-person views and questions count as marked by themselves. A figure that is nowhere is never supported.
    """
    sources = [stems(f"{passage.title} {passage.text}") for passage in passages] + [stems(told)]
    known_figures = set(_FIGURE.findall(" ".join([told, *(passage.text for passage in passages)])))
    return tuple(
        sentence
        for sentence in (match[0].strip() for match in _SENTENCE.finditer(text))
        if not _supported(sentence, sources, known_figures)
    )


def mark(text: str, sentences: Sequence[str]) -> str:
    """`text` with `MARK` after each of `sentences`."""
    for sentence in sentences:
        text = text.replace(sentence, f"{sentence}{MARK}", 1)
    return text


def _supported(sentence: str, sources: Sequence[frozenset[str]], figures: set[str]) -> bool:
    bare = re.sub(r"\[\d+\]", "", sentence)
    words = stems(bare)
    if len(words) < 3 or "?" in bare or _VIEW.search(bare):
        return True
    if any(figure.rstrip(".,") not in {known.rstrip(".,") for known in figures} for figure in _FIGURE.findall(bare)):
        return False
    return max(len(words & source) / len(words) for source in sources) >= ENOUGH
