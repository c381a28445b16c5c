"""The code that makes the included model, on a handful of texts: form, data, learning, export."""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path
from string import Template

import pytest
import torch
from tokenizers import Tokenizer

from reflexiona.corpus.lists import load_lists
from reflexiona.corpus.triples import inflect, malformed
from reflexiona.domain import Register
from reflexiona.models.preflight import inspect_gguf
from reflexiona.models.templates import choose_family
from reflexiona.paths import resource
from reflexiona.prompts import load_prompts
from training.model import batches, export, judging, pieces
from training.model.answers import load_answers
from training.model.examples import Example, Examples
from training.model.fragments import Fragments, load_fragments, told_in
from training.model.learning import Learner
from training.model.network import Network, Shape
from training.model.plans import Plans
from training.texts import CORPUS, Situation, load_passages, load_situations

LISTS = load_lists(CORPUS)
FRAGMENTS = load_fragments()
ANSWERS = load_answers()
SITUATIONS = {s.id: s for s in load_situations()}
STEPS = {step.text for passage in load_passages() for step in passage.steps}
QUOTE = re.compile(r"«([^»]*)»")


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return [s.text for s in islice(SITUATIONS.values(), 0, None, 5)]


@pytest.fixture(scope="module")
def made(texts: list[str]) -> Tokenizer:
    return pieces.learn(texts, 900)


@pytest.fixture(scope="module")
def examples() -> Examples:
    some = [s for s in SITUATIONS.values() if s.id in ANSWERS or s.id.endswith("7")]
    told = {s.id: told_in(s.text) for s in some}
    return Examples(some, told, Fragments(FRAGMENTS), ANSWERS, Plans(load_passages()), LISTS)


def test_fragments_are_sound() -> None:
    assert len(FRAGMENTS) >= 1_000
    known = {*LISTS.scenarios, "*"}
    for fragment in FRAGMENTS:
        assert set(fragment.scenarios) <= known
        assert not malformed(fragment.text), fragment.text
        assert fragment.text[-1] in ".!…", fragment.text
        assert not re.search(r"[?\[\]]|\d", fragment.text), fragment.text
        assert ("$cita" in fragment.text) == ("«$cita»" in fragment.text), fragment.text
    assert len({fragment.text for fragment in FRAGMENTS}) == len(FRAGMENTS)
    assert {scenario for f in FRAGMENTS for scenario in f.scenarios} == known - {"ninguno"}


def test_answers_copy_and_cite_only_what_is_there() -> None:
    assert len(ANSWERS) >= 300
    for answer in ANSWERS.values():
        told = SITUATIONS[answer.id].text
        assert all(quote.lower() in told.lower() for quote in QUOTE.findall(answer.opening)), answer.id
        assert all(figure in told for figure in re.findall(r"\d[\d.,]*\d|\d", answer.opening)), answer.id
        assert set(answer.steps) <= STEPS, answer.id
        cited = {int(n) for n in re.findall(r"\[(\d+)\]", answer.body)}
        assert cited <= set(range(1, len(answer.passages) + 1)), answer.id
        assert "[" not in answer.opening
        assert answer.question.count("?") >= 1


def test_an_example_has_the_form_in_which_the_engine_asks(examples: Examples) -> None:
    prompt = load_prompts(resource("prompts")).included
    seen = 0
    for example in islice(examples.epoch(1), 200):
        whole = "".join(part for part, _ in example.answer)
        assert whole.startswith(prompt.openings["escenario"])
        match = re.match(r"Lectura: (.*)\nRumbo: (.*)\nTrato: (.*)\n", whole)
        if match is None:
            continue
        lectura, rumbo, trato = match.groups()
        head = Template(prompt.phrases["recoge"]).substitute(lectura=lectura, rumbo=rumbo, trato=trato)
        assert whole.startswith(head)
        assert whole.startswith(Template(prompt.phrases["rumbo"]).substitute(lectura=lectura) + rumbo)
        said, _, steps = whole[len(head) :].partition(prompt.phrases["pasos"])
        if lectura == prompt.phrases["no_claro"]:
            assert (steps, said.count("\n")) == ("", 1)
        else:
            assert said == "" or said.endswith("\n")
            forms = {inflect(step, register) for step in STEPS for register in Register}
            assert set(steps.split(prompt.phrases["siguiente"])) <= forms
        seen += 1
        assert all(quote.lower() in example.text.lower() for quote in QUOTE.findall(said)), example
    assert seen > 80


