"""A real, tiny GGUF: llama architecture, its own byte-level BPE, ChatML tokens, random seeded weights.

What it writes is noise; everything around it (loading, tokenising, evaluating, sampling, stopping) is the real path.
Also the files that must be refused: a doubled token, a cut file, a web page. From a shell:
`python -m tests.support.tiny_gguf OUT.gguf [--twin|--cut|--page]`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import gguf
import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer
from tokenizers.decoders import ByteLevel as ByteLevelDecoder
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel
from tokenizers.trainers import BpeTrainer

CONTROL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
THOUGHT = ("<think>", "</think>")
CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
SPANISH = """
Le hice la identidad completa a una cafetería en abril y la factura venció hace dos meses. Al principio me decía que
esta semana sin falta, y desde entonces no contesta a los mensajes. ¿Qué conservas por escrito del encargo y del precio?
Reúne el presupuesto, las entregas y los correos en una carpeta, con fechas. No le estás pidiendo un favor: el trabajo
está hecho, se está usando y el plazo pasó. Yo empezaría por un último aviso con una fecha concreta de pago. Si tampoco
responde, toca reclamar dejando constancia. Los cambios fuera de lo acordado se presupuestan aparte, antes de hacerlos.
¡Qué alivio cuando por fin paga! El cliente pide otra ronda, quiere un descuento, cambia de opinión, llama a deshora.
Podés frenar y pedir definiciones; puede usted cerrar aquí, entregar lo hecho y cobrar lo acordado. Año, señal, niño.
"""


@dataclass(frozen=True)
class Shape:
    """How large the model is. `ends`: whether it may say its end of turn; without, it writes to the limit."""

    width: int = 64
    layers: int = 2
    heads: int = 4
    kv_heads: int = 2
    feed_forward: int = 128
    context: int = 8192
    vocabulary: int = 700
    ends: bool = True


SLOW = Shape(width=256, layers=24, heads=8, kv_heads=8, feed_forward=768, ends=False)
"""Some milliseconds a token: slow enough to be interrupted, small enough to be written in a moment."""


def train_tokenizer(vocabulary: int = Shape.vocabulary) -> Tokenizer:
    """The byte-level BPE of the tiny model, without its control tokens."""
    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = ByteLevelDecoder()
    trainer = BpeTrainer(
        vocab_size=vocabulary, initial_alphabet=sorted(ByteLevel.alphabet()), show_progress=False, special_tokens=[]
    )
    tokenizer.train_from_iterator(SPANISH.splitlines(), trainer)
    return tokenizer


def write_tiny(
    path: Path,
    shape: Shape | None = None,
    *,
    template: str = CHATML,
    twin: bool = False,
    seed: int = 0,
    controls: Sequence[str] = CONTROL,
    add_bos: bool = False,
) -> Path:
    """Writes the model.

    Args:
        path: where.
        shape: how large.
        template: the file's own chat template.
        twin: adds a token that is already there, on which llama.cpp aborts.
        seed: of the weights.
        controls: its control tokens; the first one begins a text, the last one ends a turn.
        add_bos: whether the first one stands before every text.
    """
    shape = shape or Shape()
    writer = gguf.GGUFWriter(path, "llama")
    size = _write_vocabulary(writer, shape.vocabulary, twin=twin, controls=controls, add_bos=add_bos)
    _write_header(writer, shape, size, template)
    _write_layers(writer, shape, size, np.random.default_rng(seed), len(controls))
    _finish(writer)
    return path


def write_recurrent(path: Path, width: int = 64, layers: int = 2, seed: int = 0) -> Path:
    """A Mamba model: its memory cannot be cut back to an earlier token, as in the hybrid models that people use."""
    writer = gguf.GGUFWriter(path, "mamba")
    size = _write_vocabulary(writer, Shape.vocabulary)
    inner, state, rank, kernel = 2 * width, 16, 8, 4
    writer.add_name("tiny-mamba")
    writer.add_context_length(8192)
    writer.add_embedding_length(width)
    writer.add_feed_forward_length(0)
    writer.add_head_count(0)
    writer.add_block_count(layers)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_ssm_conv_kernel(kernel)
    writer.add_ssm_inner_size(inner)
    writer.add_ssm_state_size(state)
    writer.add_ssm_time_step_rank(rank)
    writer.add_chat_template(CHATML)
    rng = np.random.default_rng(seed)
    writer.add_tensor("token_embd.weight", _noise(rng, size, width, scale=1.0))
    writer.add_tensor("output_norm.weight", np.ones(width, np.float32))
    writer.add_tensor("output.weight", _noise(rng, size, width))
    for n in range(layers):
        at = f"blk.{n}."
        writer.add_tensor(at + "attn_norm.weight", np.ones(width, np.float32))
        writer.add_tensor(at + "ssm_in.weight", _noise(rng, 2 * inner, width))
        writer.add_tensor(at + "ssm_conv1d.weight", _noise(rng, inner, kernel, scale=0.5))
        writer.add_tensor(at + "ssm_conv1d.bias", np.zeros(inner, np.float32))
        writer.add_tensor(at + "ssm_x.weight", _noise(rng, rank + 2 * state, inner))
        writer.add_tensor(at + "ssm_dt.weight", _noise(rng, inner, rank))
        writer.add_tensor(at + "ssm_dt.bias", np.zeros(inner, np.float32))
        writer.add_tensor(at + "ssm_a", -np.tile(np.arange(1, state + 1, dtype=np.float32), (inner, 1)))
        writer.add_tensor(at + "ssm_d", np.ones(inner, np.float32))
        writer.add_tensor(at + "ssm_out.weight", _noise(rng, width, inner))
    _finish(writer)
    return path


def write_sliding(path: Path, width: int = 64, layers: int = 4, window: int = 64, seed: int = 0) -> Path:
    """A Gemma 3 whose layers but every sixth see the last `window` tokens only."""
    writer = gguf.GGUFWriter(path, "gemma3")
    size = _write_vocabulary(writer, Shape.vocabulary)
    heads, head = 4, width // 4
    writer.add_name("tiny-gemma3")
    writer.add_context_length(8192)
    writer.add_embedding_length(width)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(2 * width)
    writer.add_head_count(heads)
    writer.add_head_count_kv(heads)
    writer.add_key_length(head)
    writer.add_value_length(head)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_freq_base(10000.0)
    writer.add_sliding_window(window)
    writer.add_chat_template(CHATML)
    rng = np.random.default_rng(seed)
    writer.add_tensor("token_embd.weight", _noise(rng, size, width, scale=1.0))
    writer.add_tensor("output_norm.weight", np.ones(width, np.float32))
    for n in range(layers):
        at = f"blk.{n}."
        for name in ("attn_norm", "post_attention_norm", "ffn_norm", "post_ffw_norm"):
            writer.add_tensor(f"{at}{name}.weight", np.ones(width, np.float32))
        for name in ("attn_q_norm", "attn_k_norm"):
            writer.add_tensor(f"{at}{name}.weight", np.ones(head, np.float32))
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            writer.add_tensor(f"{at}{name}.weight", _noise(rng, width, width))
        for name, rows, columns in (("ffn_gate", 2 * width, width), ("ffn_up", 2 * width, width)):
            writer.add_tensor(f"{at}{name}.weight", _noise(rng, rows, columns))
        writer.add_tensor(at + "ffn_down.weight", _noise(rng, width, 2 * width))
    _finish(writer)
    return path


def write_cut(path: Path) -> Path:
    """The tiny model without its last kilobytes: a download that stopped."""
    write_tiny(path)
    path.write_bytes(path.read_bytes()[:-5000])
    return path


def write_page(path: Path) -> Path:
    """What a failed download often leaves: a web page under a model's name."""
    path.write_text("<!DOCTYPE html>\n<html><head><title>404</title></head><body>Not found</body></html>\n")
    return path


