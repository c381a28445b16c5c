"""A Spanish student of an English sentence encoder: its words, its network, its first vectors.

The teacher is all-MiniLM-L6-v2 (Apache-2.0). The student keeps the teacher's layers and gets a Spanish vocabulary whose
vectors begin as those of the English glosses, an idea of Minixhofer et al. 2022 (WECHSEL); half of the hidden units of
each dense layer, those that matter least on our texts, are cut away. Then it learns, from texts and their English
renderings, to give the Spanish text the vector that the teacher gives to the English one (Reimers & Gurevych 2020).
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch.nn import functional
from transformers import BertConfig, BertModel, BertTokenizerFast

from training.glossary import SENSES
from training.noise import noisy
from training.subwords import LONGEST_PIECE, MARKS, SPECIAL, tokenizer

KEPT = 0.5
"""Share of the units between the two maps of each dense layer that the student keeps."""
LONGEST = 256
BATCH, EPOCHS = 32, 3
RATE, WORD_RATE = 3e-4, 1e-3
MISSPELT = 0.3
"""Share of the texts that are read misspelt while learning."""
CLOSER, APART = 2.0, 0.3
"""What the distance to one's own English counts, and what being nearer to it than to that of others does."""
SENTENCE = re.compile(r"(?<=[.!?…])\s+")


@dataclass(frozen=True, slots=True)
class Read:
    """Texts of a batch as the network sees them."""

    texts: tuple[str, ...]
    states: torch.Tensor
    """(texts × tokens × width)."""
    there: torch.Tensor
    """Which tokens are there at all: (texts × tokens)."""
    offsets: Sequence[Sequence[tuple[int, int]]]
    """Where each token stands in its text."""

    @property
    def vectors(self) -> torch.Tensor:
        """(texts × width), of length one."""
        weights = self.there.unsqueeze(-1).float()
        return functional.normalize((self.states * weights).sum(1) / weights.sum(1), dim=1)


@dataclass(slots=True)
class Student:
    """A network with its tokenizer."""

    network: BertModel
    tokenizer: Tokenizer

    def read(self, texts: Sequence[str], longest: int = LONGEST) -> Read:
        """The texts as the network sees them; gradients flow where they are on."""
        self.tokenizer.enable_truncation(longest)
        self.tokenizer.enable_padding()
        encodings = self.tokenizer.encode_batch(list(texts))
        mask = torch.tensor([e.attention_mask for e in encodings])
        states = self.network(input_ids=torch.tensor([e.ids for e in encodings]), attention_mask=mask)
        return Read(tuple(texts), states.last_hidden_state.float(), mask.bool(), [e.offsets for e in encodings])

    def states(self, texts: Sequence[str]) -> Iterator[tuple[int, NDArray[np.float32]]]:
        """The number of each text, not in order, with its states: (tokens × width). Nothing is learnt."""
        self.network.eval()
        order = np.argsort([len(text) for text in texts], kind="stable")
        with torch.no_grad():
            for start in range(0, len(texts), BATCH):
                at = order[start : start + BATCH]
                read = self.read([texts[i] for i in at])
                for row, states, there in zip(at, read.states, read.there, strict=True):
                    yield int(row), states[there].numpy()

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(texts × width), of length one, without learning anything."""
        found = np.zeros((len(texts), self.network.config.hidden_size), dtype=np.float32)
        for row, states in self.states(texts):
            mean = states.mean(axis=0)
            found[row] = mean / np.linalg.norm(mean)
        return found


def transplant(teacher: Path, tokens: Sequence[str], glossary: Mapping[str, tuple[str, ...]]) -> Student:
    """The teacher's network with Spanish words in place of the English ones."""
    model = BertModel.from_pretrained(teacher, add_pooling_layer=False)
    english = BertTokenizerFast.from_pretrained(teacher)
    old = model.embeddings.word_embeddings.weight.data
    new = _first_vectors(tokens, glossary, old, english)
    config = BertConfig.from_pretrained(teacher)
    config.vocab_size, config.hidden_act = len(tokens), "gelu_pytorch_tanh"
    student = BertModel(config, add_pooling_layer=False)
    state = {**model.state_dict(), "embeddings.word_embeddings.weight": new}
    student.load_state_dict(state)
    return Student(student, tokenizer(tokens))


def _first_vectors(
    tokens: Sequence[str], glossary: Mapping[str, tuple[str, ...]], old: torch.Tensor, english: BertTokenizerFast
) -> torch.Tensor:
    """(tokens × width): glossed words from their glosses, marks from themselves, pieces from words that hold them."""

    def of_english(gloss: str) -> torch.Tensor:
        return old[english(gloss, add_special_tokens=False)["input_ids"]].mean(0)

    found = torch.zeros(len(tokens), old.shape[1])
    begins: defaultdict[str, list[int]] = defaultdict(list)
    ends: defaultdict[str, list[int]] = defaultdict(list)
    waiting = []
    for number, token in enumerate(tokens):
        if token in SPECIAL or token in MARKS or token.isdigit():
            found[number] = old[english.convert_tokens_to_ids(token)]
        elif token in glossary:
            senses = [of_english(sense) for sense in glossary[token]]
            weights = SENSES[: len(senses)]
            found[number] = sum(v * w for v, w in zip(senses, weights, strict=True)) / sum(weights)
            for size in range(1, min(LONGEST_PIECE + 1, len(token))):
                begins[token[:size]].append(number)
                ends[token[-size:]].append(number)
        else:
            waiting.append(number)
    mean = old.mean(0)
    for number in waiting:
        token = tokens[number]
        alike = ends[token[2:]] if token.startswith("##") else _longest_shared(token, begins)
        found[number] = found[alike[:200]].mean(0) if alike else mean
    return found


