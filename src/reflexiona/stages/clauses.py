"""Cuts a text into clauses that can be quoted: spans of the text itself, with or without punctuation.

Dictated and hurried texts have no full stops; there the words that begin a new thought are cut at instead. Knows
nothing of what a text is about. Linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

Span = tuple[int, int]

SHORTEST, LONGEST = 3, 16
"""Words of a clause."""

_WORD = re.compile(r"\d+(?:[.,]\d+)*\s[%€$](?!\w)|\w+(?:[.,:'’/-]\w+)*[%€$]?|[€$]\s?\w+", re.UNICODE)
_SHORT = "Sr Sra Dr Dra Ud Uds Lic Ing Arq Dña".split()


def _run(marks: str) -> str:
    """The marks that end a clause, before a blank or what closes; tried where a run of them begins, to stay linear.

    Behind a short form the run begins one mark later.
    """
    begins = "|".join((f"(?<!{marks})", *(rf"(?<=\b{word}{marks})" for word in _SHORT)))
    shortened = "".join(rf"(?<!\b{word})" for word in _SHORT)
    return rf"(?:{begins}){shortened}{marks}+(?=[\s»\"”')\]]|$)"


_BREAK = re.compile(rf"{_run('[.!?…;:]')}|\n+|(?<!\d),|,(?!\d)|[()\[\]«»“”\"¡¿—–]|\s-\s", re.IGNORECASE)
_END = re.compile(r"\s*(?:[.!?…;]|$)")
_SENTENCE, _INSIDE = re.compile(rf"{_run('[.!?…;]')}|[¡¿]|\n+"), re.compile(r"[«»“”\"()\[\]—–]")
_ASIDE = re.compile(r"[«“\"](\w+(?: \w+){0,2})[»”\"]")
"""A word or three set between marks: they are part of the sentence, and it goes on."""
_SAID, _FEW_SAID = re.compile(r"[:,]?\s?[«“\"]([^«»“”\"\n]{1,60})[»”\"]"), 8
"""What somebody said, and how many words of it are quoted."""
_AFTER_END = re.compile(r"(?:^|[.!?…:;¿¡\n«“\"(—–-])\s*$")
_STRONG = frozenset("pero aunque porque sino luego después despues entonces encima además ademas mientras".split())
_WEAK = frozenset("y e o ni que cuando donde si como para con sin desde hasta".split())
_LEADING = _STRONG | frozenset("y e o u que pues así asi bueno mira o sea total".split())
_ASKING = frozenset("qué quién cómo cuándo dónde cuánto si".split())
_TRAILING = frozenset(
    "y e o u ni que de del la el lo los las un una a al en con por para me te se le si no su mi hasta desde sin sobre "
    "entre porque xq pq porq q k pero aunque cuando donde como".split()
)


def clauses(text: str) -> tuple[Span, ...]:
    """Spans of `SHORTEST` to `LONGEST` words, in order, without overlaps; empty for a text without that many."""
    found: list[Span] = []
    asides = [aside.span() for aside in _ASIDE.finditer(text)]
    begins, ends = {start + 1: stop for start, stop in asides}, {stop - 1: start for start, stop in asides}
    for piece in _between_breaks(text, {place for start, stop in asides for place in (start, stop - 1)}):
        for part in _parts(text, piece):
            trimmed = _trimmed(text, part)
            if SHORTEST <= len(trimmed) <= LONGEST:
                start, stop = trimmed[0][0], trimmed[-1][1]
                # marks that open or close with the clause belong to it
                left, right = int(begins.get(start, stop + 2) <= stop + 1), int(ends.get(stop, -2) >= start - 1)
                found.append((start - left, stop + right))
    return tuple(found)


def quotable(text: str, start: int, end: int) -> Span | None:
    """The clause around a span, or the words around it where no clause holds it; None for a text without words."""
    for left, right in clauses(text):
        if left <= start and end <= right:
            return left, right
    words = [match.span() for match in _WORD.finditer(text, max(0, start - 80), min(len(text), end + 80))]
    inside = [i for i, (left, right) in enumerate(words) if right > start and left < end]
    if not inside:
        return None
    first, last = inside[0], min(inside[-1], inside[0] + LONGEST - 1)
    while last - first + 1 < SHORTEST and (last + 1 < len(words) or first > 0):
        last, first = (last + 1, first) if last + 1 < len(words) else (last, first - 1)
    return words[first][0], words[last][1]


def whole(text: str, span: Span) -> Span:
    """The sentence around a clause, where it is short and holds no quote of its own; else the clause.

    Half a sentence can say the contrary: «no me insulta, no me debe». What was said in so many words right after it
    belongs to it: «ayer me gritó “¡muévase!”».
    """
    start = max((end.end() for end in _SENTENCE.finditer(text, 0, span[0])), default=0)
    after = _SENTENCE.search(text, span[1])
    stop = after.start() if after else len(text)
    words = _trimmed(text, [match.span() for match in _WORD.finditer(text, start, stop)])
    if not words or len(words) > LONGEST or _INSIDE.search(text, words[0][0], words[-1][1]):
        start, stop = _balanced(text, span)
    else:
        start, stop = min(span[0], words[0][0]), max(span[1], words[-1][1])
    return start, _with_said(text, stop)


def _with_said(text: str, stop: int) -> int:
    """Where a clause ends with what was said in so many words after it; a straight mark that closes opens nothing."""
    said = _SAID.match(text, stop)
    if said is None or len(said[1].split()) > _FEW_SAID:
        return stop
    line = text.rfind("\n", 0, stop) + 1
    return stop if '"' in said[0] and text.count('"', line, stop) % 2 else said.end()


def _balanced(text: str, span: Span) -> Span:
    """The longer side of a clause that begins or ends inside a quote of the person's own."""
    marks = [mark.start() for mark in re.finditer(r"[«»“”\"]", text[slice(*span)])]
    if len(marks) % 2 == 0:
        return span
    at = span[0] + marks[-1]
    sides = [_WORD.finditer(text, span[0], at), _WORD.finditer(text, at, span[1])]
    words = max(([match.span() for match in side] for side in sides), key=len)
    return _balanced(text, (words[0][0], words[-1][1])) if words else span


