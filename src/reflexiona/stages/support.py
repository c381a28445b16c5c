"""Which sentences of a model's reflection nothing supports: neither a passage that is shown nor what the person told.

Nothing is asked of the model. What can be copied (figures, names, dates, quotes) must stand in a source; the rest of a
sentence must be carried by a few neighbouring sentences of one source: by its words, by its sense (vectors), and with
the same yes or no. The weights were fitted on the first half of `tests/data/apoyo.jsonl`; its second half holds them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import mul

from reflexiona.corpus.library import plain
from reflexiona.domain import Passage
from reflexiona.ports import Encoder
from reflexiona.situation import fold
from reflexiona.stages.shown import stems

MARK = " ◦"
"""Stands after a sentence that is the model's own."""

_SENTENCE = re.compile(r"[^\s][^\n]*?(?:[.!?…]+(?:\s*\[\d+\])*[»\")*_]*(?=\s|$)|$)", re.MULTILINE)
_VIEW = re.compile(
    r"\b(yo (?:empezar|ir|probar|har|dir)[ií]a|empezar[ií]a por|me parece|creo que|dir[ií]a que|me inclino|"
    r"mi sugerencia|lo que cambiar[ií]a la sugerencia|me har[ií]a cambiar)\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\d[\d.,]*")
_COUNT = re.compile(
    r"\b(?:tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|catorce|quince|veinte|treinta|cuarenta|cincuenta|"
    r"cien|cientos|doscient\w+|trescient\w+|quinient\w+|mil|millon\w*|mitad|tercio|cuarta parte|doble|triple)\b"
)
_NAME = re.compile(r"(?<=[\wáéíóúñü,;:] )[A-ZÁÉÍÓÚÑ][\wáéíóúñü]+(?:[ -][A-ZÁÉÍÓÚÑ][\wáéíóúñü]+)*")
_QUOTE = re.compile(r"«([^»]+)»|“([^”]+)”|\"([^\"]+)\"")
_LAW = re.compile(
    r"\b(?:ley(?:es)?|legal(?:mente)?|articulo|codigo|directiva|juez|jueza|juzgados?|judicial|estatuto|tribunal(?:es)?)\b"
)
_DENIES = re.compile(r"\b(?:no|nunca|jamas|nada|ningun[ao]?|ni|sin|tampoco|nadie|evita\w*|sobra|deja de)\b")
_MOST_WINDOWS = 120
_WINDOW = 2
"""Neighbouring sentences of a source that may carry a sentence together."""


@dataclass(frozen=True, slots=True)
class _Weights:
    """Of a logistic rule: above 0, a sentence is the model's own."""

    bias: float
    words: float
    """Share of its content words that a few neighbouring sentences of one source hold."""
    sense: float
    """How much nearer its vector is to the nearest of them than to all."""
    all_words: float
    """Share of its content words that all sources together hold."""
    denies: float
    """It says no where the nearest says yes, or the other way round."""
    counts: float
    """It counts something that no source counts."""


_WITH_SENSE = _Weights(4.81, -3.76, -3.39, -2.44, 0.54, 1.68)
_WORDS_ALONE = _Weights(4.12, -4.88, 0.0, -3.1, 0.57, 1.7)


@dataclass(frozen=True, slots=True)
class _Source:
    """Some neighbouring sentences of a passage or of what the person told."""

    text: str
    words: frozenset[str]
    vector: tuple[float, ...]


