"""Texts as sparse rows, with the very features that the reader counts at run time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags, hstack

from reflexiona.adapters.features import pieces, with_pairs, words

WORDS_AT_LEAST, PIECES_AT_LEAST = 2, 3
PIECES_WEIGHT = 0.7
"""Pieces support words; at full weight they drown them."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Features in the order of the columns: words and pairs, then pieces."""

    words: tuple[str, ...]
    pieces: tuple[str, ...]
    idf: NDArray[np.float32]

    def scale(self) -> NDArray[np.float32]:
        """What a column is multiplied with after the norm: (columns,)."""
        return np.concatenate([np.ones(len(self.words)), np.full(len(self.pieces), PIECES_WEIGHT)]).astype(np.float32)


def count(text: str) -> tuple[Counter[str], Counter[str]]:
    """Words with pairs, and pieces, of one text."""
    found = words(text)
    partial: Counter[str] = Counter()
    for word, n in Counter(found).items():
        for piece in pieces(word):
            partial[piece] += n
    return Counter(with_pairs(found)), partial


def vocabulary(texts: Sequence[str]) -> Vocabulary:
    """The features that occur in enough of `texts`."""
    in_words: Counter[str] = Counter()
    in_pieces: Counter[str] = Counter()
    for text in texts:
        lexical, partial = count(text)
        in_words.update(lexical.keys())
        in_pieces.update(partial.keys())
    lexical_kept = sorted(feature for feature, n in in_words.items() if n >= WORDS_AT_LEAST)
    pieces_kept = sorted(feature for feature, n in in_pieces.items() if n >= PIECES_AT_LEAST)
    documents = np.array([in_words[f] for f in lexical_kept] + [in_pieces[f] for f in pieces_kept])
    idf = np.log((1 + len(texts)) / (1 + documents)) + 1
    return Vocabulary(tuple(lexical_kept), tuple(pieces_kept), idf.astype(np.float32))


def rows(texts: Sequence[str], known: Vocabulary) -> csr_matrix:
    """(texts × columns): logarithmic counts × idf, each of the two blocks of length one."""
    counted = [count(text) for text in texts]
    blocks = []
    start = 0
    for part, features in enumerate((known.words, known.pieces)):
        index = {feature: column for column, feature in enumerate(features)}
        block = _block([pair[part] for pair in counted], index) @ diags(known.idf[start : start + len(features)])
        norms = np.sqrt(np.asarray(block.multiply(block).sum(axis=1)).ravel())
        blocks.append(diags(1 / np.maximum(norms, 1e-6)) @ block)
        start += len(features)
    return csr_matrix(hstack(blocks) @ diags(known.scale()))


def _block(counted: Sequence[Counter[str]], index: dict[str, int]) -> csr_matrix:
    at, columns, values = [], [], []
    for row, counts in enumerate(counted):
        for feature, n in counts.items():
            column = index.get(feature)
            if column is not None:
                at.append(row)
                columns.append(column)
                values.append(1 + np.log(n))
    return csr_matrix((values, (at, columns)), shape=(len(counted), len(index)))
