"""How a turn grows with what the engine says: the same for every face."""

from reflexiona.domain import Hit, ModelView, Reflection, Register, Step, Turn, When
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
from reflexiona.turn_building import advance, again, begun
from tests.support.cases import FIRST, SECOND


def built(*events: Event) -> Turn:
    turn = begun("t", "No me paga", "2026")
    for event in events:
        turn = advance(turn, event)
    return turn


def test_a_whole_turn() -> None:
    assert FIRST.reading is not None
    assert FIRST.reflection is not None
    assert SECOND.draft is not None
    step = Step("Escribir", When.TODAY, "a#1")
    turn = built(
        ReadingReady(FIRST.reading, Register.VOS),
        PassagesReady((Hit(FIRST.passages[0], 0.9),)),
        Progress("leyendo", 0.5),
        ReflectionReady(FIRST.reflection, "¿Qué quedó escrito?"),
        PlanReady((step,)),
        DraftReady(SECOND.draft),
        Finished("done"),
    )
    assert (turn.reading, turn.register, turn.question) == (FIRST.reading, Register.VOS, "¿Qué quedó escrito?")
    assert (turn.passages, turn.plan, turn.draft) == (FIRST.passages[:1], (step,), SECOND.draft)
    assert (turn.reflection, turn.status, turn.notices) == (FIRST.reflection, "done", ())


def test_what_streams_is_unfinished_until_the_whole_comes() -> None:
    view = ModelView("qwen")
    streaming = built(ModelViewReady(view), Token("Hola"), Token(" a"))
    assert streaming.reflection == Reflection("Hola a", composed=False, model=view, complete=False)
    assert advance(streaming, ReflectionReady(Reflection("Hola a todos"))).reflection == Reflection("Hola a todos")
    assert built(Token("Hola"), Finished("cancelled")).status == "cancelled"


def test_notices_and_problems_stay_with_the_turn() -> None:
    assert built(Notice("Se cambió X por Y."), Problem("Falló.", "Reintenta.")).notices == (
        "Se cambió X por Y.",
        "Falló. Reintenta.",
    )


def test_progress_leaves_it_as_it_is() -> None:
    turn = begun("t", "No me paga", "2026")
    assert advance(turn, Progress("leyendo")) is turn


def test_a_turn_that_begins_anew_keeps_only_what_was_said_about_it() -> None:
    assert FIRST.reading is not None
    turn = built(
        ReadingReady(FIRST.reading, Register.TU),
        Token("a med"),
        Problem("El motor se cerró."),
        ReadingReady(FIRST.reading, Register.TU),
    )
    assert (turn.reflection, turn.notices, turn.status) == (None, ("El motor se cerró.",), "streaming")


def test_asked_again_nothing_of_the_answer_is_left() -> None:
    assert again(FIRST) == begun(FIRST.id, FIRST.text, FIRST.created)


def test_a_turn_keeps_the_prose_of_passages_not_the_parts_of_the_corpus() -> None:
    from reflexiona.corpus.library import load_library

    passage = next(p for p in load_library().passages if p.steps)
    kept = built(PassagesReady((Hit(passage, 1.0),))).passages[0]
    assert (kept.id, kept.text, kept.steps, kept.openings) == (passage.id, passage.text, (), ())
