"""The network: Llama's (Touvron et al. 2023), so that llama.cpp runs it as it runs any other.

Positions turn neighbouring pairs of each head's values (Su et al. 2021), which is how the `llama` architecture of GGUF
reads the rows of its query and key maps.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional


@dataclass(frozen=True, slots=True)
class Shape:
    """The model's figures. Every width is a multiple of 32: a block of Q8_0."""

    vocabulary: int
    width: int = 256
    layers: int = 6
    heads: int = 4
    feed_forward: int = 704
    context: int = 2_048
    base: float = 10_000.0
    epsilon: float = 1e-5


class Norm(nn.Module):  # type: ignore[misc]  # torch has no types here
    """Root mean square layer norm (Zhang & Sennrich 2019)."""

    def __init__(self, width: int, epsilon: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.epsilon = epsilon

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(… × width), as it was."""
        full = x.float()
        scaled = full * torch.rsqrt(full.pow(2).mean(-1, keepdim=True) + self.epsilon)
        return (scaled * self.weight).to(x.dtype)


class Layer(nn.Module):  # type: ignore[misc]
    """Attention, then a gated feed-forward part."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads = shape.heads
        width = shape.width
        self.attention_norm = Norm(width, shape.epsilon)
        self.query = nn.Linear(width, width, bias=False)
        self.key = nn.Linear(width, width, bias=False)
        self.value = nn.Linear(width, width, bias=False)
        self.output = nn.Linear(width, width, bias=False)
        self.forward_norm = Norm(width, shape.epsilon)
        self.gate = nn.Linear(width, shape.feed_forward, bias=False)
        self.up = nn.Linear(width, shape.feed_forward, bias=False)
        self.down = nn.Linear(shape.feed_forward, width, bias=False)

    def forward(self, x: torch.Tensor, turns: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
        """(batch × tokens × width)."""
        batch, length, width = x.shape
        normed = self.attention_norm(x)

        def split(part: torch.Tensor) -> torch.Tensor:
            return part.view(batch, length, self.heads, width // self.heads).transpose(1, 2)

        query, key = turn(split(self.query(normed)), *turns), turn(split(self.key(normed)), *turns)
        seen = functional.scaled_dot_product_attention(query, key, split(self.value(normed)), is_causal=True)
        x = x + self.output(seen.transpose(1, 2).reshape(batch, length, width))
        normed = self.forward_norm(x)
        return x + self.down(functional.silu(self.gate(normed)) * self.up(normed))


class Network(nn.Module):  # type: ignore[misc]
    """Next-token logits; input and output words are one matrix."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.words = nn.Embedding(shape.vocabulary, shape.width)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.norm = Norm(shape.width, shape.epsilon)
        for name, parameter in self.named_parameters():
            if parameter.dim() > 1:
                deep = name.endswith(("output.weight", "down.weight"))
                nn.init.normal_(parameter, std=0.02 / (2 * shape.layers) ** 0.5 if deep else 0.02)

    def states(self, ids: torch.Tensor, dropped: float = 0.0) -> torch.Tensor:
        """(batch × tokens) → (batch × tokens × width), behind the last norm; `dropped`: share of values left out."""
        turns = angles(ids.shape[1], self.shape.width // self.shape.heads, self.shape.base)
        x = functional.dropout(self.words(ids), dropped)
        for layer in self.layers:
            x = x + functional.dropout(layer(x, turns) - x, dropped) if dropped else layer(x, turns)
        found: torch.Tensor = self.norm(x)
        return found

    def logits(self, states: torch.Tensor) -> torch.Tensor:
        """(… × width) → (… × vocabulary)."""
        return functional.linear(states, self.words.weight)


def angles(length: int, width: int, base: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Cosines and sines (tokens × half a head's width)."""
    rates = base ** (-torch.arange(0, width, 2, dtype=torch.float32) / width)
    turned = torch.outer(torch.arange(length, dtype=torch.float32), rates)
    return turned.cos(), turned.sin()


def turn(x: torch.Tensor, cosines: torch.Tensor, sines: torch.Tensor) -> torch.Tensor:
    """Turns each neighbouring pair of the last axis by its position's angle."""
    even, odd = x.float()[..., 0::2], x.float()[..., 1::2]
    turned = torch.stack((even * cosines - odd * sines, even * sines + odd * cosines), dim=-1)
    return turned.flatten(-2).to(x.dtype)
