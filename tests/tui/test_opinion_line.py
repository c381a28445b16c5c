"""What a model reads by itself is said once, quietly, at the foot of the answer: it is no notice."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest

from reflexiona.cli.answer import Teller
from reflexiona.cli.console import Console
from reflexiona.corpus.lists import load_lists
from reflexiona.domain import Conversation, Likelihood, ModelView, Reading, Reflection, Turn
from reflexiona.events import Finished, Notice
from reflexiona.export.answer import answer_text
from reflexiona.export.markdown import to_markdown
from reflexiona.export.reading_back import from_markdown
from reflexiona.paths import resource
from reflexiona.stages.opinion import remark
from reflexiona.tui.typeset import notices, opinion
from reflexiona.tui.widgets.turn import Page, PastTurn
from tests.support.engine import ScriptedEngine
from tests.support.tui import READING, answered, app_with, seen, send, until

LISTS = load_lists(resource("corpus"))
VIEW = ModelView("incluido", (Likelihood("regateo", 0.41), Likelihood("indecision", 0.3)), ("uno",), confined=True)
SAID = "El modelo sugiere: "


def turn(view: ModelView, *told: str, reading: Reading = READING) -> Turn:
    reflection = Reflection("Un aviso [1].", model=view)
    return Turn("t1", "No me paga", "2026-07-20T16:04:00+00:00", reading=reading, reflection=reflection, notices=told)


@pytest.mark.parametrize("scenario", ["impago_o_pago_tardio", "indecision"])
def test_it_stands_at_the_foot_alone(scenario: str) -> None:
    page = Page(turn(replace(VIEW, scenarios=(Likelihood(scenario, 0.41),))), LISTS)
    assert SAID not in page.card.plain
    foot = page.foot.plain.splitlines()
    assert [line.startswith(SAID) and line.endswith("(0,41).") for line in foot] == [False, True]
    past = str(PastTurn(page, 80).content)
    assert past.count(SAID) == 1
    assert past.splitlines()[-1].startswith(SAID)


def test_what_a_bigger_model_reads_otherwise_is_no_notice_either() -> None:
    view = ModelView("gemma", (Likelihood("indecision", 0.6), Likelihood("impago_o_pago_tardio", 0.3)))
    told = remark(view, READING, LISTS)
    one = turn(view, "El texto es muy largo.", told)
    assert notices(one).plain == "Aviso  El texto es muy largo."
    assert opinion(one, LISTS).plain == told
    assert Page(one, LISTS).foot.plain.splitlines()[-1] == told
    assert opinion(replace(one, status="streaming"), LISTS).plain == ""


def test_nothing_is_said_of_it_in_danger() -> None:
    one = turn(VIEW, reading=replace(READING, safety=True))
    assert opinion(one, LISTS).plain == ""
    assert SAID not in answer_text(one, LISTS)
    assert SAID not in to_markdown(Conversation("a1", "Caso", one.created, one.created, (one,)), LISTS)


def test_exports_and_line_mode_say_it_at_the_foot_too() -> None:
    told = remark(ModelView("gemma", (Likelihood("indecision", 0.6),)), READING, LISTS)
    for view, notices_, said in (
        (VIEW, (), SAID),
        (ModelView("gemma", (Likelihood("indecision", 0.6),)), (told, "Es muy largo."), told),
    ):
        one = turn(view, *notices_)
        case = Conversation("a1", "Caso", one.created, one.created, (one,))
        text = to_markdown(case, LISTS)
        assert text.count(f"\n\n*{said}") == text.count(f"*{said}") == 1
        plain = answer_text(one, LISTS)
        assert plain.count(said) == 1
        assert said in plain.splitlines()[-1]
        assert plain.splitlines()[-1].startswith("*")
        assert from_markdown(text) == case
        out = io.StringIO()
        Teller(Console(out, io.StringIO(), {}), LISTS).tell(one)
        assert out.getvalue().count(said) == 1
        assert said in out.getvalue().splitlines()[-1]
        out = io.StringIO()
        teller = Teller(Console(out, io.StringIO(), {}), LISTS)
        for notice in one.notices:
            teller.hear(one, Notice(notice))
        teller.hear(one, Finished("done"))
        assert said in out.getvalue().splitlines()[-1]


async def test_without_a_model_there_is_none(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=(80, 60)) as pilot:
        await send(pilot)
        await until(pilot, lambda: "sin modelo de lenguaje." in seen(pilot))
        assert "El modelo sugiere" not in seen(pilot)
