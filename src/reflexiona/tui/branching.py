"""Going on otherwise from an earlier point: a sent text changed, or answered once more. Each begins a conversation.

The one that was there stays as it is, so that no answer is lost.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reflexiona.errors import ReflexionaError
from reflexiona.settings import INCLUDED_MODEL
from reflexiona.tui.deeds import place_read
from reflexiona.tui.messages import Failed
from reflexiona.tui.widgets.branch import Stem

if TYPE_CHECKING:
    from reflexiona.domain import Conversation, Turn
    from reflexiona.tui.desk import Desk
    from reflexiona.tui.screens.main import MainScreen

_BRANCH = re.compile(r"Rama (\d+) · ")


async def edit(screen: MainScreen) -> None:
    """Puts a sent text into the composer: that of the turn that is being read, or the one before the one it holds."""
    talk = screen.talk
    desk, case, stem = talk.desk, talk.desk.conversation if talk.desk else None, talk.branch.stem
    if desk is None or case is None or not case.turns:
        screen.notify("Aquí todavía no hay ningún texto enviado que cambiar.", markup=False)
        return
    place = (stem.place - 2) % len(case.turns) if stem else place_read(screen)
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
    if told := _same_again(screen, last):
        key = screen.key_of("edit")
        screen.notify(f"{told} saldría lo mismo; {key} trae el texto para cambiarlo.", markup=False)
        return
    title = await _title(screen, desk, case)
    if desk.current == case.id and _at_rest(screen, desk, case, case.turns):
        desk.branch(case.id, last.id, title)


def _same_again(screen: MainScreen, turn: Turn) -> str:
    """Why another answer to a turn would say the same; empty: it would not, a model writes it."""
    from reflexiona.export.asides import about_program  # the first frame does not wait for what it imports

    if screen.model in ("", INCLUDED_MODEL):
        return "Sin un modelo descargado"
    reading, reflection = turn.reading, turn.reflection
    told = reading is not None and (reading.safety or reading.worrying or reading.nothing_to_read)
    only_words = turn.draft is not None and reflection is not None and reflection.composed
    return "Esto no lo escribe ningún modelo:" if told or only_words or about_program(turn) else ""


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
    stem = _BRANCH.sub("", case.title, count=1)
    found = [(_BRANCH.match(title), title) for title in titles]
    numbers = [int(match[1]) for match, title in found if match and title[match.end() :] == stem]
    return f"Rama {max(numbers, default=0) + 1} · {stem}"
