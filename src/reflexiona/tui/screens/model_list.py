"""What the screen of the models shows: which are here, which can be brought, and how far the one that comes is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.content import Content
from textual.events import Resize
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from reflexiona.models.catalogue import UNTESTED, Catalogue
from reflexiona.models.memory import size_text
from reflexiona.models.overview import FITS, Here, Offered, Overview, overview
from reflexiona.tui.plain import one_line
from reflexiona.tui.typeset import hanging
from reflexiona.tui.widgets.lines import TICK, Hints

if TYPE_CHECKING:
    from reflexiona.models.installed import InstalledModel
    from reflexiona.paths import DataFolder
    from reflexiona.tui.installer import Installer

Use = Callable[["InstalledModel | None"], Awaitable[None]]
"""Puts a model in use, or none; raises `ReflexionaError` where it cannot."""
HERE, ENTRY = "here:", "entry:"
KEYS = (
    ("Enter", "usar o descargar"),
    ("i", "importar"),
    ("s", "sin modelo"),
    ("d", "quitar"),
    ("Esc", "volver"),
    ("p", "pausar"),
    ("x", "cancelar"),
)
COMING = (*KEYS[5:], *KEYS[:1], *KEYS[4:5], *KEYS[1:4])
"""The same keys while a model is coming."""
_MARGIN = 8


class ModelsPage(Screen[None]):
    """The page. What happens on it is said in `models`.

    Args:
        data: the person's folder.
        catalogue: what can be brought.
        installer: brings it, whether this screen is in sight or not.
        chosen: name of the model in use; empty: none.
        use: puts another one in use.
    """

    CSS_PATH = "models.tcss"
    AUTO_FOCUS = "#models"

    def __init__(self, data: DataFolder, catalogue: Catalogue, installer: Installer, chosen: str, use: Use) -> None:
        super().__init__()
        self._data = data
        self._catalogue = catalogue
        self._installer = installer
        self._chosen = chosen
        self._use = use
        self._doing = ""
        self.overview: Overview | None = None
        """All there is, as last looked at."""

    def compose(self) -> ComposeResult:
        """Title, memory, the list, what is going on."""
        yield Static(Content.styled("Modelos de lenguaje", "bold"), id="models-title")
        yield Static(Content(""), id="models-facts")
        yield OptionList(id="models", compact=True)
        yield Static(Content(""), id="models-doing")
        yield Hints()

    async def on_mount(self) -> None:
        """Looks at what there is, and goes on looking how far a download is."""
        self.query_one(Hints).offer(KEYS)
        self._tell()
        self.set_interval(TICK, self._tell)
        await self.look()

    async def look(self) -> None:
        """Reads everything anew."""
        if self.is_attached:
            self.overview = await asyncio.to_thread(overview, self._data, self._catalogue, self._chosen)
        if self.is_attached:  # it may have been left meanwhile
            self._lay_out()

    def on_resize(self, event: Resize) -> None:
        """Wraps anew."""
        self._lay_out()

    @property
    def here(self) -> tuple[Here, ...]:
        """The models of this machine."""
        return self.overview.here if self.overview else ()

    def _tell(self) -> None:
        if not self.is_attached:
            return
        coming = f"{self._installer.name}: {self._installer.told}" if self._installer.busy else ""
        self.query_one(Hints).offer(COMING if coming else KEYS)
        said = Content(one_line(" · ".join(filter(None, (self._doing, coming)))))
        widget = self.query_one("#models-doing", Static)
        if said != widget.content:
            widget.update(said)
        if widget.display != bool(said.plain):
            widget.display = bool(said.plain)

    def _lay_out(self) -> None:
        if self.overview is None:
            return
        width = min(self.size.width, 100) - _MARGIN
        listed = self.query_one(OptionList)
        marked = listed.highlighted
        listed.clear_options()
        listed.add_options(entries(self.overview, width))
        if marked is not None and marked < listed.option_count:
            listed.highlighted = marked
        else:
            listed.action_first()
        machine = self.overview.memory
        told = "Sin modelo también hay respuesta: se compone con los artículos. "
        if self.overview.recommended:
            told += self.overview.recommended.why
        elif machine:
            told += f"Memoria: {size_text(machine.free)} libres de {size_text(machine.total)}."
        self.query_one("#models-facts", Static).update(Content.styled(one_line(told), "$quiet"))


def entries(seen: Overview, width: int) -> Iterator[Option]:
    """The list: what is here, then the catalogue by level."""
    if seen.here:
        yield Option(Content.styled("En este equipo", "$quiet italic"), disabled=True)
    for one in seen.here:
        yield Option(_here_entry(one, width), id=f"{HERE}{one.model.name}")
    for level, offers in groupby(seen.offered, key=lambda offer: offer.entry.level_text):
        yield Option(Content.styled(f"Para descargar, {level}", "$quiet italic"), disabled=True)
        for offer in offers:
            yield Option(_offer_entry(offer, width), id=f"{ENTRY}{offer.entry.name}")


def _here_entry(one: Here, width: int) -> Content:
    lead = "● " if one.in_use else "○ "
    used = " · en uso" if one.in_use else ""
    changed = "" if one.model.unchanged else " · el archivo ha cambiado desde que se trajo"
    head = hanging(lead, f"{one.model.name}{used}", width, "$own", "bold")
    told = f"{size_text(one.model.size)} · {FITS[one.fit]}{changed} · {one.experience}"
    return head + Content("\n") + hanging("  ", told, width, "", "$quiet")


def _offer_entry(offer: Offered, width: int) -> Content:
    entry, half = offer.entry, offer.partial
    size = size_text(entry.size) if entry.size else "tamaño sin confirmar"
    facts = [size, f"necesita {size_text(entry.need)}: {FITS[offer.fit]}" if entry.need else "", entry.licence]
    facts += [
        f"idiomas: {entry.languages}" if entry.languages else "",
        "sin verificar: se pregunta antes" if entry.unverified else "",
    ]
    facts += ["" if entry.tested else UNTESTED, entry.note]
    head = hanging("  ", f"{entry.name} · {entry.title}", width, "", "bold")
    if half is not None:
        share = f"{100 * half.done // half.total} %" if half.total else size_text(half.done)
        head += Content.styled(f"\n  a medias, {share}: Enter sigue, x lo borra", "$warning")
    return head + Content("\n") + hanging("  ", " · ".join(filter(None, facts)), width, "", "$quiet")
