"""Makes `models/included/encoder/`: a small static encoder for Spanish, trained on our own texts only.

    python -m training.encoder

A unigram tokenizer (lower case, no accents, subwords) and one vector a subword: first a truncated SVD of the positive
pointwise mutual information of subwords that share a sentence or a text, weighted by inverse document frequency; then
moved by contrast (`training.contrast`). A text's vector is the normalised mean. Seeded; the same texts give the same
files. Afterwards the shipped vectors have to be made anew: `python -m training.vectors`.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, diags
from sklearn.utils.extmath import randomized_svd
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

from reflexiona.corpus.library import indexed_text
from reflexiona.corpus.lists import load_lists
from training.contrast import STEPS, Pairs, tune
from training.texts import CORPUS, INCLUDED, load_passages, load_phrases, load_situations

VOCABULARY = 8000
DIMENSION = 192
SEED = 7
SENTENCE = re.compile(r"(?<=[.!?…\n])\s+")
WORDS_A_WINDOW = 25


def train_tokenizer(texts: Sequence[str], vocabulary: int = VOCABULARY) -> Tokenizer:
    """A unigram tokenizer: lower case, accents stripped, digits apart, words split from punctuation."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFD(), normalizers.StripAccents(), normalizers.Lowercase(), normalizers.NFKC()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation("removed"), pre_tokenizers.Metaspace()]
    )
    trainer = trainers.UnigramTrainer(
        vocab_size=vocabulary, special_tokens=["[UNK]"], unk_token="[UNK]", shrinking_factor=0.75, max_piece_length=16
    )
    tokenizer.train_from_iterator(texts, trainer)
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
