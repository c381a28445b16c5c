"""Makes `models/included/encoder/`: a small static encoder for Spanish, trained on our own texts only.

    python -m training.encoder

A unigram tokenizer (lower case, no accents, subwords) and one vector a subword: first a truncated SVD of the positive
pointwise mutual information of subwords that share a sentence or a text, weighted by inverse document frequency; then
moved by contrast (`training.contrast`). A text's vector is the normalised mean. Seeded; the same texts give the same
files. Afterwards the shipped vectors have to be made anew: `python -m training.vectors`.
"""

from __future__ import annotations

import argparse
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, diags
from sklearn.utils.extmath import randomized_svd
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from reflexiona.corpus.library import indexed_text
from reflexiona.corpus.lists import load_lists
from training.contrast import STEPS, Pairs, tune
from training.texts import CORPUS, INCLUDED, load_passages, load_phrases, load_situations

VOCABULARY = 8000
DIMENSION = 192
LONGEST_PIECE = 14
SEED = 7
SENTENCE = re.compile(r"(?<=[.!?…\n])\s+")
WORDS_A_WINDOW = 25


def train_tokenizer(texts: Sequence[str], vocabulary: int = VOCABULARY) -> Tokenizer:
    """A unigram tokenizer: lower case, accents stripped, punctuation left out.

    Begins with the pieces that occur in most words and drops, round by round, those that the best division of the
    words uses least. The library's own trainer gives other pieces on every run.
    """
    occurring = _word_counts(texts)
    pieces: Counter[str] = Counter()
    for word, n in occurring.items():
        for start in range(len(word)):
            for end in range(start + 1, min(len(word), start + LONGEST_PIECE) + 1):
                pieces[word[start:end]] += n
    letters = {piece for piece in pieces if len(piece) == 1}
    size = vocabulary * 8
    while True:
        size = max(vocabulary, size // 2)
        ranked = sorted(pieces, key=lambda piece: (piece not in letters, -pieces[piece], piece))
        kept = ranked[: size - 1]
        tokenizer = _tokenizer({piece: pieces[piece] for piece in kept})
        if size == vocabulary:
            return tokenizer
        pieces = _used(tokenizer, occurring)
        pieces.update(dict.fromkeys(letters, 1))


def _word_counts(texts: Sequence[str]) -> Counter[str]:
    """How often each word occurs, as the tokenizer divides and folds."""
    empty = _tokenizer({"a": 1})
    occurring: Counter[str] = Counter()
    for text in texts:
        folded = empty.normalizer.normalize_str(text)
        occurring.update(word for word, _ in empty.pre_tokenizer.pre_tokenize_str(folded))
    return occurring


def _used(tokenizer: Tokenizer, occurring: Counter[str]) -> Counter[str]:
    """How often each piece is used in the best division of the words."""
    used: Counter[str] = Counter()
    listed = list(occurring)
    # a word already carries its mark: encoded as it stands, it must not be marked anew
    for word, encoding in zip(listed, tokenizer.encode_batch([w.replace("▁", " ") for w in listed]), strict=True):
        for piece in encoding.tokens:
            used[piece] += occurring[word]
    return used


def _tokenizer(counts: Mapping[str, int]) -> Tokenizer:
    """Pieces with their log-probabilities, the unknown one first."""
    total = sum(counts.values())
    scored = [("[UNK]", 0.0), *((piece, math.log(n / total)) for piece, n in counts.items())]
    tokenizer = Tokenizer(models.Unigram(scored, unk_id=0))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFD(), normalizers.StripAccents(), normalizers.Lowercase(), normalizers.NFKC()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation("removed"), pre_tokenizers.Metaspace()]
    )
    return tokenizer


def windows(texts: Sequence[str]) -> list[str]:
    """The units of co-occurrence: sentences, cut at `WORDS_A_WINDOW` words where there is no punctuation."""
    found: list[str] = []
    for text in texts:
        for sentence in SENTENCE.split(text):
            words = sentence.split()
            found.extend(
                " ".join(words[start : start + WORDS_A_WINDOW]) for start in range(0, len(words), WORDS_A_WINDOW)
            )
    return found


