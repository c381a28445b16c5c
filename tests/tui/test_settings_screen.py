"""The settings screen: every setting of the file is there, changed by key, kept at once with the person's comments."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import OptionList

from reflexiona.events import Finished, Problem, Progress
from reflexiona.paths import DataFolder
from reflexiona.settings import CHOICES, NAMES, Settings, load_settings
from reflexiona.tui.choices import BY_KEY, ROWS
from reflexiona.tui.phrases import percent
from reflexiona.tui.screens.ask import Ask
from reflexiona.tui.screens.settings import SettingsScreen
from reflexiona.tui.themes import LIGHT
from tests.support.engine import ScriptedEngine
from tests.support.tui import answered, app_with, main_screen, ready, seen, send, until

SIZE = (100, 40)


async def opened(pilot: Pilot[None]) -> SettingsScreen:
    await ready(pilot)
    await pilot.press("f9")
    await until(pilot, lambda: isinstance(pilot.app.screen, SettingsScreen) and "Enviar con" in seen(pilot))
    screen = pilot.app.screen
    assert isinstance(screen, SettingsScreen)
    return screen


async def at(pilot: Pilot[None], key: str) -> None:
    """Marks a setting with the arrows."""
    listed = pilot.app.screen.query_one(OptionList)
    while listed.highlighted != listed.get_option_index(key):
        await pilot.press("down")


def test_every_setting_is_there_with_every_value() -> None:
    assert set(BY_KEY) == set(NAMES)
    assert {field.name for field in fields(Settings)} >= set(NAMES.values())
    for key, name in NAMES.items():
        if name in CHOICES:
            assert set(BY_KEY[key].values) == set(CHOICES[name])
    assert all(row.explains.endswith((".", "»")) for row in ROWS)


async def test_what_is_changed_is_kept_at_once_and_holds(data: Path) -> None:
    path = DataFolder(data).settings
    path.write_text('# lo mío\npais = "UY"  # Montevideo\n', encoding="utf-8")
    engine = ScriptedEngine([answered()])
    async with app_with(engine, data).run_test(size=SIZE) as pilot:
        await opened(pilot)
        assert "País  ‹ Uruguay ›" in seen(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: load_settings(path).send_key == "ctrl+j")
        await at(pilot, "tema")
        await pilot.press("right")
        await until(pilot, lambda: pilot.app.theme == LIGHT.name)
        await at(pilot, "trato")
        await pilot.press("left")
        await until(pilot, lambda: load_settings(path).register == "usted")
        await at(pilot, "pais")
        await pilot.press("right")
        await until(pilot, lambda: load_settings(path).country == "VE")
        await at(pilot, "raton")
        await pilot.press("space")
        await until(pilot, lambda: not load_settings(path).mouse)
        assert "Ratón  ‹ no ›" in seen(pilot)
        await pilot.press("escape")
        assert "Ctrl+J enviar" in seen(pilot)
        main_screen(pilot).talk.composer.put("Hola")
        await pilot.press("ctrl+j")
        await until(pilot, lambda: engine.asked)
    assert (engine.asked[0].country, engine.asked[0].register) == ("VE", "usted")
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# lo mío\n")
    assert "# Montevideo" in text


async def test_a_text_is_asked_for_and_can_be_taken_back(data: Path) -> None:
    path = DataFolder(data).settings
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await opened(pilot)
        await at(pilot, "codificador")
        for keys, expected in (((*"/un/sitio",), "/un/sitio"), (("ctrl+u",), "")):
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(pilot.app.screen, Ask))
            await pilot.press(*keys, "enter")
            await until(pilot, lambda: load_settings(path).encoder == expected)  # noqa: B023
            await until(pilot, lambda: isinstance(pilot.app.screen, SettingsScreen))


async def test_another_encoder_has_its_index_made_while_turns_are_answered(data: Path) -> None:
    engine = ScriptedEngine([answered()])
    engine.indexing = [
        Progress("abriendo el codificador", 0.0),
        Progress("codificando los pasajes", 0.45),
        Finished("done"),
    ]
    async with app_with(engine, data).run_test(size=SIZE) as pilot:
        await opened(pilot)
        await at(pilot, "codificador")
        await pilot.press("enter", *"/un/sitio", "enter")
        await until(pilot, lambda: engine.reindexed == 1)
        await pilot.press("escape")
        said = f"índice nuevo {percent(0.45)} · sin modelo"
        await until(pilot, lambda: said in seen(pilot))
        turn = await send(pilot)
        assert turn.status == "done"
        assert said in seen(pilot)
        engine.indexed.set()
        await until(pilot, lambda: any("El índice nuevo" in note.message for note in pilot.app._notifications))
        assert "índice nuevo" not in seen(pilot)


async def test_an_encoder_that_cannot_be_used_is_said_at_once(data: Path) -> None:
    engine = ScriptedEngine([answered()])
    engine.indexing = [Problem("En /un/sitio no hay ningún codificador.", "Elige otra carpeta."), Finished("error")]
    async with app_with(engine, data).run_test(size=SIZE) as pilot:
        await opened(pilot)
        await at(pilot, "codificador")
        await pilot.press("enter", *"/un/sitio", "enter")
        await until(pilot, lambda: pilot.app._notifications)
        said = next(iter(pilot.app._notifications)).message
        assert said.startswith("En /un/sitio no hay ningún codificador.")
        assert said.endswith("Se sigue buscando con el índice anterior.")


async def test_a_broken_file_is_said_and_left_alone(data: Path) -> None:
    path = DataFolder(data).settings
    path.write_text("pais = [", encoding="utf-8")
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await send(pilot)
        await opened(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: len(pilot.app._notifications) == 2)
        assert all("No se puede leer" in n.message for n in pilot.app._notifications)
    assert path.read_text(encoding="utf-8") == "pais = ["