def test_examples_are_drawn_anew(examples: Examples) -> None:
    whole = [
        "".join(part for part, _ in e.answer) + e.text for seed in (1, 2) for e in islice(examples.epoch(seed), 150)
    ]
    assert len({*whole}) > 270
    again = ["".join(part for part, _ in e.answer) + e.text for e in islice(examples.epoch(1), 150)]
    assert again == whole[:150]


def test_the_vocabulary_is_that_of_llama_cpp(made: Tokenizer, texts: list[str], tmp_path: Path) -> None:
    network = Network(Shape(made.get_vocab_size(), 64, 1, 2, 64))
    path = tmp_path / "x.gguf"
    export.write(network, made, path)
    header = inspect_gguf(path)
    assert choose_family("", header.template, header.architecture).id == "incluido"
    lines = [*texts[:985], "", " ", "«»", "<|caso|>", "a<|fin|>b", "1.450 €; 3×2=6", "ñÑ¿¡", "\n\n  \t", "🙂 ok", "x" * 500, "á́", "A«b»c", "漢字", "­", "\u2028"]  # fmt: skip # noqa: E501
    assert len(lines) == 1_000
    assert export.cut_otherwise(made, path, lines) == []
    # byte-level vocabularies write a letter for each byte
    assert max(map(len, pieces.tokens_of(made))) <= pieces.LONGEST_PIECE
    assert all(made.token_to_id(quote) is not None for quote in pieces.QUOTES)


def test_llama_cpp_says_what_the_network_says(made: Tokenizer, texts: list[str], tmp_path: Path) -> None:
    torch.manual_seed(4)
    network = Network(Shape(made.get_vocab_size(), 64, 2, 2, 96))
    for parameter in network.parameters():
        if parameter.dim() > 1:
            parameter.data.mul_(6)
    path = tmp_path / "x.gguf"
    export.write(network, made, path)
    assert export.disagreements(network, made, path, texts[:6], 24) == []


def test_it_learns_and_goes_on_where_it_stopped(made: Tokenizer, examples: Examples, tmp_path: Path) -> None:
    found = batches.sequences(list(islice(examples.epoch(3), 5)), made)
    group = list(batches.batches(found, 1))
    vectors = torch.nn.functional.normalize(torch.randn(3, 8), dim=1)

    def course(steps: int, kept: Path | None = None) -> Learner:
        torch.manual_seed(1)
        learner = Learner.begin(Network(Shape(made.get_vocab_size(), 64, 1, 2, 64)), 8)
        if kept:
            learner.load(kept)
        stream = islice((batch for _ in range(999) for batch in group), learner.step, None)
        learner.learn(stream, vectors, steps, 12, lambda _step, _loss, _speed: None)
        return learner

    course(6).save(tmp_path / "half.pt")
    whole, resumed = course(12), course(12, tmp_path / "half.pt")
    for one, other in zip(whole.network.parameters(), resumed.network.parameters(), strict=True):
        assert torch.equal(one, other)
    before, after = (float(learner._loss(group[0], vectors).detach()) for learner in (course(0), whole))
    assert after < before


def test_its_opinion_is_over_all_names(made: Tokenizer, texts: list[str]) -> None:
    network = Network(Shape(made.get_vocab_size(), 64, 1, 2, 64))
    said = judging.opinions(network, made, texts[:3], LISTS)
    assert said.shape == (3, len(LISTS.scenarios))
    assert said.sum(axis=1) == pytest.approx([1, 1, 1])
    situations = [Situation("x", texts[0], "ninguno", (), (), (), safety=False, origin="x")]
    figures = judging.judged(network, made, situations, LISTS)
    assert set(figures) == {"top1", "top3", "nats"}


def test_a_long_situation_loses_its_middle(made: Tokenizer) -> None:
    long = Example(" ".join(f"palabra{n}" for n in range(900)), (("Lectura:", 1.0), (" Indecisión", 1.0)))
    (one,) = batches.sequences([long], made)
    assert len(one.ids) == batches.LONGEST
    text = made.decode(list(one.ids))
    assert text.startswith("palabra0 ")
    assert "palabra899Lectura: Indecisión" in text