def _write_vocabulary(
    writer: gguf.GGUFWriter,
    vocabulary: int,
    *,
    more: Sequence[str] = (),
    twin: bool = False,
    controls: Sequence[str] = CONTROL,
    add_bos: bool = False,
) -> int:
    """The learned tokens, then `more` (which no text is ever cut into), then the marks; returns how many they are."""
    tokenizer = train_tokenizer(vocabulary)
    learned = sorted(tokenizer.get_vocab().items(), key=lambda item: item[1])
    tokens = [*(token for token, _ in learned), *more]
    types = [gguf.TokenType.NORMAL] * len(tokens)
    if twin:
        tokens.append(tokens[0])
        types.append(gguf.TokenType.NORMAL)
    tokens += [*THOUGHT, *controls]
    types += [gguf.TokenType.USER_DEFINED] * len(THOUGHT) + [gguf.TokenType.CONTROL] * len(controls)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_merges(_merges(tokenizer))
    end = len(tokens)
    writer.add_bos_token_id(end - len(controls))
    writer.add_eos_token_id(end - 1)
    writer.add_pad_token_id(end - len(controls))
    writer.add_add_bos_token(add_bos)
    writer.add_vocab_size(end)
    return end


def _merges(tokenizer: Tokenizer) -> list[str]:
    return [" ".join(pair) for pair in json.loads(tokenizer.to_str())["model"]["merges"]]


