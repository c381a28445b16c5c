"""The plan with its check boxes, and the list in which one sees where the keys work."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Resize
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from reflexiona.tui import plans
from reflexiona.tui.dates import day_text
from reflexiona.tui.messages import PlanChanged
from reflexiona.tui.typeset import hanging

if TYPE_CHECKING:
    from reflexiona.domain import Passage, Step, Turn

MARGIN = 3
"""Cells of a list that are not text: padding, and one to spare."""


class MarkedList(OptionList):
    """A list in which one sees where the keys work as soon as it has them."""

    def on_focus(self) -> None:
        """Marks the first entry, unless one is marked."""
        if self.highlighted is None:
            self.action_first()


class PlanList(MarkedList):
    """The plan of a turn. Choosing a step checks it, or unchecks it; the screen keeps what is changed.

    Args:
        today: the present day where the person is.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "select", "Marcar", show=False),
        Binding("n,plus,insert", "screen.command('step_add')", "Añadir", show=False),
        Binding("e", "screen.command('step_edit')", "Cambiar", show=False),
        Binding("f", "screen.command('step_date')", "Fecha", show=False),
        Binding("delete", "screen.command('step_remove')", "Quitar", show=False),
        Binding("alt+up,less_than_sign", "screen.command('step_up')", "Subir", show=False),
        Binding("alt+down,greater_than_sign", "screen.command('step_down')", "Bajar", show=False),
        Binding("ctrl+z,u", "screen.command('step_undo')", "Deshacer", show=False),
    ]

    def __init__(self, today: Callable[[], date] = date.today) -> None:
        super().__init__(id="plan", compact=True)
        self._today = today
        self.turn: Turn | None = None
        """Whose plan it is."""
        self._passages: Sequence[Passage] = ()
        self._before: list[plans.Plan] = []
        """The plan before each change, the last one last."""

    @property
    def plan(self) -> plans.Plan:
        """The steps."""
        return self.turn.plan if self.turn else ()

    @property
    def place(self) -> int | None:
        """Place of the marked step in the plan."""
        if self.highlighted is None or self.highlighted >= self.option_count:
            return None
        name = self.get_option_at_index(self.highlighted).id
        return int(name) if name else None

    def show(self, turn: Turn | None, passages: Sequence[Passage]) -> None:
        """The plan of a turn; None: none. `passages`: those in sight, whose numbers the steps are given."""
        if turn is None or self.turn is None or turn.id != self.turn.id:
            self._before.clear()
        self.turn = turn
        self._passages = passages
        self._lay_out()

    def change(self, plan: plans.Plan, place: int | None = None) -> None:
        """Another plan of the same turn, with the step at `place` marked; it is kept at once."""
        if self.turn is None or plan == self.turn.plan:
            return
        self._before.append(self.turn.plan)
        self._put(plan, place)

    def undo(self) -> bool:
        """The plan as it was before the last change; returns whether there was one."""
        if not self._before:
            return False
        self._put(self._before.pop(), None)
        return True

    def on_resize(self, event: Resize) -> None:
        """Wraps anew."""
        self._lay_out()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Checks or unchecks a step."""
        event.stop()
        if event.option_id:
            self.change(plans.checked(self.plan, int(event.option_id)))

    def _put(self, plan: plans.Plan, place: int | None) -> None:
        assert self.turn is not None
        self.turn = replace(self.turn, plan=plan)
        self._lay_out(place)
        self.post_message(PlanChanged(self.turn.id, plan))

    def _lay_out(self, place: int | None = None) -> None:
        marked = self.place if place is None else place
        self.clear_options()
        self.add_options(self._entries())
        if marked is not None and self.plan:
            self.highlighted = self.get_option_index(str(min(marked, len(self.plan) - 1)))

    def _entries(self) -> Iterator[Option]:
        numbers = {passage.id: n for n, passage in enumerate(self._passages, start=1)}
        when = None
        for place, step in enumerate(self.plan):
            if step.when is not when:
                when = step.when
                yield Option(Content.styled(when.label, "$quiet italic"), disabled=True)
            yield Option(self._entry(step, numbers.get(step.source)), id=str(place))

    def _entry(self, step: Step, number: int | None) -> Content:
        source = f" [{number}]" if number else ""
        lead, lead_style, style = ("[✓] ", "$success", "$quiet strike") if step.done else ("[ ] ", "$own", "")
        entry = hanging(lead, f"{step.text}{source}", self.size.width - MARGIN, lead_style, style)
        if not step.date:
            return entry
        today = self._today()
        late = not step.done and step.date < today.isoformat()
        told = f"pasó la fecha: {day_text(step.date, today)}" if late else f"para {day_text(step.date, today)}"
        return entry + Content.styled(f"\n    {told}", "$warning" if late else "$quiet")
