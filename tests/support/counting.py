"""A generator that counts words and answers what it is told to: for stages that only need to know what fits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from reflexiona.ports import Prompt, Spoken


@dataclass(frozen=True)
class Chosen:
    """The port `Choice`."""

    index: int
    probabilities: tuple[float, ...]


@dataclass
class Counting:
    """One token a word. Chooses the alternative that holds one of `likes`, else the first; says `pieces`."""

    context_size: int = 4096
    weight: float = 0.0
    likes: tuple[str, ...] = ()
    pieces: tuple[str, ...] = ()
    ends: bool = True
    name: str = "contador"
    confined: bool = False
    asked: list[tuple[Prompt, tuple[str, ...]]] = field(default_factory=list)

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def frame_tokens(self, system: str) -> int:
        return len(system.split()) + 8

    def read(self, prompt: Prompt, reserve: int) -> int:
        return len(" ".join([prompt.system, *prompt.known, prompt.user]).split())

    def choose(self, prompt: Prompt, alternatives: Sequence[str]) -> Chosen:
        self.asked.append((prompt, tuple(alternatives)))
        liked = (n for n, text in enumerate(alternatives) if any(like in text for like in self.likes))
        index = next(liked, 0)
        rest = 0.4 / max(1, len(alternatives) - 1)
        return Chosen(index, tuple(0.6 if n == index else rest for n in range(len(alternatives))))

    def write(self, prompt: Prompt, *, max_tokens: int, seed: int) -> Spoken:
        self.asked.append((prompt, ()))
        yield from self.pieces
        return self.ends

    def on_progress(self, report: Callable[[float], None]) -> None:
        return
