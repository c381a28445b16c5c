"""«Guía»: what an answer rests on and leads to: passages by number, plan with check boxes, the person's words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.geometry import Region
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from reflexiona.tui.messages import Cited, PlanChanged
from reflexiona.tui.plain import one_line
from reflexiona.tui.prose import citations
from reflexiona.tui.typeset import hanging
from reflexiona.tui.widgets.plan import MARGIN, MarkedList, PlanList

if TYPE_CHECKING:
    from reflexiona.domain import Passage, Step, Turn

AT_FIRST = 4
"""Passages shown while none is cited. Once some are, in the answer or in the plan, those; the others when asked for."""
ROOMY = 60
"""From this width on, each passage is shown with the title of its article."""
MORE = "more"


class PassageList(MarkedList):
    """The passages of a turn. Choosing one opens it in its article."""

    def __init__(self) -> None:
        super().__init__(id="passages", compact=True)
        self._turn: Turn | None = None
        self._all = False

    def show(self, turn: Turn | None) -> None:
        """The passages of a turn, those cited first to be seen; None: none."""
        if turn is None or self._turn is None or turn.id != self._turn.id:
            self._all = False
        self._turn = turn
        self._lay_out()

    def on_resize(self, event: Resize) -> None:
        """Wraps anew."""
        self._lay_out()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Opens a passage, or shows the rest of them."""
        event.stop()
        if event.option_id == MORE:
            self._all = True
            self._lay_out()
        elif self._turn is not None and event.option_id:
            self.post_message(Cited(self._turn.id, int(event.option_id)))

    def _lay_out(self) -> None:
        highlighted = self.highlighted
        self.clear_options()
        if self._turn is None:
            return
        cited = citations(self._turn.reflection.text) if self._turn.reflection else ()
        passages = self._turn.passages
        sources = {step.source for step in self._turn.plan}
        planned = [n for n, passage in enumerate(passages, start=1) if passage.id in sources]
        few = [n for n in (*cited, *planned) if n <= len(passages)] or range(1, AT_FIRST + 1)
        shown = [n for n in range(1, len(passages) + 1) if self._all or n in few]
        self.add_options(Option(self._entry(n, passages[n - 1], cited=n in cited), id=str(n)) for n in shown)
        if rest := len(passages) - len(shown):
            self.add_option(Option(Content.styled(f"    y {rest} más", "$cite"), id=MORE))
        if highlighted is not None and highlighted < self.option_count:
            self.highlighted = highlighted

    def _entry(self, number: int, passage: Passage, *, cited: bool) -> Content:
        width = self.size.width - MARGIN
        lead = f"[{number}] ".ljust(4)
        title = hanging(lead, passage.title, width, "$cite bold" if cited else "$cite", "bold" if cited else "")
        if width < ROOMY:
            return title
        return (
            title
            + Content("\n")
            + hanging("    ", " · ".join(filter(None, (passage.article_title, passage.caution))), width, "", "$quiet")
        )


class Guide(VerticalScroll, can_focus=False):
    """The panel at the right. Scrolls as a whole; where the lists are is never hidden behind another scroll bar.

    Args:
        today: the present day where the person is.
    """

    def __init__(self, today: Callable[[], date] = date.today) -> None:
        super().__init__(id="guide")
        self._today = today

    def compose(self) -> ComposeResult:
        """Three parts, each with its heading."""
        yield Static(Content.styled("Pasajes", "bold"), classes="heading", id="passages-heading")
        yield PassageList()
        yield Static(Content(""), classes="heading", id="plan-heading")
        yield PlanList(self._today)
        yield Static(Content.styled("Tus palabras", "bold"), classes="heading", id="evidence-heading")
        yield Static(Content(""), id="evidence")
        yield Static(Content(""), id="nothing")

    def on_mount(self) -> None:
        """Nothing yet."""
        self.show(None)

    def show(self, turn: Turn | None, planned: Turn | None = None, place: tuple[int, int] = (1, 1)) -> None:
        """What belongs to a turn.

        Args:
            turn: its passages and evidence are shown.
            planned: its plan is shown: an answer that brings no plan leaves the one before standing.
            place: of the turn, from 1, and how many there are: then the headings say whose passages these are.
        """
        which = f" · respuesta {place[0]} de {place[1]}" if turn is not None and place[1] > 1 else ""
        head = Content.assemble(("Pasajes", "bold"), (which, "$quiet"))
        self.query_one("#passages-heading", Static).update(head)
        self.query_one(PassageList).show(turn)
        self.query_one(PlanList).show(planned, turn.passages if turn else ())
        plan = planned.plan if planned else ()
        quotes = turn.reading.evidence if turn and turn.reading else ()
        self._head_plan(plan)
        evidence = Content("\n").join(Content.styled(one_line(quote.quoted), "italic") for quote in quotes)
        self.query_one("#evidence", Static).update(evidence)
        empty = "Aquí aparecen los pasajes que encajan con lo que cuentes, y el plan." if turn is None else ""
        if turn is not None and not turn.passages and turn.status != "streaming":
            empty = "Esta respuesta no se apoya en ningún pasaje."
        self.query_one("#nothing", Static).update(Content.styled(empty, "$quiet"))
        for name, there in {
            "passages": bool(turn and turn.passages),
            "plan": bool(plan),
            "evidence": bool(quotes),
        }.items():
            self.query_one(f"#{name}").display = there
            self.query_one(f"#{name}-heading").display = there
        self.query_one("#nothing").display = bool(empty)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Keeps what is marked in sight."""
        listed = event.option_list
        if listed.has_focus:
            heights = [str(option.prompt).count("\n") + 1 for option in listed.options]
            top = listed.virtual_region.y + sum(heights[: event.option_index])
            self.scroll_to_region(Region(0, top, 1, heights[event.option_index]), animate=False)

    def on_plan_changed(self, event: PlanChanged) -> None:
        """Counts anew; the screen keeps it."""
        self._head_plan(event.plan)
        for name in ("plan", "plan-heading"):
            self.query_one(f"#{name}").display = bool(event.plan)

    def _head_plan(self, plan: tuple[Step, ...]) -> None:
        done = sum(step.done for step in plan)
        head = Content.assemble(("Plan", "bold"), (f" · {done} de {len(plan)}", "$quiet"))
        self.query_one("#plan-heading", Static).update(head)
