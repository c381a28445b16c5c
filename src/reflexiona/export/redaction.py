"""A conversation to show to others: names, mails, telephones and amounts give way to «[nombre 1]», «[importe 2]» …

The same thing gets the same label throughout. What stays is a sound conversation: every quote is still part of the
text it was taken from, so that the exported file can be read back. Some may be missed; `WARNING` says so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reflexiona.domain import Conversation, Evidence, Passage, Turn
from reflexiona.export.personal import Kind, Mention, known_words, names, numbers
from reflexiona.situation import fold

WARNING = "Puede quedar algún dato: conviene leerlo entero antes de compartirlo."
REMARK = f"Los nombres, correos, teléfonos e importes que se han visto están sustituidos. {WARNING}"
"""Stands in the exported file."""
_PLURALS = {
    Kind.NAME: ("nombre", "nombres"),
    Kind.MAIL: ("correo", "correos"),
    Kind.PHONE: ("teléfono", "teléfonos"),
    Kind.AMOUNT: ("importe", "importes"),
    Kind.OTHER: ("otro dato", "otros datos"),
}
_PARTICLES = frozenset({"el", "la", "los", "las", "de", "del", "y"})
_SHORTEST = 3
"""Letters of a word that is looked for by itself."""

Edit = tuple[int, int, str]
"""`text[start:end]` gives way to a label."""


@dataclass(frozen=True, slots=True)
class Redacted:
    """A conversation without personal data, and how many different ones of each kind were replaced."""

    conversation: Conversation
    counts: dict[Kind, int]

    @property
    def told(self) -> str:
        """«Se han sustituido 2 nombres y 1 importe. Puede quedar …»."""
        parts = [f"{n} {_PLURALS[kind][n != 1]}" for kind in Kind if (n := self.counts.get(kind, 0))]
        if not parts:
            return f"No se ha visto ningún dato personal. {WARNING}"
        listed = f"{', '.join(parts[:-1])} y {parts[-1]}" if len(parts) > 1 else parts[0]
        return f"Sustituidos: {listed}. {WARNING}"


def redacted(conversation: Conversation) -> Redacted:
    """The conversation without names, mails, telephones and amounts, as far as they are found."""
    redactor = Redactor([text for turn in conversation.turns for text in _own_texts(turn)])
    own = (passage.article for turn in conversation.turns for passage in turn.passages if passage.own)
    papers = {article: f"documento-{n}" for n, article in enumerate(dict.fromkeys(own), start=1)}
    turns = [_own_parts(turn, redactor, papers) for turn in conversation.turns]
    title = redactor.own(conversation.title)
    turns = [_answer(turn, redactor) for turn in turns]
    return Redacted(replace(conversation, title=title, turns=tuple(turns)), redactor.counts)


class Redactor:
    """Labels for personal data.

    Args:
        texts: all that a person wrote in a conversation: a name found in one is found in the others.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._known = known_words(texts)
        self._labels: dict[tuple[Kind, str], str] = {}
        self._seen: dict[str, str] = {}
        """What was replaced, as it stood → its label."""
        self._numbers: Counter[Kind] = Counter()

    @property
    def counts(self) -> dict[Kind, int]:
        """How many different ones of each kind."""
        return dict(self._numbers)

    def own(self, text: str) -> str:
        """A person's text without personal data."""
        return applied(text, self.edits(text))

    def edits(self, text: str) -> list[Edit]:
        """What to replace in a person's text, in order."""
        taken = bytearray(len(text))
        chosen: list[Mention] = []
        for mention in (*numbers(text), *names(text, self._known)):
            if not any(taken[mention.start : mention.end]):
                chosen.append(mention)
                taken[mention.start : mention.end] = b"\1" * (mention.end - mention.start)
        chosen.sort(key=lambda mention: mention.start)
        return [(m.start, m.end, self._label(m.kind, text[m.start : m.end])) for m in chosen]

    def repeated(self, text: str) -> str:
        """A text of ours: only what a person's text held gives way, so that articles stay as they are."""
        if not self._seen:
            return text
        pieces = sorted(self._seen, key=len, reverse=True)
        either = "|".join(re.escape(piece) for piece in pieces)
        return re.sub(rf"(?<!\w)(?:{either})(?!\w)", lambda match: self._seen[match[0]], text)

    def _label(self, kind: Kind, said: str) -> str:
        label = self._labels.get((kind, self._key(kind, said)))
        if label is None:
            self._numbers[kind] += 1
            label = f"[{kind.value} {self._numbers[kind]}]"
        for key in self._keys(kind, said):
            self._labels.setdefault((kind, key), label)
        self._seen.setdefault(said, label)
        if kind is Kind.NAME:
            for word in re.findall(r"\w+", said):
                if word[0].isupper() and len(word) >= _SHORTEST and fold(word) in self._known:
                    self._seen.setdefault(word, label)
        return label

    def _key(self, kind: Kind, said: str) -> str:
        """What tells one from another: of a name, its first word, or any other that stood in a longer one."""
        keys = list(self._keys(kind, said))
        return next((key for key in keys[:1] if (kind, key) in self._labels), keys[0] if keys else said)

    @staticmethod
    def _keys(kind: Kind, said: str) -> Iterator[str]:
        if kind is Kind.NAME:
            yield from (word for word in re.findall(r"\w+", fold(said)) if word not in _PARTICLES) or (fold(said),)
        else:
            yield "".join(fold(said).split())


