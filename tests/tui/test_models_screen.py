"""The models: what is here and what fits, bringing one with pauses, importing a file, changing while it runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import OptionList

from reflexiona.errors import ModelError
from reflexiona.models.catalogue import UNTESTED
from reflexiona.models.installing import partials
from reflexiona.models.registry import ModelRegistry
from reflexiona.paths import DataFolder
from reflexiona.settings import load_settings
from reflexiona.tui.messages import EngineReady
from reflexiona.tui.screens.ask import Ask
from reflexiona.tui.screens.models import ModelsScreen
from tests.support.catalogue import write_catalogue
from tests.support.engine import ScriptedEngine
from tests.support.naughty_server import Naughty, good, naughty, slow
from tests.support.tiny_gguf import write_tiny
from tests.support.tui import (
    Heard,
    answered,
    app_with,
    main_screen,
    ready,
    said,
    seen,
    send,
    until,
)

SIZE = (110, 36)


@pytest.fixture(scope="module")
def body(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return write_tiny(tmp_path_factory.mktemp("gguf") / "diminuto.gguf").read_bytes()


def listed(pilot: Pilot[None]) -> list[str]:
    """What is listed beside the included model, which always is."""
    every = [str(option.id) for option in pilot.app.screen.query_one(OptionList).options if option.id]
    return [name for name in every if name != "here:incluido"]


def mark(pilot: Pilot[None], name: str) -> None:
    options = pilot.app.screen.query_one(OptionList)
    options.highlighted = options.get_option_index(name)


async def opened(pilot: Pilot[None], server: Naughty | None = None, **known: object) -> ModelsScreen:
    screen = await ready(pilot)
    backstage = screen.backstage
    assert backstage is not None
    if server is not None:
        path = write_catalogue(backstage.data.root / "c.toml", server.port, server.body, **known)  # type: ignore[arg-type]
        object.__setattr__(backstage, "catalogue", path)
    await pilot.press("f8")
    await until(pilot, lambda: isinstance(pilot.app.screen, ModelsScreen) and listed(pilot))
    shown = pilot.app.screen
    assert isinstance(shown, ModelsScreen)
    mark(pilot, listed(pilot)[0])
    return shown


async def test_the_shipped_catalogue_is_shown_with_what_fits_and_nothing_is_claimed(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await ready(pilot)
        await until(pilot, lambda: "Opcional: un modelo más grande" in seen(pilot))
        screen = await opened(pilot)
        shown = seen(pilot)
        assert "Sin modelo también hay respuesta" in shown
        assert "Para descargar, equipos de 8 GB" in shown
        assert "no probado por nosotros" in shown
        assert screen.overview is not None
        assert len(listed(pilot)) == len(screen.overview.offered)
        assert all(not offer.entry.tested for offer in screen.overview.offered) or UNTESTED in shown
        await pilot.press("escape")
        assert pilot.app.screen is main_screen(pilot)


async def test_one_is_brought_used_and_let_go(data: Path, body: bytes) -> None:
    heard = Heard()
    engine = ScriptedEngine([answered()])
    with naughty(body, good) as server:
        async with app_with(engine, data).run_test(size=SIZE, message_hook=heard) as pilot:
            await opened(pilot, server)
            assert "cabe" in seen(pilot)
            await pilot.press("enter")
            await until(pilot, lambda: listed(pilot) == ["here:diminuto"])
            assert "«diminuto» está instalado" in said(pilot)
            mark(pilot, "here:diminuto")
            await pilot.press("enter")
            await until(pilot, lambda: "diminuto · en uso" in seen(pilot))
            assert load_settings(DataFolder(data).settings).model == "diminuto"
            await pilot.press("escape")
            assert "modelo diminuto" in seen(pilot)
            await pilot.press("f8")
            await until(pilot, lambda: isinstance(pilot.app.screen, ModelsScreen) and listed(pilot))
            await pilot.press("s")
            await until(pilot, lambda: "en uso" not in seen(pilot))
    assert [name for name, *_ in engine.used] == ["diminuto", ""]
    assert load_settings(DataFolder(data).settings).model == ""
    assert [message.model for message in heard.of(EngineReady)][-2:] == ["diminuto", ""]


async def test_a_download_is_paused_gone_on_with_and_cancelled(data: Path, body: bytes) -> None:
    with naughty(body, slow(20, 0.2), slow(20, 0.2), good) as server:
        async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
            await opened(pilot, server)
            await pilot.press("enter")
            await until(pilot, lambda: "diminuto: descargando" in seen(pilot))
            await pilot.press("p")
            await until(pilot, lambda: "lo descargado queda" in said(pilot))
            assert [half.name for half in partials(DataFolder(data))] == ["diminuto"]
            await until(pilot, lambda: "a medias" in seen(pilot))
            await pilot.press("p")
            await until(pilot, lambda: "diminuto: descargando" in seen(pilot))
            await pilot.press("x")
            await until(pilot, lambda: "lo descargado se ha borrado" in said(pilot))
            assert partials(DataFolder(data)) == ()
            await pilot.press("p")
            await until(pilot, lambda: listed(pilot) == ["here:diminuto"])


async def test_it_goes_on_while_one_talks_and_stops_with_the_program(data: Path, body: bytes) -> None:
    with naughty(body, slow(60, 1.0)) as server:
        async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
            await opened(pilot, server)
            await pilot.press("enter")
            await until(pilot, lambda: "diminuto: descargando" in seen(pilot))
            await pilot.press("escape")
            await send(pilot)
            installer = main_screen(pilot).installer
            assert installer is not None
            assert installer.busy
    assert [half.name for half in partials(DataFolder(data))] == ["diminuto"]


async def test_an_unverified_file_is_asked_about(data: Path, body: bytes) -> None:
    with naughty(body, good, good) as server:
        async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
            await opened(pilot, server, unverified=True)
            for answer in ("no", "sí"):
                await pilot.press("enter")
                await until(pilot, lambda: isinstance(pilot.app.screen, Ask))
                assert "sha256" in seen(pilot)
                await pilot.press(*answer, "enter")
                await until(pilot, lambda: isinstance(pilot.app.screen, ModelsScreen))
                await until(pilot, lambda: "No se ha instalado" in said(pilot))
            await until(pilot, lambda: listed(pilot) == ["here:diminuto"])


async def test_a_file_is_imported_and_what_is_none_says_why(data: Path, tmp_path: Path, body: bytes) -> None:
    (tmp_path / "mio.gguf").write_bytes(body)
    (tmp_path / "otro.gguf").write_bytes(b"nada")
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await opened(pilot)
        for name, expected in (("otro.gguf", ""), ("mio.gguf", "Traído como «mio»")):
            before = len(pilot.app._notifications)
            await pilot.press("i")
            await until(pilot, lambda: isinstance(pilot.app.screen, Ask))
            await pilot.press(*str(tmp_path / name), "enter")
            await until(pilot, lambda: len(pilot.app._notifications) > before)  # noqa: B023
            assert expected in said(pilot)
        await until(pilot, lambda: listed(pilot)[0] == "here:mio")
    assert [model.name for model in ModelRegistry(DataFolder(data)).installed()] == ["mio"]


async def test_one_that_cannot_be_used_says_so_and_is_not_kept(data: Path, tmp_path: Path, body: bytes) -> None:
    (tmp_path / "mio.gguf").write_bytes(body)
    ModelRegistry(DataFolder(data)).import_file(tmp_path / "mio.gguf")
    engine = ScriptedEngine([answered()])
    async with app_with(engine, data).run_test(size=SIZE) as pilot:
        await opened(pilot)
        engine.failing = ModelError("El modelo no cabe.", "Elige otro.")
        await pilot.press("enter")
        await until(pilot, lambda: "El modelo no cabe. Elige otro." in said(pilot))
        assert "mio · en uso" not in seen(pilot)
    assert load_settings(DataFolder(data).settings).model == "incluido"


async def test_a_model_is_removed_by_the_second_press(data: Path, tmp_path: Path, body: bytes) -> None:
    for name in ("mio", "otro"):
        (tmp_path / f"{name}.gguf").write_bytes(body + name.encode())
        ModelRegistry(DataFolder(data)).import_file(tmp_path / f"{name}.gguf")
    engine = ScriptedEngine([answered()])
    async with app_with(engine, data).run_test(size=SIZE) as pilot:
        await opened(pilot)
        mark(pilot, "here:mio")
        await pilot.press("enter")
        await until(pilot, lambda: "mio · en uso" in seen(pilot))
        await pilot.press("d")
        await until(pilot, lambda: "¿Quitar «mio»" in seen(pilot))
        mark(pilot, "here:otro")
        await until(pilot, lambda: "¿Quitar" not in seen(pilot))
        mark(pilot, "here:mio")
        await pilot.press("d")
        await until(pilot, lambda: "¿Quitar «mio»" in seen(pilot))
        assert "here:mio" in listed(pilot)
        await pilot.press("d")
        await until(pilot, lambda: "here:mio" not in listed(pilot))
        assert "«mio» ya no está en este equipo" in said(pilot)
        assert "here:otro" in listed(pilot)
    assert [model.name for model in ModelRegistry(DataFolder(data)).installed()] == ["otro"]
    assert not (DataFolder(data).models / "mio.gguf").exists()
    assert (tmp_path / "mio.gguf").exists()
    assert engine.used[0][0] == "mio"
    assert engine.used[-1][0] != "mio"
    assert load_settings(DataFolder(data).settings).model != "mio"


async def test_what_is_not_here_or_comes_with_the_program_is_not_removed(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await opened(pilot)
        mark(pilot, next(name for name in listed(pilot) if name.startswith("entry:")))
        await pilot.press("d")
        await until(pilot, lambda: "Solo se quita un modelo que esté en este equipo" in said(pilot))
        if "here:incluido" in listed(pilot):
            mark(pilot, "here:incluido")
            await pilot.press("d", "d")
            await until(pilot, lambda: "viene con Reflexiona y no se quita" in said(pilot))
            assert "here:incluido" in listed(pilot)
