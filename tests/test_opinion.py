"""A model's closed choices: beside the reading, counted by what was measured of its file, never changing it unsaid."""

from __future__ import annotations

import pytest

from reflexiona.corpus.lists import load_lists
from reflexiona.corpus.phrases import Voice
from reflexiona.domain import Band, Likelihood, ModelView, Reading, Reflection, Register, Step, When
from reflexiona.events import ModelViewReady, Notice, Token
from reflexiona.export.answer import answer_json
from reflexiona.opinions import combined
from reflexiona.paths import resource
from reflexiona.prompts import load_prompts
from reflexiona.stages.material import Material
from reflexiona.stages.opinion import remark
from reflexiona.stages.reflect import ModelReflection, Written
from reflexiona.stages.support import MARK
from reflexiona.turn_building import advance, begun
from tests.support.counting import Counting

LISTS = load_lists(resource("corpus"))
STAGE = ModelReflection(LISTS, load_prompts(resource("prompts")).reflection)
IDS = ("impago_o_pago_tardio", "mala_comunicacion", "incumple_plazos", "sin_crecimiento_mutuo", "no_valora_el_trabajo")
READING = Reading(
    tuple(Likelihood(key, p) for key, p in zip(IDS, (0.4, 0.3, 0.15, 0.1, 0.05), strict=True)),
    (),
    Band.PROBABLE,
    (),
    (Likelihood("protegerse", 0.7), Likelihood("conversar", 0.6), Likelihood("esperar", 0.2)),
    False,
)
PLAN = tuple(Step(text, When.TODAY, "a#1") for text in ("Reunir los correos", "Enviar el aviso", "Llamar"))
OTHER = LISTS.scenarios["mala_comunicacion"].name


def turn(generator: Counting) -> tuple[ModelView, list[str], list[object]]:
    written = Written(Reflection("", composed=False, complete=False))
    material = Material("No me paga la factura.", READING, (), Voice(Register.TU))
    events = list(STAGE.reflect(generator, material, PLAN, 0, written))
    (view,) = [event.view for event in events if isinstance(event, ModelViewReady)]
    return view, [event.text for event in events if isinstance(event, Notice)], list(events)


def test_what_a_model_may_choose_from() -> None:
    generator = Counting(likes=("Enviar", OTHER, LISTS.courses["conversar"].name), pieces=("Vale.",))
    view, _, _ = turn(generator)
    scenarios, courses, steps, _ = (alternatives for _, alternatives in generator.asked)
    assert scenarios == tuple(LISTS.scenarios[key].name for key in (*IDS[:4], "ninguno"))
    assert courses == tuple(LISTS.courses[key].name for key in ("protegerse", "conversar", "esperar"))
    assert steps == tuple(step.text for step in PLAN)
    assert (view.scenarios[0].id, view.courses[0].id, view.steps[0]) == (
        "mala_comunicacion",
        "conversar",
        "Enviar el aviso",
    )
    for rows in (view.scenarios, view.courses):
        assert sum(row.p for row in rows) == pytest.approx(1)
    assert {prompt.opening for prompt, _ in generator.asked} == {"Tipo de situación: ", "Rumbo: ", "Primer paso: ", ""}


def test_an_unmeasured_model_stands_beside_the_reading() -> None:
    view, notices, _ = turn(Counting(likes=(OTHER,), pieces=("Vale.",)))
    assert (view.weight, view.together) == (0.0, ())
    (said,) = [notice for notice in notices if "sugiere" in notice]
    assert said.startswith(f"El modelo sugiere otra lectura: «{OTHER}» (0,60).")
    assert "no cuenta mientras nadie la mida" in said