def counts(tokenizer: Tokenizer, texts: Sequence[str]) -> csr_matrix:
    """Texts × subwords, 1 where the subword occurs."""
    rows: list[int] = []
    columns: list[int] = []
    for row, encoding in enumerate(tokenizer.encode_batch(list(texts), add_special_tokens=False)):
        ids = set(encoding.ids)
        rows.extend([row] * len(ids))
        columns.extend(ids)
    shape = (len(texts), tokenizer.get_vocab_size())
    return csr_matrix((np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=shape)


def ppmi(cooccurrence: csr_matrix, smoothing: float = 0.75) -> csr_matrix:
    """Positive pointwise mutual information, with smoothed context frequencies."""
    total = cooccurrence.sum()
    marginal = np.asarray(cooccurrence.sum(axis=1)).ravel()
    context = marginal**smoothing
    context = context / context.sum()
    found = cooccurrence.tocoo()
    values = np.log(
        np.maximum(found.data / total, 1e-12) / np.maximum((marginal / total)[found.row] * context[found.col], 1e-12)
    )
    keep = values > 0
    return csr_matrix((values[keep], (found.row[keep], found.col[keep])), shape=cooccurrence.shape)


def embed(tokenizer: Tokenizer, texts: Sequence[str], dimension: int = DIMENSION, seed: int = SEED) -> np.ndarray:
    """One vector a subword, idf-weighted, float32 (vocabulary × dimension)."""
    near, far = counts(tokenizer, windows(texts)), counts(tokenizer, texts)
    weight = diags(1.0 / np.maximum(np.asarray(far.sum(axis=1)).ravel(), 1.0))
    cooccurrence = csr_matrix(near.T @ near + 5.0 * (far.T @ weight @ far))
    cooccurrence.setdiag(0)
    u, s, _ = randomized_svd(ppmi(cooccurrence), n_components=dimension, n_iter=5, random_state=seed)
    vectors = u * np.sqrt(s)
    # The few first directions hold how common a subword is rather than what it is about.
    vectors -= vectors.mean(axis=0)
    documents = np.asarray(far.sum(axis=0)).ravel()
    idf = np.log((1 + len(texts)) / (1 + documents))
    idf[documents == 0] = 0
    return np.ascontiguousarray(vectors * idf[:, None], dtype=np.float32)


def save(tokenizer: Tokenizer, vectors: np.ndarray, folder: Path) -> None:
    """Writes the folder as the sentence-transformers library does."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding

    model = SentenceTransformer(
        modules=[StaticEmbedding(tokenizer, embedding_weights=vectors), Normalize()], device="cpu"
    )
    folder.mkdir(parents=True, exist_ok=True)
    model.save(str(folder), create_model_card=False)
    for path in folder.rglob("*.safetensors"):
        path.chmod(0o644)


def main(argv: Sequence[str] | None = None) -> int:
    """Trains and writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=INCLUDED / "encoder")
    parser.add_argument("--limit", type=int, default=0, help="every n-th situation only, for a quick trial")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--vocabulary", type=int, default=VOCABULARY)
    parser.add_argument("--dimension", type=int, default=DIMENSION)
    options = parser.parse_args(argv)
    situations = [*load_situations(), *load_phrases()][:: options.limit or 1]
    passages = load_passages()
    texts = [s.text for s in situations] + [indexed_text(passage) for passage in passages]
    tokenizer = train_tokenizer(texts, options.vocabulary)
    vectors = embed(tokenizer, texts, options.dimension)
    points = {scenario.id: scenario.points for scenario in load_lists(CORPUS).scenarios.values()}
    vectors = tune(tokenizer, vectors, Pairs(situations, passages, points), seed=SEED, steps=options.steps)
    save(tokenizer, vectors, options.out)
    print(f"{options.out}: {vectors.shape[0]} subwords × {vectors.shape[1]}, {len(texts)} texts")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
