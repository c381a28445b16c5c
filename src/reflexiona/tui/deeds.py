"""What the commands of the main screen do."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from reflexiona.errors import ReflexionaError
from reflexiona.safety import in_danger
from reflexiona.tui import indexing, planning
from reflexiona.tui.messages import Branched, Failed, Opened, Rested, TurnAdded, TurnChanged, TurnRetaken
from reflexiona.tui.phrases import several
from reflexiona.tui.widgets.lines import Farewell, Masthead

if TYPE_CHECKING:
    from reflexiona.domain import Step
    from reflexiona.tui.backstage import Backstage, Kept
    from reflexiona.tui.screens.main import MainScreen

Change = Opened | Branched | TurnAdded | TurnRetaken | TurnChanged | Rested
"""What changes the conversation on the table."""
LOOK_EVERY = 1.0
"""Seconds between two looks at an answer that another window is giving."""


async def begin(screen: MainScreen, backstage: Backstage) -> None:
    """The start, after the first frame: engine first, then what was kept, then the panels."""
    from reflexiona.tui.answering import Surroundings
    from reflexiona.tui.backstage import kept
    from reflexiona.tui.desk import Desk

    talk = screen.talk
    world = Surroundings(backstage.now, backstage.new_id, backstage.country, backstage.register)
    desk = Desk(backstage.engine, backstage.keeper, talk.post_message, world)
    screen.run_worker(desk.run(), group="engine", exit_on_error=True)
    if backstage.own_encoder:
        indexing.prepare(screen)
    try:
        found = await backstage.keeper.do(kept)
    except ReflexionaError as error:
        found = None
        screen.post_message(Failed(error))
    await _mount_panels(screen)
    try:
        talk.lists = await backstage.shelf.lists()
    except ReflexionaError as error:
        screen.post_message(Failed(error))
    talk.equip(desk)
    if found is not None:
        await _take_up(screen, found)


async def _mount_panels(screen: MainScreen) -> None:
    from reflexiona.tui.widgets.cases import Cases
    from reflexiona.tui.widgets.guide import Guide

    columns = screen.query_one("#columns")
    with screen.app.batch_update():
        await columns.mount(Cases(), before=0)
        await columns.mount(Guide(lambda: planning.today(screen)))


async def _take_up(screen: MainScreen, found: Kept) -> None:
    """Draft, earlier texts, the answer that was interrupted."""
    from reflexiona.tui.widgets.welcome import Welcome

    assert screen.backstage is not None
    talk = screen.talk
    composer = talk.composer
    composer.earlier = (*composer.earlier, *found.earlier)
    left = found.drafts[0] if found.drafts else ""
    if left and not composer.text:
        composer.put(left)
    elif left and composer.text != left:
        composer.earlier = (left, *composer.earlier)
        screen.backstage.keeper.later(lambda store: store.drafts.put_aside())
    if len(found.drafts) > 1:
        others = several(len(found.drafts) - 1, "otro texto", "otros textos")
        screen.notify(f"Quedó sin enviar {others}: ↑ los recupera, con el cuadro vacío.", timeout=12, markup=False)
    for welcome in talk.query(Welcome):
        welcome.recall(found.summaries, screen.backstage.clock())
    if found.interrupted and talk.desk is not None and talk.desk.current is None:
        await resume(screen, found.interrupted[-1][0])
    await refresh_cases(screen)


async def resume(screen: MainScreen, case_id: str) -> None:
    """Opens a kept conversation."""
    desk = screen.talk.desk
    assert desk is not None
    assert screen.backstage is not None
    if case_id in desk.temporaries:
        desk.open_temporary(case_id)
        screen.leave_panel()
        return
    try:
        case, desk.elsewhere = await screen.backstage.keeper.do(lambda store: (store.get(case_id), store.elsewhere()))
    except ReflexionaError as error:
        screen.notify(str(error), severity="warning", markup=False)
        return
    desk.open(case)
    screen.leave_panel()
    if any(turn.id in desk.elsewhere for turn in case.turns):
        screen.run_worker(_watch(screen, case_id), group="watch", exclusive=True)


async def _watch(screen: MainScreen, case_id: str) -> None:
    """Shows the answer that another window is giving once it is there, as long as the conversation is on the table."""
    desk, backstage = screen.talk.desk, screen.backstage
    while desk is not None and backstage is not None and desk.current == case_id:
        await asyncio.sleep(LOOK_EVERY)
        try:
            case, elsewhere = await backstage.keeper.do(lambda store: (store.get(case_id), store.elsewhere()))
        except ReflexionaError:  # it was deleted over there: what is on the screen stays, and says so when it is used
            return
        if desk.current == case_id and not desk.answering(case_id) and not elsewhere & {t.id for t in case.turns}:
            desk.elsewhere = elsewhere
            desk.open(case)
            return


async def start_anew(screen: MainScreen) -> None:
    """An empty page. What is in the composer stays there."""
    if screen.talk.desk is not None:
        screen.talk.desk.open(None)
        screen.leave_panel()


async def follow(screen: MainScreen, event: Change) -> None:
    """Keeps heading, guide and list in step with the conversation on the table."""
    from reflexiona.events import Finished, Progress, Token

    talk = screen.talk
    case = talk.desk.conversation if talk.desk else None
    if isinstance(event, TurnChanged) and isinstance(event.event, (Token, Progress)):
        return
    screen.query_one(Masthead).entitle(case.title if case else "")
    show_guide(screen)
    screen.hint()
    if not isinstance(event, TurnChanged) or isinstance(event.event, Finished):
        await refresh_cases(screen)
        if isinstance(event, Opened) and case is None:
            await recall(screen)


def show_guide(screen: MainScreen) -> None:
    """Shows, in «Guía», what belongs to the turn that is being read, and the plan that stands."""
    from reflexiona.tui.widgets.guide import Guide

    talk = screen.talk
    case = talk.desk.conversation if talk.desk else None
    turns, place = case.turns if case else (), place_read(screen)
    waits = in_danger(turns)  # then no step of business is in sight
    planned = None if waits else next((turn for turn in reversed(turns) if turn.plan), None)
    for guide in screen.query(Guide):
        guide.show(turns[place] if turns else None, planned, (place + 1, len(turns)))


def place_read(screen: MainScreen) -> int:
    """The place, from 0, of the turn that is being read in the conversation on the table; -1 on an empty page."""
    case = screen.talk.desk.conversation if screen.talk.desk else None
    turns, read = case.turns if case else (), screen.talk.transcript.in_view
    return next((place for place, turn in enumerate(turns) if turn.id == read), len(turns) - 1)


async def recall(screen: MainScreen) -> None:
    """Shows the last conversations anew, where the empty page is in sight."""
    from reflexiona.tui.widgets.welcome import Welcome

    assert screen.backstage is not None
    try:
        summaries = await screen.backstage.keeper.do(lambda store: store.list())
    except ReflexionaError as error:
        screen.post_message(Failed(error))
        return
    for welcome in screen.query(Welcome):
        welcome.recall(summaries, screen.backstage.clock())


async def refresh_cases(screen: MainScreen) -> None:
    """Reads the list of conversations anew, when it is in sight."""
    from reflexiona.tui.widgets.cases import Cases

    talk = screen.talk
    if screen.backstage is None or not screen.has_class("-cases"):
        return
    try:
        summaries = await screen.backstage.keeper.do(lambda store: store.list())
    except ReflexionaError as error:
        screen.post_message(Failed(error))
        return
    desk = talk.desk
    leaving = screen.query_one(Farewell).leaving
    temporaries = reversed(desk.temporaries) if desk else ()
    aside = [desk.notebook[one] for one in temporaries if desk and one not in leaving]
    for cases in screen.query(Cases):
        cases.show(summaries, desk.current if desk else None, talk.lists, screen.backstage.clock(), aside)


async def toggle_cases(screen: MainScreen) -> None:
    """Shows or hides the list of conversations."""
    screen.show_or_hide("cases")
    if screen.has_class("-cases"):
        await refresh_cases(screen)
        screen.go_to("cases")  # an empty list could not be gone to


def toggle_guide(screen: MainScreen) -> None:
    """Shows or hides «Guía»."""
    screen.show_or_hide("guide")


async def read(screen: MainScreen, turn_id: str, number: int) -> None:
    """Opens the article of passage `number` of a turn, at the passage."""
    case = screen.talk.desk.conversation if screen.talk.desk else None
    turn = next((turn for turn in case.turns if turn.id == turn_id), None) if case else None
    if turn is None or screen.backstage is None:
        return
    if not 1 <= number <= len(turn.passages):
        screen.notify(f"Esta respuesta no tiene pasaje [{number}].", markup=False)
        return
    from reflexiona.tui.screens.reader import Reader

    try:
        articles = (await screen.backstage.shelf.library()).articles
    except ReflexionaError:
        articles = {}  # the passage itself is in the turn: it can be read all the same
    screen.app.push_screen(Reader(turn.passages, number, articles))


def choose(screen: MainScreen, place: int) -> None:
    """Answers the deciding question of the last turn: the sentence is sent as the next turn."""
    from reflexiona.tui.typeset import chosen_sentence

    live = screen.talk.transcript.live
    if live is not None and live.page.choices and screen.talk.desk is not None:
        screen.talk.desk.ask(chosen_sentence(live.page.choices, place))


def try_example(screen: MainScreen, place: int) -> None:
    """Puts an example into the composer, for the person to send."""
    from reflexiona.tui.widgets.welcome import EXAMPLES

    if 0 <= place < len(EXAMPLES):
        screen.talk.composer.put(EXAMPLES[place][1])
        screen.action_write()


async def keep_plan(screen: MainScreen, turn_id: str, plan: tuple[Step, ...]) -> None:
    """A step was checked: kept at once."""
    talk = screen.talk
    if talk.desk is None:
        return
    talk.desk.notebook.set_plan(turn_id, plan)
    talk.refresh_last()
    await refresh_cases(screen)


def retake(screen: MainScreen) -> None:
    """Asks again what was left half-way."""
    if screen.talk.desk is None or not screen.talk.desk.retake():
        screen.notify("No hay ninguna respuesta a medias.", markup=False)


async def stop(screen: MainScreen) -> None:
    """Stops the running answer."""
    if screen.talk.desk is not None:
        await screen.talk.desk.cancel()


def show_help(screen: MainScreen) -> None:
    """Keys, bands, where things are kept."""
    from reflexiona.tui.screens.help import HelpScreen

    screen.app.push_screen(HelpScreen(screen.keymap))
