"""What the core says while it works. Plain values: the faces and the wire know nothing else of it.

Order within a turn: `ReadingReady`, `PassagesReady`, `Progress`/`Token` …, `ReflectionReady`, `PlanReady`,
`DraftReady`, `TokensCounted`, `Finished`; of the last ones each only where there is such a thing.
`Notice` and `Problem` may come anywhere; a `Problem` is never the end: `Finished` always closes.
"""

from __future__ import annotations

from dataclasses import dataclass

from reflexiona.domain import Draft, Hit, ModelView, Reading, Reflection, Register, Step


@dataclass(frozen=True, slots=True)
class ReadingReady:
    """The reading, before any model. `standing`: in a follow-up, whether the reading stands as it was."""

    reading: Reading
    register: Register
    standing: bool | None = None
    ms: int = 0
    """Milliseconds since the request came, reading included."""


@dataclass(frozen=True, slots=True)
class PassagesReady:
    """The passages, in the order in which they are cited from 1."""

    hits: tuple[Hit, ...]
    ms: int = 0
    """Milliseconds since the request came."""


@dataclass(frozen=True, slots=True)
class Progress:
    """A phase in Spanish («leyendo tu mensaje»), with a fraction 0–1 where known and words a second while writing."""

    phase: str
    fraction: float | None = None
    words_per_second: float | None = None


@dataclass(frozen=True, slots=True)
class ModelViewReady:
    """The model's own scenario, beside the reading."""

    view: ModelView


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the reflection as it is written."""

    text: str


@dataclass(frozen=True, slots=True)
class ReflectionReady:
    """The whole reflection; replaces what was streamed."""

    reflection: Reflection
    question: str = ""


@dataclass(frozen=True, slots=True)
class PlanReady:
    """Three to five steps."""

    plan: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class DraftReady:
    """A message to the client, when it was asked for."""

    draft: Draft


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the person should know: what was replaced by what, what was left out."""

    text: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Something failed; the turn goes on without it."""

    message: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of a request. `status`: done | cancelled | error."""

    status: str
    ms: int = 0


@dataclass(frozen=True, slots=True)
class TokensCounted:
    """What a turn cost the model, in tokens."""

    read: int
    """Of prompts: evaluated since the turn was sent."""
    spared: int
    """Of prompts: already in the model's memory."""
    chosen: int
    """Of the alternatives of closed choices: evaluated where they part late."""
    written: int


@dataclass(frozen=True, slots=True)
class DraftRead:
    """The model has read ahead what is being written; 0 tokens: there was nothing to read, and nothing was."""

    tokens: int


@dataclass(frozen=True, slots=True)
class SearchReady:
    """The outcome of a search in the corpus."""

    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class ModelReady:
    """A model was loaded and tried. `name` is empty when none is in use any more."""

    name: str


@dataclass(frozen=True, slots=True)
class SpeedReady:
    """How quick the model in use is: so many tokens took so many seconds."""

    read_tokens: int
    read_seconds: float
    written_tokens: int
    written_seconds: float


@dataclass(frozen=True, slots=True)
class StatusReady:
    """What the worker has: for the diagnosis."""

    passages: int
    encoder: str
    generation: str
    model: str
    versions: tuple[tuple[str, str], ...]
    """(library, version)."""


Event = (
    ReadingReady
    | PassagesReady
    | Progress
    | ModelViewReady
    | Token
    | ReflectionReady
    | PlanReady
    | DraftReady
    | Notice
    | Problem
    | TokensCounted
    | DraftRead
    | SearchReady
    | ModelReady
    | SpeedReady
    | StatusReady
    | Finished
)
