"""One question with one line to answer it, over whatever was there."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from reflexiona.tui.plain import one_line

LONGEST = 120
"""Characters of an answer."""
FOOT = "Enter guarda · Esc lo deja como está"

Understood = Callable[[str], str | None]
"""An answer → what is understood by it; None: it cannot be taken."""


class Ask(ModalScreen[str | None]):
    """Answers with the line, or None when the person thinks better of it or leaves it as it was, or empty.

    Args:
        question: what is asked.
        given: stands there to be changed.
        longest: characters of an answer.
        examples: how an answer may look, while there is none.
        understood: says what an answer means, below the line; an empty one is taken then, too.
        trouble: what was wrong with what stands there: it may be tried again as it is.
        foot: what the keys do.
    """

    CSS_PATH = "ask.tcss"
    AUTO_FOCUS = "#answer"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Dejarlo", show=False)]

    def __init__(
        self,
        question: str,
        given: str = "",
        *,
        longest: int = LONGEST,
        examples: str = "",
        understood: Understood | None = None,
        trouble: str = "",
        foot: str = FOOT,
    ) -> None:
        super().__init__()
        self._question = question
        self._given = one_line(given)
        self._longest = longest
        self._examples = examples
        self._understood = understood
        self._trouble = trouble
        self._foot = foot

    def compose(self) -> ComposeResult:
        """The question and the line."""
        with Vertical(id="ask"):
            yield Static(Content.styled(self._question, "bold"))
            yield Input(self._given, self._examples, id="answer", max_length=self._longest, select_on_focus=False)
            yield Static(Content(""), id="understood")
            yield Static(Content.styled(self._foot, "$quiet"))

    def on_mount(self) -> None:
        """Says what is understood by what stands there."""
        self.query_one(Input).compact = True
        self.query_one("#understood").display = self._understood is not None or bool(self._trouble)
        self._tell(self._given)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Says what is understood by now."""
        event.stop()
        self._tell(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """What was written, on one line."""
        event.stop()
        answer = one_line(event.value)
        if self._understood is not None and self._understood(answer) is None:
            return  # what is wrong with it stands below the line
        taken = (answer != self._given or self._trouble) and (answer or self._understood is not None)
        self.dismiss(answer if taken else None)

    def _tell(self, text: str) -> None:
        if self._understood is None:
            wrong = self._trouble if one_line(text) == self._given else ""
            self.query_one("#understood", Static).update(Content.styled(one_line(wrong), "$warning"))
            return
        told = self._understood(one_line(text))
        said = Content.styled("Así no se entiende.", "$warning") if told is None else Content.styled(told, "$cite")
        self.query_one("#understood", Static).update(said)
