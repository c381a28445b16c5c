"""How a turn grows with each event."""

from __future__ import annotations

from reflexiona.domain import ModelView, Reflection, Register
from reflexiona.events import (
    DraftReady,
    Event,
    Finished,
    ModelViewReady,
    Notice,
    PassagesReady,
    PlanReady,
    Problem,
    Progress,
    ReadingReady,
    ReflectionReady,
    Token,
)
from reflexiona.tui.turns import advance, again, begun
from tests.support.tui import DRAFT, PASSAGES, PLAN, READING, hits

TURN = begun("t", "texto", "2026-07-20T16:04:00+00:00")


def test_a_turn_takes_up_what_comes() -> None:
    turn = TURN
    event: Event
    for event in (
        ReadingReady(READING, Register.VOS),
        PassagesReady(hits()),
        Progress("leyendo", 0.5),
        Token("Hola "),
        ModelViewReady(ModelView("gemma")),
        Token("[1]."),
    ):
        turn = advance(turn, event)
    assert (turn.reading, turn.register, turn.passages) == (READING, Register.VOS, PASSAGES)
    assert turn.reflection == Reflection("Hola [1].", composed=False, complete=False, model=ModelView("gemma"))
    whole = Reflection("Hola [1].", composed=False, model=ModelView("gemma"))
    for event in (
        ReflectionReady(whole, "¿Y?"),
        PlanReady(PLAN),
        DraftReady(DRAFT),
        Notice("Se acortó."),
        Problem("Falló.", "Reintenta."),
        Finished("done"),
    ):
        turn = advance(turn, event)
    assert (turn.reflection, turn.question, turn.plan, turn.draft) == (whole, "¿Y?", PLAN, DRAFT)
    assert turn.notices == ("Se acortó.", "Falló. Reintenta.")
    assert turn.status == "done"


def test_progress_leaves_it_as_it_is() -> None:
    assert advance(TURN, Progress("leyendo")) is TURN


def test_a_turn_that_begins_anew_keeps_only_what_was_said_about_it() -> None:
    broken = advance(advance(advance(TURN, ReadingReady(READING, Register.TU)), Token("a med")), Problem("Cayó."))
    anew = advance(broken, ReadingReady(READING, Register.TU))
    assert anew.reflection is None
    assert anew.notices == ("Cayó.",)


def test_again() -> None:
    assert again(advance(TURN, Token("algo"))) == TURN
