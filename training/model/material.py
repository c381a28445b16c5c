"""Everything the model learns from, loaded: examples, sentences with the teacher's vectors, prose, first vectors."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import BertModel, BertTokenizerFast

from reflexiona.adapters.bert_encoder import BertEncoder
from reflexiona.adapters.linear_reader import LinearReader
from reflexiona.corpus.library import plain as without_marks
from reflexiona.corpus.lists import load_lists
from reflexiona.stages.clauses import clauses
from training.encoder import by_teacher, teachers_folder
from training.model import batches, hearsay, pieces
from training.model.answers import load_answers
from training.model.batches import Batch, Sequence_, Snippet
from training.model.examples import Examples
from training.model.fragments import Fragments, Told, load_fragments, told_in
from training.model.plans import Plans
from training.student import parallel
from training.texts import (
    CORPUS,
    INCLUDED,
    MADE,
    Situation,
    load_passages,
    load_phrases,
    load_renderings,
    load_situations,
)

HELD_OUT = 8
"""One page of so many is never learnt from: on it the model is measured while it is made."""
SNIPPETS = 0.4
"""Share of the snippets that come along with each pass over the situations."""
LEAST, SEED = 6, 3
"""Words of a sentence that comes along; what pieces are cut with."""


def split(situations: Sequence[Situation]) -> tuple[list[Situation], list[Situation]]:
    """Those to learn from and the retold ones of the pages that are held out."""
    apart = [s for s in situations if s.retold and _lot(s.origin) % HELD_OUT == 0]
    gone = {s.id for s in apart}
    return [s for s in situations if s.id not in gone], apart


@dataclass(frozen=True, slots=True)
class Material:
    """What is learnt from."""

    made: Tokenizer
    examples: Examples
    snippets: Sequence[Snippet]
    vectors: torch.Tensor
    prose: Sequence[Sequence_]
    names: Mapping[str, Sequence[int]]
    """How a reading is said, by scenario."""

    def stream(self, seed: int, start: int = 0) -> Iterator[Batch]:
        """Batches without end, each pass drawn anew; the first `start` were had before: they are drawn, and left."""
        count, turn = 0, 0
        while True:
            chance = random.Random(seed + turn)
            some = chance.sample(self.snippets, int(SNIPPETS * len(self.snippets)))
            every = batches.sequences(list(self.examples.epoch(seed + turn)), self.made)
            every += [batches.drawn(snippet, self.names, self.made, chance) for snippet in some]
            every += self.prose
            for batch in batches.batches(every, seed + turn):
                count += 1
                if count > start:
                    yield batch
            turn += 1


def load(pieces_file: Path, kept: Path = MADE, jobs: int = 2) -> Material:
    """Reads texts, answers and corpus; makes vocabulary (or reads it, where learning goes on) and vectors."""
    lists = load_lists(CORPUS)
    passages = load_passages()
    learnt, _ = split(load_situations())
    everything = [*learnt, *load_phrases()]
    answers = load_answers()
    prose = [without_marks(passage.text) for passage in passages]
    prose += [f"{answer.opening}\n\n{answer.body}\n\n{answer.question}" for answer in answers.values()]
    steps = [step.text for passage in passages for step in passage.steps]
    names = {key: f" {scenario.name}" for key, scenario in lists.scenarios.items()}
    if pieces_file.is_file():
        made = Tokenizer.from_file(str(pieces_file))
    else:
        made = pieces.learn([*(s.text for s in everything), *prose, *steps, *names.values()])
        made.save(str(pieces_file))
    renderings = load_renderings()
    pairs = [pair for pair in parallel([(s.text, renderings[s.id]) for s in learnt]) if len(pair[0].split()) >= LEAST]
    vectors = by_teacher(teachers_folder(), [english for _, english in pairs], kept / "teacher.npz")
    texts = [*(spanish for spanish, _ in pairs), *hearsay.pieces_of(learnt, SEED)]
    shares = hearsay.heard(texts, kept / "heard.json", jobs)
    told = told_of(learnt, kept / "telling.json")
    (lead,) = pieces.encode(made, ["Lectura:"])
    return Material(
        made,
        Examples(everything, told, Fragments(load_fragments()), answers, Plans(passages), lists),
        batches.snippets(texts, shares, len(pairs), made),
        torch.from_numpy(vectors),
        batches.plain(prose, made),
        {key: [*lead, *ids] for key, ids in zip(names, pieces.encode(made, list(names.values())), strict=True)},
    )


def told_of(situations: Sequence[Situation], kept: Path) -> dict[str, Told]:
    """What can be copied out of each text, its clauses by how much the reader leans on them."""
    known: dict[str, dict[str, float]] = json.loads(kept.read_text(encoding="utf-8")) if kept.is_file() else {}
    keys = {s.id: hearsay.name_of(f"{s.primary}\n{s.text}") for s in situations}
    reader: LinearReader | None = None
    for situation in situations:
        if (key := keys[situation.id]) not in known:
            reader = reader or LinearReader(INCLUDED / "reader", BertEncoder(INCLUDED / "encoder"))
            spans = clauses(situation.text)
            (effects,) = reader.effects(situation.text, spans, [situation.primary])
            known[key] = {situation.text[a:b]: round(e, 4) for (a, b), e in zip(spans, effects, strict=True)}
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(known, ensure_ascii=False), encoding="utf-8")
    return {s.id: told_in(s.text, known[keys[s.id]]) for s in situations}


def first_vectors(made: Tokenizer, width: int, encoder: Path) -> torch.Tensor:
    """(tokens × width): of each piece the encoder's vectors of its letters, in their first `width` directions."""
    words = BertModel.from_pretrained(encoder, add_pooling_layer=False).embeddings.word_embeddings.weight.data
    known = BertTokenizerFast.from_pretrained(encoder)
    mean = words.mean(0)
    found = torch.zeros(made.get_vocab_size(), words.shape[1])
    for number in range(len(found)):
        text = made.decode([number], skip_special_tokens=False).strip()
        ids = known(text, add_special_tokens=False)["input_ids"] if text.isprintable() else []
        found[number] = words[ids].mean(0) if ids else mean
    centred = found - found.mean(0)
    _, _, directions = torch.linalg.svd(centred, full_matrices=False)
    turned = centred @ directions[:width].T
    return turned * (0.02 / turned.std()) + 0.004 * torch.randn(turned.shape)


def _lot(name: str) -> int:
    return int(hashlib.sha256(f"modelo {name}".encode()).hexdigest(), 16)
