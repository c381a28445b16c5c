"""The port `Generator` over llama.cpp: reading ahead, closed choices, streamed text, cancelling."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import llama_cpp as native

from reflexiona.adapters.llama_prompt import ChatFamily, PromptLayout
from reflexiona.adapters.llama_session import LlamaSession
from reflexiona.adapters.llama_states import StateStore
from reflexiona.adapters.llama_text import SpokenText
from reflexiona.adapters.llama_trie import score
from reflexiona.errors import ModelError
from reflexiona.ports import Cancelled, Prompt, Spent, Spoken

_RECENT = 96
"""Tokens within which saying the same again is made less likely."""


@dataclass(frozen=True, slots=True)
class ScoredChoice:
    """The outcome of a closed choice (port `Choice`)."""

    index: int
    probabilities: tuple[float, ...]


class LlamaGenerator:
    """A local model. One call at a time; `stop` from any thread.

    Args:
        path: a GGUF file that passed the header check.
        name: the name under which the person knows it.
        family: how it wants to be spoken to.
        n_ctx: tokens of prompt and answer together.
        threads: None: chosen by this machine's cores.
        loading: told a fraction 0–1 while the file is read; returning False gives up.
        weight: how much its opinion counts beside the reader's, 0–1.
        store: where the states of fixed parts outlive the process.
        identity: the hash of the file; empty: not known, nothing outlives the process.

    Raises:
        ModelError: the file cannot be used, or is of another family.
        Cancelled: `loading` gave up.
    """

    def __init__(
        self,
        path: Path,
        name: str,
        family: ChatFamily,
        n_ctx: int = 4096,
        threads: int | None = None,
        loading: Callable[[float], bool] | None = None,
        *,
        weight: float = 0.0,
        store: StateStore | None = None,
        identity: str = "",
    ) -> None:
        self.name = name
        """The name under which the person knows the model."""
        self.weight = weight
        """How much its opinion counts beside the reader's."""
        self.confined = family.confined
        """Whether it is asked only for what it does well."""
        self._family = family
        self._report: Callable[[float], None] | None = None
        self._chosen = self._written = 0
        self._session = LlamaSession(
            path, context=n_ctx, threads=threads, loading=loading, store=store, identity=identity
        )
        self._words = words = self._session.vocabulary
        self._layout = PromptLayout(words, family, self._session.size)
        missing = [mark for mark in family.controls if len(words.tokens(mark, control=True)) != 1]
        if missing:
            self.close()
            raise ModelError(
                f"El modelo «{name}» no es de la familia {family.name}: le falta {missing[0]}.",
                "Indica otra plantilla o elige otro modelo.",
            )
        thoughts = ((mark, words.tokens(mark, control=True)) for mark in family.thought)
        self._thought = {ids[0]: mark.encode() for mark, ids in thoughts if len(ids) == 1}

    @property
    def context_size(self) -> int:
        """Tokens of prompt and answer together."""
        return self._session.size

    @property
    def spent(self) -> Spent:
        """What was done since it was loaded."""
        return Spent(self._session.read, self._session.spared, self._chosen, self._written)

    def count_tokens(self, text: str) -> int:
        """How many tokens a text takes as a part of a prompt."""
        return len(self._layout.plain(text))

    def frame_tokens(self, system: str) -> int:
        """How many tokens a prompt takes besides the person's part and the answer's opening."""
        return self._layout.frame(system)

    def on_progress(self, report: Callable[[float], None]) -> None:
        """`report(fraction)` is called while a prompt is being read."""
        self._report = report

    def read(self, prompt: Prompt, reserve: int) -> int:
        """Evaluates a prompt up to where the answer begins, for a later call; samples nothing, keeps nothing on disk.

        Args:
            prompt: without an opening, it fits whichever comes later.
            reserve: tokens that the later call will need.

        Returns:
            How many tokens the memory holds of it.

        Raises:
            Cancelled: `stop` was called; what had been evaluated stays.
        """
        laid = self._layout.lay(prompt, reserve)
        self._session.hold(laid.ids, stops=laid.stops, report=self._report)
        return len(laid.ids)

    def choose(self, prompt: Prompt, alternatives: Sequence[str]) -> ScoredChoice:
        """Scores each alternative as the continuation of `prompt`: see `llama_trie.score`.

        Raises:
            Cancelled: `stop` was called.
            ValueError: there is no alternative, or an empty one.
        """
        session = self._session
        ways = self._layout.alternatives(prompt.opening, alternatives)
        if not ways or not all(ways):
            raise ValueError("a choice needs alternatives, none of them empty")
        laid = self._layout.lay(prompt, reserve=max(map(len, ways)))
        session.hold(laid.ids, stops=laid.stops, report=self._report)
        here = session.logits()
        if not session.rewinds:
            session.keep()

        def logits_after(path: list[int]) -> Any:
            if not path:
                return here
            read, spared = session.read, session.spared
            session.hold([*laid.ids, *path], stops=laid.stops)
            self._chosen += session.read - read
            session.read, session.spared = read, spared
            return session.logits()

        probabilities = score(ways, logits_after)
        return ScoredChoice(max(range(len(ways)), key=probabilities.__getitem__), probabilities)

    def write(self, prompt: Prompt, *, max_tokens: int, seed: int) -> Spoken:
        """Streams text; ends at the model's end of turn or at `max_tokens`. Thoughts and control tokens are left out.

        Returns:
            Whether the model came to an end by itself.

        Raises:
            Cancelled: `stop` was called, while the prompt is read too.
        """
        laid = self._layout.lay(prompt, reserve=max_tokens)
        session = self._session
        session.hold(laid.ids, stops=laid.stops, report=self._report)
        spoken = SpokenText(self._family.thought, trim=laid.spaced or not prompt.opening)
        ended = False
        with self._sampler(seed) as sampler:
            for _ in range(min(max_tokens, session.size - session.held)):
                token = native.llama_sampler_sample(sampler, session.context, -1)
                if ended := self._words.ends_turn(token):
                    break
                self._written += 1
                if text := spoken.feed(self._thought.get(token) or self._words.piece(token)):
                    yield text
                if session.stopped:
                    raise Cancelled
                if session.held < session.size:
                    session.extend([token])
        if text := spoken.end():
            yield text
        return ended

    def speed(self, text: str, new_tokens: int) -> tuple[int, float, int, float]:
        """Reads `text` with an empty memory, then writes `new_tokens`, likeliest first, past any end of turn.

        Returns:
            Tokens read, the seconds that took, tokens written, the seconds that took.

        Raises:
            Cancelled: `stop` was called.
        """
        session = self._session
        ids = (self._words.beginning() + self._layout.plain(text))[: session.size - new_tokens]
        session.forget()
        started = time.perf_counter()
        session.hold(ids, report=self._report)
        read = time.perf_counter()
        for _ in range(new_tokens):
            session.extend([int(session.logits().argmax())])
        written = time.perf_counter()
        session.forget()
        return len(ids), read - started, new_tokens, written - read

    def stop(self) -> None:
        """Stops the running call and every later one until `resume`. From any thread."""
        self._session.stop()

    def resume(self) -> None:
        """Takes `stop` back."""
        self._session.resume()

    def close(self) -> None:
        """Frees the model."""
        self._session.close()

    @contextmanager
    def _sampler(self, seed: int) -> Iterator[Any]:
        family = self._family
        chain = native.llama_sampler_chain_init(native.llama_sampler_chain_default_params())
        try:
            if family.temperature <= 0:
                native.llama_sampler_chain_add(chain, native.llama_sampler_init_greedy())
            else:
                for link in (
                    native.llama_sampler_init_top_k(family.top_k),
                    # over the few that are left: over the whole vocabulary it would cost milliseconds a token
                    native.llama_sampler_init_penalties(self._words.words, _RECENT, family.repeat_penalty, 0.0, 0.0),
                    native.llama_sampler_init_top_p(family.top_p, 1),
                    native.llama_sampler_init_min_p(family.min_p, 1),
                    native.llama_sampler_init_temp(family.temperature),
                    native.llama_sampler_init_dist(seed & 0x7FFFFFFF),
                ):
                    native.llama_sampler_chain_add(chain, link)
            yield chain
        finally:
            native.llama_sampler_free(chain)
