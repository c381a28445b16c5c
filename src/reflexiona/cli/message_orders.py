"""The orders of line mode about the message to the client: read it, have it otherwise, copy it, write it to a file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from reflexiona.cli.answer import tell_draft
from reflexiona.cli.flow import Page
from reflexiona.cli.kept import write_new
from reflexiona.cli.room import Act, Room
from reflexiona.domain import Channel, Draft, Register, Tone, Turn
from reflexiona.errors import BadInputError
from reflexiona.paths import path_of
from reflexiona.rewording import ASKS, last_message, outdated, reworded, wish
from reflexiona.situation import fold

K = TypeVar("K")

_CHANNELS = {
    Channel.EMAIL: {"correo", "email", "mail"},
    Channel.WHATSAPP: {"whatsapp", "wasap", "wpp"},
    Channel.CALL: {"llamada", "guion", "telefono"},
}
_TONES = {
    Tone.BALANCED: {"equilibrado", "normal"},
    Tone.FIRMER: {"firme", "duro", "serio"},
    Tone.WARMER: {"calido", "amable", "suave"},
    Tone.SHORTER: {"breve", "corto"},
}
_REGISTERS = {Register.TU: {"tu"}, Register.VOS: {"vos"}, Register.USTED: {"usted"}}
_BETWEEN = {"mas", "de", "un", "una", "por", "en", "y", "para", "tono", "trato", "con"}
_FILE = "mensaje-para-el-cliente.txt"
_HOW = "Se puede decir: correo, whatsapp o llamada; firme, cálido, breve o equilibrado; de tú, de vos o de usted."


class MessageOrders:
    """What is done with the message to the client."""

    def __init__(self, room: Room) -> None:
        self._room = room

    @property
    def acts(self) -> Mapping[str, Act]:
        """By id of the order."""
        return {"mensaje": self._message, "copia": self._copy, "guarda": self._save}

    def _message(self, rest: str) -> None:
        turns = self._room.case.turns
        self._room.work_waits("ningún mensaje")
        turn = last_message(turns)
        if turn is None or outdated(turns):
            self._ask(rest, turn)
        elif not rest:
            self._tell(turn)
        else:
            self._reword(turn, rest)

    def _ask(self, rest: str, before: Turn | None) -> None:
        """Asks for a message, as a turn; `before`: that of the one proposed last, as the case was then."""
        earlier = before.draft if before else None
        if earlier:
            self._room.console.message("El caso ha cambiado desde el último mensaje: pido uno nuevo.")
        usual = earlier or Draft("", Channel.EMAIL, self._room.case.turns[-1].register, Tone.BALANCED)
        self._room.ask(wish(_wanted(rest, usual)) if rest or earlier else ASKS)

    def _reword(self, turn: Turn, rest: str) -> None:
        assert turn.draft is not None
        session = self._room.session
        case = self._room.case
        place = case.turns.index(turn)
        coming = reworded(session.engine, _wanted(rest, turn.draft), case.turns[: place + 1], session.manner.country)
        draft = self._room.runner.run(coming)
        if draft is None:
            raise BadInputError("En los artículos no hay un mensaje así para este caso.", "Queda el que había.")
        turn = replace(turn, draft=draft)
        session.put(turn)
        self._tell(turn)

    def _tell(self, turn: Turn) -> None:
        assert turn.draft is not None
        tell_draft(Page(self._room.console), turn.draft)
        self._room.console.message("/copia lo copia, /guarda lo escribe en un archivo.")

    def _copy(self, rest: str) -> None:
        from reflexiona.clipboard import with_tools

        if self._room.runner.run(with_tools(self._last().text)):
            self._room.console.message(f"Mensaje copiado.{self._old()}")
        else:
            raise BadInputError("Aquí no hay con qué copiar.", "/guarda lo escribe en un archivo.")

    def _save(self, rest: str) -> None:
        target = path_of(rest or _FILE)
        write_new(target, f"{self._last().text}\n")
        self._room.console.message(f"Guardado en {target}.{self._old()}")

    def _old(self) -> str:
        stale = outdated(self._room.case.turns)
        return " Es de antes de lo último que se contó: /mensaje propone otro." if stale else ""

    def _last(self) -> Draft:
        """The message that was proposed last; none while help is what counts."""
        self._room.work_waits("ningún mensaje")
        turn = last_message(self._room.case.turns)
        if turn is None or turn.draft is None:
            raise BadInputError("Todavía no hay un mensaje propuesto.", "/mensaje lo pide.")
        return turn.draft


def _wanted(said: str, before: Draft) -> Draft:
    """The message before, with the channel, tone and register that are said."""
    channel, tone, register = before.channel, before.tone, before.register
    for word in re.findall(r"\w+", fold(said)):
        if (found := _named(_CHANNELS, word)) is not None:
            channel = found
        elif (sound := _named(_TONES, word)) is not None:
            tone = sound
        elif (manner := _named(_REGISTERS, word)) is not None:
            register = manner
        elif word not in _BETWEEN:
            raise BadInputError(f"No sé cómo es un mensaje «{word}».", _HOW)
    return replace(before, channel=channel, tone=tone, register=register)


def _named(words: Mapping[K, set[str]], word: str) -> K | None:
    return next((kind for kind, names in words.items() if word in names), None)
