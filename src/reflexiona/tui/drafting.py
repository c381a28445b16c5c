"""Having the message to the client written, and changing it: what the command that opens its screen does."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from reflexiona.domain import Draft, Turn
from reflexiona.errors import ReflexionaError
from reflexiona.rewording import ASKS, last_message, outdated, reworded, wish
from reflexiona.safety import in_danger, work_waits

if TYPE_CHECKING:
    from reflexiona.tui.desk import Desk
    from reflexiona.tui.screens.main import MainScreen

_LOOK = 0.05


async def open_message(screen: MainScreen) -> None:
    """Opens the last message proposed; where there is none, or the case has changed since, asks for one first."""
    desk = screen.talk.desk
    if desk is None or desk.conversation is None or not desk.conversation.turns:
        screen.notify("Primero hace falta contar qué pasa: el mensaje sale de ahí.", markup=False)
        return
    if desk.answering(desk.conversation.id):
        screen.notify("El mensaje se abre en cuanto termine la respuesta.", markup=False)
        return
    if in_danger(desk.conversation.turns):
        screen.notify(str(work_waits("ningún mensaje", desk.conversation.turns)), timeout=8, markup=False)
        return
    turn = last_message(desk.conversation.turns)
    if turn is None or outdated(desk.conversation.turns):
        screen.run_worker(_ask_first(screen, desk, turn), group="message", exclusive=True)
    else:
        _show(screen, desk, turn)


async def _ask_first(screen: MainScreen, desk: Desk, before: Turn | None) -> None:
    """Asks for a message, as a turn; `before`: that of the one proposed last, as the case was then."""
    asked = desk.ask(wish(before.draft) if before and before.draft else ASKS)
    case_id = desk.current
    assert case_id is not None
    while desk.pending(case_id, asked.id):
        await asyncio.sleep(_LOOK)
    if desk.current != case_id:
        return  # the person has gone elsewhere
    turn = desk.notebook.turn(case_id, asked.id)
    if turn.draft is not None:
        _show(screen, desk, turn, before.draft if before else None)
    elif turn.status == "done":
        left = " como está ahora: queda el de antes, F4 lo abre." if before else "."
        screen.notify(f"En los artículos no hay un mensaje para este caso{left}", markup=False)


def _show(screen: MainScreen, desk: Desk, turn: Turn, earlier: Draft | None = None) -> None:
    """Opens the message of a turn; `earlier`: the one that it takes the place of."""
    from reflexiona.tui.screens.message import MessageScreen

    case_id = desk.current
    assert turn.draft is not None
    assert case_id is not None
    before = turn.draft

    def keep(draft: Draft) -> None:
        desk.notebook.put(case_id, replace(desk.notebook.turn(case_id, turn.id), draft=draft), soon=True)

    async def propose(wanted: Draft) -> Draft | None:
        case = desk.notebook[case_id]
        place = next(n for n, one in enumerate(case.turns) if one.id == turn.id)
        return await proposed(screen, desk, wanted, case.turns[: place + 1])

    def done(_: None) -> None:
        if desk.current != case_id or desk.notebook.turn(case_id, turn.id).draft == before:
            return
        if screen.talk.last is not None and screen.talk.last.id == turn.id:
            screen.talk.refresh_last()
        else:
            desk.open(desk.conversation)

    screen.app.push_screen(MessageScreen(turn.draft, propose, keep, earlier), done)


async def proposed(screen: MainScreen, desk: Desk, wanted: Draft, history: Sequence[Turn]) -> Draft | None:
    """Another message for the case, beside the conversation: nothing is added to it.

    Args:
        screen: whose engine is asked.
        desk: says whether it is free.
        wanted: the message last proposed, with the channel, register and tone that are wanted.
        history: the conversation up to the turn of the message.

    Raises:
        ReflexionaError: the engine failed, or is busy.
    """
    if desk.busy or screen.backstage is None:
        raise ReflexionaError("El motor está respondiendo.", "En cuanto termine se puede cambiar el mensaje.")
    return await reworded(screen.backstage.engine, wanted, history, desk.country)
