"""Writes the network and its vocabulary as a GGUF that llama.cpp opens like any other: Q8_0, norms as they are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import gguf
import numpy as np
import torch
from gguf.quants import quantize
from tokenizers import Tokenizer

from training.model.network import Network
from training.model.pieces import ANSWER, CASE, CONTROLS, END, QUOTES, encode, harmless, mark, tokens_of

NAME = "Reflexiona incluido"
TEMPLATE = f"{{% for m in messages %}}{CASE}{{{{ m.content }}}}{ANSWER}{{% endfor %}}"
"""For other programs; Reflexiona knows the family by its marks and never renders this."""
_TIE = 0.05
"""Two words this close are as likely: which comes first is up to rounding."""
_LAYER = {
    "attention_norm": "attn_norm",
    "query": "attn_q",
    "key": "attn_k",
    "value": "attn_v",
    "output": "attn_output",
    "forward_norm": "ffn_norm",
    "gate": "ffn_gate",
    "up": "ffn_up",
    "down": "ffn_down",
}
"""Our parts of a layer → GGUF's."""


def write(network: Network, made: Tokenizer, path: Path) -> None:
    """Writes the file; input and output words share one tensor."""
    writer = gguf.GGUFWriter(path, "llama")
    shape = network.shape
    writer.add_name(NAME)
    writer.add_license("Apache-2.0")
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.heads)
    writer.add_rope_dimension_count(shape.width // shape.heads)
    writer.add_rope_freq_base(shape.base)
    writer.add_layer_norm_rms_eps(shape.epsilon)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    writer.add_chat_template(TEMPLATE)
    _vocabulary(writer, made)
    _matrix(writer, "token_embd.weight", network.words.weight)
    _vector(writer, "output_norm.weight", network.norm.weight)
    for number, layer in enumerate(network.layers):
        for ours, theirs in _LAYER.items():
            weight = getattr(layer, ours).weight
            (_matrix if weight.dim() > 1 else _vector)(writer, f"blk.{number}.{theirs}.weight", weight)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def rounded(network: Network) -> None:
    """Gives the network the very weights that the file holds, so that both can be compared."""
    with_blocks = (p for p in network.parameters() if p.dim() > 1)
    for parameter in with_blocks:
        packed = quantize(parameter.detach().numpy(), gguf.GGMLQuantizationType.Q8_0)
        whole = gguf.quants.dequantize(packed, gguf.GGMLQuantizationType.Q8_0)
        parameter.data.copy_(parameter.new_tensor(whole))


def _matrix(writer: gguf.GGUFWriter, name: str, weight: torch.Tensor) -> None:
    kind = gguf.GGMLQuantizationType.Q8_0
    writer.add_tensor(name, quantize(np.asarray(weight.detach().numpy(), np.float32), kind), raw_dtype=kind)


def _vector(writer: gguf.GGUFWriter, name: str, weight: torch.Tensor) -> None:
    writer.add_tensor(name, np.asarray(weight.detach().numpy(), np.float32))


def _vocabulary(writer: gguf.GGUFWriter, made: Tokenizer) -> None:
    tokens = tokens_of(made)
    kinds = {**dict.fromkeys(QUOTES, gguf.TokenType.USER_DEFINED), **dict.fromkeys(CONTROLS, gguf.TokenType.CONTROL)}
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([kinds.get(token, gguf.TokenType.NORMAL) for token in tokens])
    writer.add_token_merges([" ".join(pair) for pair in json.loads(made.to_str())["model"]["merges"]])
    writer.add_bos_token_id(made.token_to_id(END))
    writer.add_eos_token_id(made.token_to_id(END))
    writer.add_pad_token_id(made.token_to_id(END))
    writer.add_add_bos_token(False)
    writer.add_vocab_size(len(tokens))


def disagreements(network: Network, made: Tokenizer, path: Path, texts: Sequence[str], tokens: int) -> list[str]:
    """The texts behind which llama.cpp, likeliest first, goes on otherwise than the network with the file's weights."""
    from reflexiona.adapters.llama_session import LlamaSession

    rounded(network)
    network.eval()
    session = LlamaSession(path, context=network.shape.context, threads=1)
    found = []
    for text, ids in zip(texts, encode(made, texts), strict=True):
        held = [mark(made, CASE), *ids[:300], mark(made, ANSWER)]
        for _ in range(tokens):
            with torch.no_grad():
                logits = network.logits(network.states(torch.tensor([held]))[:, -1])[0].numpy()
            session.hold(held)
            theirs = session.logits()
            ours = int(logits.argmax())
            if int(theirs.argmax()) != ours and logits[ours] - logits[int(theirs.argmax())] > _TIE:
                found.append(text)
                break
            held.append(ours)
    session.close()
    return found


def cut_otherwise(made: Tokenizer, path: Path, texts: Sequence[str]) -> list[str]:
    """The texts that llama.cpp cuts into other pieces than the vocabulary does."""
    from reflexiona.adapters.llama_session import LlamaSession

    session = LlamaSession(path, context=64, threads=1)
    kept = [harmless(text) for text in texts]
    cut = [text for text, ids in zip(kept, encode(made, kept), strict=True) if session.vocabulary.tokens(text) != ids]
    session.close()
    return cut
