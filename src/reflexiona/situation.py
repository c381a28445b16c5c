"""What the person wrote, made safe to keep, read and show; and the facts in it that can be copied word for word."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

LONGEST = 20_000
"""Characters that are read; of a longer text the first and the last parts."""

_HEAD, _TAIL = 12_000, 8_000
_NUMBER = r"(?:\d{1,3}(?:[.,  ]\d{3}){1,9}|\d{1,15})(?:[.,]\d{1,2})?"
"""With bounds, so that a page of digits is read through no more than once."""
_MONEY = re.compile(
    r"(?:(?:\b(?:US|RD|MX|C|R)\$|U\$[SD]|\bS/|\bBs\.?|\bQ(?=\s?\d)|[$€£₡])\s?"
    rf"{_NUMBER}(?:\s?(?:millones|mil|palos|k)\b)?"
    rf"|{_NUMBER}\s?€|{_NUMBER}\s?(?:mil\s|mill[oó]n(?:es)? de\s)?"
    r"(?:euros?|d[oó]lares|pesos|soles|lucas|quetzales|lempiras|c[oó]rdobas|colones|balboas|guaran[ií]es|bol[ií]vares|bolivianos|reales|USD|EUR|MXN|ARS|COP|CLP|GTQ)\b)",
    re.IGNORECASE,
)
_COUNT = r"(?:\d+|un|una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|quince|veinte)"
_SINCE = re.compile(
    rf"\b(?:desde hace|hace ya|hace|llevo|lleva|llevamos|van ya|van)\s+(?:ya\s+|m[aá]s de\s+|casi\s+)?"
    rf"({_COUNT}\s+(?:d[ií]as|semanas?|meses|mes|a[nñ]os?))\b(?! y)",
    re.IGNORECASE,
)
_OPENING, _CLOSING = re.compile('[«“"]'), {"«": "»", "“": "”", '"': '"'}

# Words that only one language writes so, among those that nobody can avoid.
_SPANISH = frozenset(
    "el los las lo una y yo le les me mi muy pero porque cuando donde hay esto eso esta como con sin por para del al "
    "mas ya si han ha hace dice tengo tiene quiere cliente clientes trabajo pago paga dinero factura".split()
)
_FEW = 12
_FOREIGN = frozenset(
    "the and is are my his her not with this that have has they want client pay would what when "  # English
    "nao voce um uma ele ela meu minha com isso pra tambem muito eu "  # Portuguese
    "je ne pas est une des mon il elle et avec pour dans qui".split()  # French
)


@dataclass(frozen=True, slots=True)
class Facts:
    """Amounts and lapses as they stand in the text."""

    amounts: tuple[str, ...]
    lapses: tuple[str, ...]


def fold(text: str) -> str:
    """Lower case without accents or diaeresis; ñ becomes n."""
    return "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))


def clean(text: str) -> str:
    """NFC, line ends as `\\n`, no control characters, no bidirectional overrides, no blank ends."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = (c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co"})
    return "".join(kept).strip()


def fit(text: str) -> tuple[str, int]:
    """The part of a long text that is read, and how many characters in its middle were left out (0: none)."""
    if len(text) <= LONGEST:
        return text, 0
    return f"{text[:_HEAD]}\n{text[-_TAIL:]}", len(text) - _HEAD - _TAIL


def in_whole(place: int, omitted: int) -> int:
    """Where a place in what `fit` gives stands in the whole text, of which it left out `omitted` characters."""
    return place if not omitted or place <= _HEAD else place + omitted - 1


def unquoted(text: str) -> str:
    """`text`, of the same length, with blanks for what stands between quotation marks; linear in its length."""
    last = {mark: text.rfind(mark) for mark in _CLOSING.values()}
    pieces: list[str] = []
    at = 0
    while opening := _OPENING.search(text, at):
        start, end = opening.span()
        if last[_CLOSING[text[start]]] >= end:
            end = text.index(_CLOSING[text[start]], end) + 1
            pieces += (text[at:start], " " * (end - start))
        else:  # never closed: it stays
            pieces.append(text[at:end])
        at = end
    return "".join((*pieces, text[at:]))


def facts(text: str) -> Facts:
    """Amounts of money and lapses («desde hace dos semanas»), each once, in order."""
    amounts = (match[0].strip() for match in _MONEY.finditer(text))
    lapses = (match[1] for match in _SINCE.finditer(text))
    return Facts(tuple(dict.fromkeys(amounts)), tuple(dict.fromkeys(lapses)))


def seems_spanish(text: str) -> bool:
    """Whether a text reads as Spanish; a few words are given the benefit of the doubt, letters at random are not."""
    words = re.findall(r"[a-z]+", fold(text))
    spanish = sum(word in _SPANISH for word in words)
    foreign = sum(word in _FOREIGN for word in words)
    if foreign > spanish:
        return False
    if spanish:
        return True
    wordlike = [word for word in words if re.search(r"[aeiou]", word) and not re.search(r"[^aeiou]{4}", word)]
    return len(words) <= _FEW and len(wordlike) == len(words) > 0


def title_of(text: str, longest: int = 60) -> str:
    """A title for a conversation: its first words, cut at a word."""
    line = " ".join(text.split())
    if len(line) <= longest:
        return line
    return f"{line[:longest].rsplit(' ', 1)[0].rstrip(',;:. ')}…"
