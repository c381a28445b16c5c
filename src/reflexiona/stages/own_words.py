"""Whether a sentence of the included model can be answered for: words it was taught or was told, nothing invented."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from reflexiona.domain import Register
from reflexiona.errors import ModelError
from reflexiona.situation import fold

_WORD = re.compile(r"[^\W\d_]+")
_FIGURE = re.compile(r"\d[\d.,]*")
_QUOTE = re.compile(r"«[^»]*»")
_COUNTS = frozenset(
    "dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince veinte treinta cuarenta cincuenta "
    "sesenta cien cientos mil millon millones".split()
)
_SHORTEST, _LONGEST = 6, 48
"""Words of a sentence."""


@dataclass(frozen=True, slots=True)
class OwnWords:
    """The words that hands used where the model learnt to speak."""

    known: frozenset[str]
    """Lower case, with accents."""
    bound: dict[str, tuple[str, ...]]
    """Words that were only used where a text told something of its own: one of these patterns, over the folded text."""
    rejected: tuple[str, ...]
    """Turns of phrase, folded, that are never shown."""
    foreign: dict[Register, frozenset[str]]
    """By register: words that only another register uses."""

    def answer_for(self, sentence: str, told: str, register: Register) -> bool:
        """Whether a sentence may be shown.

        Args:
            sentence: what the model said; what stands in guillemets is taken out of `told` already.
            told: the person's text.
            register: in which the answer speaks.
        """
        bare = _QUOTE.sub("«»", sentence)
        words = _WORD.findall(bare)
        lower = [word.lower() for word in words]
        folded = fold(told)
        known = frozenset(_WORD.findall(folded))
        quotes = _QUOTE.findall(sentence)
        return (
            _SHORTEST <= len(sentence.split()) <= _LONGEST
            and sentence[0] in "«¡" + sentence[0].upper()
            and sentence[-1] in ".!…"
            and not set("[]<>|*_#¿?") & set(bare)
            and sentence.count("«") == sentence.count("»") == len(quotes)
            and all(fold(quote[1:-1]) in folded for quote in quotes)
            and not any(turn in fold(bare) for turn in self.rejected)
            and all(self._may_say(word, folded, known) for word in lower)
            and not self.foreign[register] & frozenset(lower)
            and all(figure.rstrip(".,") in told for figure in _FIGURE.findall(bare))
            and all(fold(word) in known for word in lower if word in _COUNTS)
            and all(word.islower() or fold(word) in known for word in words[1:] if not _opens(bare, word))
        )

    def _may_say(self, word: str, folded: str, told: frozenset[str]) -> bool:
        if word in self.known or fold(word) in told:
            return True
        return any(re.search(pattern, folded) for pattern in self.bound.get(word, ()))


def load_own_words(path: Path) -> OwnWords:
    """Reads the list that comes with the model.

    Raises:
        ModelError: it is missing or damaged.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        alone = {register: frozenset(data[register.value]) for register in Register}
        known = frozenset(data["palabras"])
        patterns = data["condiciones"]  # many, of which an answer looks at a few: compiled when they are
        bound = {word: tuple(patterns[n] for n in places) for word, places in data["condicionadas"].items()}
        rejected = tuple(data["rechazadas"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise ModelError(f"No se puede leer {path.name}: {error}.", "Reinstala Reflexiona.") from error
    foreign = {
        own: frozenset[str]().union(*(words for other, words in alone.items() if other is not own)) for own in alone
    }
    return OwnWords(known, bound, rejected, foreign)


def _opens(bare: str, word: str) -> bool:
    """Whether a word with a capital begins a sentence or a quote."""
    return bool(re.search(rf"(?:^|[.!…:]\s+|«){re.escape(word)}\b", bare))
