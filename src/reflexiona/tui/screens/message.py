"""The message to the client: channel, register and tone to choose, the words to change, and only them to copy."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static, TextArea

from reflexiona.domain import Channel, Draft, Register, Tone
from reflexiona.errors import ReflexionaError
from reflexiona.tui.plain import plain
from reflexiona.tui.typeset import clickable
from reflexiona.tui.widgets.lines import Hints

Propose = Callable[[Draft], Awaitable[Draft | None]]
"""What is wanted, and the message last proposed → another one; None: the articles hold none."""
KEYS = (
    ("Ctrl+Y", "copiar solo el mensaje"),
    ("Esc", "volver (queda guardado)"),
    ("Ctrl+Z", "deshacer"),
    ("Alt+C", "canal"),
    ("Alt+T", "trato"),
    ("Alt+O", "tono"),
)
CHANNELS = {Channel.EMAIL: "correo", Channel.WHATSAPP: "WhatsApp", Channel.CALL: "guion de llamada"}
REGISTERS = {Register.TU: "de tú", Register.VOS: "de vos", Register.USTED: "de usted"}
TONES = {Tone.BALANCED: "normal", Tone.FIRMER: "más firme", Tone.WARMER: "más cálido", Tone.SHORTER: "más corto"}
_ROWS = {
    "channel": ("Alt+C", "canal", {value.value: said for value, said in CHANNELS.items()}),
    "register": ("Alt+T", "trato", {value.value: said for value, said in REGISTERS.items()}),
    "tone": ("Alt+O", "tono", {value.value: said for value, said in TONES.items()}),
}
"""Field of a message → key, name, value → as the person reads it."""
_GAP = re.compile(r"\[[^\]\n]{1,60}\]")


def gaps(text: str) -> tuple[str, ...]:
    """What is still to be filled in, each once."""
    return tuple(dict.fromkeys(_GAP.findall(text)))


class MessageText(TextArea):
    """The words. What is pasted is cleaned first."""

    def __init__(self, text: str) -> None:
        super().__init__(
            plain(text),
            id="message-text",
            soft_wrap=True,
            compact=True,
            show_line_numbers=False,
            highlight_cursor_line=False,
            tab_behavior="focus",
            placeholder="Aquí va el mensaje.",
        )

    # Textual calls the handlers of every class of the hierarchy in turn: that of `TextArea` follows.
    async def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.text = plain(event.text)


class MessageScreen(Screen[None]):
    """The screen.

    Args:
        draft: the message as it stands.
        propose: has another one made.
        keep: told of every change.
        earlier: the one that it takes the place of, as the case has changed; Ctrl+Z brings its words back.
    """

    CSS_PATH = "message.tcss"
    AUTO_FOCUS = "#message-text"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f4", "leave", "Volver", show=False, priority=True),
        Binding("ctrl+y,alt+m", "copy_message", "Copiar", show=False, priority=True),
        Binding("alt+c", "turn('channel')", "Canal", show=False, priority=True),
        Binding("alt+t", "turn('register')", "Trato", show=False, priority=True),
        Binding("alt+o", "turn('tone')", "Tono", show=False, priority=True),
    ]

    def __init__(
        self, draft: Draft, propose: Propose, keep: Callable[[Draft], object], earlier: Draft | None = None
    ) -> None:
        super().__init__()
        self._earlier = earlier
        self.draft = draft
        """As it stands, the person's changes included."""
        self._proposed = draft
        self._propose = propose
        self._keep = keep

    def compose(self) -> ComposeResult:
        """What it is, three choices, the words, what is missing."""
        news = " · nuevo: el caso ha cambiado; Ctrl+Z trae el de antes" if self._earlier else ""
        yield Static(Content.assemble(("Mensaje al cliente", "bold"), (news, "$quiet")), id="message-title")
        yield Static(Content(""), id="message-choices")
        yield MessageText((self._earlier or self.draft).text)
        yield Static(Content(""), id="message-gaps")
        yield Hints()

    def on_mount(self) -> None:
        """Shows what is chosen."""
        self.query_one(Hints).offer(KEYS)
        if self._earlier:
            area = self.query_one(TextArea)
            area.replace(plain(self.draft.text), (0, 0), area.document.end)
        self._tell()

    def on_text_area_changed(self) -> None:
        """What was changed is kept; an emptied page is not."""
        text = self.query_one(TextArea).text
        if text.strip() and text != self.draft.text:
            self.draft = replace(self.draft, text=text)
            self._keep(self.draft)
        self._tell()

    def action_leave(self) -> None:
        """Back to the conversation."""
        self.dismiss()

    async def action_copy_message(self) -> None:
        """Copies the words and nothing else."""
        from reflexiona.tui.clipboard import copy

        where = await copy(self.app, self.query_one(TextArea).text)
        left = gaps(self.draft.text)
        missing = f" Quedan huecos por rellenar: {', '.join(left)}." if left else ""
        self.notify(f"Mensaje copiado.{missing} {where}".strip(), timeout=8, markup=False)

    def action_turn(self, row: str) -> None:
        """The next value of a row."""
        values = list(_ROWS[row][2])
        self.action_choose(row, values[(values.index(self._chosen[row]) + 1) % len(values)])

    @work(exclusive=True, group="propose")
    async def action_choose(self, row: str, value: str) -> None:
        """Has the message made anew with another value of a row. Ctrl+Z brings the words before back."""
        chosen = {**self._chosen, row: value}
        wanted = replace(
            self._proposed,
            channel=Channel(chosen["channel"]),
            register=Register(chosen["register"]),
            tone=Tone(chosen["tone"]),
        )
        try:
            found = await self._propose(wanted)
        except ReflexionaError as error:
            self.notify(str(error), severity="warning", markup=False)
            return
        if found is None:
            self.notify("En los artículos no hay otro mensaje para este caso.", markup=False)
            return
        if found.channel is not wanted.channel:
            self.notify(f"Para este caso no hay {CHANNELS[wanted.channel]}: queda {CHANNELS[found.channel]}.")
        before = self.query_one(TextArea).text
        if before != self._proposed.text:
            self.notify("Lo que habías cambiado vuelve con Ctrl+Z.", markup=False)
        self._proposed = replace(found, tone=wanted.tone)
        self.draft = self._proposed
        area = self.query_one(TextArea)
        area.replace(plain(found.text), (0, 0), area.document.end)
        self._keep(self.draft)
        self._tell()

    @property
    def _chosen(self) -> dict[str, str]:
        draft = self.draft
        return {"channel": draft.channel.value, "register": draft.register.value, "tone": draft.tone.value}

    def _tell(self) -> None:
        lines = [self._row(name, *parts) for name, parts in _ROWS.items()]
        self.query_one("#message-choices", Static).update(Content("\n").join(lines))
        left: Sequence[str] = gaps(self.query_one(TextArea).text)
        told = f"Por rellenar: {' · '.join(left)}" if left else "Sin huecos por rellenar."
        self.query_one("#message-gaps", Static).update(Content.styled(plain(told), "$quiet"))

    def _row(self, name: str, key: str, title: str, values: Mapping[str, str]) -> Content:
        marks = []
        for value, said in values.items():
            lead, style = ("● ", "bold") if value == self._chosen[name] else ("○ ", "$quiet")
            marks.append(clickable(f"{lead}{said}", f"screen.choose('{name}', '{value}')", style))
        head = Content.assemble((key, "$own"), (f" {title}".ljust(8), "$quiet"))
        return head + Content("   ").join(marks)
