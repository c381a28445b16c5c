"""The parts of the column in the middle, and the line for looking for words in it. `talk` says what happens there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from reflexiona.tui.widgets.branch import BranchLine
from reflexiona.tui.widgets.composer import Composer
from reflexiona.tui.widgets.lines import StatusLine
from reflexiona.tui.widgets.transcript import Transcript
from reflexiona.tui.widgets.welcome import Welcome

if TYPE_CHECKING:
    from reflexiona.tui.widgets.finder import Finder

OFF_RECORD = "Temporal: no se guarda nada. Si el programa se cierra o falla, se pierde."


class Column(Vertical):
    """Conversation, what is going on, composer."""

    def __init__(self, text: str, sends: str) -> None:
        super().__init__(id="talk")
        self.composer = Composer(text, sends=sends)
        """Where the person writes."""
        self.branch = BranchLine(self.composer)
        """What is being changed of what was sent."""
        self.offers = False
        """Whether the empty page points at the models."""

    def compose(self) -> ComposeResult:
        """From top to bottom."""
        with Transcript(id="transcript"):
            yield Welcome()
        yield StatusLine()
        yield Static(Content.styled(OFF_RECORD, "$warning"), id="off-record")
        yield self.branch
        with Horizontal(id="writing"):
            yield Static(Content.styled("›", "$own bold"), id="prompt")
            yield self.composer

    @property
    def transcript(self) -> Transcript:
        """The conversation."""
        return self.query_one(Transcript)

    @property
    def finder(self) -> Finder | None:
        """The line for looking for words, once it was asked for."""
        return next(iter(self.query("#finder")), None)  # type: ignore[return-value]

    async def find(self, wanted: str = "", turn: int | None = None) -> None:
        """Opens the line for looking for words; looks for `wanted`, if anything, from turn number `turn` on."""
        from reflexiona.tui.widgets.finder import Finder  # the first frame does not wait for what it imports

        if self.finder is None:
            await self.mount(Finder(self.transcript), before="#off-record")
        if self.finder is not None:
            self.finder.open(wanted, turn)

    def when_laid_out(self, work: Callable[[], object]) -> None:
        """Does something once the conversation that is being opened stands there."""
        self.call_later(self.call_after_refresh, work)

    def offer_models(self, *, offer: bool) -> None:
        """Whether the empty page points at the models: where nobody has brought one."""
        self.offers = offer
        for welcome in self.query(Welcome):
            welcome.offer(offer=offer)

    def on_find_closed(self) -> None:
        """Back to writing."""
        self.composer.focus()

    def on_resize(self) -> None:
        """Other lines, the same words."""
        self.mark_again()

    def mark_again(self) -> None:
        """The conversation has changed below a search."""
        if self.finder is not None and self.finder.display:
            self.call_after_refresh(self.finder.again)
