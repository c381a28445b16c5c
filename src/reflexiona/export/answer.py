"""The answer to one question as JSON for programs (`preguntar --json`) and as Markdown for people.

The shape is a contract: `version` changes when it does.
"""

from __future__ import annotations

from typing import Any

from reflexiona.about_program import about_program
from reflexiona.corpus.lists import Lists
from reflexiona.domain import Likelihood, ModelView, Passage, Turn
from reflexiona.export.authorship import authorship, opinion, other_notices
from reflexiona.export.markdown import quote, reading_line, step_line

VERSION = 1


def answer_json(
    turn: Turn, conversation: str, ms: dict[str, int], tokens: dict[str, int] | None = None
) -> dict[str, Any]:
    """One object.

    A turn that only asks about the program keeps its reading here: a program may want every key.

    Args:
        turn: was answered.
        conversation: the id under which it is kept, or empty.
        ms: how long each part took.
        tokens: what it cost a model, if any.
    """
    reading, reflection = turn.reading, turn.reflection
    model = reflection.model if reflection else None
    return {
        "version": VERSION,
        "conversation": conversation,
        "scenarios": _likelihoods(reading.scenarios) if reading else [],
        "secondary": _likelihoods(reading.secondary) if reading else [],
        "band": reading.band.value if reading else None,
        "evidence": [evidence.text for evidence in reading.evidence] if reading else [],
        "safety": bool(reading and reading.warns),
        "rumbo": reading.course if reading else None,
        "question": turn.question,
        "passages": [_passage(n, passage) for n, passage in enumerate(turn.passages, start=1)],
        "reflection": reflection.text if reflection else "",
        "unsupported": list(reflection.unsupported) if reflection else [],
        "plan": [{"text": step.text, "when": step.when.value, "source": step.source} for step in turn.plan],
        "draft": {"text": turn.draft.text, "channel": turn.draft.channel.value} if turn.draft else None,
        "notices": list(turn.notices),
        "model": _view(model) if model else None,
        "composed": reflection.composed if reflection else True,
        "tokens": tokens,
        "ms": ms,
    }


def answer_text(turn: Turn, lists: Lists) -> str:
    """The answer for a terminal or a Markdown file: reading, reflection, plan, message, sources."""
    blocks: list[str] = []
    quiet = turn.reading is None or turn.reading.nothing_to_read or turn.reading.safety or about_program(turn)
    if turn.reading and not quiet:
        blocks.append(f"**Lectura** — {reading_line(turn.reading, lists)}")
        if turn.reading.evidence:
            blocks.append(f"Se apoya en: {' · '.join(e.quoted for e in turn.reading.evidence)}.")
    if turn.reflection:
        blocks.append(turn.reflection.text)
    if turn.question:
        blocks.append(f"*{turn.question}*")
    if turn.draft:
        blocks.append(quote(turn.draft.text))
    if turn.plan:
        numbers = {passage.id: n for n, passage in enumerate(turn.passages, start=1)}
        blocks.append("\n".join(("**Siguientes pasos**", *(step_line(step, numbers) for step in turn.plan))))
    if turn.cited:
        shown = ((n, turn.passages[n - 1]) for n in turn.cited)
        lines = (f"[{n}] {p.article_title} › {p.title}" for n, p in shown)
        blocks.append("\n".join(("**Fuentes**", *(f"- {line}" for line in lines))))
    blocks.extend(f"*{notice}*" for notice in other_notices(turn))
    if turn.reflection:
        blocks.append(f"*{' '.join(filter(None, (authorship(turn.reflection), opinion(turn, lists))))}*")
    return "\n\n".join(blocks)


def _view(model: ModelView) -> dict[str, Any]:
    """The model's own choices, and what they make of the reading by the weight that was measured for its file."""
    return {
        "name": model.name,
        "scenarios": _likelihoods(model.scenarios),
        "courses": _likelihoods(model.courses),
        "steps": list(model.steps),
        "weight": model.weight,
        "together": _likelihoods(model.together),
    }


def _likelihoods(found: tuple[Likelihood, ...]) -> list[dict[str, Any]]:
    return [{"id": likelihood.id, "p": round(likelihood.p, 4)} for likelihood in found]


def _passage(n: int, passage: Passage) -> dict[str, Any]:
    return {
        "n": n,
        "id": passage.id,
        "article": passage.article,
        "title": f"{passage.article_title} › {passage.title}",
        "text": passage.text,
        "own": passage.own,
    }
