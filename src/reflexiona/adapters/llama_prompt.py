"""A prompt's parts as token ids, in the form that a family of models wants.

The parts are tokenised one by one: a family's own marks as control tokens, everything else as plain text, so that
nothing a person, a document or a model wrote can end a turn or begin one, and a part has the same tokens wherever it
comes again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from reflexiona.adapters.llama_native import Vocabulary
from reflexiona.ports import Prompt


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

    @property
    def repeat_penalty(self) -> float:
        """How much less likely what was just said is made; 1: not at all."""

    @property
    def confined(self) -> bool:
        """Whether it is asked only for what it does well."""


@dataclass(frozen=True, slots=True)
class Laid:
    """A prompt as token ids."""

    ids: list[int]
    stops: tuple[int, ...]
    """Lengths of the beginnings that may come again: the fixed part, all that was told, all up to the answer."""
    spaced: bool
    """Whether the answer's opening ended in a blank, which is left for the model to say."""

    @property
    def fixed(self) -> int:
        """Length of the fixed part."""
        return self.stops[0]


class PromptLayout:
    """Lays prompts out for one model.

    Args:
        words: its vocabulary.
        family: how it wants to be spoken to.
        size: tokens it can hold.
    """

    def __init__(self, words: Vocabulary, family: ChatFamily, size: int) -> None:
        self._words = words
        self._family = family
        self._size = size
        self._marks = re.compile("|".join(map(re.escape, (*family.controls, *family.thought))))

    def plain(self, text: str) -> list[int]:
        """Tokens of a text that stays text: a mark in it is cut in two, since some files have theirs as plain words."""
        ids: list[int] = []
        start = 0
        for mark in self._marks.finditer(text):
            ids += self._words.tokens(text[start : mark.start() + 1])
            start = mark.start() + 1
        return ids + self._words.tokens(text[start:]) if text[start:] else ids

    def alternatives(self, opening: str, texts: Sequence[str]) -> list[list[int]]:
        """Tokens of the ways in which an answer that begins with `opening` may go on."""
        lead = " " if _ends_blank(opening) and not self._words.leads_with_space else ""
        return [self.plain(lead + text) for text in texts]

    def lay(self, prompt: Prompt, reserve: int) -> Laid:
        """The prompt's tokens, with room for `reserve` more. Of a longer one the oldest of the person's part is cut."""
        head = self._head(prompt.system)
        user = [token for part in (*prompt.known, prompt.user) for token in self.plain(part)]
        spaced = _ends_blank(prompt.opening)
        opening = prompt.opening.rstrip(" ") if spaced else prompt.opening
        mark = self._words.tokens(self._family.after_user, control=True)
        tail = mark + self.plain(opening)
        room = max(self._size - reserve, self._size // 2) - len(head) - len(tail)
        kept = user[max(0, len(user) - max(room, 0)) :]
        whole = head + kept + tail
        ids = whole[-(self._size - 1) :]  # cuts only where the fixed part alone is too long
        cut = len(whole) - len(ids)
        told = max(0, len(head) + len(kept) - cut)
        stops = (min(max(0, len(head) - cut), len(ids) - 1), told, told + len(mark))
        return Laid(ids, stops, spaced)

    def frame(self, system: str) -> int:
        """Tokens of a prompt besides the person's part and the answer's opening."""
        return len(self._head(system)) + len(self._words.tokens(self._family.after_user, control=True))

    def _head(self, system: str) -> list[int]:
        family, words = self._family, self._words
        head = words.beginning() + words.tokens(family.before_system, control=True)
        if any(mark in family.before_user for mark in family.controls):
            return head + self.plain(system) + words.tokens(family.before_user, control=True)
        return head + self.plain(system + family.before_user)


def _ends_blank(text: str) -> bool:
    return text.endswith(" ")
