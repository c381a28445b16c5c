"""Conversations as Markdown and JSON, and back."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reflexiona.corpus.lists import load_lists
from reflexiona.domain import Conversation, Passage, Reflection, Turn
from reflexiona.errors import BadInputError
from reflexiona.export.answer import answer_json, answer_text
from reflexiona.export.markdown import to_markdown
from reflexiona.export.reading_back import from_markdown
from reflexiona.export.spanish import decimal, moment
from reflexiona.paths import resource
from reflexiona.situation import clean
from tests.support.cases import CASE, FIRST, READING, SECOND, UNREAD

LISTS = load_lists(resource("corpus"))
GOLDEN = Path(__file__).parent / "golden"


def test_markdown_is_the_golden_file() -> None:
    assert to_markdown(CASE, LISTS) == (GOLDEN / "conversacion.md").read_text(encoding="utf-8")


def test_round_trip_keeps_everything() -> None:
    assert from_markdown(to_markdown(CASE, LISTS)) == CASE


def test_what_only_asks_about_the_program_shows_no_reading_and_keeps_it() -> None:
    asked = Turn("t8", "¿Cómo borro esto?", FIRST.created, reading=READING, reflection=Reflection("Con Alt+X."))
    case = replace(CASE, turns=(FIRST, asked))
    text = to_markdown(case, LISTS)
    assert text.count("**Lectura**") == to_markdown(replace(CASE, turns=(FIRST,)), LISTS).count("**Lectura**") == 1
    assert "escenario: Impago o pago tardío\n" in text
    assert "escenario: null\n" in to_markdown(replace(CASE, turns=(asked,)), LISTS)
    assert from_markdown(text) == case
    assert answer_text(asked, LISTS).startswith("Con Alt+X.")
    found = answer_json(asked, "", {})  # a program finds every key, whatever was asked
    assert [(row["id"], row["p"]) for row in found["scenarios"]] == [(row.id, row.p) for row in READING.scenarios]
    assert (found["band"], found["safety"]) == (READING.band.value, False)
    danger = replace(asked, reading=replace(READING, safety=True))
    assert answer_json(danger, "", {})["safety"]
    assert "**Lectura**" in to_markdown(replace(CASE, turns=(danger,)), LISTS)


def test_changes_by_hand_come_back() -> None:
    text = to_markdown(CASE, LISTS)
    text = text.replace(
        "- [ ] Esta semana: Enviar el aviso (2026-11-24)", "- [x] Esta semana: Enviar el aviso hoy (2026-12-01)"
    )
    step = from_markdown(text).turns[0].plan[1]
    assert (step.done, step.text, step.date) == (True, "Enviar el aviso hoy", "2026-12-01")


WORDS = st.text(st.characters(codec="utf-8"), max_size=200)


@given(text=WORDS, answer=WORDS, title=WORDS, passage=WORDS)
def test_any_text_survives_the_round_trip(text: str, answer: str, title: str, passage: str) -> None:
    text, answer, title, passage = (clean(t) or "x" for t in (text, answer, title, passage))
    title = " ".join(title.split())
    turn = Turn(
        "t",
        text,
        "2026-11-21T10:05:00+00:00",
        reflection=Reflection(answer),
        passages=(Passage("a#1", "a", "A", "S", passage, 0, len(passage)),),
    )
    case = Conversation("c", title, "2026", "2026", (turn,))
    assert from_markdown(to_markdown(case, LISTS)) == case


@pytest.mark.parametrize(
    "hostile", ["--> <script>", "<!-- reflexiona:fin -->", "---\nreflexiona: 9\n---", "## Fuentes\n\n> x"]
)
def test_text_that_looks_like_ours_changes_no_structure(hostile: str) -> None:
    turn = replace(FIRST, text=hostile, reflection=Reflection(f"{hostile}\n\n{hostile}"), reading=None)
    back = from_markdown(to_markdown(replace(CASE, turns=(turn, SECOND)), LISTS))
    assert [t.id for t in back.turns] == ["t1", "t2"]
    assert back.turns[0].plan == FIRST.plan
    assert back.turns[0].passages == FIRST.passages


@pytest.mark.parametrize(
    "foreign", ["", "# Hola", "---\ntitulo: x\n---\n", "---\nreflexiona: 1\n---\n", "---\n: [\n---\n"]
)
def test_a_foreign_file_is_refused_in_one_sentence(foreign: str) -> None:
    with pytest.raises(BadInputError):
        from_markdown(foreign)


@pytest.mark.parametrize("bad", ["a'b", "a)b", "a b", "á\n", "../a", ""])
def test_an_id_that_nobody_gave_is_refused(bad: str) -> None:
    whole = to_markdown(CASE, LISTS)
    of_turn = whole.replace(f'"id":"{FIRST.id}"', f'"id":{json.dumps(bad)}')
    of_case = whole.replace(f"id: {CASE.id}\n", f"id: {json.dumps(bad)}\n")
    for text in (of_turn, of_case):
        assert text != whole
        with pytest.raises(BadInputError, match="dañada"):
            from_markdown(text)


def test_json_has_the_contracted_keys() -> None:
    answer = answer_json(FIRST, "a1b2", {"reading": 5, "total": 9})
    json.dumps(answer)
    assert {
        "version", "conversation", "scenarios", "secondary", "band", "evidence", "safety", "rumbo", "question",
        "passages", "reflection", "unsupported", "plan", "model", "composed", "ms",
    } <= set(answer)  # fmt: skip
    assert answer["passages"][1] == {
        "n": 2,
        "id": "mis-notas#2",
        "article": "mis-notas",
        "title": "Mis notas › Tarifas",
        "text": "Anticipo del 40 %.",
        "own": True,
    }
    assert answer["plan"][0] == {
        "text": "Reunir los mensajes en una carpeta",
        "when": "hoy",
        "source": "ultimo-aviso-de-pago#1",
    }
    assert (answer["band"], answer["rumbo"], answer["composed"], answer["model"]) == (
        "claro",
        "ultima_oportunidad",
        True,
        None,
    )
    assert answer_json(SECOND, "", {})["model"]["name"] == "qwen"


def test_answer_text_says_who_wrote_it() -> None:
    assert "sin modelo de lenguaje" in answer_text(FIRST, LISTS)
    assert "modelo local qwen" in answer_text(SECOND, LISTS)
    assert "- [x] Hoy: Reunir los mensajes en una carpeta [1]" in answer_text(FIRST, LISTS)


def test_a_text_that_was_not_understood_has_neither_scenario_nor_figure() -> None:
    turn = Turn("t", "asdfgh", "2026-11-21", reading=UNREAD, reflection=Reflection("No he podido entender el texto."))
    text = to_markdown(replace(CASE, turns=(turn,)), LISTS)
    assert "**Lectura** — no se entendió el texto.\n" in text
    assert "\nescenario: null\nlectura: no se entendió el texto\n" in text
    assert "0,97" not in text
    assert from_markdown(text).turns == (turn,)
    assert answer_text(turn, LISTS).startswith("No he podido entender el texto.")
    assert answer_json(turn, "", {})["band"] == "no_claro"


def test_an_answer_that_cites_nothing_lists_no_sources_and_keeps_its_passages() -> None:
    turn = replace(FIRST, reflection=Reflection("Gracias por contarlo."), plan=(), draft=None)
    assert turn.passages
    case = replace(CASE, turns=(turn, SECOND))
    assert "### Fuentes" in to_markdown(replace(CASE, turns=(FIRST,)), LISTS)
    assert "### Fuentes" not in to_markdown(replace(CASE, turns=(turn,)), LISTS)
    assert from_markdown(to_markdown(case, LISTS)) == case
    assert "**Fuentes**" in answer_text(FIRST, LISTS)
    assert "**Fuentes**" not in answer_text(turn, LISTS)
    assert len(answer_json(turn, "", {})["passages"]) == len(turn.passages)


def test_what_a_turn_cites() -> None:
    turn = replace(FIRST, reflection=Reflection("Esto [2], y nada [7]."), plan=(), draft=None)
    assert turn.cited == (2,)
    assert replace(turn, reflection=Reflection("Las dos [1, 2].")).cited == (1, 2)
    assert replace(turn, reflection=Reflection("Nada."), plan=FIRST.plan).cited == (1, 2)
    assert replace(turn, reflection=None).cited == ()


def test_spanish_figures() -> None:
    assert decimal(0.934) == "0,93"
    assert moment("2026-01-05T07:03:00+00:00") == "5 de enero de 2026, 07:03"
    assert moment("ayer") == "ayer"
