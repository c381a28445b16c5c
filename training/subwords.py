"""The Spanish vocabulary of the student: whole words that have a meaning of their own, and pieces for all others."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

from training.glossary import folded

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
MARKS = tuple(".,;:¿?¡!()\"«»-—…$€%/'&+@#*")
LETTERS = tuple("abcdefghijklmnopqrstuvwxyz0123456789")
LONGEST_PIECE = 6
_WORD = re.compile(r"\w+|[^\w\s]")


def split(text: str) -> list[str]:
    """Folded words and marks."""
    return _WORD.findall(folded(text))


def vocabulary(texts: Iterable[str], glossed: Collection[str], sizes: Sequence[int]) -> list[str]:
    """The student's tokens, in the order of their ids.

    Args:
        texts: what it will read; a word is worth a token by how often it occurs here.
        glossed: words whose meaning is written down; they come in even when they are rare.
        sizes: how many words, beginnings and endings at most.
    """
    counted: Counter[str] = Counter()
    for text in texts:
        counted.update(split(text))
    known = {w for w, n in counted.items() if n > 1} | set(glossed)
    kept = sorted(known, key=lambda w: (-counted[w], w))[: sizes[0]]
    beginnings: Counter[str] = Counter()
    endings: Counter[str] = Counter()
    for word in kept:
        if word.isalpha():
            for size in range(1, min(LONGEST_PIECE + 1, len(word))):
                beginnings[word[:size]] += 1
                endings[word[-size:]] += 1
    first = [piece for piece, _ in _most(beginnings, sizes[1])]
    rest = [f"##{piece}" for piece in (*(p for p, _ in _most(endings, sizes[2])), *LETTERS)]
    return list(dict.fromkeys((*SPECIAL, *kept, *first, *LETTERS, *MARKS, *rest)))


def _most(counted: Counter[str], n: int) -> list[tuple[str, int]]:
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:n]


def tokenizer(tokens: Sequence[str]) -> Tokenizer:
    """A WordPiece tokenizer over `tokens`, folding case and accents."""
    ids = {token: number for number, token in enumerate(tokens)}
    made = Tokenizer(models.WordPiece(ids, unk_token="[UNK]", max_input_chars_per_word=60))
    made.normalizer = normalizers.BertNormalizer(lowercase=True, strip_accents=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.decoder = decoders.WordPiece()
    pair = [(token, ids[token]) for token in ("[SEP]", "[CLS]")]
    made.post_processor = processors.BertProcessing(*pair)
    return made
