"""A real GGUF that recites: llama.cpp loads and samples it like any model, and it says what a test gave it to say.

One layer that adds nothing, and one direction of its width for each piece of text: whatever has been read leads to the
first piece, each piece to the next one, the last one to the end of the turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import gguf
import numpy as np
from tokenizers.pre_tokenizers import ByteLevel

from tests.support.tiny_gguf import (
    CHATML,
    CONTROL,
    Shape,
    _finish,
    _write_header,
    _write_vocabulary,
)

_SHAPE = Shape(width=64, layers=1, heads=4, kv_heads=2, feed_forward=32, vocabulary=300)
_SURE = 4.0
"""Weight of the next piece; the others have none."""


def write_reciter(path: Path, pieces: Sequence[str]) -> Path:
    """Writes the model. Each piece is one token, so that it arrives by itself; all differ, and at most 62 will do.

    Raises:
        ValueError: there are too many pieces, none, or one that is short enough to be a token anyway.
    """
    if not 1 <= len(pieces) < _SHAPE.width - 1 or min(map(len, pieces)) < 4 or len({*pieces}) < len(pieces):
        raise ValueError("from 1 to 62 pieces of at least four characters, each of its own")
    writer = gguf.GGUFWriter(path, "llama")
    size = _write_vocabulary(writer, _SHAPE.vocabulary, more=[_bytewise(piece) for piece in pieces])
    _write_header(writer, _SHAPE, size, CHATML)
    first = size - len(CONTROL) - 2 - len(pieces)
    here = np.zeros((size, _SHAPE.width), np.float32)
    following = np.zeros((size, _SHAPE.width), np.float32)
    here[:, 0] = 1.0
    following[first, 0] = _SURE
    for place in range(len(pieces)):
        here[first + place, [0, place + 1]] = 0.0, 1.0
        last = place == len(pieces) - 1
        following[size - 1 if last else first + place + 1, place + 1] = _SURE
    writer.add_tensor("token_embd.weight", here)
    writer.add_tensor("output.weight", following)
    writer.add_tensor("output_norm.weight", np.ones(_SHAPE.width, np.float32))
    _write_silent_layer(writer)
    _finish(writer)
    return path


def _write_silent_layer(writer: gguf.GGUFWriter) -> None:
    head = _SHAPE.width // _SHAPE.heads
    for name, rows, columns in (
        ("attn_q", _SHAPE.heads * head, _SHAPE.width),
        ("attn_k", _SHAPE.kv_heads * head, _SHAPE.width),
        ("attn_v", _SHAPE.kv_heads * head, _SHAPE.width),
        ("attn_output", _SHAPE.width, _SHAPE.heads * head),
        ("ffn_gate", _SHAPE.feed_forward, _SHAPE.width),
        ("ffn_up", _SHAPE.feed_forward, _SHAPE.width),
        ("ffn_down", _SHAPE.width, _SHAPE.feed_forward),
    ):
        writer.add_tensor(f"blk.0.{name}.weight", np.zeros((rows, columns), np.float32))
    for name in ("attn_norm", "ffn_norm"):
        writer.add_tensor(f"blk.0.{name}.weight", np.ones(_SHAPE.width, np.float32))


def _bytewise(text: str) -> str:
    """A text as byte-level vocabularies write it."""
    ((written, _),) = ByteLevel(add_prefix_space=False, use_regex=False).pre_tokenize_str(text)
    return written
