"""What the commands do with the plan: going there, adding, wording, dating, moving and removing steps."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from reflexiona.safety import in_danger, work_waits
from reflexiona.tui import plans
from reflexiona.tui.plain import one_line

if TYPE_CHECKING:
    from reflexiona.domain import Turn
    from reflexiona.tui.screens.main import MainScreen
    from reflexiona.tui.widgets.plan import PlanList

LONGEST = 400
"""Characters of a step."""
_MARK = "Marca antes un paso: Alt+P va al plan y ↑ ↓ eligen."


def go(screen: MainScreen) -> None:
    """Puts the focus on the plan."""
    listed = _list(screen)
    if listed is None or not listed.plan:
        screen.notify("Todavía no hay plan. Alt+N apunta un paso en la conversación abierta.", markup=False)
        return
    if not screen.has_class("-guide"):
        screen.show_or_hide("guide")
    listed.focus()
    screen.hint()


def add(screen: MainScreen) -> None:
    """Asks for a step of the person's own; it follows on the marked one."""
    listed = _list(screen)
    turn = listed.turn or screen.talk.last if listed else None
    if listed is None or turn is None:
        screen.notify("Aún no hay una conversación en la que apuntar pasos.", markup=False)
        return
    if not _open_to_change(screen, turn):
        return
    beside = listed.place if listed.has_focus else None

    def written(text: str | None) -> None:
        if text:
            if listed.turn is None:
                listed.show(turn, turn.passages)
            listed.change(*plans.added(listed.plan, text, beside))

    _ask(screen, "¿Qué paso añades?", "", written)


def edit(screen: MainScreen) -> None:
    """Asks for other words for the marked step."""
    if (marked := _marked(screen)) is None:
        return
    listed, place = marked

    def written(text: str | None) -> None:
        if text:
            listed.change(plans.worded(listed.plan, place, text), place)

    _ask(screen, "¿Cómo lo dirías?", listed.plan[place].text, written)


def set_date(screen: MainScreen) -> None:
    """Asks for the day of the marked step; an empty answer takes it away."""
    if (marked := _marked(screen)) is None:
        return
    from reflexiona.tui.dates import FORMS, day_text, read_day  # the first frame does not wait for these
    from reflexiona.tui.screens.ask import Ask

    listed, place = marked
    day = today(screen)

    def understood(text: str) -> str | None:
        found = read_day(text, day)
        return (
            "sin fecha" if not text else f"{day_text(found.isoformat(), day)} · {found.isoformat()}" if found else None
        )

    def written(text: str | None) -> None:
        if text is not None:
            listed.change(*plans.dated(listed.plan, place, read_day(text, day), day))

    asks = f"¿Para cuándo? «{_short(listed.plan[place].text)}»"
    screen.app.push_screen(
        Ask(asks, listed.plan[place].date, longest=40, examples=FORMS, understood=understood), written
    )


def remove(screen: MainScreen) -> None:
    """Takes the marked step out."""
    if (marked := _marked(screen)) is not None:
        listed, place = marked
        listed.change(plans.without(listed.plan, place), place)
        screen.notify("Paso quitado. Ctrl+Z en el plan lo devuelve.", markup=False)


def move(screen: MainScreen, by: int) -> None:
    """The marked step goes up (-1) or down (1)."""
    if (marked := _marked(screen)) is not None:
        listed, place = marked
        listed.change(*plans.moved(listed.plan, place, by))


def undo(screen: MainScreen) -> None:
    """The plan as it was before the last change."""
    listed = _list(screen)
    if listed is None or not listed.undo():
        screen.notify("En este plan no hay ningún cambio que deshacer.", markup=False)


def today(screen: MainScreen) -> date:
    """The present day where the person is."""
    return screen.backstage.clock().astimezone().date() if screen.backstage else date.today()


def _ask(screen: MainScreen, question: str, given: str, written: object) -> None:
    from reflexiona.tui.screens.ask import Ask

    assert callable(written)
    screen.app.push_screen(Ask(question, given, longest=LONGEST), written)


def _marked(screen: MainScreen) -> tuple[PlanList, int] | None:
    listed = _list(screen)
    place = listed.place if listed else None
    if listed is None or listed.turn is None or place is None:
        screen.notify(_MARK, markup=False)
        return None
    return (listed, place) if _open_to_change(screen, listed.turn) else None


def _open_to_change(screen: MainScreen, turn: Turn) -> bool:
    """Whether nobody else is about to write the plan of this turn."""
    desk = screen.talk.desk
    if desk is None or desk.current is None:
        return False
    if desk.pending(desk.current, turn.id) or turn.id in desk.elsewhere:
        screen.notify("El plan se puede cambiar en cuanto termine la respuesta.", markup=False)
        return False
    turns = desk.notebook[desk.current].turns
    if in_danger(turns):
        screen.notify(str(work_waits("ningún paso del trabajo", turns)), timeout=8, markup=False)
        return False
    return True


def _list(screen: MainScreen) -> PlanList | None:
    from reflexiona.tui.widgets.plan import PlanList

    return next(iter(screen.query(PlanList)), None)


def _short(text: str) -> str:
    text = one_line(text)
    return text if len(text) <= 32 else f"{text[:31]}…"
