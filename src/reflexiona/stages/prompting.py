"""What a model is given of a conversation, cut to what it can hold: earlier turns, passages, the newest text.

A turn is one block, and an earlier turn comes as the very block that it was when it was new: so a model that still has
it in its memory need not read it again. A passage keeps one number through a conversation and is given once; the answer
cites by these numbers, which are then those of the passages that are shown (`Given.numbers`).

Knows no model: it counts tokens through the port, and what it could not fit it says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from string import Template

from reflexiona.corpus.library import plain
from reflexiona.corpus.lists import Lists
from reflexiona.domain import Passage, Reading, Register, Turn
from reflexiona.ports import Generator
from reflexiona.prompts import PromptFile, RenderedPrompt
from reflexiona.situation import clean, fit
from reflexiona.stages.material import Material
from reflexiona.stages.neutral import harmless

FOR_MODEL = 4
"""Passages a model is given in a turn: reading is what costs on a CPU."""
_VOICES = {Register.TU: "tú", Register.VOS: "vos (voseo rioplatense)", Register.USTED: "usted"}
_TEXT_SHARE = 0.6
"""Of the room, what the newest text may take where passages need some, too."""
_SHORTEST = 120
"""Characters; less of a text says nothing."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What had no room."""

    words: int = 0
    """Of the middle of the newest text."""
    passages: tuple[int, ...] = ()
    """Numbers of this turn's passages, as they are shown."""
    turns: int = 0
    """Earlier turns, the oldest ones."""
    stripped: int = 0
    """Earlier turns of which only the text had room, not the passages."""

    @property
    def notice(self) -> str:
        """What the person should know of it; empty where all had room."""
        parts = []
        if self.words:
            parts.append(f"unas {max(10, round(self.words, -1))} palabras del medio de tu texto")
        if self.passages:
            parts.append("los pasajes " + _listed([f"[{n}]" for n in self.passages]))
        if self.stripped:
            parts.append("los pasajes de mensajes anteriores")
        if self.turns:
            parts.append("el mensaje más antiguo" if self.turns == 1 else f"los {self.turns} mensajes más antiguos")
        if not parts:
            return ""
        return (
            f"No todo cabía en la memoria del modelo: quedó fuera de lo que leyó {_listed(parts)}. La lectura y la "
            "búsqueda de pasajes sí tienen en cuenta el texto entero."
        )


@dataclass(frozen=True, slots=True)
class Given:
    """What a model is given."""

    known: tuple[str, ...]
    new: str
    numbers: Mapping[int, int]
    """Number in the prompt → number of the passage as it is shown with this turn, from 1."""
    left_out: LeftOut = field(default_factory=LeftOut)


@dataclass(slots=True)
class _Block:
    """One turn on its way into a prompt."""

    text: str
    register: Register
    reading: Reading | None
    passages: list[Passage]


