"""The llama.cpp adapter on a real, tiny model file: choices among alternatives, and keeping what was read."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from reflexiona.adapters.llama import LlamaGenerator
from reflexiona.adapters.llama_trie import Logits, score
from tests.support.llama import Ask, cold, evaluated, text_of

# --- closed choices


def test_a_choice_is_a_distribution_over_the_alternatives(tiny: LlamaGenerator) -> None:
    names = ["impago", "alcance", "alcance sin control", "descuento", "clienta que calla", "cliente que manda"]
    choice = tiny.choose(Ask(opening="Escenario: "), names)
    assert len(choice.probabilities) == len(names)
    assert math.isclose(sum(choice.probabilities), 1.0)
    assert choice.index == choice.probabilities.index(max(choice.probabilities))
    assert min(choice.probabilities) > 0


def test_a_choice_does_not_depend_on_what_was_read_before(tiny: LlamaGenerator, recurrent: LlamaGenerator) -> None:
    names = ["impago", "impago parcial", "alcance", "descuento", "desaparece", "desconfía"]
    for generator in (tiny, recurrent):
        cold(generator)
        first = generator.choose(Ask(opening="Es:"), names).probabilities
        text_of(generator, Ask(user="otra cosa"))
        again = generator.choose(Ask(opening="Es:"), names).probabilities
        assert again == pytest.approx(first, abs=1e-4)


def test_a_choice_agrees_with_scoring_token_by_token(tiny: LlamaGenerator) -> None:
    """Two alternatives that part at once: their odds are those of the whole vocabulary's softmax."""
    laid = tiny._layout.lay(Ask(), reserve=10)
    tiny._session.hold(laid.ids)
    logits = tiny._session.logits()
    one, other = tiny._layout.plain("Sí")[0], tiny._layout.plain("No")[0]
    odds = math.exp(float(logits[one] - logits[other]))
    yes, no = tiny.choose(Ask(), ["Sí", "No"]).probabilities
    assert yes / no == pytest.approx(odds, rel=1e-3)


def test_a_choice_of_one_needs_no_model_and_of_none_is_refused(tiny: LlamaGenerator) -> None:
    assert tiny.choose(Ask(), ["única"]).probabilities == (1.0,)
    for wrong in ([], ["sí", ""]):
        with pytest.raises(ValueError, match="alternatives"):
            tiny.choose(Ask(), wrong)


def test_the_tree_asks_only_where_ways_part() -> None:
    asked: list[list[int]] = []

    def logits_after(path: list[int]) -> Logits:
        asked.append(path)
        return np.array([0.0, 1.0, 2.0, 3.0, 0.0, 0.0], np.float32)

    probabilities = score([[1, 2, 3], [1, 2, 4], [5, 5, 5, 5]], logits_after)
    assert asked == [[], [1, 2]]
    assert sum(probabilities) == pytest.approx(1.0)
    share = math.exp(1) / (math.exp(1) + 1)
    assert probabilities[2] == pytest.approx(1 - share)
    assert probabilities[0] / probabilities[1] == pytest.approx(math.exp(3))


def test_the_tree_takes_an_alternative_inside_another_and_twins() -> None:
    even = np.zeros(8, np.float32)
    probabilities = score([[1], [1, 2], [3], [3]], lambda _path: even)
    assert probabilities == pytest.approx((0.5 * 7 / 8, 0.5 / 8, 0.25, 0.25))


# --- keeping what was read


def test_the_fixed_part_is_evaluated_once(tiny: LlamaGenerator) -> None:
    cold(tiny)
    first, second = Ask(), Ask(user="Otra pregunta, ¿qué hago?")
    laid = tiny._layout.lay(second, reserve=1)
    assert evaluated(tiny, first) == len(tiny._layout.lay(first, reserve=1).ids)
    assert evaluated(tiny, second) == len(laid.ids) - laid.fixed
    assert evaluated(tiny, second) == 1


def test_the_fixed_part_comes_back_after_another_one(tiny: LlamaGenerator) -> None:
    reflecting, drafting = Ask(), Ask(system="Redactas un mensaje breve para el cliente. " * 4)
    expected = text_of(tiny, replace(reflecting, user="Una más"), 3)
    evaluated(tiny, drafting)
    fixed = tiny._layout.lay(reflecting, reserve=1).fixed
    again = replace(reflecting, user="Y ahora esto")
    assert evaluated(tiny, again) == len(tiny._layout.lay(again, reserve=1).ids) - fixed
    assert text_of(tiny, replace(reflecting, user="Una más"), 3) == expected


def test_a_memory_that_cannot_be_cut_restores_the_fixed_part(recurrent: LlamaGenerator) -> None:
    assert not recurrent._session.rewinds
    cold(recurrent)
    expected = text_of(recurrent, Ask(), 5)
    other = Ask(user="Otra pregunta")
    laid = recurrent._layout.lay(other, reserve=1)
    assert evaluated(recurrent, other) == len(laid.ids) - laid.fixed
    assert text_of(recurrent, Ask(), 5) == expected
