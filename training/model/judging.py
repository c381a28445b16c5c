"""How well the network alone reads texts it has not learnt from: the very choice that the engine has it make."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from reflexiona.adapters.llama_trie import Logits, score
from reflexiona.corpus.lists import Lists
from training.model.batches import LONGEST, shortened
from training.model.network import Network
from training.model.pieces import ANSWER, CASE, encode, mark
from training.texts import Situation


def opinions(network: Network, made: Tokenizer, texts: Sequence[str], lists: Lists) -> NDArray[np.float64]:
    """(texts × scenarios): the probability of each name, in the order of the lists."""
    network.eval()
    names = encode(made, [f" {scenario.name}" for scenario in lists.scenarios.values()])
    (lead,) = encode(made, ["Lectura:"])
    found = []
    for ids in encode(made, texts):
        whole = [mark(made, CASE), *shortened(ids, LONGEST), mark(made, ANSWER), *lead]

        def after(path: list[int], whole: list[int] = whole) -> Logits:
            with torch.no_grad():
                states = network.states(torch.tensor([[*whole, *path]]))
                found_logits: Logits = network.logits(states[:, -1])[0].float().numpy()
                return found_logits

        found.append(score(names, after))
    return np.array(found)


def judged(network: Network, made: Tokenizer, situations: Sequence[Situation], lists: Lists) -> dict[str, float]:
    """Right at once, among three, and surprise at the true name in nats."""
    said = opinions(network, made, [s.text for s in situations], lists)
    names = list(lists.scenarios)
    truth = np.array([names.index(s.primary) for s in situations])
    ranks = (said > said[np.arange(len(truth)), truth][:, None]).sum(1)
    surprise = -np.log(np.maximum(said[np.arange(len(truth)), truth], 1e-4))
    return {"top1": float((ranks == 0).mean()), "top3": float((ranks < 3).mean()), "nats": float(surprise.mean())}
