"""Cases of a scenario: an answer that names one is made of it alone; where none is named, of none."""

import json
import re
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from reflexiona.adapters.scenes import SceneList
from reflexiona.corpus.check import structured
from reflexiona.corpus.library import Library, load_library
from reflexiona.corpus.lists import load_lists
from reflexiona.corpus.phrases import Voice, load_phrases
from reflexiona.corpus.triples import inflect
from reflexiona.domain import Band, Hit, Likelihood, Passage, Reading, Register, TurnRequest
from reflexiona.engine.composition import compose
from reflexiona.engine.core import Core
from reflexiona.engine.protocol import Ask
from reflexiona.events import PassagesReady, PlanReady, ReadingReady, ReflectionReady
from reflexiona.paths import DataFolder, resource
from reflexiona.stages.compose import Composer
from reflexiona.stages.material import Material
from reflexiona.stages.plan import candidates_for, plan_of
from reflexiona.stages.selection import Called, Calling, select

LISTS = load_lists(resource("corpus"))
COMPOSER = Composer(LISTS, load_phrases(resource("corpus")))
TEXT = "Le hice el corte, y con la cuenta en la mano se puso a discutir."


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


@pytest.fixture(scope="module")
def scenes(library: Library) -> list[Passage]:
    return [passage for passage in library if passage.scene]


def reading(scene: Passage, band: Band = Band.CLEAR, *, named: bool = True) -> Reading:
    primary = scene.scenarios[0]
    scenarios = (Likelihood(primary, 0.9), *(Likelihood(s, 0.1 / 19) for s in LISTS.scenarios if s != primary))
    courses = tuple(Likelihood(option.course, 0.9 - 0.1 * n) for n, option in enumerate(scene.options))
    read = Reading(scenarios, (), band, (), courses, safety=False)
    return replace(read, scene=scene.id if named else "")


def tellings(scene: Passage) -> list[tuple[str, ...]]:
    """What may be told for a case to be named: nothing more than it asks for, and each fact that changes a part."""
    always = sorted(scene.suits.told)[:1]
    facts = {fact for part in structured(scene) for fact in part.suits.told | part.suits.untold}
    return [tuple(always), *(tuple({*always, fact}) for fact in sorted(facts - scene.suits.untold))]


def shown(library: Library, scene: Passage) -> list[Passage]:
    """Passages on the scenario, its other cases first."""
    own = [p for p in library if p.devoted_to(scene.scenarios[0]) and p is not scene]
    return [*sorted(own, key=lambda p: not p.scene)[:12], scene]


def test_the_reader_knows_the_cases_of_the_corpus(scenes: list[Passage]) -> None:
    raw = resource("models", "included", "reader", "escenas.json").read_bytes()
    rows = msgspec.json.decode(raw, type=SceneList).scenes
    assert [row.id for row in rows] == [scene.id for scene in scenes]
    assert [row.scenario for row in rows] == [scene.scenarios[0] for scene in scenes]
    courses = [list(dict.fromkeys(option.course for option in scene.options)) for scene in scenes]
    assert [row.courses for row in rows] == courses
    assert {row.scenario for row in rows} == {s for s in LISTS.scenarios if s != "ninguno"}


def test_what_was_assigned_to_a_case_is_of_its_scenario(scenes: list[Passage]) -> None:
    data = Path(__file__).parents[1] / "training" / "data"
    told = {
        row["id"]: row["primary"]
        for path in data.glob("situations_retold*.jsonl")
        for row in map(json.loads, path.read_text(encoding="utf-8").splitlines())
    }
    scenario_of = {scene.id: scene.scenarios[0] for scene in scenes}
    rows = [json.loads(line) for line in (data / "escenas.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(rows) == len({row["id"] for row in rows})
    assert [row for row in rows if row["scene"] and scenario_of[row["scene"]] != told[row["id"]]] == []


@pytest.mark.parametrize("register", list(Register))
def test_an_answer_to_a_case_is_made_of_it_alone(library: Library, scenes: list[Passage], register: Register) -> None:
    for scene, told in ((case, told) for case in scenes for told in tellings(case)):
        read, passages = replace(reading(scene), told=told), shown(library, scene)
        material = Material(TEXT, read, passages, Voice(register, TEXT))
        text, number = COMPOSER.compose(material), len(passages)
        fitting = [part for part in scene.openings if part.suits.holds(told)]
        openings = [part for part in fitting if part.suits.told] or fitting
        assert text.startswith(tuple(inflect(part.text, register).rstrip(".") for part in openings)), (scene.id, told)
        options = re.findall(r"^- \*\*(.+?)\*\*: .+ \[(\d+)\]\.$", text, re.MULTILINE)
        assert [int(n) for _, n in options] == [number] * 3, scene.id
        assert not re.search(r"[{}$|]|\.\.| ,|None", text), scene.id
        assert 60 <= len(text.split()) <= 260, scene.id
        plan = plan_of(candidates_for(read, passages, TEXT))
        assert {step.source for step in plan} == {scene.id}
        assert len(plan) >= 3
        asked = [inflect(part.text, register) for part in scene.questions if part.suits.holds(told)]
        assert COMPOSER.question(material) in asked


def test_without_a_case_no_part_of_any_is_used(library: Library, scenes: list[Passage]) -> None:
    for scene in scenes:
        read, passages = reading(scene, named=False), shown(library, scene)
        material = Material(TEXT, read, passages, Voice(Register.TU, TEXT))
        cited = {passages[int(n) - 1] for n in re.findall(r"\[(\d+)\]", COMPOSER.compose(material))}
        assert not any(passage.scene for passage in cited), scene.id
        sources = {step.source for step in plan_of(candidates_for(read, passages, TEXT))}
        assert not sources & {passage.id for passage in scenes}


def test_the_case_leads_the_passages(library: Library, scenes: list[Passage]) -> None:
    scene = scenes[0]
    primary = scene.scenarios[0]
    called = Called({primary: 1.0}, {}, {}, {primary: frozenset(LISTS.scenarios[primary].points)})
    hits = [Hit(passage, 0.1 if passage is scene else 0.9) for passage in library]
    chosen = select(hits, 10, Calling(called, "", primary, "protegerse", (), scene.id))
    assert len(chosen) == 10
    assert chosen[0].passage is scene


@pytest.mark.slow
def test_a_case_is_recognised_and_answered(tmp_path: Path, library: Library) -> None:
    text = (
        "Un cliente me debe 900 euros de un trabajo que le entregué en marzo. Cada viernes me jura que el lunes me "
        "hace la transferencia, que el banco, que el contador, y llega el lunes y no me paga nada."
    )
    core: Core = compose(DataFolder(tmp_path / "datos"))[0]
    events = list(core.answer(Ask(TurnRequest(text, use_model=False)), lambda _event: None))
    read = next(event.reading for event in events if isinstance(event, ReadingReady))
    hits = next(event.hits for event in events if isinstance(event, PassagesReady))
    answer = next(event.reflection for event in events if isinstance(event, ReflectionReady))
    plan = next(event.plan for event in events if isinstance(event, PlanReady))
    assert read.scene == "casos-de-impago#1"
    scene = library[read.scene]
    assert hits[0].passage.id == scene.id
    assert read.course in {option.course for option in scene.options}
    assert answer.text.startswith(inflect(scene.openings[0].text, Register.TU).rstrip("."))
    assert {step.source for step in plan} == {scene.id}
