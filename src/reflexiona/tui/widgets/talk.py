"""The column in the middle: conversation, what is going on, composer. Turns what the desk says into what is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on

from reflexiona.tui.messages import (
    Branched,
    CalledOff,
    EngineReady,
    Failed,
    Opened,
    Rested,
    Sent,
    TurnAdded,
    TurnChanged,
    TurnRetaken,
)
from reflexiona.tui.pockets import Pockets
from reflexiona.tui.typeset import meant
from reflexiona.tui.widgets.column import Column
from reflexiona.tui.widgets.composer import Composer
from reflexiona.tui.widgets.lines import StatusLine
from reflexiona.tui.widgets.welcome import Welcome

if TYPE_CHECKING:
    from reflexiona.corpus.lists import Lists
    from reflexiona.domain import Turn
    from reflexiona.tui.desk import Desk
    from reflexiona.tui.widgets.branch import Unsent
    from reflexiona.tui.widgets.turn import Page

OPENING = "abriendo los artículos"
WAITS_FOR_ENGINE = "En espera: Reflexiona todavía está abriendo los artículos."
ELSEWHERE = "Se está respondiendo en otra ventana."
WAITS_FOR_TURN = "En espera: se responde en cuanto termine la respuesta anterior."


class Talk(Column):
    """The column. It has no desk until the first frame is out; what is sent before waits."""

    def __init__(self, text: str, sends: str) -> None:
        super().__init__(text, sends)
        self.pockets = Pockets(self.composer, self.branch)
        """What is typed, on the record and off it."""
        self._early: list[str] = []
        self.desk: Desk | None = None
        self.lists: Lists | None = None

    @property
    def last(self) -> Turn | None:
        """The last turn of the conversation on the table."""
        case = self.desk.conversation if self.desk else None
        return case.turns[-1] if case and case.turns else None

    def equip(self, desk: Desk) -> None:
        """From now on there is somebody to talk to."""
        self.desk = desk
        for text in self._early:
            desk.ask(text)
        self._early.clear()

    def refresh_last(self) -> None:
        """Shows the last turn as it stands now."""
        live, case = self.transcript.live, self.desk.conversation if self.desk else None
        if live is not None and case is not None and case.turns:
            live.show(self._page(case.id, case.turns[-1]))

    def on_sent(self, event: Sent) -> None:
        """The person sent a text; it leaves the composer when the desk has it."""
        if self.desk is None:
            self._early.append(event.text)
            self.query_one(StatusLine).begin(OPENING)
        elif self.desk.off_record != self.pockets.off_record:
            return  # another conversation has come onto the table in this very moment: the text stays where it is
        elif stem := self.branch.sent():
            self.desk.branch(stem.case_id, stem.turn_id, stem.title, event.text)
        else:
            live = self.transcript.live
            self.desk.ask(meant(event.text, live.page.choices if live else ()))
        self.composer.accepted(event.text)

    async def on_opened(self, event: Opened) -> None:
        """Another conversation is on the table, or an empty page."""
        case = event.conversation
        if self.branch.stem is not None and not (case and case.id == self.branch.stem.case_id):
            self.call_off_branch()
        if self.desk is not None and self.desk.off_record != self.pockets.off_record:
            if self.pockets.change():
                self.desk.notebook.erase_draft()
            self.set_class(self.desk.off_record, "-off-record")
        if self.finder is not None:
            self.finder.close()
        if case is None or not case.turns:
            await self.transcript.welcome(Welcome(temporary=case is not None, offers=self.offers))
        else:
            await self.transcript.lay_out([self._page(case.id, turn) for turn in case.turns])

    @on(TurnAdded)
    @on(Branched)
    async def _turn_begins(self, event: TurnAdded | Branched) -> None:
        """The last turn of the conversation on the table, or of a branch that is new to the screen, begins."""
        waiting = ""
        if event.waiting:
            waiting = WAITS_FOR_TURN if self.desk and self.desk.running else WAITS_FOR_ENGINE
        if isinstance(event, TurnAdded):
            await self.transcript.add(self._page(event.conversation_id, event.turn, waiting))
        else:
            if self.branch.stem is not None:
                self.call_off_branch()
            case = event.conversation
            pages = [self._page(case.id, turn) for turn in case.turns[:-1]]
            await self.transcript.lay_out([*pages, self._page(case.id, case.turns[-1], waiting)])
        self.mark_again()
        self.query_one(StatusLine).begin(OPENING if waiting == WAITS_FOR_ENGINE else "leyendo lo que cuentas")

    async def on_turn_retaken(self, event: TurnRetaken) -> None:
        """The last turn is asked again: its page is empty."""
        assert self.desk is not None
        case = self.desk.notebook[event.conversation_id]
        await self.transcript.lay_out([self._page(case.id, turn) for turn in case.turns])
        self.query_one(StatusLine).begin("leyendo lo que cuentas")

    async def on_turn_changed(self, event: TurnChanged) -> None:
        """An event came; it is shown where its turn is in sight."""
        from reflexiona.events import Finished, Progress, ReadingReady, ReflectionReady, Token

        status = self.query_one(StatusLine)
        if isinstance(event.event, Progress):
            status.progress(event.event)
        live = self.transcript.live
        if live is not None and live.page.turn.id == event.turn.id:
            page = self._page(event.conversation_id, event.turn)
            if isinstance(event.event, Token):
                live.page = page
                live.write(event.event.text)
            elif isinstance(event.event, (ReadingReady, ReflectionReady)):
                await live.rewrite(page)
            elif live.page.waiting or not isinstance(event.event, Progress):
                live.show(page)
                self.mark_again()
            if isinstance(event.event, Finished):
                await live.settle()
                reflection = event.turn.reflection
                if not live.streamed or (reflection and reflection.composed):  # it came at once
                    self.transcript.begin_at_answer()

    def on_text_area_changed(self) -> None:
        """The engine may read ahead in a pause; at the next key it gives way."""
        if self.desk is not None:
            self.desk.drafting(self.composer.text, self.branch.stem.turn_id if self.branch.stem else "")

    def on_composer_draft_changed(self, event: Composer.DraftChanged) -> None:
        """What is being typed is kept."""
        if self.desk is not None and not self.pockets.off_record:
            self.desk.notebook.keep_draft(*self.pockets.unsent)

    @on(CalledOff)
    def call_off_branch(self) -> None:
        """The sent text is not to be changed after all; what was made of it can be recalled."""
        self.keep_aside(self.branch.call_off())

    def keep_aside(self, left: Unsent) -> None:
        """Keeps what has left the composer unsent, if anything, among the earlier texts."""
        if left.text and self.desk is not None:
            self.pockets.put_aside(left)
            if not self.pockets.off_record:
                self.desk.notebook.remember(*left)

    @on(EngineReady)
    @on(Failed)
    @on(Rested)
    def _at_rest(self) -> None:
        """The engine started, or did not, or has answered all: nothing goes on any more, unless a turn does."""
        if not (self.desk and self.desk.busy):
            self.query_one(StatusLine).end()

    def _page(self, case_id: str, turn: Turn, waiting: str = "") -> Page:
        from reflexiona.about_program import about_program
        from reflexiona.tui.widgets.turn import Page

        assert self.desk is not None
        before = [one for one in self.desk.notebook.before(case_id, turn.id) if not about_program(one)]
        readings = [one.reading for one in before if one.reading]
        abandoned = turn.status == "streaming" and not self.desk.pending(case_id, turn.id)
        if abandoned and turn.id in self.desk.elsewhere:
            abandoned, waiting = False, ELSEWHERE
        return Page(turn, self.lists, readings[-1] if readings else None, waiting, abandoned)
