"""The orders of line mode that go on otherwise from an earlier point, in a conversation of its own; and back."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from reflexiona.branches import branch_title, same_again
from reflexiona.cli.kept import tell_opened
from reflexiona.cli.orders import is_order, leaves, number
from reflexiona.cli.reading import can_recall
from reflexiona.cli.room import Act, Room
from reflexiona.errors import BadInputError
from reflexiona.own_editor import OFF_RECORD, UNCHANGED, OwnEditor
from reflexiona.situation import clean, fold

_EDITOR = "editor"


class BranchOrders:
    """What is done from an earlier point of the open conversation."""

    def __init__(self, room: Room) -> None:
        self._room = room

    @property
    def acts(self) -> Mapping[str, Act]:
        """By id of the order."""
        return {"cambia": self._change, "otra": self._once_more, "vuelve": self._back}

    def _change(self, rest: str) -> None:
        turns = self._room.case.turns
        words = fold(rest).split()
        with_editor = _EDITOR in words
        which = " ".join(word for word in words if word != _EDITOR)
        place = number(which, len(turns), "ningún texto") - 1 if which else len(turns) - 1
        before = turns[place].text
        text = self._in_editor(before) if with_editor else self._written(before)
        if text is None:
            return
        if not clean(text) or clean(text) == before:
            self._room.console.message(UNCHANGED)
        else:
            self._branch(place, text)

    def _once_more(self, rest: str) -> None:
        turns = self._room.case.turns
        model = self._room.runner.run(self._room.session.engine.status()).model
        if told := same_again(turns[-1], model):
            raise BadInputError(f"{told}.", "/cambia deja cambiar el texto.")
        self._branch(len(turns) - 1, None)

    def _back(self, rest: str) -> None:
        room = self._room
        if room.before is None:
            raise BadInputError("Aquí no hay ninguna rama de la que volver.", "/casos dice lo que hay guardado.")
        here, kept = room.case, room.session.store is not None
        there = room.store.get(room.before.id) if kept else room.before
        room.put_open(there, kept=kept)
        room.before = here
        tell_opened(room.console, there)

    def _branch(self, place: int, text: str | None) -> None:
        room = self._room
        taken = [summary.title for summary in room.store.list()]
        if room.before is not None:
            taken.append(room.before.title)
        room.console.message("Va como rama: la conversación de antes queda igual, y /vuelve lleva a ella.")
        room.branch(place, branch_title(room.case.title, taken), text)

    def _written(self, before: str) -> str | None:
        """The text that the person writes instead; None: they do something else, and that was said."""
        room = self._room
        room.console.line(f"Tu texto:\n{before}")
        recalled = "; ↑ lo trae aquí" if can_recall(before) else ""
        room.console.message(
            f"Escribe cómo queda{recalled}. Una línea vacía lo envía; sin nada escrito, lo deja como está."
        )
        line = room.next_line()
        if line is None or not line.strip():
            return ""
        if is_order(line) or leaves(line, in_danger=room.in_danger):
            room.console.message(UNCHANGED)
            room.unread = line
            return None
        return room.text_from(line)

    def _in_editor(self, before: str) -> str:
        if self._room.session.store is None:
            raise BadInputError(OFF_RECORD, "/cambia, a solas, deja escribirlo aquí.")
        if not sys.stdin.isatty():
            raise BadInputError("Aquí no se puede abrir un editor.", "/cambia, a solas, deja escribir el texto.")
        return OwnEditor().edit(before, self._room.data)
