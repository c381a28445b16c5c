"""The port `Generator` over llama.cpp: prompts in a family's form, closed choices, streamed text, cancelling.

The parts of a prompt are tokenised one by one: a family's own marks as control tokens, everything else as plain text,
so that nothing a person, a document or a model wrote can end a turn or begin one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import llama_cpp as native

from reflexiona.adapters.llama_session import LlamaSession
from reflexiona.adapters.llama_text import SpokenText
from reflexiona.adapters.llama_trie import score
from reflexiona.errors import ModelError
from reflexiona.ports import Cancelled, Prompt


class ChatFamily(Protocol):
    """How a family of models wants to be spoken to, and how it is sampled."""

    @property
    def name(self) -> str:
        """As the person reads it."""

    @property
    def before_system(self) -> str:
        """Control tokens before the fixed part."""

    @property
    def before_user(self) -> str:
        """Between the fixed part and the person's; plain text where it holds none of `controls`."""

    @property
    def after_user(self) -> str:
        """Closes the person's part and opens the answer."""

    @property
    def controls(self) -> tuple[str, ...]:
        """Tokens the vocabulary must have."""

    @property
    def thought(self) -> tuple[str, str]:
        """What opens and closes a thought."""

    @property
    def temperature(self) -> float:
        """For sampling; 0 takes the likeliest."""

    @property
    def top_k(self) -> int:
        """How many candidates are looked at."""

    @property
    def top_p(self) -> float:
        """The mass of candidates that is kept."""

    @property
    def min_p(self) -> float:
        """The least a candidate must have of the likeliest one's probability."""


@dataclass(frozen=True, slots=True)
class ScoredChoice:
    """The outcome of a closed choice (port `Choice`)."""

    index: int
    probabilities: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class _Laid:
    """A prompt as token ids; the first `fixed` come again with the next prompt."""

    ids: list[int]
    fixed: int
    spaced: bool
    """Whether the answer's opening ended in a blank, which is left for the model to say."""


class LlamaGenerator:
    """A local model. One call at a time; `stop` from any thread.

    Args:
        path: a GGUF file that passed the header check.
        name: the name under which the person knows it.
        family: how it wants to be spoken to.
        n_ctx: tokens of prompt and answer together.
        threads: None: chosen by this machine's cores.
        loading: told a fraction 0–1 while the file is read; returning False gives up.

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
    ) -> None:
        self._name = name
        self._family = family
        self._report: Callable[[float], None] | None = None
        self._left_out = 0
        self._session = LlamaSession(path, context=n_ctx, threads=threads, loading=loading)
        self._marks = re.compile("|".join(map(re.escape, (*family.controls, *family.thought))))
        self._words = words = self._session.vocabulary
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
    def name(self) -> str:
        """The name under which the person knows the model."""
        return self._name

    @property
    def context_size(self) -> int:
        """Tokens of prompt and answer together."""
        return self._session.size

    @property
    def left_out(self) -> int:
        """Tokens of the person's part that the last prompt had no room for: its oldest. Usually 0."""
        return self._left_out

    def count_tokens(self, text: str) -> int:
        """How many tokens a text takes in this model."""
        return len(self._plain(text))

    def on_progress(self, report: Callable[[float], None]) -> None:
        """`report(fraction)` is called while a prompt is being read."""
        self._report = report

    def choose(self, prompt: Prompt, alternatives: Sequence[str]) -> ScoredChoice:
        """Scores each alternative as the continuation of `prompt`: see `llama_trie.score`.

        Raises:
            Cancelled: `stop` was called.
            ValueError: there is no alternative, or an empty one.
        """
        lead = " " if _ends_blank(prompt.opening) and not self._words.leads_with_space else ""
        ways = [self._plain(lead + text) for text in alternatives]
        if not ways or not all(ways):
            raise ValueError("a choice needs alternatives, none of them empty")
        laid = self._lay(prompt, reserve=max(map(len, ways)))
        self._session.hold(laid.ids, fixed=laid.fixed, report=self._report)
        here = self._session.logits()
        if not self._session.rewinds:
            self._session.keep()

        def logits_after(path: list[int]) -> Any:
            if not path:
                return here
            self._session.hold([*laid.ids, *path], fixed=laid.fixed)
            return self._session.logits()

        probabilities = score(ways, logits_after)
        return ScoredChoice(max(range(len(ways)), key=probabilities.__getitem__), probabilities)

    def write(self, prompt: Prompt, *, max_tokens: int, seed: int) -> Iterator[str]:
        """Streams text; ends at the model's end of turn or at `max_tokens`. Thoughts and control tokens are left out.

        Raises:
            Cancelled: `stop` was called, while the prompt is read too.
        """
        laid = self._lay(prompt, reserve=max_tokens)
        session = self._session
        session.hold(laid.ids, fixed=laid.fixed, report=self._report)
        spoken = SpokenText(self._family.thought, trim=laid.spaced or not prompt.opening)
        with self._sampler(seed) as sampler:
            for _ in range(min(max_tokens, session.size - session.held)):
                token = native.llama_sampler_sample(sampler, session.context, -1)
                if self._words.ends_turn(token):
                    break
                if text := spoken.feed(self._thought.get(token) or self._words.piece(token)):
                    yield text
                if session.stopped:
                    raise Cancelled
                if session.held < session.size:
                    session.extend([token])
        if text := spoken.end():
            yield text

    def stop(self) -> None:
        """Stops the running call and every later one until `resume`. From any thread."""
        self._session.stop()

    def resume(self) -> None:
        """Takes `stop` back."""
        self._session.resume()

    def close(self) -> None:
        """Frees the model."""
        self._session.close()

    def _plain(self, text: str) -> list[int]:
        """Tokens of a text that stays text: a mark in it is cut in two, since some files have theirs as plain words."""
        ids: list[int] = []
        start = 0
        for mark in self._marks.finditer(text):
            ids += self._words.tokens(text[start : mark.start() + 1])
            start = mark.start() + 1
        return ids + self._words.tokens(text[start:]) if text[start:] else ids

    def _lay(self, prompt: Prompt, reserve: int) -> _Laid:
        """The prompt's tokens, with room for `reserve` more; of the person's part the oldest is cut."""
        family, words, size = self._family, self._words, self._session.size
        head = words.beginning() + words.tokens(family.before_system, control=True)
        if any(mark in family.before_user for mark in family.controls):
            head += self._plain(prompt.system) + words.tokens(family.before_user, control=True)
        else:
            head += self._plain(prompt.system + family.before_user)
        spaced = _ends_blank(prompt.opening)
        opening = prompt.opening.rstrip(" ") if spaced else prompt.opening
        tail = words.tokens(family.after_user, control=True) + self._plain(opening)
        user = self._plain(prompt.user)
        room = max(size - reserve, size // 2) - len(head) - len(tail)
        self._left_out = max(0, len(user) - max(room, 0))
        kept = user[self._left_out :]
        ids = (head + kept + tail)[-(size - 1) :]  # cuts only where the fixed part alone is too long
        return _Laid(ids, min(len(head), len(ids) - 1), spaced)

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
                    native.llama_sampler_init_top_p(family.top_p, 1),
                    native.llama_sampler_init_min_p(family.min_p, 1),
                    native.llama_sampler_init_temp(family.temperature),
                    native.llama_sampler_init_dist(seed & 0x7FFFFFFF),
                ):
                    native.llama_sampler_chain_add(chain, link)
            yield chain
        finally:
            native.llama_sampler_free(chain)


def _ends_blank(text: str) -> bool:
    return text.endswith(" ")
