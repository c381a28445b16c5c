"""An answer with a model, as events: its view, its words as they come, the reflection, the plan.

What fails on the way is said, and the articles answer instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from collections.abc import Generator as Generating
from dataclasses import dataclass, replace

from reflexiona.corpus.lists import Lists
from reflexiona.domain import Reflection, Step
from reflexiona.errors import ReflexionaError
from reflexiona.events import Event, ModelViewReady, Notice, PlanReady, Problem, Progress, ReflectionReady, Token
from reflexiona.ports import Cancelled, Generator
from reflexiona.prompts import Prompts
from reflexiona.stages.confined import ConfinedReflection
from reflexiona.stages.material import Material
from reflexiona.stages.own_words import OwnWords
from reflexiona.stages.plan import Candidates, in_order, plan_of
from reflexiona.stages.reflect import ModelReflection, Written
from reflexiona.stages.support import Support

_NOTHING_WRITTEN = "El modelo no escribió nada; esta respuesta está compuesta con los artículos."


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be answered."""

    material: Material
    candidates: Candidates
    """Steps that the plan may hold; none where the plan stands."""
    question: str
    seed: int
    composed: Callable[[Material], str]
    """The answer as it is composed without a model."""


class ModelAnswer:
    """Answers with a model, whichever it is.

    Args:
        lists: names of scenarios and courses.
        prompts: what models are told.
        support: finds the sentences that no passage supports.
        words: what the included model may say.
    """

    def __init__(self, lists: Lists, prompts: Prompts, support: Support, words: OwnWords) -> None:
        self._free = ModelReflection(lists, prompts.reflection, support)
        self._confined = ConfinedReflection(lists, prompts.included, words)

    @property
    def fixed_prompt(self) -> str:
        """What every prompt begins with, but those of the included model."""
        return self._free.prompting.system

    def read_ahead(self, generator: Generator, material: Material) -> int:
        """Has the model read what an answer would need; returns how many tokens that is.

        Raises:
            Cancelled: something else came.
        """
        if generator.confined:
            return self._confined.read_ahead(generator, material.text)
        return self._free.read_ahead(generator, material)

    def events(self, generator: Generator, asked: Asked) -> Iterator[Event]:
        """The events of an answer, `PlanReady` last where there is a plan.

        Raises:
            Cancelled: the person stopped it; what there was has been said.
        """
        written = Written(Reflection("", composed=False, complete=False))
        plan = usual = plan_of(asked.candidates)
        yield Progress("leyendo tu mensaje", 0.0)
        try:
            if generator.confined:
                plan = yield from self._share(generator, asked, len(usual), written)
            else:
                yield from self._free.reflect(generator, asked.material, plan, asked.seed, written)
        except Cancelled:
            yield ReflectionReady(written.reflection, "")
            raise
        except ReflexionaError as error:
            plan = usual
            yield Problem(error.message, error.remedy)
            if written.reflection.composed:  # a part of what is composed is no answer
                written.reflection = Reflection("", model=written.reflection.model)
        if not written.reflection.text.strip():
            yield Notice(_NOTHING_WRITTEN)
            text = asked.composed(asked.material)
            written.reflection = replace(written.reflection, text=text, composed=True, complete=True)
        yield ReflectionReady(written.reflection, asked.question)
        if plan:
            yield PlanReady(plan)

    def _share(
        self, generator: Generator, asked: Asked, steps: int, written: Written
    ) -> Generating[Event, None, tuple[Step, ...]]:
        """What the included model does; the rest of the answer is composed. Returns the plan, of so many steps."""
        material = asked.material
        told = self._confined.told(generator, material.text)
        view = self._confined.view(generator, told, material)
        written.reflection = Reflection("", model=view, complete=False)
        yield ModelViewReady(view)
        chosen = self._confined.steps(generator, told, material, asked.candidates, steps)
        said = "" if material.history else self._confined.sentence(generator, told, material, asked.seed)
        text = asked.composed(replace(material, taken_up=said))
        view = replace(view, steps=tuple(part.content.text for part in chosen))
        written.reflection = Reflection(text, model=view, taken_up=bool(said) and said in text)
        yield from map(Token, re.findall(r".+?(?:\n\n+|$)", text, re.DOTALL))
        return in_order(chosen)
