"""The nouns of Reflexiona: what a person writes, what is read in it, what is answered.

Frozen values only. This module imports nothing but the standard library and does nothing: no disk, no clock, no model.
Domain ids (scenarios, courses) are Spanish and closed; their names and descriptions live in `corpus/escenarios.toml`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

NONE_SCENARIO = "ninguno"


class Band(StrEnum):
    """How sure a reading is, by measured precision."""

    CLEAR = "claro"
    PROBABLE = "probable"
    UNCLEAR = "no_claro"

    @property
    def label(self) -> str:
        """The band as the person reads it."""
        return self.value.replace("_", " ")


class Register(StrEnum):
    """How the person speaks, and is spoken to."""

    TU = "tu"
    VOS = "vos"
    USTED = "usted"


class When(StrEnum):
    """When a step is due."""

    TODAY = "hoy"
    THIS_WEEK = "esta_semana"
    LATER = "despues"

    @property
    def label(self) -> str:
        """The moment as the person reads it."""
        return {"hoy": "Hoy", "esta_semana": "Esta semana", "despues": "Después"}[self.value]


class Channel(StrEnum):
    """How a message reaches the client."""

    EMAIL = "correo"
    WHATSAPP = "whatsapp"
    CALL = "llamada"


class Tone(StrEnum):
    """How a message sounds."""

    BALANCED = "equilibrado"
    FIRMER = "firme"
    WARMER = "calido"
    SHORTER = "breve"


# --- the corpus -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scenario:
    """A kind of situation: an entry of the closed list."""

    id: str
    name: str
    when: str
    trait: str
    """Completes «¿Qué se parece más a lo que pasa: que …?»; may hold register triples."""
    points: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """A course of action (`rumbo`)."""

    id: str
    name: str
    phrase: str
    """Completes «Yo empezaría por …»."""
    points: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fragment:
    """A structured text of a passage: an opening, a change of mind, a question. May hold register triples."""

    text: str
    scenarios: tuple[str, ...]
    courses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """A way out, with what it costs."""

    name: str
    text: str
    course: str
    scenarios: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StepTemplate:
    """A next step as the corpus offers it: infinitive first, fits every register."""

    text: str
    when: When
    scenarios: tuple[str, ...]
    courses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MessageTemplate:
    """Words to send to a client; gaps in [corchetes], register triples."""

    text: str
    channel: Channel
    scenarios: tuple[str, ...]
    courses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact of an article comes from."""

    title: str
    author: str
    date: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A section of an article, or a piece of one of the person's own documents: what is retrieved, shown and cited."""

    id: str
    """`article#n`, n from 1."""
    article: str
    article_title: str
    title: str
    """Heading of the section."""
    text: str
    start: int
    """Offset of `text` in the article's text, in characters."""
    end: int
    points: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()
    courses: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    own: bool = False
    """True for the person's own documents."""
    openings: tuple[Fragment, ...] = ()
    options: tuple[Option, ...] = ()
    changes: tuple[Fragment, ...] = ()
    questions: tuple[Fragment, ...] = ()
    steps: tuple[StepTemplate, ...] = ()
    messages: tuple[MessageTemplate, ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """An article of the corpus. `text` is what is shown: Markdown without front matter and data blocks."""

    id: str
    title: str
    summary: str
    scenarios: tuple[str, ...]
    courses: tuple[str, ...]
    countries: tuple[str, ...]
    sources: tuple[Source, ...]
    revised: str
    text: str
    passages: tuple[Passage, ...]
    own: bool = False


# --- one turn -------------------------------------------------------------------------------------------------


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
    """Best first; the first is the suggested course. Empty when there is nothing to do (`ninguno`)."""
    safety: bool
    deciding: tuple[str, str] | None = None
    """The two scenarios that one question would tell apart, unless the band is *claro*."""

    @property
    def primary(self) -> str:
        """Id of the most likely scenario."""
        return self.scenarios[0].id

    @property
    def course(self) -> str | None:
        """Id of the suggested course."""
        return self.courses[0].id if self.courses else None

    @property
    def nothing_to_read(self) -> bool:
        """True when no client problem is seen, and no danger."""
        return self.primary == NONE_SCENARIO and not self.safety


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
    """What the language model alone said, beside the reading."""

    name: str
    scenarios: tuple[Likelihood, ...] = ()
    steps: tuple[str, ...] = ()


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


@dataclass(frozen=True, slots=True)
class Draft:
    """A message to the client; gaps stay as [corchetes]. `source` is a passage id."""

    text: str
    channel: Channel
    register: Register
    tone: Tone
    source: str = ""


@dataclass(frozen=True, slots=True)
class HelpLine:
    """A confirmed help line."""

    country_code: str
    """ISO code."""
    country: str
    purpose: str
    name: str
    number: str
    hours: str
    source: str
    checked: str


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
