"""The included model's share of an answer, with a generator that says what it is told to say."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from reflexiona.corpus.library import Library, load_library
from reflexiona.corpus.lists import load_lists
from reflexiona.corpus.phrases import Voice, load_phrases
from reflexiona.domain import Band, Evidence, Likelihood, Reading, Register, When
from reflexiona.errors import ModelError
from reflexiona.events import ModelViewReady, Notice, PlanReady, Problem, ReflectionReady, Token
from reflexiona.paths import resource
from reflexiona.ports import Cancelled, Prompt, Spoken
from reflexiona.prompts import load_prompts
from reflexiona.stages.compose import Composer
from reflexiona.stages.confined import ConfinedReflection
from reflexiona.stages.material import Material
from reflexiona.stages.model_answer import Asked, ModelAnswer
from reflexiona.stages.own_words import OwnWords
from reflexiona.stages.plan import candidates_for, plan_of
from reflexiona.stages.support import Support
from tests.support.counting import Counting

LISTS = load_lists(resource("corpus"))
PROMPTS = load_prompts(resource("prompts"))
COMPOSER = Composer(LISTS, load_phrases(resource("corpus")))
TEXT = "Le hice la carta en abril por 1.450 €, la factura venció hace dos meses, y desde mayo ni abre los mensajes."
SCENARIO = "impago_o_pago_tardio"
WORDS = OwnWords(
    frozenset("cuando escribes ya se ve de qué va esto y no es poca cosa un trabajo hecho pide su pago".split()),
    {},
    (),
    {register: frozenset() for register in Register},
)
DUE, SILENT = "la factura venció hace dos meses", "desde mayo ni abre los mensajes"
SOUND = re.compile(r"^Cuando escribes «[^»]{9,}» ya se ve de qué va esto\.$", re.MULTILINE)
SOUND_SCRIPTS = [("Cuando ", "escribes ", "«"), (" ya se ve de qué va esto.\n",)]


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def reading(courses: tuple[str, ...], band: Band = Band.CLEAR, deciding: tuple[str, str] | None = None) -> Reading:
    scenarios = (Likelihood(SCENARIO, 0.8), *(Likelihood(s, 0.2 / 19) for s in LISTS.scenarios if s != SCENARIO))
    likely = tuple(Likelihood(course, 0.9 - 0.1 * n) for n, course in enumerate(courses))
    return Reading(scenarios, (), band, (), likely, False, deciding)


@dataclass
class Saying(Counting):
    """Says `scripts` in turn, one a call; the last one again and again."""

    confined: bool = True
    name: str = "incluido"
    scripts: list[tuple[str, ...]] = field(default_factory=list)
    said: int = 0
    fails: Exception | None = None

    def write(self, prompt: Prompt, *, max_tokens: int, seed: int) -> Spoken:
        self.asked.append((prompt, ()))
        script = self.scripts[min(self.said, len(self.scripts) - 1)]
        self.said += 1
        for piece in script:
            yield piece
            if self.fails:
                raise self.fails
        return True


def material(library: Library, **changes: object) -> Material:
    read = reading(("protegerse", "conversar"))
    passages = [p for p in library.passages if SCENARIO in p.scenarios and not p.countries]
    return replace(Material(TEXT, read, passages[:10], Voice(Register.TU, "x")), **changes)  # type: ignore[arg-type]


def share() -> ConfinedReflection:
    return ConfinedReflection(LISTS, PROMPTS.included, WORDS)


def test_it_quotes_a_clause_on_which_the_reading_rests(library: Library) -> None:
    told = [Evidence(text, TEXT.index(text), TEXT.index(text) + len(text)) for text in (DUE, SILENT)]
    what = material(library, reading=replace(reading(("protegerse",)), evidence=tuple(told)))
    model = Saying(likes=(SILENT,), scripts=[("Cuando ", "escribes ", "«"), (" ya se ve de qué va esto. Y", " más\n")])
    said = share().sentence(model, TEXT, what, seed=1)
    assert said == f"Cuando escribes «{SILENT}» ya se ve de qué va esto."
    (prompt, _), (choosing, clauses), (after, _) = model.asked
    assert (prompt.user, prompt.opening.endswith("Trato: tú\n")) == (TEXT, True)
    assert clauses == (f"{DUE}»", f"{SILENT}»")
    assert choosing.opening.endswith("Cuando escribes «")
    assert after.opening.endswith(f"Cuando escribes «{SILENT}»")


def test_what_cannot_be_answered_for_is_left_out_and_another_try_is_made(library: Library) -> None:
    model = Saying(scripts=[("Un trabajo hecho en Saturno pide ", "«"), (".\n",), *SOUND_SCRIPTS])
    assert SOUND.search(share().sentence(model, TEXT, material(library), seed=1))
    plain = Saying(scripts=[("Un trabajo hecho pide su pago.\n",)])
    assert share().sentence(plain, TEXT, material(library), seed=1) == ""  # it takes nothing up
    assert plain.said == 6


def test_where_the_reading_is_unclear_it_is_told_so(library: Library) -> None:
    unclear = reading(("protegerse",), Band.UNCLEAR, (SCENARIO, "indecision"))
    model = Saying(scripts=[*SOUND_SCRIPTS])
    assert SOUND.search(share().sentence(model, TEXT, material(library, reading=unclear), seed=1))
    assert model.asked[0][0].opening.startswith("Lectura: no está claro\nRumbo: ")


def test_steps_are_its_choice_in_its_order(library: Library) -> None:
    what = material(library)
    candidates = candidates_for(what.reading, what.passages, what.text)
    texts = [part.content.text for part in candidates.ranked]
    model = Saying(likes=(texts[3],))
    chosen = share().steps(model, TEXT, what, candidates, 4)
    assert len(chosen) == len({part.content.text for part in chosen}) == 4
    assert chosen[0].content.text == texts[3]
    assert sum(part.content.when is When.TODAY for part in chosen) <= 2
    openings = [prompt.opening for prompt, _ in model.asked]
    assert openings[1].endswith(f"Pasos:\n- {texts[3]}\n- ")


def test_its_view_is_over_all_scenarios(library: Library) -> None:
    model = Saying(likes=("Falta de respeto",), weight=0.5)
    view = share().view(model, TEXT, material(library))
    assert (len(view.scenarios), view.scenarios[0].id) == (20, "falta_de_respeto")
    assert sum(row.p for row in view.scenarios) == pytest.approx(1)
    assert view.confined
    assert sum(row.p for row in view.together) == pytest.approx(1)
    assert {row.id for row in view.courses} == {"protegerse", "conversar"}
    assert model.asked[0][0].opening == "Lectura: "


def test_of_a_long_text_the_middle_is_left_out() -> None:
    long = " ".join(f"palabra{n}" for n in range(5_000))
    told = share().told(Saying(), long)
    assert len(told.split()) <= 420
    assert told.split()[0] == "palabra0"
    assert told.split()[-1] == "palabra4999"


def events(
    library: Library, model: Saying, composed: Callable[[Material], str] = COMPOSER.compose
) -> tuple[list[object], Material]:
    what = material(library)
    candidates = candidates_for(what.reading, what.passages, what.text)
    answer = ModelAnswer(LISTS, PROMPTS, Support(), WORDS)
    return list(answer.events(model, Asked(what, candidates, "¿Y?", 3, composed))), what


def test_its_sentence_stands_in_the_composed_answer(library: Library) -> None:
    found, what = events(library, Saying(scripts=[*SOUND_SCRIPTS]))
    kinds = [type(event) for event in found if not isinstance(event, Token)]
    assert [kind.__name__ for kind in kinds] == ["Progress", "ModelViewReady", "ReflectionReady", "PlanReady"]
    final = next(event.reflection for event in found if isinstance(event, ReflectionReady))
    assert "".join(event.text for event in found if isinstance(event, Token)) == final.text
    said = re.findall(r"Cuando escribes «[^»]+» ya se ve de qué va esto\.", final.text)
    assert len(said) == 1
    assert final.text == COMPOSER.compose(replace(what, taken_up=said[0]))
    assert (final.composed, final.complete, final.taken_up) == (True, True, True)
    assert final.model is not None
    plan = next(event.plan for event in found if isinstance(event, PlanReady))
    assert {step.text for step in plan} == set(final.model.steps)


def test_what_it_cannot_say_is_composed(library: Library) -> None:
    found, what = events(library, Saying(scripts=[("Nada que se entienda aquí.\n",)]))
    final = next(event.reflection for event in found if isinstance(event, ReflectionReady))
    assert (final.text, final.taken_up) == (COMPOSER.compose(what), False)
    assert final.model is not None
    assert final.model.steps


def test_a_failure_is_said_and_the_articles_answer(library: Library) -> None:
    model = Saying(scripts=[*SOUND_SCRIPTS], fails=ModelError("Se rompió.", "Otra vez."))
    found, what = events(library, model)
    assert [event.message for event in found if isinstance(event, Problem)] == ["Se rompió."]
    final = next(event.reflection for event in found if isinstance(event, ReflectionReady))
    assert final.text == COMPOSER.compose(what)
    assert any(isinstance(event, Notice) for event in found)
    plan = next(event.plan for event in found if isinstance(event, PlanReady))
    assert plan == plan_of(candidates_for(what.reading, what.passages, what.text))


def test_a_cancel_is_passed_on(library: Library) -> None:
    found: list[object] = []
    what = material(library)
    candidates = candidates_for(what.reading, what.passages, what.text)
    asked = Asked(what, candidates, "¿Y?", 3, COMPOSER.compose)
    answer = ModelAnswer(LISTS, PROMPTS, Support(), WORDS)
    with pytest.raises(Cancelled):
        found.extend(answer.events(Saying(scripts=[*SOUND_SCRIPTS], fails=Cancelled()), asked))
    assert isinstance(found[1], ModelViewReady)
    assert isinstance(found[-1], ReflectionReady)
    assert (found[-1].reflection.text, found[-1].reflection.complete) == ("", False)
