"""What a model makes of a situation in closed choices, and what that does to the reading: never anything unsaid.

The reading that was shown stays as it was. The model's view stands beside it, and where the two differ the answer says
so: by the weight that was measured for this very model file, or, where nobody has measured it, as its view alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from reflexiona.corpus.lists import Lists
from reflexiona.domain import NONE_SCENARIO, Likelihood, ModelView, Reading, Step
from reflexiona.opinions import SUGGESTS, combined
from reflexiona.ports import Generator
from reflexiona.prompts import RenderedPrompt

CANDIDATES = 4
"""Of the reader's likeliest scenarios; `ninguno` is always one more."""
_COURSES = 4
"""Of the reading's likeliest courses."""

Opened = Callable[[str], RenderedPrompt]
"""The prompt that ends in the named opening."""


def view_of(generator: Generator, opened: Opened, reading: Reading, plan: Sequence[Step], lists: Lists) -> ModelView:
    """Asks for a scenario, a course and a first step, where there is more than one to choose from."""
    ids = [row.id for row in reading.scenarios[:CANDIDATES]]
    if NONE_SCENARIO not in ids:
        ids.append(NONE_SCENARIO)
    scenarios = chosen(generator, opened("escenario"), ids, [lists.scenarios[key].name for key in ids])
    ways = [row.id for row in sorted(reading.courses, key=lambda row: -row.p)[:_COURSES]]
    courses = chosen(generator, opened("rumbo"), ways, [lists.courses[key].name for key in ways])
    texts = [step.text for step in plan]
    steps = chosen(generator, opened("paso"), texts, texts)
    weight = generator.weight
    return ModelView(
        generator.name,
        scenarios,
        tuple(row.id for row in steps),
        courses,
        weight,
        combined(reading.scenarios, scenarios, weight) if weight else (),
    )


def remark(view: ModelView, reading: Reading, lists: Lists) -> str:
    """What is to be said where the model would read something else; empty where it reads the same."""
    if not view.scenarios or view.scenarios[0].id == reading.primary:
        return ""
    first = view.scenarios[0]
    suggests = f"{SUGGESTS} otra lectura: {_named(first, lists)}."
    if not view.weight:
        return f"{suggests} La de arriba no cambia: su opinión no cuenta mientras nadie la mida en este equipo."
    both = view.together[0]
    counted = f"Su opinión, por lo que se midió de él, pesa {_decimal(view.weight)}"
    if both.id == reading.primary:
        return f"{suggests} {counted}, y aun así se mantiene la de arriba."
    return (
        f"{suggests} {counted}: contándola, lo más probable es {_named(both, lists)}. La de arriba queda como estaba."
    )


def chosen(
    generator: Generator, prompt: RenderedPrompt, ids: Sequence[str], names: Sequence[str]
) -> tuple[Likelihood, ...]:
    """The names as likely as the model takes them to be, by id; empty where there is nothing to choose."""
    if len(ids) < 2:
        return ()
    choice = generator.choose(prompt, names)
    ranked = sorted(zip(ids, choice.probabilities, strict=True), key=lambda row: -row[1])
    return tuple(Likelihood(key, p) for key, p in ranked)


def _named(row: Likelihood, lists: Lists) -> str:
    return f"«{lists.scenarios[row.id].name}» ({_decimal(row.p)})"


def _decimal(value: float) -> str:
    return f"{value:.2f}".replace(".", ",")
