"""Reads an exported conversation back, with what a person changed in it by hand: texts, check boxes, dates of steps."""

from __future__ import annotations

import re
from dataclasses import replace

import msgspec
import yaml

from reflexiona.domain import Conversation, Step, Turn
from reflexiona.errors import BadInputError
from reflexiona.export.markdown import MARK, VERSION
from reflexiona.situation import clean

_ID = re.compile(r"[\w-]+")
"""What an id may be: it stands in names of actions and in searches."""
_FRONT = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_TURN = re.compile(rf"^{re.escape(MARK)}turno (.*) -->$", re.MULTILINE)
_STEP = re.compile(
    r"^- \[([ xX])\] (?:Hoy|Esta semana|Después): (.*?)(?: \((\d{4}-\d\d-\d\d)\))?(?: \[\d+\])?$", re.MULTILINE
)


def from_markdown(text: str) -> Conversation:
    """The conversation of an exported file.

    Raises:
        BadInputError: the file was not exported by Reflexiona, or was damaged.
    """
    text = text.replace("\r\n", "\n")
    front = _FRONT.match(text)
    try:
        head = yaml.safe_load(front[1]) if front else {}
        if not isinstance(head, dict) or head.get("reflexiona") != VERSION:
            raise BadInputError(
                "El archivo no es una conversación exportada por Reflexiona.",
                "Hace falta uno escrito con «reflexiona casos exporta».",
            )
        starts = list(_TURN.finditer(text))
        ends = [start.start() for start in starts[1:]] + [len(text)]
        turns = tuple(_turn(start[1], text[start.end() : end]) for start, end in zip(starts, ends, strict=True))
        return Conversation(
            _id(str(head["id"])), clean(str(head["titulo"])), str(head["creado"]), str(head["actualizado"]), turns
        )
    except (yaml.YAMLError, msgspec.MsgspecError, KeyError, ValueError) as error:
        raise BadInputError(
            "La conversación exportada está dañada y no se puede leer.", "Comprueba que el archivo está completo."
        ) from error


def _id(told: str) -> str:
    if not _ID.fullmatch(told):
        raise ValueError("an id that nobody gave")
    return told


def _turn(hidden: str, body: str) -> Turn:
    turn = msgspec.json.decode(hidden, type=Turn)
    _id(turn.id)
    passages = dict(
        re.findall(rf"{re.escape(MARK)}pasaje (.*?) -->\n\n(.*?)\n\n{re.escape(MARK)}fin -->", body, re.DOTALL)
    )
    own_text = re.match(r"\n*## [^\n]*\n\n((?:>[^\n]*\n?)+)", body)
    if not own_text:
        raise ValueError("a turn without its text")
    reflection = turn.reflection and replace(turn.reflection, text=_between(body, "reflexion"))
    draft = turn.draft and replace(turn.draft, text=_unquoted(_between(body, "mensaje")))
    return replace(
        turn,
        text=clean(_unquoted(own_text[1])),
        reflection=reflection,
        draft=draft,
        plan=_plan(turn, body),
        passages=tuple(p if p.text else replace(p, text=_unquoted(passages[p.id])) for p in turn.passages),
    )


def _plan(turn: Turn, body: str) -> tuple[Step, ...]:
    section = re.search(r"^### Siguientes pasos\n\n((?:- \[[ xX]\] [^\n]*\n?)+)", body, re.MULTILINE)
    found = _STEP.findall(section[1]) if section else []
    if len(found) != len(turn.plan):
        return turn.plan
    return tuple(
        replace(step, done=tick != " ", text=text, date=date)
        for step, (tick, text, date) in zip(turn.plan, found, strict=True)
    )


def _between(body: str, name: str) -> str:
    found = re.search(rf"{re.escape(MARK)}{name} -->\n\n(.*?)\n\n{re.escape(MARK)}fin -->", body, re.DOTALL)
    return found[1] if found else ""


def _unquoted(text: str) -> str:
    return "\n".join(re.sub(r"^> ?", "", line) for line in text.rstrip("\n").split("\n"))
