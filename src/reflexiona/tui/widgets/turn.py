"""A turn of the conversation: live, with a Markdown widget that takes a stream; or past, as one piece of text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from reflexiona.tui import typeset
from reflexiona.tui.messages import Cited
from reflexiona.tui.plain import plain
from reflexiona.tui.prose import CITE, parser, prose, words
from reflexiona.tui.widgets.pointed import POINTED, Pointed

if TYPE_CHECKING:
    from textual.app import RenderResult
    from textual.selection import Selection
    from textual.timer import Timer
    from textual.widget import Widget
    from textual.widgets import Markdown
    from textual.widgets.markdown import MarkdownStream

    from reflexiona.corpus.lists import Lists
    from reflexiona.domain import Reading, Turn
    from reflexiona.tui.screens.columns import Columns

WRITE_EVERY = 0.16
"""Seconds between two pictures of an answer that is being written: each one costs a layout."""


@dataclass(frozen=True, slots=True)
class Page:
    """A turn and what its looks depend on."""

    turn: Turn
    lists: Lists | None = None
    earlier: Reading | None = None
    """The reading that stood before the turn."""
    waiting: str = ""
    """Why nothing comes yet; empty when something does, or did."""
    abandoned: bool = False
    """True for an answer that was never finished and that nobody is writing."""

    @property
    def told(self) -> Turn:
        """The turn, an abandoned one as interrupted."""
        return replace(self.turn, status="interrupted") if self.abandoned else self.turn

    @property
    def card(self) -> Content:
        """The reading; none where only the program was asked about."""
        from reflexiona.about_program import about_program  # the first frame does not wait for what it imports

        reading = self.turn.reading
        if reading is None or about_program(self.turn):
            return Content("")
        standing = None if self.earlier is None else self.earlier.primary == reading.primary
        return typeset.card(reading, self.lists, standing)

    @property
    def choices(self) -> tuple[str, ...]:
        """What the deciding question offers."""
        reading = self.turn.reading
        return typeset.choices(reading, self.turn.register, self.lists) if reading else ()

    @property
    def danger(self) -> bool:
        """Whether help comes before the reading."""
        return bool(self.turn.reading and self.turn.reading.safety)

    @property
    def written(self) -> bool:
        """Whether a model wrote the answer, and would write another one."""
        reflection = self.turn.reflection
        return reflection is not None and not reflection.composed and self.turn.status != "streaming"

    @property
    def question(self) -> Content:
        """The question back; not the deciding one, which stands with the card."""
        return Content("") if self.choices else words(self.turn.question, "italic")

    @property
    def foot(self) -> Content:
        """Notices, how it ended, who wrote it."""
        parts = (
            words(self.waiting, "$quiet italic"),
            typeset.notices(self.turn),
            typeset.ending(self.told, last=True),
            typeset.colophon(self.turn),
            typeset.opinion(self.turn, self.lists),
        )
        return Content("\n").join([part for part in parts if part.plain])

    @property
    def answer(self) -> str:
        """The Markdown of the answer as it is shown."""
        reflection = self.turn.reflection
        return plain(typeset.marked(reflection.text, reflection.unsupported)) if reflection else ""

    def cite(self, number: int) -> str:
        """The action that opens a passage of this turn."""
        return f"screen.cite('{self.turn.id}', {number})"


class Offer(Static):
    """What the mouse can do with a sent text: no part of what is selected and copied."""

    ALLOW_SELECT = False


class PastTurn(Static, Pointed):
    """An earlier turn: one piece of text, whatever its length."""

    def __init__(self, page: Page, width: int) -> None:
        self.turn_id = page.turn.id
        self._words = page.turn.text
        self._answer = self._answered(page)
        self._below = 0
        """Where the blank line below the person's words begins."""
        super().__init__(self._laid_out(width), classes="turn past")

    def wrap(self, width: int) -> None:
        """Fits the person's words, with the bar beside them, into another width."""
        self.update(self._laid_out(width))

    def render(self) -> RenderResult:
        """The text; while the mouse is here, with «cambiar» on the blank line: the text itself stays what it is."""
        shown = self.content
        if not (self.has_class(POINTED) and isinstance(shown, Content)):
            return super().render()
        offer = typeset.change(self.turn_id, _key_of(self, "edit"))
        return shown[: self._below] + offer + shown[self._below :]

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Of the text itself: what the mouse is offered on its blank line is nothing to copy."""
        return selection.extract(str(self.content)), "\n"

    def _laid_out(self, width: int) -> Content:
        words = typeset.barred(self._words, width)
        self._below = len(words.plain) + 1
        return words + Content("\n\n") + self._answer

    @staticmethod
    def _answered(page: Page) -> Content:
        turn = page.turn
        answer = prose(page.answer, page.cite)
        parts = [answer, page.card] if page.danger else [page.card, answer]
        message = typeset.message(turn.draft) if turn.draft else Content("")
        ending = typeset.ending(page.told, last=False)
        said = typeset.opinion(turn, page.lists)
        last = [part for part in (typeset.notices(turn), typeset.sources(page.told), ending, said) if part.plain]
        return typeset.paragraphs([*parts, words(turn.question, "italic"), message, Content("\n").join(last)])


class TurnView(Vertical, Pointed):
    """The turn that is being answered, or was answered last."""

    def __init__(self, page: Page) -> None:
        super().__init__(classes="turn live")
        self.page = page
        self._markdown: Markdown | None = None
        self._stream: MarkdownStream | None = None
        self._unwritten: list[str] = []
        self._timer: Timer | None = None
        self.streamed = False
        """Whether the answer came word by word."""

    @property
    def turn_id(self) -> str:
        """Of the turn it shows."""
        return self.page.turn.id

    def compose(self) -> ComposeResult:
        """One text a part; those that are empty take no room."""
        yield Static(words(self.page.turn.text), classes="person")
        yield Offer(Content(""), classes="change")
        for part in ("card", "deciding", "question", "message", "beside", "foot"):
            yield Static(classes=part)

    async def on_mount(self) -> None:
        """Shows what there is already: a turn may be opened in the middle of its answer."""
        self.show(self.page)
        if self.page.answer:
            await self.rewrite(self.page)
            if self.page.turn.status == "streaming" and not self.page.abandoned:
                await self._open_stream()

    @property
    def beginning(self) -> Widget:
        """Where the answer begins: help where there is danger, else the reading."""
        return self._markdown if self.page.danger and self._markdown else self.query_one(".card")

    def show(self, page: Page) -> None:
        """Everything but the answer's prose."""
        self.page = page
        turn = page.turn
        self.set_class(page.danger, "danger")
        again = _key_of(self, "regenerate") if page.written else ""
        self.query_one(Offer).update(typeset.change(turn.id, _key_of(self, "edit"), again))
        self._set("card", page.card)
        self._set("deciding", typeset.deciding(page.choices) if page.choices else Content(""))
        self._set("question", page.question)
        self._set("message", typeset.message(turn.draft) if turn.draft else Content(""))
        lines = [line for line in (typeset.sources(page.told), typeset.plan_line(turn)) if line.plain]
        self._set("beside", Content("\n").join(lines))
        self._set("foot", page.foot)

    def write(self, fragment: str) -> None:
        """Adds to the answer as it is written; seen a moment later, together with what else comes."""
        self.streamed = True
        self._unwritten.append(fragment)
        if self._timer is None:
            self._timer = self.set_timer(WRITE_EVERY, self._write_out)

    async def _write_out(self) -> None:
        self._timer = None
        fragment = plain("".join(self._unwritten))
        self._unwritten.clear()
        if not (fragment and self.is_attached and self.is_running):
            return  # the page is being closed: what was written is in the store
        await self._open_stream()
        if self._stream is not None:
            await self._stream.write(fragment)

    async def rewrite(self, page: Page) -> None:
        """The whole answer, in place of what was streamed."""
        self.show(page)
        await self.settle()
        if page.answer or self._markdown is not None:
            await (await self._paper()).update(page.answer)

    async def settle(self) -> None:
        """Ends the stream, if there is one; what it holds is shown."""
        if self._timer is not None:
            self._timer.stop()
            await self._write_out()
        if self._stream is not None:
            stream, self._stream = self._stream, None
            await stream.stop()

    async def _open_stream(self) -> None:
        if self._stream is None:
            from textual.widgets import Markdown

            self._stream = Markdown.get_stream(await self._paper())

    async def _paper(self) -> Markdown:
        """The Markdown widget: made when the first word comes, it is the costly part of a turn."""
        if self._markdown is None:
            from textual.widgets import Markdown

            self._markdown = Markdown(parser_factory=parser, open_links=False)
            # Where there is danger, help stands before the reading.
            await self.mount(self._markdown, after=".change" if self.page.danger else ".deciding")
        return self._markdown

    def on_markdown_link_clicked(self, event: Markdown.LinkClicked) -> None:
        """A [n] was clicked."""
        event.stop()
        if event.href.startswith(CITE):
            self.post_message(Cited(self.page.turn.id, int(event.href.removeprefix(CITE))))

    def _set(self, part: str, content: Content) -> None:
        widget = self.query_one(f".{part}", Static)
        widget.set_class(not content.plain, "-empty")
        if widget.content != content:
            widget.update(content)


def _key_of(widget: Widget, command: str) -> str:
    screen = cast("Columns", widget.screen)
    return screen.key_of(command)
