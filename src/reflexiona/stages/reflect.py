"""The reflection by a local model: closed choices first, then prose as a stream, then a check of every sentence."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from reflexiona.corpus.lists import Lists
from reflexiona.domain import Reflection, Step
from reflexiona.events import Event, ModelViewReady, Notice, Progress, Token
from reflexiona.ports import Generator, Spoken
from reflexiona.prompts import PromptFile
from reflexiona.stages.ending import Circles, ended_well
from reflexiona.stages.material import Material
from reflexiona.stages.opinion import remark, view_of
from reflexiona.stages.prompting import Given, Prompting
from reflexiona.stages.stream import CleanStream
from reflexiona.stages.support import MARK, Support, mark

MOST_TOKENS = 420
"""About 220 Spanish words."""
_RESERVE = MOST_TOKENS + 48
"""What must be left of a model's memory when it has read a prompt: openings and answer."""
INVENTED = "El modelo citó pasajes que no existen; esas citas se quitaron."
"""Said of an answer out of which citations were taken."""
_CIRCLES = "El modelo empezó a repetirse: la respuesta se cortó ahí."
_LIMIT = "La respuesta llegó a su límite y termina en la última frase entera."
_PROGRESS_SECONDS = 0.25


@dataclass(slots=True)
class Written:
    """What a model has written so far: the outcome of `reflect`, also after a cancel."""

    reflection: Reflection


@dataclass(slots=True)
class _Said:
    """Takes a model's words, and knows afterwards how they ended."""

    spoken: Spoken
    ended: bool = False
    circles: Circles = field(default_factory=Circles)
    circled: bool = False

    def __iter__(self) -> Iterator[str]:
        while True:
            try:
                piece = next(self.spoken)
            except StopIteration as stop:
                self.ended = bool(stop.value)
                return
            yield piece
            if self.circles.feed(piece):
                self.circled = True
                self.spoken.close()
                return


class ModelReflection:
    """Asks one generator for its view and its prose.

    Args:
        lists: names of scenarios and courses.
        prompt: what a model is told.
        support: finds the sentences that no passage supports.
    """

    def __init__(self, lists: Lists, prompt: PromptFile, support: Support | None = None) -> None:
        self._lists = lists
        self._support = support or Support()
        self.prompting = Prompting(lists, prompt)
        """How its prompts are put together."""

    def read_ahead(self, generator: Generator, material: Material) -> int:
        """Has the model read what `reflect` would give it, nothing more; returns how many tokens that is.

        Raises:
            Cancelled: something else came; what had been read stays read.
        """
        given = self.prompting.give(material, generator, _RESERVE)
        return generator.read(self.prompting.prompt(given), _RESERVE)

    def reflect(
        self, generator: Generator, material: Material, plan: Sequence[Step], seed: int, written: Written
    ) -> Iterator[Event]:
        """Yields the model's view, progress and tokens; leaves the reflection in `written` as it grows.

        Raises:
            Cancelled: the person stopped it; `written` holds what there was.
        """
        given = self.prompting.give(material, generator, _RESERVE)
        if notice := given.left_out.notice:
            yield Notice(notice)
        view = view_of(
            generator, lambda opening: self.prompting.prompt(given, opening), material.reading, plan, self._lists
        )
        written.reflection = Reflection("", composed=False, model=view, complete=False)
        yield ModelViewReady(view)
        if said := remark(view, material.reading, self._lists):
            yield Notice(said)
        yield from self._write(generator, given, material, seed, written)

    def _write(
        self, generator: Generator, given: Given, material: Material, seed: int, written: Written
    ) -> Iterator[Event]:
        stream = CleanStream(given.numbers)
        said = _Said(generator.write(self.prompting.prompt(given), max_tokens=MOST_TOKENS, seed=seed))
        text, started, reported = "", 0.0, 0.0
        for piece in said:
            now = time.monotonic()
            started = started or now
            if shown := stream.feed(piece):
                text += shown
                written.reflection = replace(written.reflection, text=text)
                yield Token(shown)
            if now - reported >= _PROGRESS_SECONDS and now > started:
                reported = now
                yield Progress("escribiendo", words_per_second=len(text.split()) / (now - started))
        if rest := stream.close():
            text += rest
            yield Token(rest)
        whole = text if said.ended else ended_well(text)
        told = "\n".join([*(turn.text for turn in material.history), material.text])
        read = [material.passages[n - 1] for n in sorted({*given.numbers.values()})]
        own = self._support.unsupported(whole, read, told)
        written.reflection = replace(written.reflection, text=mark(whole, own).strip(), unsupported=own, complete=True)
        if own:
            yield Notice(f"Las frases marcadas con «{MARK.strip()}» son del modelo: ningún pasaje las respalda.")
        if stream.dropped:
            yield Notice(INVENTED)
        if not said.ended and whole:
            yield Notice(_CIRCLES if said.circled else _LIMIT)
