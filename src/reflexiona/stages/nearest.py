"""The sentences of the passages shown that come nearest to a question. A rare word that both share says most."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reflexiona.corpus.library import plain
from reflexiona.domain import Passage
from reflexiona.stages.shown import stems

_ABBREVIATED = r"(?<!\b[aA]rt)(?<!\barts)(?<!\bnúm)(?<!\bej)(?<!\bp)(?<!\bSr)(?<!\bSra)"
_END = re.compile(rf"{_ABBREVIATED}[.?!…]+[»\")]*\s+(?=[«¿¡\"(]*[A-ZÁÉÍÓÚÑ])")
_LINK = re.compile(r"\]\(")
_LEANS = re.compile(
    r"(?:Es[eao]s?|Est[eao]s?|Aquel\w*|Se|Lo|La|Los|Las|Le|Y|Pero|Tampoco|También|Además|Así|Ahí|Entonces|Ella|Él|Otra|"
    r"Otro|Ambas|Ambos|Si no|Por eso|(?:Durante|Con|De|En|Para|Por|Tras) es[eao]s?)\b"
)
_LEANING, _TITLE, _SHORTEST = 0.6, 0.5, 30
_SHARE = 0.4
"""What sharing all the words of the question is worth, beside the score of the passage."""


@dataclass(frozen=True, slots=True)
class Near:
    """Sentences and the number of their passage."""

    text: str
    n: int


@dataclass(frozen=True, slots=True)
class _Window:
    """Two sentences that stand together, or one."""

    text: str
    n: int
    words: frozenset[str]
    title: frozenset[str]
    leans: bool
    """Begins with a word that points at what stands before."""


class Nearest:
    """Looks for sentences in passages.

    Args:
        passages: those shown, in order of citation.
        said: what was answered before; its sentences are not repeated.
    """

    def __init__(self, passages: Sequence[Passage], said: str) -> None:
        self._windows = [w for n, passage in enumerate(passages, start=1) for w in _windows(n, passage, said)]
        counts = Counter(word for window in self._windows for word in window.words | window.title)
        self._weights = {word: math.log(1 + len(self._windows) / count) for word, count in counts.items()}

    def to(self, question: str, scores: Sequence[float]) -> Near | None:
        """The nearest sentences of the first passages, whose `scores` weigh as well; None where there are none."""
        words = stems(question)
        possible = sum(self._weights.get(word, 0.0) for word in words) or 1.0

        def nearness(window: _Window) -> float:
            shared = sum(self._weights[word] for word in words & window.words)
            titled = _TITLE * sum(self._weights[word] for word in words & window.title)
            share = (shared + titled) / possible * (_LEANING if window.leans else 1.0)
            return scores[window.n - 1] + _SHARE * share

        candidates = [window for window in self._windows if window.n <= len(scores)]
        best = max(candidates, key=lambda window: (nearness(window), -window.n), default=None)
        return Near(best.text, best.n) if best else None


def _windows(n: int, passage: Passage, said: str) -> Iterator[_Window]:
    title = stems(f"{passage.article_title} {passage.title}")
    for paragraph in passage.text.split("\n\n"):
        sentences = [part.strip() for part in _split(paragraph.replace("\n", " "))]
        for place, sentence in enumerate(sentences):
            first = plain(sentence)
            following = plain(sentences[place + 1]) if place + 1 < len(sentences) else ""
            unfit = _LINK.search(sentence) or first.endswith("?") or len(first) < _SHORTEST or first in said
            if not unfit:
                text = (
                    first if _LINK.search("".join(sentences[place + 1 : place + 2])) else f"{first} {following}".strip()
                )
                yield _Window(text, n, stems(text), title, place > 0 and bool(_LEANS.match(first)))


def _split(paragraph: str) -> Iterator[str]:
    start = 0
    for end in _END.finditer(paragraph):
        yield paragraph[start : end.end()]
        start = end.end()
    yield paragraph[start:]
