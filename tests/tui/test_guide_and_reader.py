"""Passages, citations, plan, article reader."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from textual.widgets import Markdown, OptionList

from reflexiona.domain import Article, Hit, Reflection, Register
from reflexiona.events import Event, Finished, PassagesReady, ReadingReady, ReflectionReady
from reflexiona.tui.messages import Cited, PlanChanged, TurnRead
from reflexiona.tui.screens.reader import Reader, around
from tests.support.engine import ScriptedEngine
from tests.support.tui import (
    LIBRARY,
    PASSAGES,
    READING,
    Heard,
    answered,
    app_with,
    kept,
    main_screen,
    said,
    seen,
    send,
    until,
)

SIZE = (120, 40)


async def test_a_number_opens_the_article_at_the_passage_and_esc_returns_to_the_same_line(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=(80, 24)) as pilot:
        await send(pilot)
        screen = main_screen(pilot)
        screen.talk.transcript.scroll_to(y=7, animate=False)
        await pilot.pause()
        await pilot.press("alt+2")
        await until(pilot, lambda: isinstance(pilot.app.screen, Reader))
        await until(pilot, lambda: "pasaje [2] de tu conversación" in seen(pilot))
        shown = seen(pilot)
        assert "Cuando el trabajo está hecho y el pago no llega" in shown
        assert "El aviso que destraba una factura vencida" in shown
        await pilot.press("right")
        await until(pilot, lambda: "pasaje [3] de tu conversación" in seen(pilot))
        await pilot.press("5")
        await until(pilot, lambda: "Lo que no conviene hacer" in seen(pilot))
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert screen.talk.transcript.scroll_y == 7


async def test_numbers_act_when_reading_and_a_missing_one_says_so(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await send(pilot)
        await pilot.press("escape", "1")
        await until(pilot, lambda: isinstance(pilot.app.screen, Reader))
        await pilot.press("escape", "9")
        await pilot.pause()
        assert pilot.app.screen is main_screen(pilot)
        assert [n.message for n in pilot.app._notifications] == ["Esta respuesta no tiene pasaje [9]."]


async def test_a_citation_in_the_text_is_a_link_in_live_and_in_past_turns(data: Path) -> None:
    heard = Heard()
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE, message_hook=heard) as pilot:
        await send(pilot)
        await click(pilot, "[3].")
        await until(pilot, lambda: isinstance(pilot.app.screen, Reader))
        assert [(message.turn_id, message.number) for message in heard.of(Cited)] == [("000000000002", 3)]
        await pilot.press("escape")
        await send(pilot, "¿Y si no contesta?")
        screen = main_screen(pilot)
        screen.talk.transcript.scroll_home(animate=False)
        await pilot.pause()
        await click(pilot, "[4].")
        await until(pilot, lambda: isinstance(pilot.app.screen, Reader))
        assert "pasaje [4]" in seen(pilot)


async def click(pilot: object, text: str) -> None:
    """Clicks on the first character of a text that stands on the screen."""
    from textual.pilot import Pilot

    assert isinstance(pilot, Pilot)
    for y, line in enumerate(seen(pilot).split("\n")):
        if (x := line.find(text)) >= 0:
            await pilot.click(offset=(x + 1, y))
            return
    raise AssertionError(f"«{text}» is not on the screen")


async def test_the_guide_lists_those_cited_and_shows_the_rest_when_asked(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await send(pilot)
        screen = main_screen(pilot)
        passages = screen.query_one("#passages", OptionList)
        assert [option.id for option in passages.options] == ["1", "2", "3", "4", "more"]
        passages.focus()
        await pilot.press("end", "enter")
        assert [option.id for option in passages.options] == ["1", "2", "3", "4", "5", "6"]
        await pilot.press("home", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Reader))
        assert "pasaje [1]" in seen(pilot)


async def test_a_step_is_checked_with_space_enter_and_the_mouse_and_kept_at_once(data: Path) -> None:
    heard = Heard()
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE, message_hook=heard) as pilot:
        await send(pilot)
        case = kept(data).list()[0].id
        screen = main_screen(pilot)
        screen.query_one("#plan").focus()
        await pilot.press("home", "space")
        await until(pilot, lambda: [s.done for s in kept(data).get(case).turns[0].plan] == [True, False, False, False])
        await pilot.press("down", "enter")
        await until(pilot, lambda: sum(s.done for s in kept(data).get(case).turns[0].plan) == 2)
        await click(pilot, "Apuntar en el calendario")
        await until(pilot, lambda: sum(s.done for s in kept(data).get(case).turns[0].plan) == 3)
        assert "Plan · 3 de 4" in seen(pilot)
        assert "[✓] Reunir presupuesto" in seen(pilot)
        await pilot.press("space")
        await until(pilot, lambda: sum(s.done for s in kept(data).get(case).turns[0].plan) == 2)
    assert len(heard.of(PlanChanged)) == 4


async def test_a_checked_step_outlives_the_rest_of_the_answer_and_the_next_turn(data: Path) -> None:
    script = answered()
    engine = ScriptedEngine([script, answered(plan=False)])
    engine.hold_at = len(script) - 1  # the plan is there, the end is not
    async with app_with(engine, data).run_test(size=SIZE) as pilot:
        await send(pilot, wait=False)
        screen = main_screen(pilot)
        await until(pilot, lambda: screen.talk.last and screen.talk.last.plan)
        screen.query_one("#plan").focus()
        await pilot.press("home", "space")
        engine.hold_at = None
        engine.go.set()
        await until(pilot, lambda: screen.talk.last and screen.talk.last.status == "done")
        await send(pilot, "¿Y luego?")
        assert "Plan · 1 de 4" in seen(pilot)
    assert engine.asked[1].history[0].plan[0].done


async def test_where_there_is_no_guide_two_lines_stand_in_for_it(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=(80, 40)) as pilot:
        await send(pilot)
        assert "Fuentes  [1] Qué reunir" in seen(pilot)
        assert "Plan  4 pasos, 0 hechos · verlo" in seen(pilot)
        await click(pilot, "verlo")
        await pilot.pause()
        assert "Plan · 0 de 4" in seen(pilot)
        await pilot.press("escape")
        assert "Fuentes  [1]" in seen(pilot)


async def test_an_article_that_has_changed_still_shows_what_was_cited(data: Path) -> None:
    old = replace(PASSAGES[0], text="Así decía antes.", start=0, end=16)
    gone = replace(PASSAGES[1], article="ya-no-esta", article_title="Un artículo que se quitó")
    reading, passages, reflection, *_ = answered()
    assert isinstance(reading, ReadingReady)
    assert isinstance(passages, PassagesReady)
    assert isinstance(reflection, ReflectionReady)
    hits = tuple(replace(hit, passage=p) for hit, p in zip(passages.hits, (old, gone), strict=False))
    script: list[Event] = [reading, PassagesReady(hits), reflection, Finished("done")]
    async with app_with(ScriptedEngine([script]), data).run_test(size=SIZE) as pilot:
        await send(pilot)
        await pilot.press("alt+1")
        await until(pilot, lambda: "el artículo ha cambiado" in seen(pilot))
        assert "Así decía antes." in seen(pilot)
        await pilot.press("2")
        await until(pilot, lambda: "Un artículo que se quitó" in seen(pilot))


async def test_a_link_in_an_article_opens_the_other_one(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await send(pilot)
        await pilot.press("alt+1")
        await until(pilot, lambda: isinstance(pilot.app.screen, Reader))
        await click(pilot, "lo que no conviene hacer")
        await until(pilot, lambda: "Reacciones que complican el cobro" in seen(pilot))
        assert "de tu conversación" not in seen(pilot)


def test_around_finds_a_passage_that_has_moved() -> None:
    article = LIBRARY.articles["deudas"]
    before, cited, after = around(article, PASSAGES[1]) or ("", "", "")
    assert before + cited + after == article.text
    assert cited.strip() == f"## {PASSAGES[1].title}\n\n{PASSAGES[1].text}"
    moved: Article = replace(article, text=f"## Nuevo\n\nAlgo más.\n\n{article.text}")
    assert around(moved, PASSAGES[1]) is not None
    assert around(replace(article, text="Otra cosa."), PASSAGES[1]) is None


async def test_the_answer_is_one_markdown_widget_without_links_to_the_outside(data: Path) -> None:
    answer = "Mira [esto](http://ejemplo.es) y «[nombre]» [1].\n\n[Cliente]: hola"
    async with app_with(ScriptedEngine([answered(answer=answer)]), data).run_test(size=SIZE) as pilot:
        await send(pilot)
        assert len(main_screen(pilot).query(Markdown)) == 1
        assert "Mira [esto](http://ejemplo.es) y «[nombre]» [1]." in seen(pilot)
        assert "[Cliente]: hola" in seen(pilot)


async def test_numbers_of_two_figures_stand_apart_from_their_titles(data: Path) -> None:
    many = tuple(Hit(passage, 0.5) for passage in (*PASSAGES, *PASSAGES))
    said = ReflectionReady(Reflection("Así se hace [10]."))
    happening: list[Event] = [ReadingReady(READING, Register.TU), PassagesReady(many), said, Finished("done")]
    async with app_with(ScriptedEngine([happening]), data).run_test(size=SIZE) as pilot:
        await send(pilot)
        assert f"[10] {PASSAGES[3].title[:12]}" in seen(pilot)


async def test_numbers_and_guide_mean_the_answer_that_is_being_read(data: Path) -> None:
    other = answered(answer="Así se hace [1] y así [2].", plan=False)
    reading, _, *rest = other
    script: list[Event] = [reading, PassagesReady(tuple(Hit(p, 0.5) for p in reversed(PASSAGES))), *rest]
    heard = Heard()
    async with app_with(ScriptedEngine([answered(), script]), data).run_test(size=SIZE, message_hook=heard) as pilot:
        await send(pilot)
        assert "respuesta 1 de" not in seen(pilot)  # there is but one
        await send(pilot, "¿Y si no contesta?")
        transcript = main_screen(pilot).talk.transcript
        assert "Pasajes · respuesta 2 de 2" in seen(pilot)
        assert f"[1] {PASSAGES[-1].title[:12]}" in seen(pilot)
        transcript.scroll_home(animate=False)
        await until(pilot, lambda: "Pasajes · respuesta 1 de 2" in seen(pilot))
        assert f"[1] {PASSAGES[0].title[:12]}" in seen(pilot)
        assert "«factura a 30 días»" in seen(pilot)
        assert "Plan · 0 de 4" in seen(pilot)
        await pilot.press("alt+1")
        await until(pilot, lambda: isinstance(pilot.app.screen, Reader))
        assert PASSAGES[0].title in seen(pilot)
        await pilot.press("escape", "escape", "2")  # out of the composer
        await until(pilot, lambda: isinstance(pilot.app.screen, Reader))
        assert PASSAGES[1].title in seen(pilot)
        await pilot.press("escape", "ctrl+y")
        await until(pilot, lambda: "[2] El aviso con fecha" in pilot.app.clipboard)
        assert "Respuesta 1 de 2 copiada." in said(pilot)
        transcript.scroll_end(animate=False)
        await until(pilot, lambda: "Pasajes · respuesta 2 de 2" in seen(pilot))
        await pilot.press("1")
        await until(pilot, lambda: isinstance(pilot.app.screen, Reader))
        assert PASSAGES[-1].title in seen(pilot)
    assert len(heard.of(TurnRead)) >= 2


async def test_behind_the_guide_the_answer_that_was_being_read_is_meant(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=(80, 24)) as pilot:
        await send(pilot)
        await send(pilot, "¿Y si no contesta?")
        transcript = main_screen(pilot).talk.transcript
        transcript.scroll_home(animate=False)
        await pilot.pause()
        await pilot.press("ctrl+g")
        await until(pilot, lambda: "Pasajes · respuesta 1 de 2" in seen(pilot))
        first = transcript.in_view
        await pilot.press("escape")
        await pilot.pause()
        assert transcript.in_view == first
