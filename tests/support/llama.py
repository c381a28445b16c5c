"""Prompts for the llama.cpp adapter, and what it does with them."""

from __future__ import annotations

from dataclasses import dataclass

from reflexiona.adapters.llama import LlamaGenerator
from reflexiona.models.templates import FAMILIES

CHATML = FAMILIES["chatml"]


@dataclass(frozen=True)
class Ask:
    """A prompt as the stages make them."""

    system: str = "Respondes en español, con calma, y citas los pasajes por su número. " * 3
    user: str = "El cliente no paga la factura y no contesta."
    opening: str = ""
    known: tuple[str, ...] = ()


def text_of(generator: LlamaGenerator, ask: Ask, seed: int = 1, max_tokens: int = 40) -> str:
    return "".join(generator.write(ask, max_tokens=max_tokens, seed=seed))


def evaluated(generator: LlamaGenerator, ask: Ask) -> int:
    """How many tokens a prompt newly took."""
    counts: list[int] = []
    extend = generator._session.extend

    def counting(ids: list[int]) -> None:
        counts.append(len(ids))
        extend(ids)

    generator._session.extend = counting  # type: ignore[method-assign, assignment]
    try:
        next(generator.write(ask, max_tokens=1, seed=0), "")
    finally:
        generator._session.extend = extend  # type: ignore[method-assign]
    return sum(counts)


def cold(generator: LlamaGenerator) -> None:
    """As after loading: nothing evaluated, nothing kept."""
    generator._session.forget()
    generator._session.states.clear()