@pytest.mark.parametrize(("weight", "first"), [(0.1, IDS[0]), (1.0, IDS[1])])
def test_a_measured_model_counts_by_its_weight(weight: float, first: str) -> None:
    view, notices, _ = turn(Counting(likes=(OTHER,), weight=weight, pieces=("Vale.",)))
    assert view.weight == weight
    assert view.together == combined(READING.scenarios, view.scenarios, weight)
    assert view.together[0].id == first
    assert sum(row.p for row in view.together) == pytest.approx(1)
    (said,) = [notice for notice in notices if "sugiere" in notice]
    assert ("se mantiene la de arriba" in said) == (first == IDS[0])
    assert ("contándola, lo más probable es" in said) == (first == IDS[1])


def test_a_model_that_agrees_says_nothing_of_it() -> None:
    view, notices, _ = turn(Counting(weight=0.5, pieces=("Vale.",)))
    assert view.scenarios[0].id == READING.primary
    assert not [notice for notice in notices if "sugiere" in notice]
    assert remark(ModelView("mudo"), READING, LISTS) == ""


def test_the_reading_that_was_shown_stays_and_both_are_in_the_json() -> None:
    from dataclasses import replace

    from reflexiona.events import ReadingReady

    _, _, events = turn(Counting(likes=(OTHER,), weight=1.0, pieces=("Vale.",)))
    answer = advance(begun("t", "No me paga.", "2026-01-01T00:00:00Z"), ReadingReady(READING, Register.TU))
    for event in events:
        answer = advance(answer, event)  # type: ignore[arg-type]
    assert answer.reading == READING
    found = answer_json(replace(answer), "", {}, {"read": 12})
    assert found["scenarios"][0] == {"id": IDS[0], "p": 0.4}
    assert found["model"]["together"][0]["id"] == IDS[1]
    assert (found["model"]["weight"], found["model"]["scenarios"][0]["id"]) == (1.0, IDS[1])
    assert found["tokens"] == {"read": 12}


# --- how an answer ends


def ended(generator: Counting) -> tuple[str, list[str]]:
    written = Written(Reflection("", composed=False, complete=False))
    material = Material("No me paga la factura.", READING, (), Voice(Register.TU))
    events = list(STAGE.reflect(generator, material, PLAN, 0, written))
    assert written.reflection.complete
    return written.reflection.text.replace(MARK, ""), [event.text for event in events if isinstance(event, Notice)]


def test_an_answer_that_ends_by_itself_is_left_as_it_is() -> None:
    text, notices = ended(Counting(pieces=("No paga la factura. ", "¿Y ahora, sin punto final")))
    assert text == "No paga la factura. ¿Y ahora, sin punto final"
    assert not [notice for notice in notices if "última frase" in notice]


def test_the_limit_leaves_a_whole_last_sentence() -> None:
    text, notices = ended(Counting(pieces=("¿Qué dice la factura? ", "¿Y el correo? ", "¿Y si no"), ends=False))
    assert text == "¿Qué dice la factura? ¿Y el correo?"
    assert any("última frase entera" in notice for notice in notices)
    text, _ = ended(
        Counting(pieces=("¿Vale? ", "¿Y si luego nadie contesta a ninguno de los mensajes que"), ends=False)
    )
    assert text == "¿Vale? ¿Y si luego nadie contesta a ninguno de los mensajes…"


def test_an_answer_that_goes_round_in_circles_is_stopped() -> None:
    words = ("¿Qué ", "dice ", "el ", "correo ", "de ", "ayer? ") * 50
    generator = Counting(pieces=("¿Y la factura? ", *words), ends=False)
    text, notices = ended(generator)
    assert len(text.split()) < 30
    assert text.endswith("ayer?")
    assert any("empezó a repetirse" in notice for notice in notices)
    text, _ = ended(Counting(pieces=("¿Y la factura? ", *("ja" for _ in range(400))), ends=False))
    assert len(text) < 200


def test_what_streams_is_all_that_was_said() -> None:
    _, _, events = turn(Counting(pieces=("¿Uno? ", "¿Dos?")))
    assert "".join(event.text for event in events if isinstance(event, Token)) == "¿Uno? ¿Dos?"
