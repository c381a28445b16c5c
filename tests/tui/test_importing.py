"""An exported conversation is brought back from the palette; and any article can be read."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from reflexiona.corpus.lists import load_lists
from reflexiona.export.markdown import to_markdown
from reflexiona.paths import resource
from reflexiona.tui.screens.ask import Ask
from reflexiona.tui.screens.palette import Palette
from reflexiona.tui.screens.reader import Reader
from tests.support.cases import CASE
from tests.support.engine import ScriptedEngine
from tests.support.tui import answered, app_with, cases, main_screen, ready, said, seen, send, until

SIZE = (80, 24)


@pytest.fixture
def exported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with an accent and a blank in its name, in the home."""
    monkeypatch.setenv("HOME", str(tmp_path))
    path = tmp_path / "mi opinión.md"
    path.write_text(to_markdown(CASE, load_lists(resource("corpus"))), encoding="utf-8")
    return path


async def asked(pilot: Pilot[None]) -> None:
    """Chooses it in the palette."""
    await ready(pilot)
    await pilot.press("ctrl+p", *"importar", "enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, Ask))


async def test_it_is_kept_and_opened(data: Path, exported: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await send(pilot)
        await asked(pilot)
        assert "¿Dónde está la conversación exportada?" in seen(pilot)
        assert "Enter la guarda y la abre · Esc lo deja" in seen(pilot)
        await pilot.press(*"~/mi opinión.md", "enter")
        await until(pilot, lambda: "Guardada entre los casos y abierta." in said(pilot))
        assert "Cafetería: «identidad»" in seen(pilot).splitlines()[0]
        assert main_screen(pilot).talk.last == CASE.turns[-1]
        await pilot.press("ctrl+n")
        await asked(pilot)
        await pilot.press(*str(exported), "enter")
        await until(pilot, lambda: "Ya está entre los casos: se abre el que había." in said(pilot))
        await until(pilot, lambda: "Cafetería: «identidad»" in seen(pilot).splitlines()[0])
    assert sorted(case.id for case in cases(data) if case.id == CASE.id) == [CASE.id]
    assert len(cases(data)) == 2


async def test_what_is_wrong_is_said_where_one_types_and_can_be_mended(data: Path, exported: Path) -> None:
    other = exported.with_name("otra.md")
    other.write_text("# Notas\n", encoding="utf-8")
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await asked(pilot)
        await pilot.press(*"~/otra.mdx", "enter")
        await until(pilot, lambda: "No existe el archivo" in seen(pilot))
        assert pilot.app.screen.query_one(Input).value == "~/otra.mdx"
        await pilot.press("backspace")
        await until(pilot, lambda: "No existe el archivo" not in seen(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "no es una conversación exportada" in " ".join(seen(pilot).split()))
        exported.rename(other)
        await pilot.press("enter")  # the same path again
        await until(pilot, lambda: "Guardada entre los casos y abierta." in said(pilot))
    assert [case.id for case in cases(data)] == [CASE.id]


async def test_a_text_in_place_of_the_path_is_told_so(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await asked(pilot)
        pilot.app.screen.query_one(Input).value = "El cliente no me paga desde marzo. " * 12
        await pilot.press("enter")
        await until(pilot, lambda: "demasiado largo para el nombre" in " ".join(seen(pilot).split()))
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is main_screen(pilot))


async def test_esc_leaves_it(data: Path, exported: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await asked(pilot)
        await pilot.press(*"~nadie/x", "enter")
        await until(pilot, lambda: "No se entiende la ruta" in seen(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is main_screen(pilot))
    assert cases(data) == []


async def test_the_help_says_where_it_is(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=(100, 80)) as pilot:
        await ready(pilot)
        await pilot.press("f1")
        await until(pilot, lambda: "Ctrl+P importar   traer una conversación exportada antes" in seen(pilot))
        assert "Ctrl+P artículos  leer cualquiera de los artículos" in seen(pilot)


async def test_any_article_can_be_read(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+p", *"biblioteca", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Palette) and "¿Qué artículo?" in seen(pilot))
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Reader) and "revisado el" in seen(pilot))
        assert "de tu conversación" not in seen(pilot)
        assert "otros pasajes" not in seen(pilot)
        await pilot.press("y", "right", "2", "escape")
        await until(pilot, lambda: pilot.app.screen is main_screen(pilot))
