"""What the model learns from: a situation, how it is read, what is said of it, what to do next; each anew every time.

One example is one sequence, in the very form in which the engine asks (`prompts/incluido.toml`):

    <|caso|>TEXT<|responde|>Lectura: NAME
    Rumbo: COURSE
    Trato: tú
    SENTENCES THAT TAKE UP WHAT THE PERSON TOLD
    Pasos:
    - STEP
    - STEP<|fin|>
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reflexiona.corpus.lists import Lists
from reflexiona.corpus.triples import inflect
from reflexiona.domain import NONE_SCENARIO, Register
from reflexiona.situation import fold
from reflexiona.stages.confined import VOICES
from reflexiona.stages.register import register_for
from training.model.answers import Answer
from training.model.fragments import Fragments, Told
from training.model.plans import Plans
from training.noise import noisy
from training.texts import Situation

UNCLEAR = "no está claro"
TEXT, LABEL, PROSE, STEP = 0.3, 4.0, 1.0, 0.7
"""What a token counts: of the situation, of its reading, of the sentences, of the steps."""
MISSPELT, BARE, SHORTENED, ANOTHER = 0.2, 0.15, 0.15, 0.12
"""Shares of the situations: misspelt, without accents, without one sentence, read as one of their secondaries."""
SILENT, DOUBTFUL, WRITTEN = 0.1, 0.15, 0.6
"""Shares without sentences, of unclear readings, and of those for which a hand wrote an answer that get it."""
FIRST = 0.7
"""How often the course is the one that was named first."""

Part = tuple[tuple[str, float], ...]
"""Texts, and what a token of each counts."""


@dataclass(frozen=True, slots=True)
class Example:
    """A sequence in parts, each tokenised by itself, and what a token of each counts."""

    text: str
    answer: Part


class Examples:
    """Draws examples.

    Args:
        situations: labelled texts.
        told: what can be copied out of each, by id.
        fragments: for the sentences.
        answers: those that hands wrote, by id.
        plans: gives a situation's steps.
        lists: names of scenarios and courses.
    """

    def __init__(
        self,
        situations: Sequence[Situation],
        told: Mapping[str, Told],
        fragments: Fragments,
        answers: Mapping[str, Answer],
        plans: Plans,
        lists: Lists,
    ) -> None:
        self._situations = situations
        self._told = told
        self._fragments = fragments
        self._answers = answers
        self._plans = plans
        self._lists = lists

    def epoch(self, seed: int) -> Iterator[Example]:
        """Each situation once, in an order of its own."""
        chance = random.Random(seed)
        order = list(self._situations)
        chance.shuffle(order)
        for situation in order:
            yield self.example(situation, chance)

    def example(self, situation: Situation, chance: random.Random) -> Example:
        """One example of a situation."""
        scenario = situation.primary
        if situation.secondary and chance.random() < ANOTHER:
            scenario = chance.choice(situation.secondary)
        text = altered(situation.text, chance)
        name = self._lists.scenarios[scenario].name
        if scenario == NONE_SCENARIO or situation.safety or situation.phrase or not situation.courses:
            return Example(text, _reading(name, 1.0))
        written = self._answers.get(situation.id) if scenario == situation.primary else None
        if written and chance.random() < WRITTEN:
            return self._written(situation, written, chance)
        doubtful = chance.random() < DOUBTFUL
        register = self._register(situation.text, chance)
        course = situation.courses[0] if chance.random() < FIRST else chance.choice(situation.courses)
        parts = [*_reading(UNCLEAR if doubtful else name, float(not doubtful))]
        parts += _course(self._lists.courses[course].name, float(not doubtful))
        parts.append((f"\nTrato: {VOICES[register]}\n", 0.0))
        if doubtful or chance.random() >= SILENT:
            said = self._fragments.draw(self._told[situation.id], "" if doubtful else scenario, register, chance)
            if said.text:
                parts += [(said.text, PROSE), ("\n", PROSE)]
            text = text if all(piece in text for piece in said.copied) else situation.text
        if not doubtful:
            parts += _steps(self._plans.steps(situation, scenario, course, chance), register, STEP)
        return Example(text, tuple(parts))

    def _written(self, situation: Situation, answer: Answer, chance: random.Random) -> Example:
        """What a hand wrote, word for word, so that nothing in it refers to what the text does not say."""
        course = chance.choice(situation.courses)
        parts = [*_reading(self._lists.scenarios[situation.primary].name, 1.0)]
        parts += _course(self._lists.courses[course].name, 1.0)
        parts.append((f"\nTrato: {VOICES[answer.register]}\n", 0.0))
        parts += [(answer.opening, 1.5 * PROSE), ("\n", PROSE)]
        parts += _steps(answer.steps, answer.register, 2 * STEP)
        return Example(situation.text, tuple(parts))

    def _register(self, text: str, chance: random.Random) -> Register:
        return register_for(text, (), None) if chance.random() < 0.5 else chance.choice(tuple(Register))


def _reading(name: str, share: float) -> Part:
    return (("Lectura:", share * LABEL / 4), (f" {name}", share * LABEL))


def _course(name: str, share: float) -> Part:
    return (("\nRumbo:", 0.0), (f" {name}", share * LABEL / 2))


def _steps(steps: Sequence[str], register: Register, worth: float) -> Part:
    return (("Pasos:", worth), *((f"\n- {inflect(step, register)}", worth) for step in steps)) if steps else ()


def altered(text: str, chance: random.Random) -> str:
    """The text as another hand might have typed it."""
    lot = chance.random()
    if lot < MISSPELT:
        return noisy(text, chance.randrange(1 << 30))
    if lot < MISSPELT + BARE:
        return "".join(fold(letter) if letter.islower() else letter for letter in text)
    if lot < MISSPELT + BARE + SHORTENED:
        sentences = text.split(". ")
        if len(sentences) > 2:
            sentences.pop(chance.randrange(len(sentences)))
            return ". ".join(sentences)
    return text
