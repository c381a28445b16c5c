"""Tiny encoder folders, real in format: a static one without any library, and a BERT of a few thousand weights."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.normalizers import NFD, Lowercase, StripAccents
from tokenizers.normalizers import Sequence as Normalizers
from tokenizers.pre_tokenizers import Whitespace

from reflexiona.domain import Article, Passage

WORDS = (
    "factura pagar pago cliente contrato precio plazo correo mensaje trabajo dinero urgente cambios logo reunion no "
    "debe contesta respeto amenaza favor gratis limite carpeta aviso fecha"
).split()
NORMALIZE = "base.modules.normalize.Normalize"


def static_folder(folder: Path, *, dimension: int = 16, seed: int = 3, prompts: dict[str, str] | None = None) -> Path:
    """A sentence-transformers folder of `StaticEmbedding` and `Normalize`: knows `WORDS`, any other counts as zeros."""
    folder.mkdir(parents=True, exist_ok=True)
    _tokenizer("[UNK]").save(str(folder / "tokenizer.json"))
    weights = np.random.default_rng(seed).normal(size=(len(WORDS) + 1, dimension)).astype(np.float32)
    weights[0] = 0.0
    save_file({"embedding.weight": weights}, folder / "model.safetensors")
    kinds = {"": "sentence_transformer.modules.static_embedding.StaticEmbedding", "1_Normalize": NORMALIZE}
    modules = [
        {"idx": n, "name": str(n), "path": path, "type": f"sentence_transformers.{kind}"}
        for n, (path, kind) in enumerate(kinds.items())
    ]
    write_json(folder / "modules.json", modules)
    write_json(folder / "1_Normalize" / "config.json", {})
    write_json(folder / "config_sentence_transformers.json", {"prompts": prompts or {}, "similarity_fn_name": "cosine"})
    return folder


def bert_folder(folder: Path) -> Path:
    """A sentence-transformers folder with a BERT of two layers and mean pooling. Imports torch."""
    from sentence_transformers import SentenceTransformer
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    bare = str(folder.with_name(f"{folder.name}-solo"))
    marks = {"unk_token": "[UNK]", "pad_token": "[PAD]"}
    tokenizer: Any = PreTrainedTokenizerFast
    tokenizer(tokenizer_object=_tokenizer(*marks.values()), **marks).save_pretrained(bare)
    config = BertConfig(
        vocab_size=len(WORDS) + len(marks),
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=64,
        pad_token_id=1,
    )
    BertModel(config).save_pretrained(bare)
    SentenceTransformer(bare, device="cpu", local_files_only=True).save(str(folder))
    return folder


def _tokenizer(*marks: str) -> Tokenizer:
    tokenizer = Tokenizer(WordLevel({word: n for n, word in enumerate((*marks, *WORDS))}, unk_token="[UNK]"))
    tokenizer.normalizer = Normalizers([NFD(), StripAccents(), Lowercase()])
    tokenizer.pre_tokenizer = Whitespace()
    return tokenizer


def write_json(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), encoding="utf-8")


def article(article_id: str, texts: Sequence[str], **tags: tuple[str, ...]) -> Article:
    """An article of one passage a text; `tags`: scenarios, courses, countries of the article and its passages."""
    scenarios, courses, countries = (tags.get(name, ()) for name in ("scenarios", "courses", "countries"))
    passages = tuple(
        Passage(
            f"{article_id}#{n}",
            article_id,
            f"Sobre {article_id}",
            f"Parte {n}",
            text,
            0,
            len(text),
            scenarios=scenarios,
            courses=courses,
            countries=countries,
        )
        for n, text in enumerate(texts, start=1)
    )
    return Article(article_id, f"Sobre {article_id}", "", scenarios, courses, countries, (), "2026-11-21", "", passages)
