"""A few of the generations that `make resistencia` runs by the hundred: a random model over odd inputs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from reflexiona.domain import Evidence, Reflection, Step, When
from tests.resistencia.answers import endure, faults, situations
from tests.support.cases import FIRST

pytestmark = pytest.mark.slow


def test_nothing_is_ever_wrong_with_an_answer(tmp_path: Path) -> None:
    wrong = endure(tmp_path, 6, seed=11)
    assert wrong.pop("generations") >= 4
    assert not wrong


def test_situations_are_odd_and_the_same_again() -> None:
    some = list(situations(60, 3))
    assert some == list(situations(60, 3)) != list(situations(60, 4))
    assert any("\x1b" in text for text in some)
    assert any(len(text) > 20_000 for text in some)


def test_what_is_wrong_is_found() -> None:
    good = replace(FIRST, reflection=Reflection("Vale [1] y [2]."), plan=())
    assert FIRST.reading is not None
    assert list(faults(good, "")) == []
    for bad in (
        replace(good, reflection=Reflection("Vale [3].")),
        replace(good, reflection=Reflection("Vale [0].")),
        replace(good, reflection=Reflection("Vale \x1b[2J.")),
        replace(good, reflection=Reflection("Vale.", unsupported=("Otra.",))),
        replace(good, reading=replace(FIRST.reading, evidence=(Evidence("nada", 0, 4),))),
        replace(good, plan=tuple(Step(f"{n}", When.TODAY, "nadie#1") for n in range(3))),
        replace(good, plan=FIRST.plan[:1]),
        replace(good, status="error"),
    ):
        assert len(list(faults(bad, ""))) == 1
    assert list(faults(good, "[88]")) == ["invalid citation"]
