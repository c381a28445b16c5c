"""Asking and being answered: messages first, then what is kept, then what is seen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from textual import events

from reflexiona.domain import Band, Likelihood, Reflection, Register
from reflexiona.events import Event, Finished, PassagesReady, Progress, ReadingReady, ReflectionReady, Token
from reflexiona.tui.messages import EngineReady, Rested, Sent, TurnAdded, TurnChanged, TurnRetaken
from tests.support.engine import ScriptedEngine
from tests.support.tui import (
    ANSWER,
    PASSAGES,
    PLAN,
    READING,
    SITUATION,
    UNCLEAR,
    Heard,
    answered,
    app_with,
    hits,
    kept,
    main_screen,
    ready,
    seen,
    send,
    unfinished,
    until,
    with_draft,
)

SIZE = (120, 40)


async def test_a_turn_from_the_key_to_the_store(data: Path) -> None:
    heard = Heard()
    engine = ScriptedEngine([answered(model="gemma-2b")], model="gemma-2b")
    async with app_with(engine, data).run_test(size=SIZE, message_hook=heard) as pilot:
        turn = await send(pilot)
        shown = seen(pilot)
    assert [type(m) for m in heard.of(Sent, TurnAdded)] == [Sent, TurnAdded]
    events = [type(message.event) for message in heard.of(TurnChanged)]
    assert events[:3] == [ReadingReady, PassagesReady, Progress]
    assert events.count(Token) == len(ANSWER.split(" "))
    assert events[-1] is Finished
    assert heard.of(EngineReady)[0].model == "gemma-2b"
    assert heard.of(Rested)
    assert [request.text for request in engine.asked] == [SITUATION]
    case = kept(data).list()[0]
    stored = kept(data).get(case.id)
    assert stored.turns == (turn,)
    assert (turn.status, turn.passages, turn.plan) == ("done", PASSAGES, PLAN)
    assert turn.reflection is not None
    assert turn.reflection.text == ANSWER
    assert "Impago o pago tardío" in shown
    assert "claro · 0,93" in shown
    assert "Escrita por el modelo local gemma-2b" in shown


async def test_reading_and_passages_come_before_the_answer(data: Path) -> None:
    engine = ScriptedEngine([answered(model="gemma-2b")])
    engine.hold_at = 2
    async with app_with(engine, data).run_test(size=SIZE) as pilot:
        await send(pilot, wait=False)
        screen = main_screen(pilot)
        await until(pilot, lambda: screen.talk.last and screen.talk.last.passages)
        shown = seen(pilot)
        engine.go.set()
    assert "Impago o pago tardío" in shown
    assert "«factura a 30 días»" in shown
    assert "[1] Qué reunir antes de volver a" in shown
    assert "Pedir que te paguen" not in shown


async def test_what_is_sent_before_the_engine_is_ready_waits_and_says_so(data: Path) -> None:
    heard = Heard()
    engine = ScriptedEngine([answered()])
    engine.opening.clear()
    async with app_with(engine, data).run_test(size=SIZE, message_hook=heard) as pilot:
        await send(pilot, wait=False)
        screen = main_screen(pilot)
        await until(pilot, lambda: "En espera: Reflexiona todavía está abriendo" in seen(pilot))
        assert [message.waiting for message in heard.of(TurnAdded)] == [True]
        assert unfinished(data)[0].text == SITUATION
        screen.talk.composer.insert("se puede escribir")
        engine.opening.set()
        await until(pilot, lambda: screen.talk.last and screen.talk.last.status == "done")
        assert "En espera" not in seen(pilot)
        assert screen.talk.composer.text == "se puede escribir"


async def test_turns_are_answered_one_after_the_other(data: Path) -> None:
    engine = ScriptedEngine([answered(), answered(question="¿Y ahora?")])
    engine.hold_at = 1
    async with app_with(engine, data).run_test(size=SIZE) as pilot:
        await send(pilot, "Primero.", wait=False)
        await until(pilot, lambda: engine.asked)
        await send(pilot, "Segundo.", wait=False)
        assert "En espera: se responde en cuanto termine" in seen(pilot)
        engine.hold_at = None
        engine.go.set()
        screen = main_screen(pilot)
        await until(pilot, lambda: screen.talk.last and screen.talk.last.status == "done")
    assert [request.text for request in engine.asked] == ["Primero.", "Segundo."]
    assert [turn.text for turn in engine.asked[1].history] == ["Primero."]
    assert engine.asked[1].history[0].status == "done"


async def test_cancelling_keeps_the_partial_answer_and_what_is_being_typed(data: Path) -> None:
    engine = ScriptedEngine([answered(model="gemma-2b")])
    engine.hold_at = 20
    async with app_with(engine, data).run_test(size=SIZE) as pilot:
        await send(pilot, wait=False)
        screen = main_screen(pilot)
        await until(pilot, lambda: screen.talk.last and screen.talk.last.reflection)
        screen.talk.composer.insert("otra cosa")
        await pilot.press("escape")
        await until(pilot, lambda: screen.talk.last and screen.talk.last.status == "cancelled")
        turn = screen.talk.last
        await until(pilot, lambda: "Detenida. Lo escrito se conserva." in seen(pilot))
        assert screen.talk.composer.text == "otra cosa"
    assert turn is not None
    assert turn.reflection is not None
    assert ANSWER.startswith(turn.reflection.text.strip())
    assert kept(data).get(kept(data).list()[0].id).turns == (turn,)


async def test_a_cancelled_answer_can_be_retaken(data: Path) -> None:
    heard = Heard()
    engine = ScriptedEngine([answered(model="gemma-2b"), answered()])
    engine.hold_at = 20
    async with app_with(engine, data).run_test(size=SIZE, message_hook=heard) as pilot:
        await send(pilot, wait=False)
        screen = main_screen(pilot)
        await until(pilot, lambda: screen.talk.last and screen.talk.last.reflection)
        await pilot.press("escape")
        await until(pilot, lambda: screen.talk.last and screen.talk.last.status == "cancelled")
        engine.hold_at = None
        await pilot.press("alt+r")
        await until(pilot, lambda: screen.talk.last and screen.talk.last.status == "done")
        await pilot.press("alt+r")  # nothing to retake any more
        await pilot.pause()
    assert len(heard.of(TurnRetaken)) == 1
    assert [request.text for request in engine.asked] == [SITUATION, SITUATION]
    assert engine.asked[1].history == ()
    assert len(kept(data).get(kept(data).list()[0].id).turns) == 1


async def test_the_deciding_question_is_answered_with_one_key(data: Path) -> None:
    scripts = [answered(reading=UNCLEAR, plan=False)] * 3
    engine = ScriptedEngine(scripts)
    async with app_with(engine, data).run_test(size=SIZE) as pilot:
        await send(pilot)
        assert "¿Qué se parece más a lo que pasa?" in seen(pilot)
        await pilot.press("alt+b")
        await until(pilot, lambda: len(engine.asked) == 2)
        screen = main_screen(pilot)
        await until(pilot, lambda: screen.talk.desk and not screen.talk.desk.busy)
        await send(pilot, "a")
        await until(pilot, lambda: len(engine.asked) == 3)
        await until(pilot, lambda: screen.talk.desk and not screen.talk.desk.busy)
        await send(pilot, "b)")
    assert [request.text for request in engine.asked[1:]] == [
        "Se parece más a esto: «rechaza lo mismo una y otra vez sin decir qué quiere».",
        "Se parece más a esto: «pide cosas nuevas que no estaban en el acuerdo».",
        "Se parece más a esto: «rechaza lo mismo una y otra vez sin decir qué quiere».",
    ]


async def test_letters_are_text_while_the_composer_has_the_focus(data: Path) -> None:
    engine = ScriptedEngine([answered(reading=UNCLEAR, plan=False)])
    async with app_with(engine, data).run_test(size=SIZE) as pilot:
        await send(pilot)
        await pilot.press("a", "b", "r", "y", "m", "1", "?")
        screen = main_screen(pilot)
        assert screen.talk.composer.text == "abrym1?"
        assert pilot.app.screen is screen
    assert len(engine.asked) == 1


async def test_letters_and_pastes_reach_the_composer_while_reading(data: Path) -> None:
    engine = ScriptedEngine([answered(reading=UNCLEAR, plan=False)])
    async with app_with(engine, data).run_test(size=SIZE) as pilot:
        await send(pilot)
        screen = main_screen(pilot)
        await pilot.press("escape")
        assert screen.talk.transcript.has_focus
        await pilot.press("b", "u", "e", "n", "o")
        assert screen.talk.composer.text == "bueno"
        await pilot.press("escape")
        screen.talk.transcript.post_message(events.Paste("\x1b[31m, pues «no» es eso"))
        await until(pilot, lambda: "no" in screen.talk.composer.text)
        assert screen.talk.composer.text == "bueno[31m, pues «no» es eso"
        screen.talk.composer.clear()
        await pilot.press("escape")
        for character in "y ya":  # faster than the focus moves
            screen.talk.transcript.post_message(events.Key("space" if character == " " else character, character))
        await until(pilot, lambda: screen.talk.composer.text == "y ya")
    assert len(engine.asked) == 1


async def test_a_follow_up_says_whether_the_reading_stands(data: Path) -> None:
    engine = ScriptedEngine([answered(), with_draft(), answered(reading=UNCLEAR, plan=False)])
    async with app_with(engine, data).run_test(size=SIZE) as pilot:
        await send(pilot)
        await send(pilot, "¿Me escribes un correo?")
        assert "Sigue en pie: Impago o pago tardío" in seen(pilot)
        assert "Plan · 0 de 4" in seen(pilot)  # the plan of the turn before still stands
        await send(pilot, "En realidad nunca decide.")
        assert "La lectura cambia con lo nuevo" in seen(pilot)
    assert [len(request.history) for request in engine.asked] == [0, 1, 2]


async def test_earlier_turns_are_one_widget_each(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        for number in range(4):
            await send(pilot, f"Vuelta {number}.")
        past = main_screen(pilot).talk.transcript.query(".past")
        assert [len(turn.query("*")) for turn in past] == [0, 0, 0]


async def test_nothing_to_read_and_danger(data: Path) -> None:
    nothing = replace(
        READING, scenarios=(Likelihood("ninguno", 0.97),), secondary=(), band=Band.CLEAR, evidence=(), courses=()
    )
    danger = replace(READING, scenarios=(Likelihood("falta_de_respeto", 0.8),), safety=True)
    quiet: list[Event] = [
        ReadingReady(nothing, Register.TU),
        PassagesReady(()),
        ReflectionReady(Reflection("No veo un problema."), "¿Hay algo de un cliente?"),
        Finished("done"),
    ]
    help_first: list[Event] = [
        ReadingReady(danger, Register.TU),
        PassagesReady(hits()),
        ReflectionReady(Reflection("**Antes que nada, tu seguridad.**"), "¿Estás en un lugar seguro?"),
        Finished("done"),
    ]
    async with app_with(ScriptedEngine([quiet, help_first]), data).run_test(size=SIZE) as pilot:
        await send(pilot, "¿Cómo se liquida el IVA?")
        assert "Esta respuesta no se apoya" in seen(pilot)
        await send(pilot, "Me dijo que sabe dónde vivo.")
        shown = seen(pilot)
    assert shown.index("Antes que nada, tu seguridad.") < shown.index("Falta de respeto o maltrato")


async def test_examples_go_into_the_composer_and_are_not_sent(data: Path) -> None:
    engine = ScriptedEngine([answered()])
    async with app_with(engine, data).run_test(size=SIZE) as pilot:
        screen = await ready(pilot)
        await pilot.press(*"algo mío")
        await pilot.press("alt+2")
        assert screen.talk.composer.text.startswith("El presupuesto del logo")
        screen.talk.composer.clear()
        await pilot.press("up")
        assert screen.talk.composer.text == "algo mío"
    assert engine.asked == []


async def test_what_is_being_written_is_told_as_it_will_be_asked(data: Path) -> None:
    engine = ScriptedEngine([answered(), answered()])
    async with app_with(engine, data).run_test(size=SIZE) as pilot:
        await send(pilot)
        await until(pilot, lambda: engine.drafted[-1] is None)  # the composer is empty again
        assert engine.drafted[-2] is not None
        assert SITUATION.startswith(engine.drafted[-2].text)
        await ready(pilot)
        await pilot.press(*"sigue")
        await pilot.pause()
        told = engine.drafted[-1]
        await pilot.press("enter")
        await until(pilot, lambda: len(engine.asked) == 2)
    assert told == engine.asked[1]
    assert [turn.text for turn in engine.asked[1].history] == [SITUATION]
