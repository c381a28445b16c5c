"""One loaded model and its memory of evaluated tokens. Knows tokens only: no text, no prompt, no family."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import llama_cpp as native
import numpy as np

from reflexiona.adapters.llama_native import Vocabulary, load_model, open_context, start_native, string_is_set
from reflexiona.adapters.llama_states import LARGEST, WORTH_KEEPING, KeptStates, State, StateStore
from reflexiona.adapters.llama_trie import Logits
from reflexiona.errors import ModelError
from reflexiona.ports import Cancelled

CHUNK = 128
"""Tokens evaluated at a time: the step of progress; a cancel does not even wait for its end."""


class LlamaSession:
    """A model file, its vocabulary and one sequence of evaluated tokens. One caller at a time; `stop` from any thread.

    Args:
        path: a GGUF file that passed the header check.
        context: tokens it can hold; less where the model was trained on less.
        threads: for evaluating; None: as many as this process may use, half of them while writing.
        loading: told a fraction 0–1 while the file is read; returning False gives up.
        store: where the state of a prompt's fixed part outlives the process; None: nowhere.
        identity: the hash of the model's file; empty: not known, nothing outlives the process.

    Raises:
        ModelError: llama.cpp cannot use the file.
        Cancelled: `loading` gave up.
    """

    def __init__(
        self,
        path: Path,
        *,
        context: int,
        threads: int | None = None,
        loading: Callable[[float], bool] | None = None,
        store: StateStore | None = None,
        identity: str = "",
    ) -> None:
        start_native()
        self._model: Any = load_model(path, loading)
        self.vocabulary = Vocabulary(self._model)
        trained = native.llama_model_n_ctx_train(self._model)
        self.context: Any = None
        """The native context, for a sampler."""
        self._flag = ctypes.create_string_buffer(2)
        self._held: list[int] = []
        self._fixed = 0
        self.read = 0
        """Tokens of prompts that had to be evaluated, since the beginning."""
        self.spared = 0
        """Tokens of prompts that had not."""
        self.states = KeptStates()
        if native.llama_model_has_encoder(self._model):
            self.close()
            raise ModelError(f"{path.name} no es un modelo de conversación.", "Elige uno de tipo «instruct».")
        self.context = open_context(self._model, min(context, trained) if trained > 0 else context, CHUNK, threads)
        if self.context is None:
            self.close()
            raise ModelError(
                f"No hay memoria para usar el modelo {path.name}.", "Cierra otros programas o elige uno más pequeño."
            )
        native.llama_set_abort_callback(self.context, string_is_set(), ctypes.cast(self._flag, ctypes.c_void_p))
        self._memory = native.llama_get_memory(self.context)
        self.size: int = native.llama_n_ctx(self.context)
        self.states = KeptStates(store, identity, (self.size, CHUNK, "f16", "f16"))
        self.rewinds: bool = not (
            native.llama_model_is_recurrent(self._model) or native.llama_model_is_hybrid(self._model)
        )
        """Whether the memory can be cut back to an earlier token; else only whole states can be restored."""

    # --- evaluating

    def hold(
        self, ids: Sequence[int], *, stops: Sequence[int] = (0,), report: Callable[[float], None] | None = None
    ) -> None:
        """Makes the memory hold exactly `ids`, evaluating no more than it must; `logits()` are then those after it.

        Args:
            ids: at least one token, at most `size`.
            stops: lengths of beginnings that will come again, shortest first. The first one, the fixed part, is not
                lost where another prompt comes between, and outlives the process where there is a store.
            report: told how much of what was to be evaluated is done, where that is more than a chunk.

        Raises:
            Cancelled: `stop` was called; what had been evaluated stays.
        """
        fixed = stops[0]
        start = done = self._start(ids, fixed)
        self._fixed = fixed
        self.spared += start
        while done < len(ids):
            end = min([done + CHUNK, len(ids), *(stop for stop in stops if stop > done)])
            self.extend(ids[done:end])
            self.read += end - done
            done = end
            if done == fixed and (self.states.outlive or not self.rewinds):
                self._keep_fixed()
            elif done in stops and not self.rewinds:
                self.keep()
            if report is not None and len(ids) - start > CHUNK:
                report((done - start) / (len(ids) - start))

    def extend(self, ids: Sequence[int]) -> None:
        """Evaluates a few tokens more.

        Raises:
            Cancelled: `stop` was called.
            ModelError: llama.cpp failed.
        """
        if self.stopped:
            raise Cancelled
        array = (native.llama_token * len(ids))(*ids)
        outcome = native.llama_decode(self.context, native.llama_batch_get_one(array, len(ids)))
        if outcome == 0:
            self._held.extend(ids)
            return
        if not native.llama_memory_seq_rm(self._memory, 0, len(self._held), -1):
            self.forget()
        if outcome == 2:
            raise Cancelled
        raise ModelError("El modelo no pudo procesar el texto.", "Prueba con un texto más corto o con otro modelo.")

    def logits(self) -> Logits:
        """Logits after the last token, one a word of the vocabulary (a copy)."""
        address = native.llama_get_logits_ith(self.context, -1)
        return np.ctypeslib.as_array(address, shape=(self.vocabulary.words,)).copy()

    def keep(self) -> None:
        """Keeps the state of what is held now, so that it can be restored when a prompt begins with it again."""
        ids = tuple(self._held)
        if len(ids) >= WORTH_KEEPING and not self.states.has(ids) and (state := _state_of(self.context)) is not None:
            self.states.add(ids, state)

    def forget(self) -> None:
        """Empties the memory; kept states stay."""
        native.llama_memory_clear(self._memory, False)
        self._held.clear()

    @property
    def held(self) -> int:
        """How many tokens the memory holds."""
        return len(self._held)

    # --- stopping

    def stop(self) -> None:
        """Stops what is being evaluated, and all that would be, until `resume`. From any thread."""
        self._flag[0] = b"\x01"

    def resume(self) -> None:
        """Takes `stop` back."""
        self._flag[0] = b"\x00"

    @property
    def stopped(self) -> bool:
        """Whether `stop` is in force."""
        return self._flag[0] != b"\x00"

    def close(self) -> None:
        """Frees the model. The session is of no use afterwards."""
        self.states.clear()
        if self.context is not None:
            native.llama_free(self.context)
            self.context = None
        if self._model is not None:
            native.llama_model_free(self._model)
            self._model = None

    def _start(self, ids: Sequence[int], fixed: int) -> int:
        """Keeps or restores the longest known beginning of `ids` (at least its last token is evaluated anew)."""
        limit = len(ids) - 1
        common = _common(self._held, ids, limit)
        if self.rewinds and common < self._fixed <= len(self._held) and self._cut(self._fixed):
            self.keep()
        if common < fixed <= limit and self.states.longest(ids, limit) is None:
            self.states.load(tuple(ids[:fixed]))
        while (best := self.states.longest(ids, limit)) and not (common >= len(best[0]) and self._cut(common)):
            if self._restore(*best):
                return len(best[0])
            self.states.drop(best[0])
        if not self._cut(common):
            self.forget()
        return len(self._held)

    def _cut(self, length: int) -> bool:
        if length < len(self._held):
            if not native.llama_memory_seq_rm(self._memory, 0, length, -1):
                return False
            del self._held[length:]
        return True

    def _restore(self, ids: tuple[int, ...], state: State) -> bool:
        self.forget()
        if not native.llama_state_seq_set_data(self.context, state, len(state), 0):
            self.forget()
            return False
        self._held = list(ids)
        self.states.used(ids)
        return True

    def _keep_fixed(self) -> None:
        """Keeps what is held, a fixed part, for the next start; in memory too where that cannot be cut back to it."""
        ids = tuple(self._held)
        if len(ids) < WORTH_KEEPING or (state := _state_of(self.context)) is None:
            return
        self.states.save(ids, state)
        if not self.rewinds:
            self.states.add(ids, state)


def _state_of(context: Any) -> State | None:
    """The state of all that the memory holds; None where there is no room for it."""
    size = native.llama_state_seq_get_size(context, 0)
    if not 0 < size <= LARGEST:
        return None
    state = (ctypes.c_uint8 * size)()
    return state if native.llama_state_seq_get_data(context, state, size, 0) == size else None


def _common(held: Sequence[int], ids: Sequence[int], limit: int) -> int:
    for position, (old, new) in enumerate(zip(held, ids, strict=False)):
        if old != new or position == limit:
            return position
    return min(len(held), limit)