class Support:
    """Checks what a model wrote.

    Args:
        encoder: gives the one that compares by sense; None: words alone are compared.
    """

    def __init__(self, encoder: Callable[[], Encoder] | None = None) -> None:
        self._encoder = encoder
        self._weights = _WITH_SENSE if encoder else _WORDS_ALONE

    def unsupported(self, text: str, passages: Sequence[Passage], told: str) -> tuple[str, ...]:
        """Sentences of `text`, as they stand in it, that neither a passage nor what the person told supports.

        First-person views and questions count as marked by themselves.

        Args:
            text: what the model wrote.
            passages: those that it was given.
            told: all that the person told so far.
        """
        found = [sentence for sentence in sentences(text) if _claims(_bare(sentence))]
        if not found:
            return ()
        prose = [f"{passage.title}. {' '.join(plain(passage.text).split())}" for passage in passages]
        everything = "\n".join([*prose, told])
        windows = _nearest([window for source in (*prose, told) for window in _windows(source)], found)
        vectors = self._vectors([*windows, *map(_bare, found)])
        sources = [_Source(window, stems(window), vector) for window, vector in zip(windows, vectors, strict=False)]
        own = zip(found, vectors[len(windows) :], strict=True)
        return tuple(s for s, vector in own if _invents(_bare(s), everything) or self._own(_bare(s), vector, sources))

    def _vectors(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        if self._encoder is None:
            return [()] * len(texts)
        return [tuple(vector) for vector in self._encoder().encode_passages(texts)]

    def _own(self, sentence: str, vector: Sequence[float], sources: Sequence[_Source]) -> bool:
        """Whether a sentence is carried by none of the sources."""
        words, weights = stems(sentence), self._weights
        shares = [len(words & source.words) / len(words) for source in sources] or [0.0]
        near = [sum(map(mul, vector, source.vector)) for source in sources] or [0.0]
        best = max(range(len(shares)), key=lambda n: shares[n] + near[n])
        nearest = fold(sources[best].text) if sources else ""
        everywhere = frozenset[str]().union(*(source.words for source in sources))
        mean = sum(near) / len(near)
        said = fold(sentence)
        counted = _words(" ".join(source.text for source in sources))
        score = (
            weights.bias
            + weights.words * max(shares)
            + weights.sense * (max(near) - mean) / max(1e-6, 1 - mean)
            + weights.all_words * len(words & everywhere) / len(words)
            + weights.denies * (bool(_DENIES.search(said)) != bool(_DENIES.search(nearest)))
            + weights.counts * any(not _words(count) <= counted for count in _COUNT.findall(said))
        )
        return bool(score >= 0)


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of `text`, as they stand in it."""
    return tuple(match[0].strip() for match in _SENTENCE.finditer(text))


def mark(text: str, sentences: Sequence[str]) -> str:
    """`text` with `MARK` after each of `sentences`, which stand in it in this order."""
    done = ""
    for sentence in sentences:
        before, found, text = text.partition(sentence)
        done += f"{before}{found}{MARK if found else ''}"
    return done + text


def _bare(sentence: str) -> str:
    return re.sub(r"\s*\[\d+\]", "", sentence)


def _claims(bare: str) -> bool:
    """Whether a sentence says anything that would need support."""
    return len(stems(bare)) >= 3 and "?" not in bare and not _VIEW.search(bare)


def _invents(bare: str, sources: str) -> bool:
    """Whether it holds a figure, a name, a quote or a law that stands nowhere in the sources."""
    whole = fold(sources)
    known = {figure.rstrip(".,") for figure in _FIGURE.findall(sources)}
    if any(figure.rstrip(".,") not in known for figure in _FIGURE.findall(bare)):
        return True
    names: Iterable[str] = (word for name in _NAME.findall(bare) for word in re.findall(r"\w+", fold(name)))
    laws = _LAW.findall(fold(bare))
    if not {*names, *laws} <= _words(whole):
        return True
    quotes = (" ".join(fold(part).split()) for quote in _QUOTE.findall(bare) for part in quote if part)
    flat = " ".join(whole.split())
    return any(len(quote.split()) > 2 and quote.strip(" .,;:¿?¡!") not in flat for quote in quotes)


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", fold(text)))


def _nearest(windows: Sequence[str], claims: Sequence[str]) -> list[str]:
    """Each once; of very many, those that share most words with a claim: vectors take their time."""
    each = list(dict.fromkeys(windows))
    if len(each) <= _MOST_WINDOWS:
        return each
    said = [stems(claim) for claim in claims]
    shares = {window: max(len(words & stems(window)) / len(words) for words in said) for window in each}
    return sorted(each, key=lambda window: -shares[window])[:_MOST_WINDOWS]


def _windows(source: str) -> list[str]:
    found = [sentence for sentence in sentences(source) if sentence]
    pairs = (" ".join(found[n : n + _WINDOW]) for n in range(len(found) - _WINDOW + 1))
    return [*found, *pairs]
