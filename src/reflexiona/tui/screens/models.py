"""The models: which are here, which can be brought and fit this machine; bringing, importing and using them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Resize
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from reflexiona.errors import NotFoundError, ReflexionaError
from reflexiona.models.catalogue import UNTESTED, Catalogue
from reflexiona.models.memory import size_text
from reflexiona.models.overview import FITS, Here, Offered, Overview, overview
from reflexiona.tui.plain import one_line
from reflexiona.tui.typeset import hanging
from reflexiona.tui.widgets.lines import TICK, Hints

if TYPE_CHECKING:
    from reflexiona.models.installing import Seen
    from reflexiona.models.registry import InstalledModel
    from reflexiona.paths import DataFolder
    from reflexiona.tui.installer import Installer

Use = Callable[["InstalledModel | None"], Awaitable[None]]
"""Puts a model in use, or none; raises `ReflexionaError` where it cannot."""
HERE, ENTRY = "here:", "entry:"
KEYS = (
    ("Enter", "usar o descargar"),
    ("p", "pausar"),
    ("x", "cancelar"),
    ("i", "traer un archivo"),
    ("s", "sin modelo"),
    ("Esc", "volver"),
)
_MARGIN = 8


class ModelsScreen(Screen[None]):
    """The screen.

    Args:
        data: the person's folder.
        catalogue: what can be brought.
        installer: brings it, whether this screen is in sight or not.
        chosen: name of the model in use; empty: none.
        use: puts another one in use.
    """

    CSS_PATH = "models.tcss"
    AUTO_FOCUS = "#models"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f8", "dismiss", "Volver", show=False, priority=True),
        Binding("p", "pause", "Pausar o seguir", show=False),
        Binding("x", "drop", "Cancelar la descarga", show=False),
        Binding("i", "bring_file", "Traer un archivo", show=False),
        Binding("s", "go_without", "Sin modelo", show=False),
    ]

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

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Uses the model, or brings it."""
        event.stop()
        name = event.option_id or ""
        if name.startswith(HERE):
            one = next(one for one in self._here if one.model.name == name.removeprefix(HERE))
            self._go_on(self._put_in_use(None if one.in_use else one.model))
        elif name.startswith(ENTRY):
            self._go_on(self._bring(name.removeprefix(ENTRY)))

    def action_pause(self) -> None:
        """Pauses the download, or goes on with the one that was left."""
        if self._installer.busy:
            self._installer.stop()
        elif self._installer.name and self._installer.name not in {one.model.name for one in self._here}:
            self._go_on(self._bring(self._installer.name))
        else:
            self.notify("No hay ninguna descarga en marcha.", markup=False)

    def action_drop(self) -> None:
        """Ends the download, or forgets the marked one that was left half-way."""
        if self._installer.busy:
            self._installer.stop(drop=True)
        else:
            self._forget_half()

    def action_go_without(self) -> None:
        """No model: the articles answer."""
        self._go_on(self._put_in_use(None))

    async def _put_in_use(self, model: InstalledModel | None) -> None:
        self._doing = f"Cargando y probando {model.name}…" if model else "Dejando el modelo…"
        self._tell()
        try:
            await self._use(model)
            self._chosen = model.name if model else ""
            said = f"{model.name} escribe las próximas respuestas." if model else "Responden los artículos, sin modelo."
            self.app.notify(said, markup=False)
        except ReflexionaError as error:
            self.app.notify(str(error), severity="error", timeout=15, markup=False)
        self._doing = ""
        await self.look()

    async def _bring(self, name: str) -> None:
        try:
            entry = self._catalogue.find(name)
        except NotFoundError as error:
            self.notify(str(error), severity="warning", markup=False)
            return
        if await self._installer.bring(entry, self._agreeing()):
            self.app.notify(f"«{name}» está instalado. Enter lo prueba y lo pone en uso.", markup=False)
        await self.look()

    def action_bring_file(self) -> None:
        """Asks for the path of a GGUF file and brings it in; the file stays where it is."""
        self._go_on(self._import())

    def _go_on(self, doing: Coroutine[None, None, None]) -> None:
        """Does something that goes on when this screen is left."""
        self.app.run_worker(doing, group="models")

    async def _import(self) -> None:
        from reflexiona.models.registry import ModelRegistry
        from reflexiona.tui.screens.ask import Ask

        path = await self.app.push_screen_wait(Ask("¿Dónde está el archivo .gguf?", longest=400))
        if path is None:
            return
        self._doing = "Comprobando y trayendo el archivo…"

        def report(share: float) -> None:
            self._doing = f"Comprobando y trayendo el archivo · {share:.0%}".replace("%", " %")

        try:
            registry, source = ModelRegistry(self._data), Path(path).expanduser()
            model = await asyncio.to_thread(lambda: registry.import_file(source, report=report))
            self.app.notify(f"Traído como «{model.name}». Enter lo prueba y lo pone en uso.", markup=False)
        except ReflexionaError as error:
            self.app.notify(str(error), severity="error", timeout=15, markup=False)
        self._doing = ""
        await self.look()

    @work(group="forget", exclusive=True)
    async def _forget_half(self) -> None:
        from reflexiona.models.installing import forget_partial

        listed = self.query_one(OptionList)
        marked = listed.get_option_at_index(listed.highlighted).id if listed.highlighted is not None else ""
        name = (marked or "").removeprefix(ENTRY)
        if marked and marked.startswith(ENTRY) and await asyncio.to_thread(forget_partial, self._data, name):
            self.notify(f"Lo descargado de «{name}» se ha borrado.", markup=False)
            await self.look()
        else:
            self.notify("No hay ninguna descarga que cancelar.", markup=False)

    @property
    def _here(self) -> tuple[Here, ...]:
        return self.overview.here if self.overview else ()

    def _agreeing(self) -> Callable[[Seen], bool]:
        from reflexiona.tui.screens.ask import Ask

        app = self.app

        def agree(seen: Seen) -> bool:
            async def asked() -> bool:
                answer: asyncio.Future[str | None] = asyncio.get_running_loop().create_future()
                asks = f"Archivo sin verificar: {seen.name}, {seen.size} bytes, sha256 {seen.sha256}. "
                asks += "Compara la huella con la que publica quien hizo el modelo. ¿Instalarlo? Escribe «sí»:"
                app.push_screen(Ask(asks), answer.set_result)
                said = await answer
                return (said or "").strip().lower() in ("si", "sí")

            answer: bool = app.call_from_thread(asked)  # type: ignore[arg-type]
            return answer

        return agree

    def _tell(self) -> None:
        if not self.is_attached:
            return
        coming = f"{self._installer.name}: {self._installer.told}" if self._installer.busy else ""
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
    facts += [entry.languages, "sin verificar: se pregunta antes" if entry.unverified else ""]
    facts += ["" if entry.tested else UNTESTED, entry.note]
    head = hanging("  ", f"{entry.name} · {entry.title}", width, "", "bold")
    if half is not None:
        share = f"{100 * half.done // half.total} %" if half.total else size_text(half.done)
        head += Content.styled(f"\n  a medias, {share}: Enter sigue, x lo borra", "$warning")
    return head + Content("\n") + hanging("  ", " · ".join(filter(None, facts)), width, "", "$quiet")
