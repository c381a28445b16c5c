"""Words inside the conversation on the table: how many, where, one after the other, and no trace afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.content import Content
from textual.pilot import Pilot
from textual.widgets import Static

from reflexiona.tui.finding import HERE, THERE, spots
from reflexiona.tui.widgets.finder import Finder
from tests.support.engine import ScriptedEngine
from tests.support.tui import ANSWER, SITUATION, answered, app_with, main_screen, ready, seen, send, until, with_draft

SIZE = (80, 24)


def finder(pilot: Pilot[None]) -> Finder:
    found = main_screen(pilot).talk.finder
    assert found is not None
    return found


def looks(pilot: Pilot[None], style: str) -> list[str]:
    """The texts that stand in a style."""
    found = []
    for widget in main_screen(pilot).talk.transcript.query(Static):
        content = widget.content
        if isinstance(content, Content):
            found += [content.plain[s.start : s.end] for s in content.spans if str(s.style) == style]
    return found


@pytest.mark.parametrize(
    ("text", "wanted", "expected"),
    [
        ("Facturación y FACTURACION", "facturación", ["Facturación", "FACTURACION"]),
        ("un\n▌ último   plazo", "ultimo PLAZO", ["último   plazo"]),
        ("la factura a 30\n▌ días", "30 días", ["30\n▌ días"]),
        ("ﬀ İstanbul ñandú", "nandu", ["ñandú"]),
        ("[1] y [11]", "[1]", ["[1]"]),
        ("nada", "  ", []),
        ("aaa", "a", ["a", "a", "a"]),
    ],
)
def test_spots(text: str, wanted: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in spots(text, wanted)] == expected


async def test_it_counts_goes_on_and_comes_round(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await send(pilot)
        transcript = main_screen(pilot).talk.transcript
        await pilot.press("ctrl+f", *"INSISTIR")
        await until(pilot, lambda: "2 de 2" in seen(pilot) or "1 de 2" in seen(pilot))
        first = finder(pilot).count
        assert looks(pilot, HERE) == ["insistir"]
        assert looks(pilot, THERE) == ["insistir"]
        await pilot.press("enter")
        second = finder(pilot).count
        await pilot.press("up")
        assert finder(pilot).count == first
        assert {first, second} == {"1 de 2", "2 de 2"}
        while finder(pilot).count != "1 de 2":
            await pilot.press("down")
        await pilot.pause()
        assert "vergüenza insistir" in seen(pilot)  # in the person's own words, at the top
        assert transcript.scroll_offset.y < transcript.max_scroll_y


async def test_marks_go_with_the_line_and_the_composer_comes_back(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await send(pilot)
        await pilot.press(*"borrador", "ctrl+f", *"plazo")
        await until(pilot, lambda: looks(pilot, HERE) == ["plazo"])
        assert "1 de 1" in seen(pilot)
        await pilot.press("escape")
        assert looks(pilot, HERE) == []
        assert "Buscar aquí" not in seen(pilot)
        await pilot.press("!")
        assert main_screen(pilot).talk.composer.text == "borrador!"
        await pilot.press("ctrl+f")
        await until(pilot, lambda: looks(pilot, HERE) == ["plazo"])  # what was looked for is still there
        await pilot.press(*"xyz")
        assert "no está" in seen(pilot)
        assert looks(pilot, HERE) == []


async def test_earlier_turns_messages_and_wrapped_words_are_found(data: Path) -> None:
    async with app_with(ScriptedEngine([answered(), with_draft(), answered()]), data).run_test(size=SIZE) as pilot:
        for text in (SITUATION, "¿Me escribes un correo?", "¿Y ahora?"):
            await send(pilot, text)
        transcript = main_screen(pilot).talk.transcript
        await pilot.press("ctrl+f", *"te reenvio la factura")
        await until(pilot, lambda: finder(pilot).count == "1 de 1")
        await pilot.pause()
        assert "te reenvío la factura" in seen(pilot)
        main_screen(pilot).talk.finder.open("semana sin falta")  # type: ignore[union-attr]
        await until(pilot, lambda: finder(pilot).count == "1 de 1")
        await pilot.pause()
        assert transcript.scroll_offset.y < 5
        assert looks(pilot, HERE)[0].replace("\n▌ ", " ") == "semana sin falta"
        await pilot.resize_terminal(100, 30)
        await until(pilot, lambda: looks(pilot, HERE))
        assert finder(pilot).count == "1 de 1"


async def test_a_search_goes_on_while_an_answer_comes_and_spoils_none_of_it(data: Path) -> None:
    engine = ScriptedEngine([answered(model="gemma")])
    engine.hold_at = 40
    async with app_with(engine, data).run_test(size=(100, 40)) as pilot:
        await send(pilot, wait=False)
        screen = main_screen(pilot)
        await until(pilot, lambda: "caminos" in seen(pilot) or "Tienes" in seen(pilot))
        await pilot.press("ctrl+f", *"aviso")
        await pilot.pause()
        engine.hold_at = None
        engine.go.set()
        await until(pilot, lambda: screen.talk.last and screen.talk.last.status == "done")
        await until(pilot, lambda: looks(pilot, HERE) == ["aviso"] == looks(pilot, THERE))
        assert finder(pilot).count == "1 de 2"  # in the answer, and in the title of a source
        await pilot.press("escape")
        shown = " ".join(seen(pilot).split())
        assert "Lo que cambiaría la sugerencia: que quede algo por corregir de lo acordado [1]." in shown
        turn = screen.talk.last
        assert turn is not None
        assert turn.reflection is not None
        assert turn.reflection.text == ANSWER


async def test_another_conversation_takes_the_line_away_and_an_empty_page_has_none(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+f")
        assert [n.message.split(".")[0] for n in pilot.app._notifications] == ["Aquí todavía no hay nada escrito"]
        await send(pilot)
        await pilot.press("ctrl+f", *"plazo", "ctrl+n")
        await until(pilot, lambda: "Qué está pasando" in seen(pilot))
        assert "Buscar aquí" not in seen(pilot)


async def test_digits_are_looked_for_and_open_no_article(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await send(pilot)
        await pilot.press("ctrl+f", *"1450")
        assert finder(pilot).sought == "1450"
        assert "no está" in seen(pilot)
        assert len(pilot.app.screen_stack) == 1


async def test_a_notice_covers_neither_the_composer_nor_the_line_to_look_in(data: Path) -> None:
    app = app_with(ScriptedEngine([answered()]), data)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await send(pilot)
        await pilot.press("ctrl+f")
        app.notify("Exportada a un archivo.")
        await until(pilot, lambda: len(app.screen.query("Toast")) == 1)
        await pilot.pause()
        notice = app.screen.query_one("Toast").region
        assert 0 < notice.bottom <= finder(pilot).region.y
