"""Closed choices as a tree of token ids: where only one way goes on, nothing needs to be asked of the model.

Pure: it is given log-probabilities and knows no model.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Logits = NDArray[np.float32]
"""One value a token of the vocabulary."""


@dataclass(slots=True)
class _Node:
    ways: dict[int, _Node] = field(default_factory=dict)
    ends: list[int] = field(default_factory=list)
    """Alternatives that end here; several where two have the same tokens."""


def score(alternatives: Sequence[Sequence[int]], logits_after: Callable[[list[int]], Logits]) -> tuple[float, ...]:
    """The probability of each alternative, given that the answer is one of them.

    The model is asked only where ways part: `logits_after(path)` gives the logits after the prompt and `path`. At each
    parting the ways share the probability by softmax over them alone, so the length of what is forced counts for
    nothing. Where an alternative ends and a longer one goes on, ending has what the ways on leave of the whole
    vocabulary. An alternative's probability is the product along its partings: they sum to 1.

    Args:
        alternatives: token ids; at least one alternative, none of them empty.
        logits_after: called depth first, so that an evaluated prefix is used again.
    """
    root = _Node()
    for index, tokens in enumerate(alternatives):
        node = root
        for token in tokens:
            node = node.ways.setdefault(token, _Node())
        node.ends.append(index)
    logs = [-math.inf] * len(alternatives)
    waiting: list[tuple[_Node, list[int], float]] = [(root, [], 0.0)]
    while waiting:
        node, path, log = waiting.pop()
        while len(node.ways) == 1 and not node.ends:
            ((token, node),) = node.ways.items()
            path = [*path, token]
        ends, shares = _shares(node, path, logits_after)
        for index in node.ends:
            logs[index] = log + ends - math.log(len(node.ends))
        waiting.extend((way, [*path, token], log + shares[token]) for token, way in reversed(node.ways.items()))
    return _normalised(logs)


def _shares(
    node: _Node, path: list[int], logits_after: Callable[[list[int]], Logits]
) -> tuple[float, dict[int, float]]:
    """Log-probability of ending here, and of each way on."""
    if not node.ways:
        return 0.0, {}
    logits = logits_after(path).astype(np.float64)
    ways = np.fromiter(node.ways, dtype=np.intp)
    if node.ends:
        whole = _log_sum(logits)
        rest = np.delete(logits, ways)
        return _log_sum(rest) - whole, dict(zip(node.ways, (logits[ways] - whole).tolist(), strict=True))
    return -math.inf, dict(zip(node.ways, (logits[ways] - _log_sum(logits[ways])).tolist(), strict=True))


def _log_sum(logits: NDArray[np.float64]) -> float:
    top = float(logits.max())
    return top + math.log(float(np.exp(logits - top).sum()))


def _normalised(logs: list[float]) -> tuple[float, ...]:
    top = max(logs)
    weights = [math.exp(log - top) for log in logs]
    total = sum(weights)
    return tuple(weight / total for weight in weights)
