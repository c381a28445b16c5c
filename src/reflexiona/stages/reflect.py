"""The reflection by a local model: closed choices first, then prose as a stream, then a check of every sentence."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from reflexiona.corpus.library import plain
from reflexiona.corpus.lists import Lists
from reflexiona.domain import NONE_SCENARIO, Likelihood, ModelView, Passage, Reflection, Register, Step, Turn
from reflexiona.events import Event, ModelViewReady, Notice, Progress, Token
from reflexiona.ports import Generator
from reflexiona.prompts import PromptFile, RenderedPrompt
from reflexiona.situation import fit
from reflexiona.stages.compose import Material
from reflexiona.stages.stream import CleanStream
from reflexiona.stages.support import MARK, mark, unsupported

MOST_TOKENS = 420
"""About 220 Spanish words."""
CANDIDATES = 4
_VOICES = {Register.TU: "tú", Register.VOS: "vos (voseo rioplatense)", Register.USTED: "usted"}
_PROGRESS_SECONDS = 0.25
_OURS = re.compile(r"<{3,}|>{3,}|\[\d+\]")
"""What parts the prompt: around the case, and before a passage."""


@dataclass(slots=True)
class Written:
    """What a model has written so far: the outcome of `reflect`, also after a cancel."""

    reflection: Reflection


class ModelReflection:
    """Asks one generator for its view and its prose."""

    def __init__(self, lists: Lists, prompt: PromptFile) -> None:
        self._lists = lists
        self._prompt = prompt

    def reflect(
        self, generator: Generator, material: Material, plan: Sequence[Step], seed: int, written: Written
    ) -> Iterator[Event]:
        """Yields the model's view, progress and tokens; leaves the reflection in `written` as it grows.

        Raises:
            Cancelled: the person stopped it; `written` holds what there was.
        """
        values = self._values(material)
        view = self._view(generator, material, plan, values)
        written.reflection = Reflection("", composed=False, model=view, complete=False)
        yield ModelViewReady(view)
        yield from self._write(generator, self._prompt.render(**values), material, seed, written)

    def _view(
        self, generator: Generator, material: Material, plan: Sequence[Step], values: dict[str, str]
    ) -> ModelView:
        ids = [likelihood.id for likelihood in material.reading.scenarios[:CANDIDATES]]
        if NONE_SCENARIO not in ids:
            ids.append(NONE_SCENARIO)
        names = [self._lists.scenarios[scenario].name for scenario in ids]
        choice = generator.choose(self._prompt.render("escenario", **values), names)
        ranked = sorted(zip(ids, choice.probabilities, strict=True), key=lambda pair: -pair[1])
        steps: list[str] = []
        if len(plan) > 1:
            order = generator.choose(self._prompt.render("paso", **values), [step.text for step in plan])
            ordered = sorted(zip(plan, order.probabilities, strict=True), key=lambda pair: -pair[1])
            steps = [step.text for step, _ in ordered]
        return ModelView(generator.name, tuple(Likelihood(i, p) for i, p in ranked), tuple(steps))

    def _write(
        self, generator: Generator, prompt: RenderedPrompt, material: Material, seed: int, written: Written
    ) -> Iterator[Event]:
        stream = CleanStream(len(material.passages))
        text, words, started, reported = "", 0, 0.0, 0.0
        for piece in generator.write(prompt, max_tokens=MOST_TOKENS, seed=seed):
            now = time.monotonic()
            started = started or now
            if shown := stream.feed(piece):
                text += shown
                written.reflection = replace(written.reflection, text=text)
                yield Token(shown)
            words = len(text.split())
            if now - reported >= _PROGRESS_SECONDS and now > started:
                reported = now
                yield Progress("escribiendo", words_per_second=words / (now - started))
        if rest := stream.close():
            text += rest
            yield Token(rest)
        own = unsupported(text, material.passages, material.text)
        written.reflection = replace(written.reflection, text=mark(text, own).strip(), unsupported=own, complete=True)
        if own:
            yield Notice(f"Las frases marcadas con «{MARK.strip()}» son del modelo: ningún pasaje las respalda.")
        if stream.dropped:
            yield Notice("El modelo citó pasajes que no existen; esas citas se quitaron.")

    def _values(self, material: Material) -> dict[str, str]:
        reading = material.reading
        lines = [f"{self._lists.scenarios[reading.primary].name} ({reading.band.label})"]
        lines.extend(self._lists.scenarios[other.id].name for other in reading.secondary)
        others = f"; también: {', '.join(lines[1:])}" if lines[1:] else ""
        course = self._lists.courses[reading.course].name if reading.course else "ninguno"
        return {
            "trato": _VOICES[material.voice.register],
            "lectura": f"{lines[0]}{others}. Rumbo: {course}.",
            "pasajes": "\n".join(f"[{n}] {_given(passage)}" for n, passage in enumerate(material.passages, start=1)),
            "antes": _before(material.history),
            "texto": fit(material.text)[0],
        }


def _given(passage: Passage) -> str:
    """A passage as the model is given it: of a document, which anybody may have written, without the prompt's marks."""
    if not passage.own:
        return f"{passage.title}. {plain(passage.text)}"
    text = " ".join(f"{passage.article_title}. {passage.title}. {plain(passage.text)}".split())
    return _OURS.sub("", text)


def _before(history: Sequence[Turn]) -> str:
    if not history:
        return ""
    told = "\n".join(f"- {turn.text[:400]}" for turn in history[-3:])
    return f"Antes contó:\n<<<\n{told}\n>>>"
