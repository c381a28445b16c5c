"""The model's vocabulary: byte-level BPE, with marks of its own around a case and guillemets always by themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tokenizers import AddedToken, Tokenizer
from tokenizers.decoders import ByteLevel as ByteLevelDecoder
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel
from tokenizers.trainers import BpeTrainer

CASE, ANSWER, END = "<|caso|>", "<|responde|>", "<|fin|>"
CONTROLS = (END, CASE, ANSWER)
"""Never part of what anybody wrote."""
QUOTES = ("«", "»")
"""Tokens by themselves, so that a quote can be chosen among the person's clauses, whatever stands around it."""
SIZE = 6_000
LONGEST_PIECE = 24
"""Bytes."""


def learn(texts: Iterable[str], size: int = SIZE) -> Tokenizer:
    """Learns the pieces from texts; the marks come last, guillemets before them."""
    made = Tokenizer(BPE())
    made.pre_tokenizer = ByteLevel(add_prefix_space=False, use_regex=True)
    made.decoder = ByteLevelDecoder()
    trainer = BpeTrainer(
        vocab_size=size - len(QUOTES) - len(CONTROLS),
        min_frequency=3,
        initial_alphabet=sorted(ByteLevel.alphabet()),
        max_token_length=LONGEST_PIECE,
        show_progress=False,
    )
    made.train_from_iterator(texts, trainer)
    made.add_tokens([AddedToken(quote, normalized=False) for quote in QUOTES])
    made.add_special_tokens([AddedToken(mark, normalized=False) for mark in CONTROLS])
    return made


def tokens_of(made: Tokenizer) -> list[str]:
    """Every token in the order of its id; learnt ones as byte-level vocabularies write them."""
    known = made.get_vocab(with_added_tokens=True)
    return sorted(known, key=known.__getitem__)


def mark(made: Tokenizer, name: str) -> int:
    """The id of one of `CONTROLS`."""
    number = made.token_to_id(name)
    assert number is not None
    return int(number)


def encode(made: Tokenizer, parts: Sequence[str]) -> list[list[int]]:
    """Ids of each text by itself; a mark written by a person stays text."""
    return [encoding.ids for encoding in made.encode_batch([harmless(part) for part in parts])]


def harmless(text: str) -> str:
    """A text in which no mark stands: as the engine cuts them in two."""
    for mark in CONTROLS:
        text = text.replace(mark, mark[0] + " " + mark[1:])
    return text
