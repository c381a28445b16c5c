"""Examples as padded batches of about as many tokens each."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer

from training.model.examples import TEXT, Example
from training.model.hearsay import Shares
from training.model.pieces import ANSWER, CASE, END, encode, mark

LONGEST = 448
"""Tokens of an example; of a longer situation the middle is left out."""
TOKENS = 4_096
"""Of a batch, padding included."""
HEARD = 2.0
"""What a token of a reading is worth that only the reader says."""
_SORTED = 64
"""Batches whose examples are sorted by length together: little padding, and still a lot of chance."""


@dataclass(frozen=True, slots=True)
class Sequence_:
    """One example as ids, what predicting each is worth (0 for the first), and where its situation ends."""

    ids: tuple[int, ...]
    worth: tuple[float, ...]
    told: int
    """Place of the mark behind the situation; -1: there is none."""
    row: int = -1
    """Of the vector that its state there should tell; -1: none."""


@dataclass(frozen=True, slots=True)
class Batch:
    """(examples × tokens) each; `told` and `rows` one an example."""

    ids: torch.Tensor
    worth: torch.Tensor
    told: torch.Tensor
    rows: torch.Tensor


def sequences(examples: Sequence[Example], made: Tokenizer) -> list[Sequence_]:
    """Examples as ids."""
    case, answer, end = (mark(made, name) for name in (CASE, ANSWER, END))
    texts = [example.text for example in examples]
    parts = [part for example in examples for part, _ in example.answer]
    encoded = encode(made, [*texts, *parts])
    spoken = iter(encoded[len(texts) :])
    found = []
    for example, text in zip(examples, encoded, strict=False):
        said = [(next(spoken), worth) for _, worth in example.answer]
        room = LONGEST - 3 - sum(len(ids) for ids, _ in said)
        text = shortened(text, max(room, 32))
        ids = [case, *text, answer, *(token for part, _ in said for token in part), end]
        worth = [0.0, *(TEXT for _ in text), 0.0, *(w for part, w in said for _ in part), 1.0]
        found.append(Sequence_(tuple(ids), tuple(worth), len(text) + 1))
    return found


def plain(texts: Sequence[str], made: Tokenizer) -> list[Sequence_]:
    """Texts of articles and answers: language, no situation."""
    end = mark(made, END)
    kept = [shortened(ids, LONGEST - 1) for ids in encode(made, texts)]
    return [Sequence_((*ids, end), (0.0, *(TEXT for _ in ids)), -1) for ids in kept]


@dataclass(frozen=True, slots=True)
class Snippet:
    """A sentence or a piece of a situation: ids, the teacher's vector (row; -1: none), what the reader makes of it."""

    ids: tuple[int, ...]
    row: int
    shares: Shares


def snippets(texts: Sequence[str], shares: Sequence[Shares], vectors: int, made: Tokenizer) -> list[Snippet]:
    """Snippets; the first `vectors` of the texts have a vector each, in order."""
    kept = (shortened(ids, LONGEST // 2) for ids in encode(made, texts))
    return [
        Snippet(tuple(ids), n if n < vectors else -1, said)
        for n, (ids, said) in enumerate(zip(kept, shares, strict=True))
    ]


def drawn(snippet: Snippet, names: Mapping[str, Sequence[int]], made: Tokenizer, chance: random.Random) -> Sequence_:
    """A snippet with one of the readings that the reader thinks possible, as often as it does.

    `names`: how each reading is said.
    """
    case, answer, end = (mark(made, name) for name in (CASE, ANSWER, END))
    scenario = chance.choices([key for key, _ in snippet.shares], [p for _, p in snippet.shares])[0]
    said = names[scenario]
    ids = (case, *snippet.ids, answer, *said, end)
    worth = (0.0, *(TEXT for _ in snippet.ids), 0.0, *(HEARD for _ in said), HEARD)
    return Sequence_(ids, worth, len(snippet.ids) + 1, snippet.row)


def shortened(ids: list[int], room: int) -> list[int]:
    """The ids without their middle, where they are more than `room`."""
    if len(ids) <= room:
        return ids
    tail = room * 2 // 5
    return ids[: room - tail] + ids[-tail:]


def batches(found: Iterable[Sequence_], seed: int, tokens: int = TOKENS) -> Iterator[Batch]:
    """Batches of sequences of about the same length, in an order of their own."""
    chance = random.Random(seed)
    every = list(found)
    chance.shuffle(every)
    held: list[list[Sequence_]] = []
    span = _SORTED * tokens // 160
    for start in range(0, len(every), span):
        part = sorted(every[start : start + span], key=lambda one: len(one.ids))
        group: list[Sequence_] = []
        for one in part:
            if group and len(one.ids) * (len(group) + 1) > tokens:
                held.append(group)
                group = []
            group.append(one)
        held.append(group)
    chance.shuffle(held)
    yield from map(_padded, held)


def _padded(group: Sequence[Sequence_]) -> Batch:
    longest = max(len(one.ids) for one in group)
    ids = torch.zeros(len(group), longest, dtype=torch.long)
    worth = torch.zeros(len(group), longest)
    for row, one in enumerate(group):
        ids[row, : len(one.ids)] = torch.tensor(one.ids)
        worth[row, : len(one.worth)] = torch.tensor(one.worth)
    told = torch.tensor([one.told for one in group])
    return Batch(ids, worth, told, torch.tensor([one.row for one in group]))
