"""A sent text changed and sent again begins a conversation of its own, and the one before stays as it was."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from textual.pilot import Pilot

from reflexiona.domain import Turn
from reflexiona.tui.messages import Branched, Sent, TurnAdded
from tests.support.engine import ScriptedEngine
from tests.support.traces import traces
from tests.support.tui import (
    SITUATION,
    Heard,
    answered,
    app_with,
    at_rest,
    cases,
    kept,
    main_screen,
    ready,
    said,
    seen,
    send,
    until,
    with_draft,
)

SIZE = (120, 40)
SECOND, THIRD = "¿Me escribes un correo?", "¿Y si no contesta?"


def without_id(turns: tuple[Turn, ...]) -> list[Turn]:
    return [replace(turn, id="") for turn in turns]


async def three(pilot: Pilot[None]) -> None:
    for text in (SITUATION, SECOND, THIRD):
        await send(pilot, text)


async def branching(pilot: Pilot[None], text: str) -> None:
    """Presses the key and waits for the text to change."""
    await pilot.press("f6")
    screen = main_screen(pilot)
    await until(pilot, lambda: screen.talk.branch.stem and screen.talk.composer.text == text)


async def test_the_last_text_is_changed_and_sent_as_a_branch(data: Path) -> None:
    heard = Heard()
    engine = ScriptedEngine([answered(), with_draft(), answered(plan=False)])
    async with app_with(engine, data).run_test(size=SIZE, message_hook=heard) as pilot:
        await three(pilot)
        (before,) = cases(data)
        await branching(pilot, THIRD)
        assert "Se cambia el texto 3 de 3: al enviarlo empieza otro caso" in seen(pilot)
        assert "Enter enviar como rama" in seen(pilot)
        await pilot.press(*" Van dos meses.", "enter")
        await at_rest(pilot)
        shown = seen(pilot)
    assert [type(m) for m in heard.of(Sent, TurnAdded, Branched)][-2:] == [Sent, Branched]
    branch, original = sorted(cases(data), key=lambda case: case.title.startswith("Rama"), reverse=True)
    assert original == before
    assert branch.title == f"Rama 1 · {before.title}"
    assert without_id(branch.turns[:2]) == without_id(before.turns[:2])
    assert {turn.id for turn in branch.turns}.isdisjoint(turn.id for turn in before.turns)
    assert (branch.turns[2].text, branch.turns[2].status) == (f"{THIRD} Van dos meses.", "done")
    assert engine.asked[-1].history == branch.turns[:2]
    assert engine.asked[-1].seed == 0
    assert "Rama 1 · " in shown.splitlines()[0]
    assert "Se cambia el texto" not in shown


async def test_the_key_again_goes_to_the_text_before_and_the_first_one_can_be_branched(data: Path) -> None:
    engine = ScriptedEngine([answered(), with_draft(), answered(plan=False)])
    async with app_with(engine, data).run_test(size=(80, 24)) as pilot:
        await three(pilot)
        for text, place in ((THIRD, 3), (SECOND, 2), (SITUATION, 1), (THIRD, 3), (SECOND, 2), (SITUATION, 1)):
            await branching(pilot, text)
            assert f"Se cambia el texto {place} de 3" in seen(pilot)
        assert "Impago o pago tardío" in seen(pilot)  # the place is in sight
        await pilot.press("!", "enter")
        await at_rest(pilot)
        assert main_screen(pilot).talk.composer.earlier[0] == f"{SITUATION}!"
    branch = next(case for case in cases(data) if case.title.startswith("Rama"))
    assert [turn.text for turn in branch.turns] == [f"{SITUATION}!"]
    assert engine.asked[-1].history == ()


async def test_where_an_earlier_answer_is_being_read_its_text_is_meant(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=(80, 24)) as pilot:
        await three(pilot)
        main_screen(pilot).talk.transcript.scroll_home(animate=False)
        await pilot.pause()
        await branching(pilot, SITUATION)


async def test_esc_calls_it_off_and_nothing_typed_is_lost(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await send(pilot)
        composer = main_screen(pilot).talk.composer
        await pilot.press(*"mi borrador")
        await branching(pilot, SITUATION)
        assert "Esc lo deja y vuelve lo que había escrito" in seen(pilot)
        await until(pilot, lambda: "mi borrador" in kept(data).drafts.earlier())
        await pilot.press(*"!!", "escape")
        assert composer.text == "mi borrador"
        assert "Se cambia" not in seen(pilot)
        await until(pilot, lambda: f"{SITUATION}!!" in kept(data).drafts.earlier())
        composer.clear()
        await pilot.press("up")
        assert composer.text == f"{SITUATION}!!"
        composer.clear()
        await branching(pilot, SITUATION)
        await pilot.press("escape")  # a text that was not touched is not put aside
        assert composer.text == ""
        assert kept(data).drafts.earlier().count(SITUATION) == 1
    assert len(cases(data)) == 1


async def test_going_elsewhere_calls_it_off_too(data: Path) -> None:
    engine = ScriptedEngine([answered()])
    async with app_with(engine, data).run_test(size=SIZE) as pilot:
        await send(pilot)
        screen = main_screen(pilot)
        for key in ("ctrl+n", "alt+t"):
            await branching(pilot, SITUATION)
            await pilot.press("?", key)
            await until(pilot, lambda: screen.talk.branch.stem is None and "Cuenta qué está pasando" in seen(pilot))
            assert screen.talk.composer.text == ""
            await pilot.press("ctrl+l")
            await until(pilot, lambda: screen.query("#case-list:focus"))
            await pilot.press("end", "enter")
            await until(pilot, lambda: screen.talk.last)
    assert len(engine.asked) == 1


async def test_without_a_sent_text_and_while_one_before_is_answered_it_says_so(data: Path) -> None:
    engine = ScriptedEngine([answered(model="gemma")], model="gemma")
    async with app_with(engine, data).run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("f6", "f7")
        assert "ningún texto enviado que cambiar" in said(pilot)
        assert "todavía no hay ninguna respuesta" in said(pilot)
        engine.hold_at = 10
        await send(pilot, wait=False)
        await until(pilot, lambda: engine.asked)
        await send(pilot, SECOND, wait=False)
        await until(pilot, lambda: "En espera" in seen(pilot))
        await pilot.press("f6", "f7")
        await until(pilot, lambda: said(pilot).count("en cuanto termine la respuesta") == 2)
        assert main_screen(pilot).talk.branch.stem is None
        engine.hold_at = None
        engine.go.set()
        await at_rest(pilot)
    assert len(cases(data)) == 1


async def test_a_running_answer_goes_on_in_the_conversation_that_was_left(data: Path) -> None:
    engine = ScriptedEngine([answered(model="gemma"), answered()], model="gemma")
    engine.hold_at = 20
    async with app_with(engine, data).run_test(size=SIZE) as pilot:
        await send(pilot, wait=False)
        await until(pilot, lambda: engine.asked)
        await branching(pilot, SITUATION)
        await pilot.press("!", "enter")
        await until(pilot, lambda: "En espera: se responde en cuanto termine" in seen(pilot))
        engine.hold_at = None
        engine.go.set()
        await at_rest(pilot)
    assert {(case.turns[0].text, case.turns[0].status) for case in cases(data)} == {
        (SITUATION, "done"),
        (f"{SITUATION}!", "done"),
    }


async def test_off_the_record_the_branch_is_too(data: Path) -> None:
    words = ("murciélago", "ornitorrinco", "zarigüeya")
    engine = ScriptedEngine([answered(answer=f"Un {words[1]} [1].")])
    async with app_with(engine, data).run_test(size=SIZE) as pilot:
        screen = await ready(pilot)
        await pilot.press("alt+t")
        await send(pilot, f"El {words[0]} no paga")
        await branching(pilot, f"El {words[0]} no paga")
        await pilot.press(*f" la {words[2]}", "enter")
        await at_rest(pilot)
        await until(pilot, lambda: "Rama 1 · Conversación temporal" in seen(pilot).splitlines()[0])
        assert "Temporal: no se guarda nada" in seen(pilot)
        await pilot.press("f6", *"xx", "escape")
        await pilot.pause(1.3)
        assert traces(data, *words) == []
        await pilot.press("ctrl+n", "ctrl+l")
        await until(pilot, lambda: seen(pilot).count("se pierde al cerrar") == 2)
        await pilot.press("home", "down", "enter")
        await until(pilot, lambda: screen.talk.last and screen.talk.last.text == f"El {words[0]} no paga")
        await pilot.press("alt+x", "ctrl+l")
        await until(pilot, lambda: seen(pilot).count("se pierde al cerrar") == 1)
        await pilot.press("escape", "alt+t")
        await until(pilot, lambda: screen.talk.last and words[2] in screen.talk.last.text)
        await pilot.press("ctrl+q")
    assert traces(data, *words) == []
    assert kept(data).list() == ()


async def test_the_palette_and_the_help_name_both(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=(100, 60)) as pilot:
        await send(pilot)
        await pilot.press("ctrl+p", *"texto enviado y reenviar")
        await until(pilot, lambda: "Cambiar un texto enviado y reenviarlo como rama  F6" in seen(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "Se cambia el texto enviado" in seen(pilot))
        await pilot.press("escape", "ctrl+p", *"otra respuesta al ultimo")
        await until(pilot, lambda: "Otra respuesta al último texto, como rama  F7" in seen(pilot))
        await pilot.press("escape", "f1")
        await until(
            pilot, lambda: "cambiar un texto enviado" in seen(pilot) and "otra respuesta al último" in seen(pilot)
        )
        assert "dejar un texto que se cambia" in " ".join(seen(pilot).split())
        await pilot.press("escape")
        assert "Cuenta qué está pasando" in seen(pilot)


async def test_what_was_left_half_way_stays_so_in_a_branch_and_nobody_retakes_the_copy(data: Path) -> None:
    engine = ScriptedEngine([answered(model="gemma"), answered()], model="gemma")
    engine.hold_at = 20
    async with app_with(engine, data).run_test(size=SIZE) as pilot:
        await send(pilot, wait=False)
        screen = main_screen(pilot)
        await until(pilot, lambda: screen.talk.last and screen.talk.last.reflection)
        await pilot.press("escape")
        await until(pilot, lambda: screen.talk.last and screen.talk.last.status == "cancelled")
        engine.hold_at = None
        engine.go.set()
        await send(pilot, SECOND)
        await branching(pilot, SECOND)
        await pilot.press("!", "enter")
        await at_rest(pilot)
    branch = next(case for case in cases(data) if case.title.startswith("Rama"))
    assert [turn.status for turn in branch.turns] == ["cancelled", "done"]
    assert kept(data).interrupted() == ()


async def test_where_nobody_can_look_for_what_is_shared_it_can_be_undone_all_the_same(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await send(pilot)
        with closing(sqlite3.connect(data / "conversaciones.sqlite3")) as connection:
            connection.execute("ALTER TABLE turn_words RENAME TO elsewhere")
        await pilot.press("alt+x")
        await until(pilot, lambda: "Aviso  No se pueden leer las conversaciones" in seen(pilot))
        assert "Se borra  «Rediseñé la carta" in seen(pilot)
        assert cases(data) == []
        await pilot.press("alt+z")
        await until(pilot, lambda: main_screen(pilot).talk.last)
        assert [case.turns[0].text for case in cases(data)] == [SITUATION]


async def test_deleting_one_says_that_the_other_still_holds_what_they_share(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await send(pilot)
        await send(pilot, SECOND)
        await branching(pilot, SECOND)
        await pilot.press(*" Uno corto.", "enter")
        await at_rest(pilot)
        await pilot.press("alt+x")
        await until(pilot, lambda: "Lo que comparte con «Rediseñé la carta" in said(pilot))
        assert "» queda allí." in said(pilot)
    assert [case.turns[-1].text for case in cases(data)] == [SECOND]
