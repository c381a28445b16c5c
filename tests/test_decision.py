"""Answers to the deciding question settle the reading."""

import pytest

from reflexiona.corpus.lists import load_lists
from reflexiona.domain import NONE_SCENARIO, Band, Likelihood, Reading
from reflexiona.paths import resource
from reflexiona.stages.decision import SURE, Decision, settled

LISTS = load_lists(resource("corpus"))
PAIR = ("impago_o_pago_tardio", "mala_comunicacion")


def reading(pair: tuple[str, str], band: Band = Band.UNCLEAR) -> Reading:
    scenarios = (Likelihood(pair[0], 0.5), Likelihood(pair[1], 0.3), Likelihood("indecision", 0.2))
    return Reading(scenarios, (Likelihood(pair[1], 0.4),), band, (), (Likelihood("protegerse", 0.6),), False, pair)


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("a", PAIR[0]),
        ("B)", PAIR[1]),
        ("la segunda", PAIR[1]),
        ("creo que la primera", PAIR[0]),
        ("opción b", PAIR[1]),
        ("2", PAIR[1]),
        ("la segunda vez que le escribí me insultó", None),
        ("Se parece más a esto: «no contesta o lo que dice no se entiende».", PAIR[1]),
        ("que debe dinero por un trabajo ya hecho", PAIR[0]),
        ("debe dinero por un trabajo ya hecho y no contesta o lo que dice no se entiende", None),
        ("ayer me pagó la mitad", None),
        ("No, no se trata de un cliente.", None),
    ],
)
def test_what_was_chosen(text: str, chosen: str | None) -> None:
    assert Decision(LISTS).of(text, reading(PAIR)) == chosen


def test_no_problem_can_be_the_answer() -> None:
    before = reading(("impago_o_pago_tardio", NONE_SCENARIO))
    assert Decision(LISTS).of("No, no se trata de un cliente.", before) == NONE_SCENARIO
    assert Decision(LISTS).of("no, es otra cosa", before) == NONE_SCENARIO


def test_nothing_is_settled_where_nothing_was_asked() -> None:
    assert Decision(LISTS).of("a", reading(PAIR, Band.CLEAR)) is None


def test_settled() -> None:
    after = settled(reading(PAIR), PAIR[1])
    assert (after.primary, after.scenarios[0].p, after.band, after.deciding) == (PAIR[1], SURE, Band.CLEAR, None)
    assert sum(row.p for row in after.scenarios) == pytest.approx(1)
    assert after.secondary == ()
    assert settled(reading(PAIR), NONE_SCENARIO).nothing_to_read
