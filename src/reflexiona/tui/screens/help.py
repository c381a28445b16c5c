"""Help: every key, what a band means, where things are kept. Made from the table of commands: none is left out."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.screen import ModalScreen
from textual.widgets import Static

from reflexiona.export.spanish import lower_first
from reflexiona.tui.commands import (
    ANSWER,
    CASES,
    COMMANDS,
    GOING,
    LISTED,
    PLACES,
    PLAN,
    PLANNED,
    PROGRAM,
    READING,
    TYPING,
    WRITING,
    key_label,
)
from reflexiona.tui.keymap import Keymap, make_keymap
from reflexiona.tui.typeset import hanging

BANDS = (
    ("claro", "los textos así casi siempre resultaron ser esto. Se sugiere."),
    ("probable", "suele serlo, no siempre. Se sugiere y se pregunta."),
    ("no claro", "hay más de una lectura posible. Se pregunta antes."),
)
FIGURES = (
    "La cifra junto al escenario es la probabilidad de que sea el principal; las de «También», la de que cada uno "
    "esté además presente. ◦ marca lo que ningún pasaje respalda: lo dice el modelo, no un artículo."
)
KEPT = (
    "Todo queda en este equipo: conversaciones, borrador y plan. El borrador se guarda cada segundo; si algo se corta, "
    "al volver está lo escrito y se ofrece retomar la respuesta. Lo borrado no queda en ningún archivo. Una "
    "conversación temporal no se guarda en absoluto: si el programa se cierra o falla, se pierde."
)
GROUPS = ((WRITING, TYPING), (ANSWER, READING), (PLAN, PLANNED), (PLACES, GOING), (CASES, LISTED), (PROGRAM, ()))
"""(group of commands, what the keys do there besides)."""
WIDEST = 88
"""Columns of the help."""
_WIDTH = 18
_MARGIN = 6


def page(width: int, keymap: Keymap | None = None) -> Content:
    """The whole help, wrapped to `width` cells; with the person's own keys, if any."""
    keymap = keymap or make_keymap(COMMANDS, ())
    lines: list[Content] = []
    for group, extra in GROUPS:
        lines += [Content.styled(group, "bold")]
        rows: list[Content] = []
        for command in COMMANDS:
            if command.group == group and (keys := keymap.shown(command)):
                letter = f" · {key_label(command.letter).lower()}" if command.letter else ""
                rows.append(_row(" ".join(map(key_label, keys)) + letter, lower_first(command.title), width))
        besides = [_row(key, what, width) for key, what in extra]
        lines += [*besides, *rows] if group == WRITING else [*rows, *besides]  # sending first
        lines.append(Content(""))
    lines += [Content.styled("Qué quiere decir la lectura", "bold"), *(_row(band, what, width) for band, what in BANDS)]
    lines += [Content(FIGURES), Content(""), Content.styled("Dónde queda lo escrito", "bold"), Content(KEPT)]
    return Content("\n").join(lines)


def _row(key: str, what: str, width: int) -> Content:
    return hanging(key.ljust(_WIDTH), what, width, "$own")


class HelpScreen(ModalScreen[None]):
    """The help, over the conversation."""

    CSS_PATH = "help.tcss"
    AUTO_FOCUS = "#help"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,f1,question_mark,enter", "dismiss", "Cerrar", show=False)
    ]

    def __init__(self, keymap: Keymap | None = None) -> None:
        super().__init__()
        self._keymap = keymap

    def compose(self) -> ComposeResult:
        """The page."""
        with VerticalScroll(id="help"):
            # whole from the beginning: a text that comes with the first resize is given no more than a line
            yield Static(self._page(self.app.size.width), id="help-page")
            yield Static(Content.styled("Esc cierra la ayuda", "$quiet"))

    def on_resize(self, event: Resize) -> None:
        """Wraps anew."""
        self.query_one("#help-page", Static).update(self._page(event.size.width))

    def _page(self, width: int) -> Content:
        return page(min(width, WIDEST) - _MARGIN, self._keymap)