def applied(text: str, edits: Sequence[Edit]) -> str:
    """`text` with its edits."""
    pieces: list[str] = []
    at = 0
    for start, end, label in edits:
        pieces += (text[at:start], label)
        at = end
    return "".join((*pieces, text[at:]))


def moved(span: tuple[int, int], edits: Sequence[Edit]) -> tuple[int, int]:
    """Where a span of the text is after the edits; one that an edit cuts takes in the whole label."""
    start, end = span
    shift = 0
    new_start = new_end = None
    for begin, stop, label in edits:
        if new_start is None and start < stop:
            new_start = min(start, begin) + shift
        if new_end is None and end <= begin:
            new_end = end + shift
        elif new_end is None and end <= stop:
            new_end = begin + shift + len(label)
        shift += len(label) - (stop - begin)
    return (start + shift if new_start is None else new_start, end + shift if new_end is None else new_end)


def _own_texts(turn: Turn) -> Iterator[str]:
    yield turn.text
    yield from (step.text for step in turn.plan)
    if turn.draft:
        yield turn.draft.text
    yield from (passage.text for passage in turn.passages if passage.own)


def _own_parts(turn: Turn, redactor: Redactor, papers: Mapping[str, str]) -> Turn:
    """`papers`: ids of the person's documents, which come from file names, and the ids that stand for them."""
    edits = redactor.edits(turn.text)
    text = applied(turn.text, edits)
    reading = turn.reading
    if reading is not None:

        def again(quotes: Iterable[Evidence]) -> tuple[Evidence, ...]:
            places = (moved((quote.start, quote.end), edits) for quote in quotes)
            return tuple(Evidence(text[start:end], start, end) for start, end in places)

        reading = replace(
            reading, evidence=again(reading.evidence), alarm=again(reading.alarm), sides=again(reading.sides)
        )
    return replace(
        turn,
        text=text,
        reading=reading,
        plan=tuple(
            replace(step, text=redactor.own(step.text), source=_source(step.source, papers)) for step in turn.plan
        ),
        draft=turn.draft
        and replace(turn.draft, text=redactor.own(turn.draft.text), source=_source(turn.draft.source, papers)),
        passages=tuple(_passage(passage, redactor, papers) if passage.own else passage for passage in turn.passages),
    )


def _source(passage: str, papers: Mapping[str, str]) -> str:
    article, mark, number = passage.partition("#")
    return f"{papers.get(article, article)}{mark}{number}"


def _passage(passage: Passage, redactor: Redactor, papers: Mapping[str, str]) -> Passage:
    """One of the person's own documents; its offsets stay those of the document."""
    return replace(
        passage,
        id=_source(passage.id, papers),
        article=papers[passage.article],
        article_title=redactor.own(passage.article_title),
        title=redactor.own(passage.title),
        text=redactor.own(passage.text),
    )


def _answer(turn: Turn, redactor: Redactor) -> Turn:
    reflection = turn.reflection
    if reflection is not None:
        model = reflection.model
        reflection = replace(
            reflection,
            text=redactor.repeated(reflection.text),
            unsupported=tuple(map(redactor.repeated, reflection.unsupported)),
            model=model and replace(model, steps=tuple(map(redactor.repeated, model.steps))),
        )
    return replace(
        turn,
        reflection=reflection,
        question=redactor.repeated(turn.question),
        notices=tuple(map(redactor.repeated, turn.notices)),
    )
