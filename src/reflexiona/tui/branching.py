"""Going on otherwise from an earlier point: a sent text changed, or answered once more. Each begins a conversation.

The one that was there stays as it is, so that no answer is lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reflexiona.branches import branch_title, same_again
from reflexiona.errors import ReflexionaError
from reflexiona.tui.deeds import place_read
from reflexiona.tui.messages import Failed
from reflexiona.tui.widgets.branch import Stem

if TYPE_CHECKING:
    from reflexiona.domain import Conversation, Turn
    from reflexiona.tui.desk import Desk
    from reflexiona.tui.screens.main import MainScreen


async def edit(screen: MainScreen, turn_id: str = "") -> None:
    """Puts a sent text into the composer.

    Args:
        screen: whose.
        turn_id: which; empty: that of the turn that is being read, or the one before the one that the composer holds.
    """
    talk = screen.talk
    desk, case, stem = talk.desk, talk.desk.conversation if talk.desk else None, talk.branch.stem
    if desk is None or case is None or not case.turns:
        screen.notify("Aquí todavía no hay ningún texto enviado que cambiar.", markup=False)
        return
    asked = next((place for place, turn in enumerate(case.turns) if turn.id == turn_id), None)
    if asked is None and turn_id:
        return  # of a conversation that has just left the table
    place = asked if asked is not None else (stem.place - 2) % len(case.turns) if stem else place_read(screen)
    if not _at_rest(screen, desk, case, case.turns[:place]):
        return
    title = await _title(screen, desk, case)
    if desk.current != case.id:
        return  # the person has gone elsewhere meanwhile
    turn = case.turns[place]
    key = screen.key_of("edit")
    screen.leave_panel()
    talk.keep_aside(talk.branch.take_up(Stem(case.id, turn.id, turn.text, place + 1, len(case.turns), title), key))
    talk.transcript.show_turn(turn.id)


async def regenerate(screen: MainScreen) -> None:
    """Has the last text answered once more, with another seed."""
    desk, last = screen.talk.desk, screen.talk.last
    case = desk.conversation if desk else None
    if desk is None or case is None or last is None:
        screen.notify("Aquí todavía no hay ninguna respuesta.", markup=False)
        return
    if not _at_rest(screen, desk, case, case.turns):
        return
    if told := same_again(last, screen.model):
        screen.notify(f"{told}; {screen.key_of('edit')} trae el texto para cambiarlo.", markup=False)
        return
    title = await _title(screen, desk, case)
    if desk.current == case.id and _at_rest(screen, desk, case, case.turns):
        desk.branch(case.id, last.id, title)


def _at_rest(screen: MainScreen, desk: Desk, case: Conversation, turns: tuple[Turn, ...]) -> bool:
    """Whether nobody is answering any of these turns; says so otherwise."""
    if any(desk.pending(case.id, turn.id) or turn.id in desk.elsewhere for turn in turns):
        screen.notify("Se podrá en cuanto termine la respuesta (Esc la detiene).", markup=False)
        return False
    return True


async def _title(screen: MainScreen, desk: Desk, case: Conversation) -> str:
    """The title of the next branch: that of the conversation, with a number that no branch of it has."""
    assert screen.backstage is not None
    titles = [desk.notebook[one].title for one in desk.temporaries]
    try:
        titles += [summary.title for summary in await screen.backstage.keeper.do(lambda store: store.list())]
    except ReflexionaError as error:  # the branch is none the worse for a number that comes twice
        screen.post_message(Failed(error))
    return branch_title(case.title, titles)
