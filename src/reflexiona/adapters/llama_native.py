"""Opening a model file through the C interface of llama.cpp, and its vocabulary.

The C interface rather than the binding's `Llama`: that one compiles the model file's own chat template, redirects the
process's descriptors while it loads, and cuts tokens' texts at 32 bytes.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import llama_cpp as native

from reflexiona.errors import ModelError
from reflexiona.ports import Cancelled


class Vocabulary:
    """The tokens of a loaded model."""

    def __init__(self, model: Any) -> None:
        self._vocab = native.llama_model_get_vocab(model)
        self.words: int = native.llama_vocab_n_tokens(self._vocab)
        self.leads_with_space: bool = b"".join(map(self.piece, self.tokens("x")[:1])).startswith(b" ")
        """Whether this vocabulary puts a space before any text."""

    def tokens(self, text: str, *, control: bool = False) -> list[int]:
        """Token ids of a text. `control`: whether names of control tokens in it become them."""
        data = text.encode("utf-8", "replace")
        room = len(data) + 8
        for _ in range(2):
            buffer = (native.llama_token * room)()
            count = native.llama_tokenize(self._vocab, data, len(data), buffer, room, False, control)
            if count >= 0:
                return list(buffer[:count])
            room = -count
        raise ModelError("El vocabulario del modelo no pudo con el texto.", "Prueba con otro modelo.")

    def beginning(self) -> list[int]:
        """The token with which every sequence of this model begins, if it has one."""
        return [native.llama_vocab_bos(self._vocab)] if native.llama_vocab_get_add_bos(self._vocab) else []

    def piece(self, token: int, *, control: bool = False) -> bytes:
        """A token's bytes; nothing for a control token, unless `control`."""
        room = 64
        for _ in range(2):
            buffer = ctypes.create_string_buffer(room)
            count = native.llama_token_to_piece(self._vocab, token, buffer, room, 0, control)
            if count >= 0:
                return buffer.raw[:count]
            room = -count
        return b""

    def is_control(self, token: int) -> bool:
        """Whether a token is one of those that structure a prompt."""
        return bool(native.llama_vocab_is_control(self._vocab, token))

    def ends_turn(self, token: int) -> bool:
        """Whether a token ends the model's turn."""
        return bool(native.llama_vocab_is_eog(self._vocab, token))


@native.llama_log_callback  # type: ignore[untyped-decorator]
def _quiet(level: int, text: bytes, data: Any) -> None:
    """Takes llama.cpp's messages; kept as a module's name, since native code goes on calling it."""


@cache
def start_native() -> None:
    """Once a process, before anything else: silences llama.cpp, whose messages may quote what it was given."""
    native.llama_log_set(_quiet, ctypes.c_void_p(0))
    native.llama_backend_init()


@cache
def string_is_set() -> Any:
    """A native abort callback `bool f(char *flag)`: true as soon as the flag is a string of one character.

    It is C's own `strlen`. A callback in Python would be run hundreds of times a token and wait for the interpreter's
    lock each time, behind whatever other threads do.
    """
    libc = ctypes.CDLL(None) if os.name == "posix" else ctypes.cdll.msvcrt
    return ctypes.cast(libc.strlen, native.ggml_abort_callback)


def load_model(path: Path, loading: Callable[[float], bool] | None) -> Any:
    """Opens a model file. `loading` is told a fraction 0–1; returning False gives up.

    Raises:
        ModelError: llama.cpp cannot open it.
        Cancelled: `loading` gave up.
    """
    given_up = False

    @native.llama_progress_callback  # type: ignore[untyped-decorator]
    def progress(fraction: float, _data: Any) -> bool:
        nonlocal given_up
        given_up = given_up or (loading is not None and not loading(fraction))
        return not given_up

    params = native.llama_model_default_params()
    params.n_gpu_layers = 0
    params.progress_callback = progress
    model = native.llama_model_load_from_file(os.fsencode(path), params)
    if given_up:
        if model is not None:
            native.llama_model_free(model)
        raise Cancelled
    if model is None:
        raise ModelError(
            f"La versión instalada de llama.cpp no puede abrir el modelo {path.name}.",
            "Puede ser de una arquitectura más nueva o estar dañado: vuelve a descargarlo o elige otro.",
        )
    return model


def open_context(model: Any, size: int, chunk: int, threads: int | None) -> Any:
    """A context of `size` tokens that evaluates `chunk` at a time, or None where there is no memory for it."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    params = native.llama_context_default_params()
    params.n_ctx = size
    params.n_batch = params.n_ubatch = chunk
    # evaluating a prompt uses every core; writing waits for memory, where twins of a core only get in each other's way
    params.n_threads_batch = threads or cores
    params.n_threads = threads or (max(2, cores // 2) if cores > 1 else 1)
    params.flash_attn_type = native.LLAMA_FLASH_ATTN_TYPE_DISABLED
    return native.llama_init_from_model(model, params)