def _write_header(writer: gguf.GGUFWriter, shape: Shape, size: int, template: str) -> None:
    writer.add_name("tiny")
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(shape.width // shape.heads)
    writer.add_rope_freq_base(10000.0)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    if template:
        writer.add_chat_template(template)


def _write_layers(
    writer: gguf.GGUFWriter, shape: Shape, size: int, rng: np.random.Generator, controls: int = len(CONTROL)
) -> None:
    width, head = shape.width, shape.width // shape.heads
    output = _noise(rng, size, width)
    output[-controls - len(THOUGHT) : -controls] = 0.0  # thinking would hide what it writes
    if not shape.ends:
        output[-controls:] = 0.0
    writer.add_tensor("token_embd.weight", _noise(rng, size, width, scale=1.0))
    writer.add_tensor("output.weight", output)
    writer.add_tensor("output_norm.weight", np.ones(width, np.float32))
    for n in range(shape.layers):
        at = f"blk.{n}."
        for name, rows, columns in (
            ("attn_q", shape.heads * head, width),
            ("attn_k", shape.kv_heads * head, width),
            ("attn_v", shape.kv_heads * head, width),
            ("attn_output", width, shape.heads * head),
            ("ffn_gate", shape.feed_forward, width),
            ("ffn_up", shape.feed_forward, width),
            ("ffn_down", width, shape.feed_forward),
        ):
            writer.add_tensor(f"{at}{name}.weight", _noise(rng, rows, columns))
        writer.add_tensor(at + "attn_norm.weight", np.ones(width, np.float32))
        writer.add_tensor(at + "ffn_norm.weight", np.ones(width, np.float32))


def _noise(rng: np.random.Generator, *shape: int, scale: float = 0.08) -> NDArray[np.float32]:
    return (rng.standard_normal(shape) * scale).astype(np.float32)


def _finish(writer: gguf.GGUFWriter) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main() -> None:
    """The command of the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--twin", action="store_true", help="with a doubled token")
    kind.add_argument("--cut", action="store_true", help="without its end")
    kind.add_argument("--page", action="store_true", help="a web page")
    arguments = parser.parse_args()
    if arguments.cut:
        write_cut(arguments.path)
    elif arguments.page:
        write_page(arguments.path)
    else:
        write_tiny(arguments.path, twin=arguments.twin)


if __name__ == "__main__":
    main()
