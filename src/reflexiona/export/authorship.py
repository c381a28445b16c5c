"""Who wrote an answer, in one sentence for every face."""

from __future__ import annotations

import re

from reflexiona.corpus.lists import Lists
from reflexiona.domain import ModelView, Reflection, Turn
from reflexiona.export.spanish import decimal, lower_first
from reflexiona.opinions import SUGGESTS

_CITES = re.compile(r"\[\d")


def authorship(reflection: Reflection) -> str:
    """A sentence that says what a model wrote and chose, and what is composed."""
    view = reflection.model
    if view is None:
        if reflection.composed and not _CITES.search(reflection.text):
            return "Respuesta del programa, sin modelo de lenguaje."
        if reflection.composed:
            return "Respuesta compuesta con los artículos, sin modelo de lenguaje."
        return "Escrita por un modelo local."
    name = view.name
    if not reflection.composed:
        return f"Escrita por el modelo local {name}."
    if not view.confined:
        return "Respuesta compuesta con los artículos."
    if reflection.taken_up:
        did = f"La frase que recoge lo contado y la elección de los pasos son del modelo {name}"
    else:
        did = f"Los pasos los eligió el modelo {name}" if view.steps else f"El modelo {name} solo dio su lectura"
    return f"{did}; el resto está compuesto con los artículos."


def is_opinion(notice: str) -> bool:
    """Whether a notice says what a model would read: then it is told at the foot, quietly (`opinion`)."""
    return notice.startswith(SUGGESTS)


def opinion(turn: Turn, lists: Lists | None) -> str:
    """What the model that took part in a turn reads by itself, for the foot of the answer.

    Empty where none did, and in danger: there it is not what counts.
    """
    if turn.reading is not None and turn.reading.safety:
        return ""
    said = suggestion(turn.reflection.model, lists) if turn.reflection else ""
    return " ".join(filter(None, (said, *filter(is_opinion, turn.notices))))


def other_notices(turn: Turn) -> tuple[str, ...]:
    """The notices of a turn that are none of that."""
    return tuple(notice for notice in turn.notices if not is_opinion(notice))


def suggestion(view: ModelView | None, lists: Lists | None) -> str:
    """What the included model reads by itself: «El modelo sugiere: Impago (0,41)»; empty without one."""
    if view is None or not view.confined or not view.scenarios:
        return ""
    first = view.scenarios[0]
    name = lists.scenarios[first.id].name if lists and first.id in lists.scenarios else first.id
    return f"{SUGGESTS}: {lower_first(name)} ({decimal(first.p)})."
