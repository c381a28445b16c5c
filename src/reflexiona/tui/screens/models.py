"""The models: which are here, which can be brought and fit this machine; bringing, importing and using them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.widgets import OptionList

from reflexiona.errors import NotFoundError, ReflexionaError, reason
from reflexiona.models.memory import size_text
from reflexiona.paths import path_of
from reflexiona.settings import INCLUDED_MODEL
from reflexiona.tui.screens.model_list import ENTRY, HERE, ModelsPage

if TYPE_CHECKING:
    from textual.app import App

    from reflexiona.models.installed import InstalledModel
    from reflexiona.models.installing import Seen
    from reflexiona.models.overview import Here


class ModelsScreen(ModelsPage):
    """The screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f8", "dismiss", "Volver", show=False, priority=True),
        Binding("p", "pause", "Pausar o seguir", show=False),
        Binding("x", "drop", "Cancelar la descarga", show=False),
        Binding("i", "bring_file", "Traer un archivo", show=False),
        Binding("s", "go_without", "Sin modelo", show=False),
        Binding("d", "remove", "Quitar el modelo de este equipo", show=False),
    ]

    _doubted = ""
    """The model that another press of the key removes."""

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Uses the model, or brings it."""
        event.stop()
        name = event.option_id or ""
        if name.startswith(HERE):
            one = next(one for one in self.here if one.model.name == name.removeprefix(HERE))
            self._go_on(self._put_in_use(None if one.in_use else one.model))
        elif name.startswith(ENTRY):
            self._go_on(self._bring(name.removeprefix(ENTRY)))

    def action_pause(self) -> None:
        """Pauses the download, or goes on with the one that was left."""
        if self._installer.busy:
            self._installer.stop()
        elif self._installer.name and self._installer.name not in {one.model.name for one in self.here}:
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

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Another one is marked: what was asked of the one before is forgotten."""
        if self._doubted and event.option_id != f"{HERE}{self._doubted}":
            self._ask_about("")

    def action_remove(self) -> None:
        """Deletes the marked model from this machine: the first press asks, the second one does."""
        name = self._marked.removeprefix(HERE)
        one = next((one for one in self.here if self._marked.startswith(HERE) and one.model.name == name), None)
        if one is None:
            self.notify("Solo se quita un modelo que esté en este equipo.", markup=False)
        elif one.model.name == INCLUDED_MODEL:
            self.notify("El modelo incluido viene con Reflexiona y no se quita; «s» lo deja sin usar.", markup=False)
        elif self._doubted == name:
            self._ask_about("")
            self._go_on(self._remove(one))
        else:
            self._ask_about(name, one.model.size)

    def _ask_about(self, name: str, size: int = 0) -> None:
        self._doubted = name
        asks = f"¿Quitar «{name}» y liberar {size_text(size)}? Otra vez «d» lo quita; con ↑, ↓ o Esc se queda."
        self._doing = asks if name else ""
        self._tell()

    async def _remove(self, one: Here) -> None:
        from reflexiona.models.registry import ModelRegistry

        if one.in_use:  # whoever writes lets go of the file first
            await self._put_in_use(next((here.model for here in self.here if here.model.name == INCLUDED_MODEL), None))
        try:
            await asyncio.to_thread(ModelRegistry(self._data).remove, one.model.name)
            self.app.notify(f"«{one.model.name}» ya no está en este equipo.", markup=False)
        except (ReflexionaError, OSError) as error:
            told = str(error) if isinstance(error, ReflexionaError) else f"No se pudo quitar: {reason(error)}."
            self.app.notify(told, severity="error", timeout=15, markup=False)
        await self.look()

    @property
    def _marked(self) -> str:
        listed = self.query_one(OptionList)
        return (listed.get_option_at_index(listed.highlighted).id or "") if listed.highlighted is not None else ""

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
        if await self._installer.bring(entry, agreeing(self.app)):
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

        path = await self.app.push_screen_wait(
            Ask("¿Dónde está el archivo .gguf?", longest=400, foot="Enter lo trae · Esc lo deja")
        )
        if path is None:
            return
        self._doing = "Comprobando y trayendo el archivo…"

        def report(share: float) -> None:
            self._doing = f"Comprobando y trayendo el archivo · {share:.0%}".replace("%", " %")

        try:
            registry, source = ModelRegistry(self._data), path_of(path)
            model = await asyncio.to_thread(lambda: registry.import_file(source, report=report))
            self.app.notify(f"Traído como «{model.name}». Enter lo prueba y lo pone en uso.", markup=False)
        except ReflexionaError as error:
            self.app.notify(str(error), severity="error", timeout=15, markup=False)
        self._doing = ""
        await self.look()

    @work(group="forget", exclusive=True)
    async def _forget_half(self) -> None:
        from reflexiona.models.installing import forget_partial

        marked = self._marked
        name = marked.removeprefix(ENTRY)
        if marked.startswith(ENTRY) and await asyncio.to_thread(forget_partial, self._data, name):
            self.notify(f"Lo descargado de «{name}» se ha borrado.", markup=False)
            await self.look()
        else:
            self.notify("No hay ninguna descarga que cancelar.", markup=False)


def agreeing(app: App[object]) -> Callable[[Seen], bool]:
    """Asks the person, from another thread, whether they want a file that nobody has verified."""
    from reflexiona.tui.screens.ask import Ask

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
