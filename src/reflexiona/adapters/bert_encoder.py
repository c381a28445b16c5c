"""Runs a small BERT sentence encoder with numpy and tokenizers alone.

Gives the vectors that sentence-transformers would give, without the seconds that importing it costs. Reads only
folders whose modules are a BERT `Transformer`, a mean `Pooling` and a `Normalize`, with the tanh form of GELU and no
prefixes; any other belongs to `LibraryEncoder`. The network is that of Devlin et al. 2019 (BERT), the pooling that of
Reimers & Gurevych 2019 (Sentence-BERT).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from reflexiona.adapters.encoder_folder import REMEDY, encoder_id, prefixes, read_json, reading
from reflexiona.errors import ModelError

Array = NDArray[np.float32]
REMEMBERED = 8
"""Texts whose states are kept in memory."""
_KINDS = ["Transformer", "Pooling", "Normalize"]
_ACTIVATION = "gelu_pytorch_tanh"


@dataclass(frozen=True, slots=True)
class _Layer:
    """One block: attention, then two dense maps, each with its residual and norm. Weights are (inputs × outputs)."""

    attend: tuple[Array, Array]
    """Query, key and value side by side: (width × 3 width)."""
    leave: tuple[Array, Array]
    after_attention: tuple[Array, Array]
    widen: tuple[Array, Array]
    narrow: tuple[Array, Array]
    after_dense: tuple[Array, Array]


def is_small_bert(folder: Path) -> bool:
    """Whether this module can run the encoder in `folder`."""
    try:
        kinds = {row["type"].rpartition(".")[2]: row["path"] for row in read_json(folder / "modules.json")}
        config = read_json(folder / "config.json")
        return (
            list(kinds) == _KINDS
            and (config["model_type"], config["hidden_act"]) == ("bert", _ACTIVATION)
            and _takes_the_mean(read_json(folder / kinds["Pooling"] / "config.json"))
            and not any(prefixes(folder))
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _takes_the_mean(pooling: dict[str, object]) -> bool:
    return [key for key, on in pooling.items() if key.startswith("pooling_mode") and on] == ["pooling_mode_mean_tokens"]


class BertEncoder:
    """A small BERT from its folder; fulfils `ports.Encoder`.

    Args:
        folder: a sentence-transformers folder.

    Raises:
        ModelError: the folder cannot be read or holds another kind of encoder.
    """

    def __init__(self, folder: Path) -> None:
        self.id = encoder_id(folder)
        if not is_small_bert(folder):
            raise ModelError(f"El codificador {folder} no es del tipo que se puede leer aquí.", REMEDY)
        with reading(folder):
            config = read_json(folder / "config.json")
            weights = {k: v.astype(np.float32) for k, v in load_file(folder / "model.safetensors").items()}
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            longest = int(read_json(folder / "sentence_bert_config.json")["max_seq_length"])
            self._heads, self._epsilon = int(config["num_attention_heads"]), float(config["layer_norm_eps"])
            self._words = weights["embeddings.word_embeddings.weight"]
            self._places = (
                weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
            )
            self._first_norm = _pair(weights, "embeddings.LayerNorm")
            self._layers = tuple(_layer(weights, n) for n in range(int(config["num_hidden_layers"])))
        if self._tokenizer.get_vocab_size() > len(self._words) or longest > len(self._places):
            raise ModelError(f"En {folder}, el tokenizador y los pesos no se corresponden.", REMEDY)
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(longest)
        self.dimension = int(self._words.shape[1])
        # a turn encodes its text for the reading, for its evidence and again for the search
        self._remembered = lru_cache(maxsize=REMEMBERED)(self._run)

    def encode_query(self, text: str) -> list[float]:
        """One unit vector."""
        vector: list[float] = pooled(self.states(text)[0]).tolist()
        return vector

    def encode_passages(self, texts: Sequence[str]) -> list[list[float]]:
        """One unit vector a text, in order."""
        return [pooled(self._run(text)[0]).tolist() for text in texts]

    def states(self, text: str) -> tuple[Array, NDArray[np.int64]]:
        """(tokens × width), and where each token stands in the text: (tokens × 2)."""
        return self._remembered(text)

    def states_without(self, text: str, spans: Sequence[tuple[int, int]]) -> list[Array]:
        """The states of `text` but for the tokens of each span `text[start:end]`: (tokens left × width) each.

        The other tokens are taken as the whole text has shaped them, so this costs no further run of the network.
        """
        states, offsets = self.states(text)
        kept = ((offsets[:, 1] <= start) | (offsets[:, 0] >= end) for start, end in spans)
        return [states[rows] for rows in kept]

    def _run(self, text: str) -> tuple[Array, NDArray[np.int64]]:
        encoding = self._tokenizer.encode(text)
        states = self._norm(self._words[encoding.ids] + self._places[: len(encoding.ids)], self._first_norm)
        for layer in self._layers:
            states = self._block(states, layer)
        return states, np.array(encoding.offsets, dtype=np.int64)

    def _block(self, states: Array, layer: _Layer) -> Array:
        """(tokens × width) → (tokens × width)."""
        tokens, width = states.shape
        parts = _dense(states, layer.attend).reshape(tokens, 3, self._heads, -1).transpose(1, 2, 0, 3)
        queries, keys, values = parts
        weights = queries @ keys.transpose(0, 2, 1) / np.float32(np.sqrt(width // self._heads))
        weights = np.exp(weights - weights.max(axis=-1, keepdims=True))
        weights /= weights.sum(axis=-1, keepdims=True)
        attended = (weights @ values).transpose(1, 0, 2).reshape(tokens, width)
        states = self._norm(states + _dense(attended, layer.leave), layer.after_attention)
        return self._norm(states + _dense(_gelu(_dense(states, layer.widen)), layer.narrow), layer.after_dense)

    def _norm(self, states: Array, line: tuple[Array, Array]) -> Array:
        centred = states - states.mean(axis=-1, keepdims=True)
        deviation = np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + self._epsilon)
        return np.asarray(centred / deviation * line[0] + line[1], dtype=np.float32)


def pooled(states: Array) -> Array:
    """(width,): the mean over the tokens, of length one; zeros where there are none."""
    mean = states.sum(axis=0) / max(1, len(states))
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), dtype=np.float32)


def _layer(weights: Mapping[str, Array], number: int) -> _Layer:
    name = f"encoder.layer.{number}"
    parts = [_linear(weights, f"{name}.attention.self.{part}") for part in ("query", "key", "value")]
    return _Layer(
        attend=(np.hstack([w for w, _ in parts]), np.concatenate([b for _, b in parts])),
        leave=_linear(weights, f"{name}.attention.output.dense"),
        after_attention=_pair(weights, f"{name}.attention.output.LayerNorm"),
        widen=_linear(weights, f"{name}.intermediate.dense"),
        narrow=_linear(weights, f"{name}.output.dense"),
        after_dense=_pair(weights, f"{name}.output.LayerNorm"),
    )


def _linear(weights: Mapping[str, Array], name: str) -> tuple[Array, Array]:
    return np.ascontiguousarray(weights[f"{name}.weight"].T), weights[f"{name}.bias"]


def _pair(weights: Mapping[str, Array], name: str) -> tuple[Array, Array]:
    return weights[f"{name}.weight"], weights[f"{name}.bias"]


def _dense(states: Array, line: tuple[Array, Array]) -> Array:
    return np.asarray(states @ line[0] + line[1], dtype=np.float32)


def _gelu(x: Array) -> Array:
    """The tanh form (Hendrycks & Gimpel 2016)."""
    inner = np.float32(np.sqrt(2 / np.pi)) * (x + np.float32(0.044715) * x * x * x)
    return np.asarray(np.float32(0.5) * x * (1 + np.tanh(inner)), dtype=np.float32)
