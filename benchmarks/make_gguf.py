"""Writes a GGUF of a real model's shape with random weights in the layout of Q4_K_M: speed does not depend on weights.

    python benchmarks/make_gguf.py 0.5B OUT.gguf
    python benchmarks/make_gguf.py 1.5B OUT.gguf

The shapes are those of Qwen2.5 0.5B and 1.5B, with a vocabulary of the same size: byte-level BPE learnt from the
corpus, so that a Spanish text takes about as many tokens as with a real model, then words that no text is cut into.
Blocks are written as they lie in the file, tensor by tensor, so that nothing larger than one tensor is ever in memory;
which tensor has which type is decided as llama.cpp's quantizer does (`tests/test_make_gguf.py` compares). What such a
model writes is noise, and it hardly ever ends its turn by itself.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, product
from pathlib import Path
from string import ascii_lowercase

import gguf
import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel
from tokenizers.trainers import BpeTrainer

ROOT = Path(__file__).resolve().parents[1]
CONTROL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
LEARNT = 20_000
"""Tokens learnt from the corpus, at most."""
SPREAD = 0.02
"""Standard deviation of the weights."""
Q4_K, Q5_0, Q6_K, Q8_0, F32 = (
    gguf.GGMLQuantizationType.Q4_K,
    gguf.GGMLQuantizationType.Q5_0,
    gguf.GGMLQuantizationType.Q6_K,
    gguf.GGMLQuantizationType.Q8_0,
    gguf.GGMLQuantizationType.F32,
)
_SUPER_BLOCK = 256
_NARROW = {Q4_K: Q5_0, Q6_K: Q8_0}
"""What stands in where a row is not a multiple of a super-block."""


@dataclass(frozen=True)
class Shape:
    """A model's figures."""

    name: str
    width: int
    layers: int
    heads: int
    kv_heads: int
    feed_forward: int
    vocabulary: int = 151_936
    context: int = 32_768


SHAPES = {
    "0.5B": Shape("azar-0.5b", 896, 24, 14, 2, 4864),
    "1.5B": Shape("azar-1.5b", 1536, 28, 12, 2, 8960),
}


@dataclass(frozen=True)
class Piece:
    """One tensor of the file."""

    name: str
    rows: int
    columns: int
    kind: gguf.GGMLQuantizationType
    scale: float = 1.0


def pieces(shape: Shape) -> Iterator[Piece]:
    """Every tensor in order, with the type that Q4_K_M gives it. Input and output words share one tensor."""
    head = shape.width // shape.heads
    yield Piece("token_embd.weight", shape.vocabulary, shape.width, _fitting(Q6_K, shape.width))
    yield Piece("output_norm.weight", 0, shape.width, F32)
    for n in range(shape.layers):
        at = f"blk.{n}."
        finer = Q6_K if more_bits(n, shape.layers) else Q4_K
        for name, rows, columns, kind in (
            ("attn_q", shape.width, shape.width, Q4_K),
            ("attn_k", shape.kv_heads * head, shape.width, Q4_K),
            ("attn_v", shape.kv_heads * head, shape.width, finer),
            ("attn_output", shape.width, shape.width, Q4_K),
            ("ffn_gate", shape.feed_forward, shape.width, Q4_K),
            ("ffn_up", shape.feed_forward, shape.width, Q4_K),
            ("ffn_down", shape.width, shape.feed_forward, finer),
        ):
            yield Piece(f"{at}{name}.weight", rows, columns, _fitting(kind, columns))
        for name, width in (
            ("attn_q", shape.width),
            ("attn_k", shape.kv_heads * head),
            ("attn_v", shape.kv_heads * head),
        ):
            yield Piece(f"{at}{name}.bias", 0, width, F32, scale=0.0)
        for name in ("attn_norm", "ffn_norm"):
            yield Piece(f"{at}{name}.weight", 0, shape.width, F32)


def more_bits(layer: int, layers: int) -> bool:
    """Whether Q4_K_M spends more bits on this layer's values and down projection."""
    return layer < layers // 8 or layer >= 7 * layers // 8 or (layer - layers // 8) % 3 == 2


