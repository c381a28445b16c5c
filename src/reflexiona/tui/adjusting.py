"""What the commands do that open the settings, the models and the keyboard; and making a changed setting hold."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from reflexiona.errors import ReflexionaError
from reflexiona.paths import DataFolder

if TYPE_CHECKING:
    from reflexiona.models.installed import InstalledModel
    from reflexiona.settings import Settings
    from reflexiona.tui.screens.main import MainScreen


def open_settings(screen: MainScreen) -> None:
    """Opens the settings."""
    from reflexiona.tui.screens.settings import SettingsScreen

    data = folder(screen)
    if data is None:
        return

    def done(wants: str | None) -> None:
        screen.hint()
        if wants == "models":
            screen.call_later(screen.action_command, "models")

    screen.app.push_screen(SettingsScreen(data.settings, lambda key, settings: hold(screen, key, settings)), done)


def hold(screen: MainScreen, key: str, settings: Settings) -> None:
    """Makes a setting that was changed hold at once; some wait for the next start, and say so."""
    from reflexiona.tui import indexing
    from reflexiona.tui.themes import DARK

    if key == "tema":
        screen.app.theme = settings.theme or DARK.name
    elif key == "enviar_con":
        screen.talk.composer.sends = settings.send_key
    elif key in ("pais", "trato") and screen.talk.desk is not None:
        screen.talk.desk.suit(settings.country, settings.register)
    elif key == "codificador":
        indexing.prepare(screen)


def open_keyboard(screen: MainScreen) -> None:
    """Opens the keyboard."""
    from reflexiona.tui.screens.keyboard import KeyboardScreen

    data = folder(screen)
    if data is not None:
        screen.app.push_screen(KeyboardScreen(data.settings, screen.keymap.problems))


async def open_models(screen: MainScreen) -> None:
    """Opens the models."""
    from reflexiona.settings import load_settings
    from reflexiona.tui.installer import Installer
    from reflexiona.tui.screens.models import ModelsScreen

    data, backstage = folder(screen), screen.backstage
    if data is None or backstage is None:
        return
    try:
        catalogue = await asyncio.to_thread(backstage.models)
        chosen = (await asyncio.to_thread(load_settings, data.settings)).model
    except ReflexionaError as error:
        screen.notify(str(error), severity="error", timeout=12, markup=False)
        return
    if screen.installer is None:
        screen.installer = Installer(data, lambda said: screen.app.notify(said, timeout=10, markup=False))

    async def use(model: InstalledModel | None) -> None:
        await use_model(screen, data, model)

    screen.app.push_screen(ModelsScreen(data, catalogue, screen.installer, chosen, use))


async def use_model(screen: MainScreen, data: DataFolder, model: InstalledModel | None) -> None:
    """Puts a model in use, or none; the settings keep it once it works.

    Raises:
        ReflexionaError: an answer is being written, or it cannot be used: then the articles answer.
    """
    from reflexiona.models.registry import ModelRegistry
    from reflexiona.settings import save_setting
    from reflexiona.tui.messages import EngineReady

    backstage, desk = screen.backstage, screen.talk.desk
    assert backstage is not None
    if desk is not None and desk.busy:
        raise ReflexionaError("Se está escribiendo una respuesta.", "En cuanto termine se puede cambiar de modelo.")
    try:
        if model is None:
            await backstage.engine.use_model("", "")
        else:
            sound = await asyncio.to_thread(ModelRegistry(data).find, model.name)
            await backstage.engine.use_model(sound.name, str(sound.path), sound.family)
        await asyncio.to_thread(save_setting, data.settings, "modelo", model.name if model else "")
    finally:
        screen.post_message(EngineReady((await backstage.engine.status()).model))


def folder(screen: MainScreen) -> DataFolder | None:
    """The person's folder; None while the program is still opening."""
    if screen.backstage is None:
        screen.notify("Reflexiona todavía se está abriendo.", markup=False)
        return None
    return screen.backstage.data