class Prompting:
    """Puts prompts together.

    Args:
        lists: names of scenarios and courses.
        prompt: its fixed part is settled here.
    """

    def __init__(self, lists: Lists, prompt: PromptFile) -> None:
        self._lists = lists
        names = "; ".join(scenario.name for scenario in lists.scenarios.values())
        self._prompt = prompt.settle(escenarios=names)

    @property
    def system(self) -> str:
        """The fixed part of every prompt."""
        return self._prompt.system

    def prompt(self, given: Given, opening: str = "") -> RenderedPrompt:
        """The prompt that ends in the named opening of the answer."""
        return self._prompt.prompt(given.new, opening, given.known)

    def give(self, material: Material, generator: Generator, reserve: int) -> Given:
        """What `generator` is given of a turn, so that `reserve` tokens are left for openings and answer."""
        room = generator.context_size - reserve - generator.frame_tokens(self._prompt.system)
        blocks = [_of_turn(turn) for turn in material.history]
        labels = _labels([*(block.passages for block in blocks), material.passages[:FOR_MODEL]])
        newest = _Block(material.text, material.voice.register, material.reading, [])

        def taken(block: _Block, before: Sequence[_Block] = ()) -> int:
            seen = {passage.id for other in before for passage in other.passages}
            return generator.count_tokens(self._render(block, labels, seen))

        wants = bool(material.passages)
        newest.text, words = self._shortened(newest, room * _TEXT_SHARE if wants else room, taken)
        left = _add_passages(newest, material.passages[:FOR_MODEL], lambda: taken(newest) <= room)
        kept, stripped = _newest_that_fit(blocks, room - taken(newest), taken)
        known: list[str] = []
        seen: set[str] = set()
        for block in kept:
            known.append(self._render(block, labels, seen))
            seen |= {passage.id for passage in block.passages}
        shown = {passage.id: n for n, passage in enumerate(material.passages, start=1)}
        given = {passage.id for block in (*kept, newest) for passage in block.passages}
        return Given(
            tuple(known),
            self._render(newest, labels, seen),
            {label: shown[key] for key, label in labels.items() if key in shown and key in given},
            LeftOut(words, left, len(blocks) - len(kept), stripped),
        )

    def _shortened(self, block: _Block, room: float, taken: Callable[[_Block], int]) -> tuple[str, int]:
        """The block's text, its middle cut out where it takes more than `room`, and how many words that were."""
        whole = clean(block.text)
        text, _ = fit(whole)
        length = len(text)
        block.text = text
        while (now := taken(block)) > room and length > _SHORTEST:
            length = max(_SHORTEST, int(length * min(0.9, 0.95 * room / now)))
            head = int(length * 0.6)
            block.text = f"{text[:head]}\n{self._prompt.phrases['omitted']}\n{text[head - length :]}"
        return block.text, len(whole.split()) - len(block.text.split()) if length < len(text) else 0

    def _render(self, block: _Block, labels: Mapping[str, int], seen: set[str]) -> str:
        again = Template(self._prompt.phrases["again"])
        lines = [
            again.substitute(n=labels[passage.id]) if passage.id in seen else f"[{labels[passage.id]}] {given(passage)}"
            for passage in block.passages
        ]
        return self._prompt.block(
            trato=_VOICES[block.register],
            lectura=self._reading(block.reading),
            pasajes="\n".join(lines),
            texto=harmless(block.text),
        )

    def _reading(self, reading: Reading | None) -> str:
        if reading is None or reading.safety or not reading.scenarios:
            return "—"
        names = [f"{self._lists.scenarios[reading.primary].name} ({reading.band.label})"]
        names.extend(self._lists.scenarios[other.id].name for other in reading.secondary)
        others = f"; también: {', '.join(names[1:])}" if names[1:] else ""
        course = self._lists.courses[reading.course].name if reading.course else "ninguno"
        return f"{names[0]}{others}. Rumbo: {course}."


def given(passage: Passage) -> str:
    """A passage as the model is given it: of a document, which anybody may have written, without the prompt's marks."""
    if not passage.own:
        return f"{passage.title}. {plain(passage.text)}"
    return harmless(" ".join(f"{passage.article_title}. {passage.title}. {plain(passage.text)}".split()), numbers=True)


def _of_turn(turn: Turn) -> _Block:
    text, _ = fit(clean(turn.text))
    answered = turn.reading is not None and not turn.reading.safety
    return _Block(text, turn.register, turn.reading, list(turn.passages[:FOR_MODEL]) if answered else [])


def _labels(given_in_turn: Sequence[Sequence[Passage]]) -> dict[str, int]:
    """A number for every passage of a conversation, in the order in which they were first given."""
    ids = dict.fromkeys(passage.id for passages in given_in_turn for passage in passages)
    return {key: n for n, key in enumerate(ids, start=1)}


def _add_passages(block: _Block, passages: Sequence[Passage], fits: Callable[[], bool]) -> tuple[int, ...]:
    """Adds passages to a block, in order, as long as they fit; returns the numbers of the others."""
    left: list[int] = []
    for n, passage in enumerate(passages, start=1):
        block.passages.append(passage)
        if left or not fits():
            block.passages.pop()
            left.append(n)
    return tuple(left)


def _newest_that_fit(blocks: Sequence[_Block], room: int, taken: Callable[[_Block], int]) -> tuple[list[_Block], int]:
    """The newest blocks that have room together, oldest first, and of how many the passages had none."""
    kept: list[_Block] = []
    stripped = 0
    for block in reversed(blocks):
        strips = bool(block.passages) and taken(block) > room
        if strips:
            block.passages = []
        if (takes := taken(block)) > room:
            break
        room -= takes
        stripped += strips
        kept.insert(0, block)
    return kept, stripped


def _listed(parts: Sequence[str]) -> str:
    return " y ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else parts[0]
