"""What is done with whole conversations: finding, renaming, deleting and thinking again, keeping nothing at all."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from reflexiona.errors import ReflexionaError
from reflexiona.tui.messages import Failed
from reflexiona.tui.widgets.lines import Farewell, Masthead

if TYPE_CHECKING:
    from reflexiona.domain import Conversation
    from reflexiona.storage.conversations import ConversationStore
    from reflexiona.tui.keeper import Keeper
    from reflexiona.tui.screens.main import MainScreen


async def search_all(screen: MainScreen) -> None:
    """Opens the archive, and then what was chosen there, at the words that were looked for."""
    from reflexiona.tui.screens.archive import Archive, Choice

    if screen.backstage is None:
        return

    async def go_on(choice: Choice | None) -> None:
        if choice is not None:
            await _open_at(screen, choice)

    now: datetime = screen.backstage.clock().astimezone()
    screen.app.push_screen(Archive(screen.backstage.keeper, screen.talk.lists, now), go_on)


async def _open_at(screen: MainScreen, choice: object) -> None:
    from reflexiona.tui.deeds import resume
    from reflexiona.tui.screens.archive import Choice

    assert isinstance(choice, Choice)
    await resume(screen, choice.case)
    desk = screen.talk.desk
    case = desk.conversation if desk else None
    if case is None or not choice.words:
        return
    turn = next((place for place, turn in enumerate(case.turns) if turn.id == choice.turn), None)
    # the pages of the conversation are being mounted: the search comes after that
    screen.talk.when_laid_out(lambda: screen.talk.find(choice.words, turn))


async def find_here(screen: MainScreen) -> None:
    """Looks for words in the conversation on the table."""
    if screen.talk.last is None:
        screen.notify("Aquí todavía no hay nada escrito. Ctrl+R busca en todos los casos.", markup=False)
        return
    if not screen.has_class("-talk"):
        screen.leave_panel()
    await screen.talk.find()


async def rename(screen: MainScreen) -> None:
    """Asks for another title of the conversation that is marked in the list, or is on the table."""
    from reflexiona.tui.deeds import refresh_cases
    from reflexiona.tui.screens.ask import Ask

    case = await _pointed_at(screen)
    desk = screen.talk.desk
    if case is None or desk is None:
        return

    async def renamed(title: str | None) -> None:
        if title is None:
            return
        desk.notebook.rename(case.id, title)
        if desk.current == case.id:
            screen.query_one(Masthead).entitle(title)
        await refresh_cases(screen)

    screen.app.push_screen(Ask("¿Qué título le pones?", case.title), renamed)


async def delete(screen: MainScreen) -> None:
    """Takes a conversation out of sight; it is erased when the time to think again is over."""
    from reflexiona.tui.deeds import recall, refresh_cases

    case = await _pointed_at(screen)
    desk, backstage = screen.talk.desk, screen.backstage
    if case is None or desk is None or backstage is None:
        return
    if desk.answering(case.id):
        screen.notify("Se está respondiendo en este caso: hay que detenerlo (Esc) antes de borrarlo.", markup=False)
        return
    try:
        if case.id not in desk.temporaries:
            elsewhere = await backstage.keeper.do(lambda store: store.elsewhere())
            if any(turn.id in elsewhere for turn in case.turns):
                screen.notify("Otra ventana está respondiendo en este caso: aún no se puede borrar.", markup=False)
                return
            await backstage.keeper.do(lambda store: store.bin.put(case.id))
    except ReflexionaError as error:
        screen.post_message(Failed(error))
        return
    if desk.current == case.id:
        desk.open(None)
    screen.query_one(Farewell).add(case)
    if case.id not in desk.temporaries:
        await _say_what_stays(screen, backstage.keeper, case)
    await refresh_cases(screen)
    await recall(screen)


async def _say_what_stays(screen: MainScreen, keeper: Keeper, case: Conversation) -> None:
    """Names a conversation that holds the same texts as one that is being deleted, if there is one."""
    try:
        others = await keeper.do(lambda store: _beginning_alike(store, case))
    except ReflexionaError as error:  # it goes all the same, and can be brought back
        screen.post_message(Failed(error))
        return
    if others:
        more = f" y {len(others) - 1} más" if len(others) > 1 else ""
        screen.notify(f"Lo que comparte con «{others[0]}»{more} queda allí.", markup=False)


def _beginning_alike(store: ConversationStore, case: Conversation) -> list[str]:
    """Titles of other conversations that begin with the same text: branches, or what they branched off."""
    if not case.turns:
        return []
    text = case.turns[0].text
    found = [hit.summary for hit in store.search(text[:200].rpartition(" ")[0] or text)]
    return [one.title for one in found if one.id != case.id and store.get(one.id).turns[0].text == text]


async def undo(screen: MainScreen) -> None:
    """Brings back what was deleted last, if there is still time."""
    from reflexiona.tui.deeds import refresh_cases, resume

    case = screen.query_one(Farewell).take_back()
    desk, backstage = screen.talk.desk, screen.backstage
    if case is None or desk is None or backstage is None:
        screen.notify("No hay nada que deshacer: lo borrado ya no está.", markup=False)
        return
    if case.id in desk.temporaries:
        desk.open_temporary(case.id)
        return
    try:
        await backstage.keeper.do(lambda store: store.bin.take_back(case.id))
    except ReflexionaError as error:
        screen.post_message(Failed(error))
        return
    await resume(screen, case.id)
    await refresh_cases(screen)


async def part(screen: MainScreen, case: Conversation) -> None:
    """Erases a conversation for good: from the disk, and what this window remembers of it."""
    desk, backstage = screen.talk.desk, screen.backstage
    if desk is None or backstage is None:
        return
    temporary = case.id in desk.temporaries
    desk.forget(case.id)
    pockets = screen.talk.pockets
    pockets.unlearn(case.id, {turn.text for turn in case.turns})
    if temporary:
        if not desk.temporaries:  # else what is typed off the record may belong to one that is left
            pockets.drop()
    else:
        try:
            pockets.unlearn(case.id, await backstage.keeper.do(lambda store: store.drafts.made_of(case.id)))
            await backstage.keeper.do(lambda store: store.bin.erase(case.id))
        except ReflexionaError as error:
            screen.post_message(Failed(error))
            return
    from reflexiona.tui.clipboard import forget

    forget()
    screen.notify("Borrado para siempre.", markup=False)


async def off_record(screen: MainScreen) -> None:
    """Goes to the conversation that is kept nowhere; there, back to the others."""
    desk = screen.talk.desk
    if desk is None:
        return
    if desk.off_record:
        desk.open(None)
    else:
        while desk.temporaries and (leaving := screen.query_one(Farewell).hurry(desk.temporaries[-1])):
            await part(screen, leaving)
        desk.open_temporary()
    screen.leave_panel()


async def _pointed_at(screen: MainScreen) -> Conversation | None:
    """The conversation that is marked in the list, where the list has the focus; else the one on the table."""
    from reflexiona.tui.widgets.cases import Cases

    desk, backstage = screen.talk.desk, screen.backstage
    if desk is None or backstage is None:
        return None
    listed = next((cases for cases in screen.query(Cases) if cases.focused), None)
    case_id = listed.marked if listed else desk.current
    if case_id is None:
        screen.notify("No hay ninguna conversación abierta ni marcada en la lista (Ctrl+L).", markup=False)
        return None
    if case_id in desk.temporaries or (case_id == desk.current and desk.answering(case_id)):
        return desk.notebook[case_id]
    try:
        return await backstage.keeper.do(lambda store: store.get(case_id))
    except ReflexionaError as error:
        screen.notify(str(error), severity="warning", markup=False)
        return None
