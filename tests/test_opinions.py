"""The reader's probabilities and a model's, put together by a weight that is measured."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reflexiona.domain import Likelihood
from reflexiona.opinions import GRID, Judged, best_weight, combined, held_out, log_loss

IDS = ("a", "b", "c", "d", "e")


def of(*shares: float, ids: tuple[str, ...] = IDS) -> tuple[Likelihood, ...]:
    total = sum(shares)
    return tuple(Likelihood(i, p / total) for i, p in zip(ids, shares, strict=False))


def cases(count: int, right: float, seed: int = 1) -> list[Judged]:
    """A reader that is right in half of the cases, and a model that is right in this share, each fairly sure."""
    chance = random.Random(seed)
    found = []
    for _ in range(count):
        truth = chance.choice(IDS)
        views = []
        for share in (0.5, right):
            first = truth if chance.random() < share else chance.choice([i for i in IDS if i != truth])
            views.append(tuple(Likelihood(i, 0.6 if i == first else 0.1) for i in IDS))
        found.append(Judged(truth, views[0], views[1]))
    return found


def test_a_weight_of_nothing_leaves_the_reader() -> None:
    reader = of(5, 3, 2)
    assert combined(reader, of(1, 1, 8), 0.0) == reader
    assert combined(reader, (), 1.0) == reader


def test_a_model_moves_its_candidates_and_no_others() -> None:
    reader = of(4, 3, 2, 1)
    moved = combined(reader, of(1, 9, ids=("a", "b")), 1.0)
    p = {one.id: one.p for one in moved}
    assert [one.id for one in moved] == ["b", "c", "d", "a"]
    assert p["c"] == pytest.approx(0.2)
    assert p["d"] == pytest.approx(0.1)
    assert p["b"] / p["a"] == pytest.approx(3 / 4 * 9)


@given(
    st.lists(st.floats(0.001, 1), min_size=3, max_size=5),
    st.lists(st.floats(0, 1), min_size=2, max_size=5),
    st.sampled_from(GRID),
)
def test_it_stays_a_distribution(reader: list[float], model: list[float], weight: float) -> None:
    together = combined(of(*reader), tuple(Likelihood(i, p) for i, p in zip(IDS, model, strict=False)), weight)
    assert sum(one.p for one in together) == pytest.approx(1)
    assert {one.id for one in together} == set(IDS[: len(reader)])
    assert [one.p for one in together] == sorted((one.p for one in together), reverse=True)


def test_a_model_that_knows_more_gets_weight_and_one_that_guesses_gets_none() -> None:
    good = cases(60, right=0.9)
    weight = best_weight(good)
    assert weight > 0.5
    assert mean_loss(good, weight) < mean_loss(good, 0.0)
    assert mean_loss(good, weight) == pytest.approx(min(mean_loss(good, one) for one in GRID))
    right = sum(view[0].id == case.primary for case, view in zip(good, held_out(good), strict=True))
    assert right > sum(case.reader[0].id == case.primary for case in good)
    guesses = [best_weight(cases(60, right=0.2, seed=seed)) for seed in range(20)]
    assert guesses.count(0.0) >= 19


def test_few_cases_or_none_give_no_weight() -> None:
    assert best_weight([]) == 0.0
    assert best_weight(cases(1, right=1.0)) == 0.0
    assert held_out([]) == ()


def test_a_scenario_that_nobody_names_is_a_bounded_surprise() -> None:
    assert log_loss(Judged("z", of(1, 1), ()), 0.0) == pytest.approx(-math.log(1e-4))


def mean_loss(judged: list[Judged], weight: float) -> float:
    return sum(log_loss(case, weight) for case in judged) / len(judged)
