"""What a person writes and what is answered: readings, reflections, plans, turns, conversations."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from reflexiona.domain.articles import Passage
from reflexiona.domain.terms import NONE_SCENARIO, Band, Channel, Register, Tone, When

_CITED = re.compile(r"\[\d{1,2}(?:\s*[,y]\s*\d{1,2})*\]")
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved passage; `score` in 0–1, comparable within one query only."""

    passage: Passage
    score: float


@dataclass(frozen=True, slots=True)
class Likelihood:
    """A scenario or course id with a probability."""

    id: str
    p: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """A clause of the person's own text: `situation.text[start:end] == text`."""

    text: str
    start: int
    end: int

    @property
    def quoted(self) -> str:
        """As it is shown: in guillemets; its own become the marks of a quote within a quote."""
        said = self.text
        if said.startswith(("«", "“")) and said.endswith(("»", "”")) and not re.search("[«»“”]", said[1:-1]):
            said = said[1:-1]
        return f"«{said.replace('«', '“').replace('»', '”')}»"


@dataclass(frozen=True, slots=True)
class Reading:
    """What the tool reads in a situation, before any language model."""

    scenarios: tuple[Likelihood, ...]
    """All 20, best first, summing to 1: the probability of being the main one."""
    secondary: tuple[Likelihood, ...]
    """Shown beside the first; each with the probability that it is also there."""
    band: Band
    evidence: tuple[Evidence, ...]
    courses: tuple[Likelihood, ...]
    """The suggested one first: by probability, those that fit the scene before the others; in danger protection.

    Empty when there is nothing to do (`ninguno`).
    """
    safety: bool
    deciding: tuple[str, str] | None = None
    """The two scenarios that one question would tell apart; None where the band is *claro*, nothing is understood, or
    one is suggested and nothing speaks for another."""
    worrying: bool = False
    """There may be danger, not surely enough to put it first: the answer ends by telling the person how to say so."""
    alarmed: bool = False
    """It is likely enough that the words of the answer begin with help, in short, and the work follows: nothing in the
    text names a danger, but for a fear.

    Then it is `worrying`, too.
    """
    alarm: tuple[Evidence, ...] = ()
    """Where there is danger: what tells of it in the newest turn."""
    sides: tuple[Evidence, ...] = ()
    """The clause that speaks most for each of `deciding`, in its order; empty where they have none of their own."""
    scene: str = ""
    """Id of the passage that tells how the main scenario happens here; empty where that is not clear."""
    told: tuple[str, ...] = ()
    """Facts that the case tells, the most telling first: they decide which parts of the articles suit it."""

    @property
    def primary(self) -> str:
        """Id of the most likely scenario."""
        return self.scenarios[0].id

    @property
    def course(self) -> str | None:
        """Id of the suggested course."""
        return self.courses[0].id if self.courses else None

    @property
    def warns(self) -> bool:
        """Whether help is what the words of the answer begin with."""
        return self.safety or self.alarmed

    @property
    def nothing_to_read(self) -> bool:
        """True when no client problem is seen, and no danger."""
        return self.primary == NONE_SCENARIO and not self.safety

    @property
    def not_understood(self) -> bool:
        """True for another language or no language: not even a question could tell what it is about."""
        return self.nothing_to_read and self.band is Band.UNCLEAR and self.deciding is None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a plan. `source` is a passage id."""

    text: str
    when: When
    source: str
    done: bool = False
    date: str = ""
    """ISO date the person set, or empty."""


@dataclass(frozen=True, slots=True)
class ModelView:
    """What the language model said in closed choices, beside the reading. Best first, each summing to 1."""

    name: str
    scenarios: tuple[Likelihood, ...] = ()
    """Of the reader's likeliest ones and `ninguno`; the included model's are of all."""
    steps: tuple[str, ...] = ()
    """The plan's steps, the likeliest first one first; the included model's in the order in which it chose them."""
    courses: tuple[Likelihood, ...] = ()
    """Of the reading's courses."""
    weight: float = 0.0
    """How much it counts beside the reader: 0 where nobody has measured this model file."""
    together: tuple[Likelihood, ...] = ()
    """All scenarios, the reader's probabilities and the model's put together by `weight`. Empty where it is 0."""
    confined: bool = False
    """Whether it is the included model: then it chose the plan's steps, and the answer's text is composed."""


@dataclass(frozen=True, slots=True)
class Reflection:
    """The answer's prose: Markdown whose [n] point at the turn's passages (n from 1)."""

    text: str
    unsupported: tuple[str, ...] = ()
    """Sentences that no passage supports, as they stand in `text`."""
    composed: bool = True
    """True where no language model wrote it."""
    model: ModelView | None = None
    complete: bool = True
    """False after a cancel or a crash: what had been written stays."""
    taken_up: bool = False
    """Whether the sentence of a composed text that takes up the person's words is the included model's."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to the client; gaps stay as [corchetes]. `source` is a passage id."""

    text: str
    channel: Channel
    register: Register
    tone: Tone
    source: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """What the person wrote and all that was answered. `passages[n-1]` is what [n] cites."""

    id: str
    text: str
    created: str
    """ISO 8601, UTC."""
    register: Register = Register.TU
    reading: Reading | None = None
    passages: tuple[Passage, ...] = ()
    reflection: Reflection | None = None
    plan: tuple[Step, ...] = ()
    question: str = ""
    draft: Draft | None = None
    notices: tuple[str, ...] = ()
    """What was replaced by what, what was left out: said plainly, in Spanish."""
    status: str = "done"
    """streaming | done | cancelled | error"""

    @property
    def cited(self) -> tuple[int, ...]:
        """Numbers of the passages that the answer, the plan and the message rest on, in order."""
        text = self.reflection.text if self.reflection else ""
        numbers = {int(number) for cited in _CITED.findall(text) for number in _NUMBER.findall(cited)}
        sources = {step.source for step in self.plan} | ({self.draft.source} if self.draft else set())
        return tuple(n for n, p in enumerate(self.passages, start=1) if n in numbers or p.id in sources)


@dataclass(frozen=True, slots=True)
class Conversation:
    """A kept case."""

    id: str
    title: str
    created: str
    updated: str
    turns: tuple[Turn, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class TurnRequest:
    """What a face asks the core for: one turn, with all the core needs to know (it keeps nothing between turns)."""

    text: str
    history: tuple[Turn, ...] = ()
    """Earlier turns of the conversation, oldest first."""
    register: Register | None = None
    """Set by the person; None: as they write."""
    use_model: bool = True
    country: str = ""
    """ISO code the person set, or empty: never guessed."""
    seed: int = 0