def _longest_shared(token: str, begins: Mapping[str, list[int]]) -> list[int]:
    shared = (begins[token[:size]] for size in range(LONGEST_PIECE, 0, -1) if token[:size] in begins)
    return next(shared, [])


def prune(student: Student, texts: Sequence[str]) -> Student:
    """Keeps `KEPT` of the units of each dense layer: those that are most active on `texts` and weigh most."""
    network = student.network
    hidden = int(KEPT * network.config.intermediate_size)
    active = [torch.zeros(network.config.intermediate_size) for _ in network.encoder.layer]
    hooks = [
        layer.intermediate.register_forward_hook(_adding(active[n])) for n, layer in enumerate(network.encoder.layer)
    ]
    student.encode(texts)
    for hook in hooks:
        hook.remove()
    state = network.state_dict()
    for n, layer in enumerate(network.encoder.layer):
        worth = active[n].sqrt() * layer.output.dense.weight.data.norm(dim=0)
        kept = torch.topk(worth, hidden).indices.sort().values
        widen, narrow = f"encoder.layer.{n}.intermediate.dense", f"encoder.layer.{n}.output.dense"
        for name, axis in ((f"{widen}.weight", 0), (f"{widen}.bias", 0), (f"{narrow}.weight", 1)):
            state[name] = state[name].index_select(axis, kept)
    config = BertConfig.from_dict({**network.config.to_dict(), "intermediate_size": hidden})
    smaller = BertModel(config, add_pooling_layer=False)
    smaller.load_state_dict(state)
    return Student(smaller, student.tokenizer)


def _adding(total: torch.Tensor) -> Callable[[object, object, torch.Tensor], None]:
    def add(_module: object, _inputs: object, output: torch.Tensor) -> None:
        total.add_(output.detach().pow(2).sum((0, 1)))

    return add


def parallel(pairs: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Texts with their English, and their sentences where both have as many."""
    found = list(pairs)
    for text, english in pairs:
        ours, theirs = SENTENCE.split(text), SENTENCE.split(english)
        if len(ours) == len(theirs) > 1:
            found += [(a, b) for a, b in zip(ours, theirs, strict=True) if len(a) > 12]
    return found


def optimiser(network: BertModel, word_rate: float, rate: float, *others: dict[str, object]) -> torch.optim.AdamW:
    """Words learn faster than layers: they begin further from where they belong."""
    named = list(network.named_parameters())
    groups: list[dict[str, object]] = [
        {"params": [p for name, p in named if "word_embeddings" in name], "lr": word_rate},
        {"params": [p for name, p in named if "word_embeddings" not in name], "lr": rate},
        *others,
    ]
    for group in groups:
        group["full"] = group["lr"]
    return torch.optim.AdamW(groups, weight_decay=0.01)


def pace(optimizer: torch.optim.Optimizer, step: int, steps: int, warm_up: int) -> None:
    """Rates rise for `warm_up` steps and then fall in a line to nearly nothing."""
    share = min(1.0, (step + 1) / warm_up) * max(0.02, 1 - step / steps)
    for group in optimizer.param_groups:
        group["lr"] = group["full"] * share


def batches(lengths: Sequence[int], chance: random.Random, size: int = BATCH) -> Iterator[list[int]]:
    """Rounds over all texts without end: texts of like length together, batches in random order."""
    while True:
        order = list(range(len(lengths)))
        chance.shuffle(order)
        groups = [sorted(order[i : i + size * 20], key=lengths.__getitem__) for i in range(0, len(order), size * 20)]
        found = [group[i : i + size] for group in groups for i in range(0, len(group), size)]
        chance.shuffle(found)
        yield from found


def distil(
    student: Student, pairs: Sequence[tuple[str, str]], english: NDArray[np.float32], *, epochs: float, seed: int
) -> None:
    """Moves the student's vector of each text to the teacher's vector of its English, `english` (pairs × width)."""
    chance = random.Random(seed)
    torch.manual_seed(seed)
    goals = torch.from_numpy(english)
    steps = int(epochs * len(pairs) / BATCH)
    adam = optimiser(student.network, WORD_RATE, RATE)
    student.network.train()
    drawn = batches([len(text) for text, _ in pairs], chance)
    for step in range(steps):
        at = next(drawn)
        pace(adam, step, steps, warm_up=100)
        texts = [maybe_misspelt(pairs[i][0], chance) for i in at]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            found = student.read(texts).vectors
        goal = goals[at]
        away = 1 - (found * goal).sum(1).mean()
        others = functional.cross_entropy(found @ goal.T * 20, torch.arange(len(at)))
        learn(adam, student.network, CLOSER * away + APART * others)
        if (step + 1) % 200 == 0:
            print(f"  distilled {step + 1} of {steps}: cosine {1 - away.item():.3f}", flush=True)


def maybe_misspelt(text: str, chance: random.Random) -> str:
    """`text`, or as a hurried hand would write it."""
    return noisy(text, chance.randrange(1 << 30)) if chance.random() < MISSPELT else text


def learn(adam: torch.optim.AdamW, network: BertModel, loss: torch.Tensor) -> None:
    """One step."""
    adam.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    adam.step()
