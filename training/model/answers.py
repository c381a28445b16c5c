"""Answers that hands wrote whole, for situations of the labelled texts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from reflexiona.domain import Register
from training.model.fragments import FOLDER


@dataclass(frozen=True, slots=True)
class Answer:
    """What a hand wrote for one situation."""

    id: str
    register: Register
    opening: str
    """One or two sentences that take up what the person told."""
    body: str
    """Options, suggestion, what would change it; Markdown with [n] of `passages`."""
    question: str
    steps: tuple[str, ...]
    """The plan in its order, as the steps stand in the corpus."""
    passages: tuple[str, ...]


def load_answers(folder: Path = FOLDER) -> dict[str, Answer]:
    """Every answer by the id of its situation."""
    found = {}
    for path in sorted(folder.glob("respuestas_*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            found[row["id"]] = Answer(
                row["id"],
                Register(row["register"]),
                row["recoge"],
                row["cuerpo"],
                row["pregunta"],
                tuple(row["pasos"]),
                tuple(row["passages"]),
            )
    return found