def _between_breaks(text: str, asides: Set[int]) -> Iterator[list[Span]]:
    """The words between two marks of punctuation; neighbours in a sentence are joined while both are short.

    `asides`: where marks stand that break nothing.
    """
    held: list[Span] = []
    at = 0
    for mark in (*(mark for mark in _BREAK.finditer(text) if mark.start() not in asides), None):
        stop = mark.start() if mark else len(text)
        words = [match.span() for match in _WORD.finditer(text, at, stop)]
        at = mark.end() if mark else stop
        if len(words) >= SHORTEST:
            held = []
            yield words
            continue
        held += [word for word in words if text[slice(*word)].lower() not in _LEADING]
        if len(held) >= SHORTEST:
            yield held
            held = []
        elif mark is None or mark[0][0] in ".!?…;\n":
            held = []


def _parts(text: str, words: list[Span]) -> Iterator[list[Span]]:
    """Cuts words in two where a new thought begins, until each part is short enough."""
    pending = [words]
    while pending:
        part = pending.pop()
        at = _cut(text, part)
        if at is None:
            yield part
        else:
            pending.extend((part[at:], part[:at]))


def _cut(text: str, words: list[Span]) -> int | None:
    """The index of the word that begins the second part; looked for in the first stretch, to stay linear."""
    stretch = words[: 2 * LONGEST]
    last = len(stretch) - SHORTEST
    names = [text[start:end].lower() for start, end in stretch]
    strong = [i for i in range(SHORTEST, last + 1) if names[i] in _STRONG]
    if strong:
        return strong[0]
    if len(words) <= LONGEST:
        return None
    weak = [i for i in range(SHORTEST + 1, min(last, LONGEST) + 1) if names[i] in _WEAK]
    # «y» begins a thought more often than the others
    joined = [i for i in weak if names[i] == "y"]
    return (joined or weak or [min(LONGEST, len(words) - SHORTEST)])[-1]


def _only_joins(text: str, words: list[Span], at: int) -> bool:
    """Whether a word at the beginning only joins what follows: not «Que lo pague» at the head of a sentence."""
    name = text[slice(*words[at])].lower()
    if name == "tanto":
        return at > 0 and text[slice(*words[at - 1])].lower() == "mientras"
    if name == "que" and at == 0 and text[slice(*words[1])].lower() not in _ASKING:
        return _AFTER_END.search(text, max(0, words[0][0] - 3), words[0][0]) is None
    return name in _LEADING


def _trimmed(text: str, words: list[Span]) -> list[Span]:
    """Without the little words that only join it to its neighbours; where a sentence ends, nothing follows to join."""
    first, last = 0, len(words)
    while last - first > SHORTEST and _only_joins(text, words, first):
        first += 1
    whole = _END.match(text, words[-1][1])
    while not whole and last - first > SHORTEST and text[slice(*words[last - 1])].lower() in _TRAILING:
        last -= 1
    return words[first:last]