def write(shape: Shape, path: Path, seed: int = 0) -> None:
    """Writes the file."""
    writer = gguf.GGUFWriter(path, "qwen2")
    writer.add_name(shape.name)
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_freq_base(1_000_000.0)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q4_K_M)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    _vocabulary(writer, shape.vocabulary)
    every = tuple(pieces(shape))
    for piece in every:
        lengths = [piece.rows, piece.columns] if piece.rows else [piece.columns]
        stored = gguf.quant_shape_to_byte_shape(lengths, piece.kind) if piece.kind != F32 else tuple(lengths)
        kind = np.dtype(np.float32) if piece.kind == F32 else np.dtype(np.uint8)
        writer.add_tensor_info(piece.name, stored, kind, int(np.prod(stored)) * kind.itemsize, raw_dtype=piece.kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    chance = np.random.default_rng(seed)
    for piece in every:
        writer.write_tensor_data(_values(piece, chance))
    writer.close()


def _fitting(kind: gguf.GGMLQuantizationType, columns: int) -> gguf.GGMLQuantizationType:
    return kind if columns % _SUPER_BLOCK == 0 else _NARROW[kind]


def _values(piece: Piece, chance: np.random.Generator) -> NDArray[np.generic]:
    if piece.kind == F32:
        return np.full(piece.columns, piece.scale, np.float32)
    return _BLOCKS[piece.kind](piece.rows, piece.columns, chance)


def _half(value: float) -> NDArray[np.uint8]:
    return np.frombuffer(np.float16(value).tobytes(), np.uint8)


def _q4_k(rows: int, columns: int, chance: np.random.Generator) -> NDArray[np.uint8]:
    """Every sub-block has scale and minimum 32: values are 32·d·q less 32·dmin, of mean 0."""
    blocks = chance.integers(0, 256, (rows * columns // 256, 144), np.uint8)
    step = SPREAD / (32 * 4.61)
    blocks[:, 0:2], blocks[:, 2:4] = _half(step), _half(7.5 * step)
    blocks[:, 4:12], blocks[:, 12:16] = 0xA0, 0
    return blocks.reshape(rows, -1)


def _q6_k(rows: int, columns: int, chance: np.random.Generator) -> NDArray[np.uint8]:
    blocks = chance.integers(0, 256, (rows * columns // 256, 210), np.uint8)
    blocks[:, 192:208] = 32
    blocks[:, 208:210] = _half(SPREAD / (32 * 18.5))
    return blocks.reshape(rows, -1)


def _q5_0(rows: int, columns: int, chance: np.random.Generator) -> NDArray[np.uint8]:
    blocks = chance.integers(0, 256, (rows * columns // 32, 22), np.uint8)
    blocks[:, 0:2] = _half(SPREAD / 9.2)
    return blocks.reshape(rows, -1)


def _q8_0(rows: int, columns: int, chance: np.random.Generator) -> NDArray[np.uint8]:
    blocks = chance.integers(0, 256, (rows * columns // 32, 34), np.uint8)
    blocks[:, 0:2] = _half(SPREAD / 73.9)
    return blocks.reshape(rows, -1)


_BLOCKS = {Q4_K: _q4_k, Q6_K: _q6_k, Q5_0: _q5_0, Q8_0: _q8_0}


def _vocabulary(writer: gguf.GGUFWriter, size: int) -> None:
    tokenizer = _learnt(min(LEARNT, size - len(CONTROL)))
    learnt = [token for token, _ in sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])]
    known = set(learnt)
    words = (word for letters in product(ascii_lowercase, repeat=5) if (word := f"Ġ{''.join(letters)}") not in known)
    filling = list(islice(words, size - len(learnt) - len(CONTROL)))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list([*learnt, *filling, *CONTROL])
    writer.add_token_types([gguf.TokenType.NORMAL] * (size - len(CONTROL)) + [gguf.TokenType.CONTROL] * len(CONTROL))
    writer.add_token_merges([" ".join(pair) for pair in json.loads(tokenizer.to_str())["model"]["merges"]])
    writer.add_bos_token_id(size - 3)
    writer.add_eos_token_id(size - 1)
    writer.add_pad_token_id(size - 3)
    writer.add_add_bos_token(False)
    writer.add_chat_template(CHATML)


def _learnt(size: int) -> Tokenizer:
    """Byte-level BPE of the shipped articles."""
    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = ByteLevel(add_prefix_space=False, use_regex=True)
    texts = (path.read_text(encoding="utf-8") for path in sorted((ROOT / "corpus").rglob("*.md")))
    trainer = BpeTrainer(
        vocab_size=size, min_frequency=2, initial_alphabet=sorted(ByteLevel.alphabet()), show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def main() -> None:
    """The command of the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shape", choices=sorted(SHAPES))
    parser.add_argument("path", type=Path)
    arguments = parser.parse_args()
    write(SHAPES[arguments.shape], arguments.path)
    sys.stdout.write(f"{arguments.path}: {arguments.path.stat().st_size / 1e6:.0f} MB\n")


if __name__ == "__main__":
    main()
