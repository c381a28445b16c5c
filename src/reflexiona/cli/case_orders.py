"""The orders of line mode about conversations: list, search, open, read, rename, delete, export, begin anew."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace

from reflexiona.cli.console import one_line
from reflexiona.cli.kept import delete_case, export_case, found_line, import_case, listed_line, tell_case, tell_opened
from reflexiona.cli.orders import number
from reflexiona.cli.room import Act, Room
from reflexiona.domain import Conversation
from reflexiona.errors import BadInputError, NotFoundError
from reflexiona.situation import clean, fold
from reflexiona.text_files import file_at, text_of

AT_ONCE = 10
"""Conversations that are listed unless all are asked for: a listener cannot skip lines."""
_BOTH_FORGOTTEN = "Olvidadas esta y la conversación de la que salió: eran temporales y no estaban guardadas."
_REDACTED = re.compile(r"[-–—]{0,2}s[ií]n[\s_-]+datos(?: personales)?(?:\s+|$)", re.IGNORECASE)
"""What asks for an export without personal data, however it is written."""
_NO_FILE = re.compile(r"-(?!$)|[–—]|s[ií]n(?:[\s_-]*datos|\s)", re.IGNORECASE)
"""Sounds like asking for something; nobody calls a file so."""


class CaseOrders:
    """What is done with whole conversations."""

    def __init__(self, room: Room) -> None:
        self._room = room

    @property
    def acts(self) -> Mapping[str, Act]:
        """By id of the order."""
        return {
            "casos": self._list,
            "busca": self._search,
            "abre": self._open,
            "lee": self._read,
            "titulo": self._rename,
            "borra": self._delete,
            "exporta": self._export,
            "importa": self._import,
            "nuevo": self._begin_anew,
            "temporal": self._off_record,
        }

    def _list(self, rest: str) -> None:
        everything = fold(rest) in ("todos", "todas")
        if rest and not everything:
            raise BadInputError(f"No entiendo «/casos {rest}».", "Se escribe /casos, /casos todos o /busca PALABRAS.")
        found = self._room.store.list()
        shown = found if everything else found[:AT_ONCE]
        self._show([summary.id for summary in shown], [listed_line(summary, self._room.lists) for summary in shown])
        if not found:
            self._room.console.message("Todavía no hay ningún caso guardado.")
        elif len(shown) < len(found):
            self._room.console.message(f"Y {len(found) - len(shown)} más: /casos todos, o /busca PALABRAS.")

    def _search(self, rest: str) -> None:
        found = self._room.store.search(rest)
        self._show([match.summary.id for match in found], list(map(found_line, found)))
        if not found:
            self._room.console.message("Ningún caso tiene esas palabras.")

    def _show(self, ids: Sequence[str], lines: Sequence[str]) -> None:
        self._room.listed = tuple(ids)
        for place, line in enumerate(lines, start=1):
            self._room.console.line(f"{place}. {line}")
        if lines:
            self._room.console.message("Para seguir con una: /abre y su número.")

    def _open(self, rest: str) -> None:
        case = self._chosen(rest)
        self._room.open_instead(case)
        tell_opened(self._room.console, case)

    def _read(self, rest: str) -> None:
        tell_case(self._room.console, self._room.lists, self._room.case)

    def _rename(self, rest: str) -> None:
        case, title = self._room.case, one_line(clean(rest))
        if self._room.session.store:
            self._room.store.rename(case.id, title)
        self._room.session.conversation = replace(case, title=title)
        self._room.console.message(f"Ahora se llama «{title}».")

    def _delete(self, rest: str) -> None:
        session = self._room.session
        if not rest and session.conversation and session.store is None:
            told = _BOTH_FORGOTTEN if self._room.before else "Olvidada: era temporal y no estaba guardada."
            self._room.put_open(None)
            self._room.console.message(f"{told} La siguiente se guarda, salvo con /temporal.")
            return
        case = self._chosen(rest) if rest else self._room.case
        if not sys.stdin.isatty():
            raise BadInputError(
                "Borrar es para siempre, y aquí no se puede preguntar.",
                f"Fuera de aquí lo hace «reflexiona casos borra {case.id} --si».",
            )
        if not delete_case(self._room.console, self._room.store, case, unread=self._read_next):
            return
        if session.conversation and session.conversation.id == case.id:
            self._room.put_open(None)
        elif self._room.before and self._room.before.id == case.id:
            self._room.before = None

    def _read_next(self, line: str) -> None:
        self._room.unread = line
        self._room.console.message("Esa línea cuenta como lo siguiente que escribes.")

    def _export(self, rest: str) -> None:
        asked = _REDACTED.match(rest)
        target = rest[asked.end() :] if asked else rest
        if _NO_FILE.match(target):
            raise BadInputError(
                f"No entiendo «/exporta {rest}».",
                "Se escribe /exporta ARCHIVO o /exporta sin datos ARCHIVO; si se llama así, con «./» delante.",
            )
        export_case(self._room.console, self._room.lists, self._room.case, target, redact=asked is not None)

    def _import(self, rest: str) -> None:
        case = import_case(self._room.console, self._room.store, text_of(file_at(rest)))
        self._room.open_instead(case)
        tell_opened(self._room.console, case)

    def _begin_anew(self, rest: str) -> None:
        self._room.open_instead(None)
        self._room.console.message("Conversación nueva.")

    def _off_record(self, rest: str) -> None:
        self._room.open_instead(None, kept=False)
        self._room.console.message(
            "Conversación temporal: nada de ella se guarda; se pierde al salir o con /nuevo, /abre, /importa o /borra. "
            "Con /exporta queda en un archivo."
        )

    def _chosen(self, rest: str) -> Conversation:
        """A conversation by its number in the last list, or by its id."""
        if not self._room.listed:
            self._room.listed = tuple(summary.id for summary in self._room.store.list()[:AT_ONCE])
        if rest.isdecimal() and len(rest) < 5:
            return self._room.store.get(self._room.listed[number(rest, len(self._room.listed), "ningún caso") - 1])
        try:
            return self._room.store.get(rest)
        except NotFoundError as error:
            raise NotFoundError(error.message, "/casos dice los que hay, con su número.") from None
