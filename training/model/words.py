"""What the model may say: the words that hands used where it learns to speak, and what ties some of them to a text.

A word that stands only in fragments with a condition is said of texts that meet one of these conditions; a word that
only single answers hold is said of texts that hold it themselves. So nothing is taken up that was not told.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from reflexiona.corpus.triples import inflect
from reflexiona.domain import Register
from training.model.answers import Answer
from training.model.fragments import Fragment, rejected

_WORD = re.compile(r"[^\W\d_]+")
_TRIPLE = re.compile(r"\{([^{}|]*)\|([^{}|]*)\|([^{}|]*)\}")
_SLOT = re.compile(r"\$\w+")
_QUOTE = re.compile(r"«[^»]*»")
_OFTEN = 3
"""Answers that must hold a word of no fragment, for it to be anybody's."""


def words_of(fragments: Sequence[Fragment], answers: Iterable[Answer]) -> dict[str, object]:
    """`palabras`: free ones; `condicionadas`: word → places in `condiciones`; `rechazadas`: not to be said;
    by register, those of that form only.
    """
    openings = [_words([_QUOTE.sub("", answer.opening)]) for answer in answers]
    counted = Counter(word for opening in openings for word in opening)
    free = {word for word, n in counted.items() if n >= _OFTEN}
    free |= {word for f in fragments if f.condition is None for word in _forms(f)}
    conditions = sorted({f.condition.pattern for f in fragments if f.condition})
    bound: defaultdict[str, set[int]] = defaultdict(set)
    for fragment in fragments:
        if fragment.condition:
            for word in _forms(fragment) - free:
                bound[word].add(conditions.index(fragment.condition.pattern))
    plain = [fragment.text for fragment in fragments]
    outside = _words(_SLOT.sub("", _TRIPLE.sub("", text)) for text in plain)
    forms = [_words(match[n] for text in plain for match in _TRIPLE.finditer(text)) for n in (1, 2, 3)]
    alone = [own - outside - frozenset().union(*(other for other in forms if other is not own)) for own in forms]
    return {
        "palabras": sorted(free),
        "condiciones": conditions,
        "rechazadas": list(rejected()),
        "condicionadas": {word: sorted(places) for word, places in sorted(bound.items())},
        **{register.value: sorted(own) for register, own in zip(Register, alone, strict=True)},
    }


def write(path: Path, fragments: Sequence[Fragment], answers: Iterable[Answer]) -> None:
    """Writes the list that comes with the model."""
    path.write_text(json.dumps(words_of(fragments, answers), ensure_ascii=False) + "\n", encoding="utf-8")


def _forms(fragment: Fragment) -> frozenset[str]:
    """The words of a fragment in every register."""
    text = _SLOT.sub("", fragment.text)
    return _words(inflect(text, register) for register in Register)


def _words(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(word.lower() for text in texts for word in _WORD.findall(text))
