"""Turns a text into counted features: words, pairs of words, pieces of words.

Shared by the reader and by the code that trains it, so that both see the same. Accents, case, digits and drawn-out
letters are folded: what a dictated or hurried text lacks is not looked at. Linear in the length of the text.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator

_WORD = re.compile(r"[a-z]+|[0-9]+(?:[.,'][0-9]+)*|[?!€$%]")
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_SHORT_FORMS = {
    "q": "que",
    "k": "que",
    "ke": "que",
    "d": "de",
    "x": "por",
    "xq": "porque",
    "pq": "porque",
    "porq": "porque",
    "xk": "porque",
    "tb": "tambien",
    "tmb": "tambien",
    "tbn": "tambien",
    "bn": "bien",
    "dnd": "donde",
    "msj": "mensaje",
    "msjs": "mensajes",
    "whats": "whatsapp",
    "wasap": "whatsapp",
    "wasaps": "whatsapp",
    "guasap": "whatsapp",
    "wsp": "whatsapp",
    "wpp": "whatsapp",
    "wa": "whatsapp",
    "whatsapps": "whatsapp",
    "presu": "presupuesto",
    "ppto": "presupuesto",
    "finde": "fin",
}
SHORTEST, LONGEST = 3, 5
"""Lengths of the pieces of words, the word's borders counted."""


def fold(text: str) -> str:
    """Lower case without accents (ñ becomes n); letters drawn out three times or more become one."""
    return _DRAWN_OUT.sub(r"\1", plain(text))


def words(text: str) -> list[str]:
    """The folded words of a text; every number is «#», common short forms are written out."""
    return ["#" if w[0].isdigit() else _SHORT_FORMS.get(w, w) for w in _WORD.findall(fold(text))]


def with_pairs(found: list[str]) -> list[str]:
    """Words and pairs of neighbours."""
    return found + [f"{left} {right}" for left, right in itertools.pairwise(found)]


def pieces(word: str) -> Iterator[str]:
    """The pieces of a word, with «_» for its borders; none for marks and numbers."""
    if not word.isalpha():
        return
    whole = f"_{word}_"
    for length in range(SHORTEST, LONGEST + 1):
        for start in range(len(whole) - length + 1):
            yield whole[start : start + length]


def plain(text: str) -> str:
    """Lower case without accents, character for character: offsets stay those of `text`; white space is one space."""
    return "".join(_PLAIN.get(c) or _plain_character(c) for c in text)


def _plain_character(character: str) -> str:
    if character.isspace():
        return " "
    lower = unicodedata.normalize("NFD", character.lower())
    return lower[0] if lower else character


_PLAIN = {c: _plain_character(c) for c in map(chr, range(0x20, 0x180))}
