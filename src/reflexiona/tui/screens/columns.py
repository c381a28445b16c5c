"""Three columns and two lines, whatever the width; where the focus goes, and which keys help there."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.screen import Screen

from reflexiona.tui.commands import COMMANDS, key_label
from reflexiona.tui.keymap import Keymap, make_keymap
from reflexiona.tui.panels import Panel, Panels
from reflexiona.tui.widgets.lines import Farewell, Hints, Masthead, Trouble
from reflexiona.tui.widgets.talk import Talk

Keys = tuple[tuple[str, str], ...]
"""(key, what it does), the most useful first."""

WRITING: Keys = (
    ("Enter", "enviar"),
    ("Ctrl+J", "línea nueva"),
    ("Ctrl+G", "guía"),
    ("Ctrl+L", "casos"),
    ("F1", "ayuda"),
    ("Ctrl+R", "buscar"),
    ("Ctrl+P", "todo"),
    ("Esc", "leer"),
    ("Ctrl+F", "buscar aquí"),
    ("Alt+1…9", "abrir pasaje"),
    ("Ctrl+E", "exportar"),
)
READING = (
    ("1…9", "abrir pasaje"),
    ("Ctrl+Y", "copiar"),
    ("↑↓", "leer"),
    ("Esc", "escribir"),
    ("F1", "ayuda"),
    ("F6", "cambiar el texto"),
    ("Ctrl+F", "buscar aquí"),
    ("Ctrl+P", "todo"),
    ("F7", "otra respuesta"),
    ("Ctrl+E", "exportar"),
)
BRANCHING = (
    ("Enter", "enviar como rama"),
    ("Ctrl+J", "línea nueva"),
    ("Esc", "dejarlo"),
    ("F6", "el texto anterior"),
    ("F1", "ayuda"),
    ("Ctrl+P", "todo"),
)
LISTED = (
    ("Enter", "abrir"),
    ("↑↓", "elegir"),
    ("F2", "título"),
    ("Supr", "borrar"),
    ("Esc", "volver"),
    ("Ctrl+R", "buscar"),
    ("F1", "ayuda"),
)
FINDING = (("Enter ↓", "siguiente"), ("↑", "anterior"), ("Esc", "cerrar"), ("Ctrl+R", "en todos los casos"))
PANEL = (("↑↓", "elegir"), ("Enter", "abrir o marcar"), ("Tab", "siguiente parte"), ("Esc", "volver"), ("F1", "ayuda"))
PLANNING = (
    ("Espacio", "hecho"),
    ("e", "cambiar"),
    ("f", "fecha"),
    ("n", "añadir"),
    ("Supr", "quitar"),
    ("Esc", "volver"),
    ("Alt+↑↓", "mover"),
    ("Ctrl+Z", "deshacer"),
    ("F1", "ayuda"),
)
RUNNING = ("Esc", "detener")
DECIDING = ("Alt+A Alt+B", "responder")


class Columns(Screen[None]):
    """The frame. What happens in it is said in `main`."""

    AUTO_FOCUS = "Composer"

    def __init__(self, text: str = "", sends: str = "enter", keymap: Keymap | None = None) -> None:
        super().__init__()
        self.keymap = keymap or make_keymap(COMMANDS, ())
        """What the keys do."""
        self._relabelled = {
            key_label(command.keys[0]): key_label(self.keymap.shown(command)[0])
            for command in COMMANDS
            if command.keys and self.keymap.shown(command)
        }
        self.talk = Talk(text, sends)
        """The column in the middle."""
        self._panels = Panels()

    def compose(self) -> ComposeResult:
        """Heading, columns, hints; the side panels come after the first frame."""
        yield Masthead(id="masthead")
        yield Trouble()
        with Horizontal(id="columns"):
            yield self.talk
        yield Farewell()
        yield Hints()

    def key_of(self, command: str) -> str:
        """The key to name for a command, as people write it; without one, where it is found."""
        keys = self.keymap.keys.get(command)
        return key_label(keys[0]) if keys else "Ctrl+P"

    def show_or_hide(self, panel: Panel) -> None:
        """Shows or hides a panel, and goes there or comes back."""
        self._panels = self._panels.toggled(panel, self.size.width)
        self._arrange()
        self.go_to(panel if self.has_class(f"-{panel}") else "talk")

    def on_resize(self, event: events.Resize) -> None:
        """Other columns may fit."""
        self._arrange(event.size.width)

    def on_descendant_focus(self) -> None:
        """Other keys help."""
        self.hint()

    def on_text_area_changed(self) -> None:
        """Other keys help beside a text that was begun."""
        self.hint()

    @property
    def deciding(self) -> bool:
        """Whether a key answers the deciding question: not beside a text that is being written, it would be sent."""
        live, composer = self.talk.transcript.live, self.talk.composer
        return live is not None and bool(live.page.choices) and not (composer.has_focus and composer.text)

    def hint(self) -> None:
        """Shows the keys that help where the focus is."""
        talk = self.talk
        if talk.composer.has_focus:
            pairs = BRANCHING if talk.branch.stem else WRITING
            if talk.composer.sends != "enter":
                pairs = (("Ctrl+J", pairs[0][1]), ("Enter", pairs[1][1]), *pairs[2:])
        elif self.query("#finder:focus-within"):
            pairs = FINDING
        elif self.query("#case-list:focus"):
            pairs = LISTED
        elif self.query("#plan:focus"):
            pairs = PLANNING
        else:
            pairs = READING if talk.transcript.has_focus else PANEL
        front = []
        if talk.desk is not None and talk.desk.busy and not talk.branch.stem:
            front.append(RUNNING)
        elif self.deciding:
            front.append(DECIDING)
        rest = tuple((self._relabelled.get(key, key), does) for key, does in pairs if not (front and key == "Esc"))
        self.query_one(Hints).offer((*front, *rest))

    def action_write(self) -> None:
        """Back to the composer."""
        self.go_to("talk")

    def action_page(self, direction: int) -> None:
        """Reads on without leaving the composer."""
        transcript = self.talk.transcript
        if direction < 0:
            transcript.scroll_page_up(animate=False)
        else:
            transcript.scroll_page_down(animate=False)

    async def action_escape(self) -> None:
        """Closes a panel, else leaves a sent text as it was, else stops an answer, else goes to and fro to read."""
        talk = self.talk
        if not self.has_class("-talk") or self._panels != self._panels.closed(self.size.width):
            self.leave_panel()
        elif talk.finder is not None and talk.finder.display:
            talk.finder.action_close()
        elif talk.branch.stem is not None:
            talk.call_off_branch()
            self.go_to("talk")
        elif talk.desk is not None and await talk.desk.cancel():
            self.hint()
        elif talk.composer.has_focus and talk.transcript.live is not None:
            talk.transcript.focus()
        else:
            self.go_to("talk")

    def leave_panel(self) -> None:
        """Back to the conversation, where a panel stands in front of it, and to the composer."""
        self._panels = self._panels.closed(self.size.width)
        self._arrange()
        self.go_to("talk")

    def go_to(self, place: str) -> None:
        """Puts the focus into a column: `talk` (the composer), or a panel that has something to choose from."""
        if place == "talk":
            self.talk.composer.focus()
        else:
            for widget in self.query(f"#{place} OptionList"):
                if widget.focusable:
                    widget.focus()
                    break
        self.hint()

    def _arrange(self, width: int | None = None) -> None:
        seen = self._panels.seen(width or self.size.width)
        for column in ("cases", "talk", "guide"):
            self.set_class(column in seen, f"-{column}")
        self.set_class("talk" not in seen, "-alone")
