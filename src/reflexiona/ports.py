"""What the stages need from the world, as Protocols. No third-party name appears here; adapters fulfil them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Generator as Generating
from dataclasses import dataclass
from typing import Protocol

from reflexiona.domain import Likelihood


class Encoder(Protocol):
    """Turns texts into unit vectors."""

    @property
    def id(self) -> str:
        """Name and content hash: part of an index's manifest."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def encode_query(self, text: str) -> list[float]:
        """One unit vector (all zeros for a text without a known token)."""

    def encode_passages(self, texts: Sequence[str]) -> list[list[float]]:
        """One unit vector a text, in order."""


class PassageStore(Protocol):
    """Vector search over passage ids."""

    def query(self, vector: Sequence[float], n: int) -> list[tuple[str, float]]:
        """Up to `n` (passage id, cosine similarity), best first."""


class LexicalIndex(Protocol):
    """Word search over passages: accents folded, Spanish stems, negations kept."""

    def query(self, text: str, n: int) -> list[tuple[str, float]]:
        """Up to `n` (passage id, BM25 score, higher is better), best first. Any text is valid."""


@dataclass(frozen=True, slots=True)
class Scene:
    """The way in which a scenario happens in a text, if it is the scenario: a passage of the corpus tells it."""

    id: str
    """Of the passage."""
    scenario: str
    courses: tuple[str, ...]
    """Those for which the passage has an option."""
    p: float
    """Its probability among the ways of that scenario."""


@dataclass(frozen=True, slots=True)
class Scores:
    """What a classifier says of a text. Probabilities are calibrated."""

    primary: tuple[Likelihood, ...]
    """All 20 scenarios, best first, summing to 1: the probability of being the main one."""
    present: tuple[Likelihood, ...]
    """The 19 problems, best first; the probability of each being there at all, by itself."""
    courses: tuple[Likelihood, ...]
    """All 10 courses, best first; the probability of each being acceptable, by itself."""
    safety: float
    """Probability that the text tells of danger."""
    dangers: tuple[tuple[int, int], ...] = ()
    """Spans `text[start:end]` that name a danger outright."""
    known: float = 1.0
    """Share of the words that are known: low in another language or in gibberish; 0 without any word."""
    scenes: tuple[Scene, ...] = ()
    """All ways of all scenarios, in the order of the corpus."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which probability on something is said; measured when the classifier was made."""

    clear: float
    probable: float
    secondary: float
    safety: float
    worrying: float
    """Of danger too: below `safety`, where it may be and the person is asked."""
    known: float


class Classifier(Protocol):
    """Reads a situation: closed lists, no generation. Any text is valid."""

    @property
    def thresholds(self) -> Thresholds:
        """The thresholds that belong to its probabilities."""

    def score(self, text: str) -> Scores:
        """Scores one text."""

    def effects(
        self, text: str, spans: Sequence[tuple[int, int]], scenarios: Sequence[str]
    ) -> tuple[tuple[float, ...], ...]:
        """For each scenario and span, how much its log-odds fall when `text[start:end]` is left out."""

    def danger_effects(self, text: str, spans: Sequence[tuple[int, int]]) -> tuple[float, ...]:
        """For each span, how much the log-odds of danger fall when `text[start:end]` is left out."""


class FactFinder(Protocol):
    """Finds what a text tells that decides which parts of an article suit it."""

    def told(self, text: str) -> tuple[str, ...]:
        """Ids of the facts, the most telling first: what fewest people tell. Any text is valid."""


class Choice(Protocol):
    """The outcome of a closed choice."""

    @property
    def index(self) -> int:
        """The chosen alternative."""

    @property
    def probabilities(self) -> tuple[float, ...]:
        """One per alternative, summing to 1."""


@dataclass(frozen=True, slots=True)
class Spent:
    """What a model has done, in tokens."""

    read: int = 0
    """Of prompts: evaluated."""
    spared: int = 0
    """Of prompts: already in its memory."""
    chosen: int = 0
    """Of the alternatives of closed choices: evaluated where they part late."""
    written: int = 0

    def since(self, before: Spent) -> Spent:
        """What was done after `before`."""
        return Spent(
            self.read - before.read,
            self.spared - before.spared,
            self.chosen - before.chosen,
            self.written - before.written,
        )

    def plus(self, other: Spent) -> Spent:
        """Both together."""
        return other.since(Spent().since(self))


Spoken = Generating[str, None, bool]
"""Text piece by piece. Its return value: whether the model came to an end by itself."""


class Generator(Protocol):
    """A language model. One call at a time. Every method may be stopped by `stop()`: then it raises `Cancelled`."""

    @property
    def name(self) -> str:
        """The name under which the person knows the model."""

    @property
    def weight(self) -> float:
        """How much its opinion counts beside the reader's, 0–1: measured for this very file, else 0."""

    @property
    def confined(self) -> bool:
        """Whether it is a small model of ours, asked only for what it does well: see `stages.confined`."""

    @property
    def context_size(self) -> int:
        """Tokens of prompt and answer together."""

    def count_tokens(self, text: str) -> int:
        """How many tokens a text takes as a part of a prompt."""

    def frame_tokens(self, system: str) -> int:
        """How many tokens a prompt takes besides the person's part and the answer's opening."""

    def read(self, prompt: Prompt, reserve: int) -> int:
        """Evaluates a prompt up to where the answer begins, for a later call that needs `reserve` tokens more.

        Samples nothing, and of the person's part nothing reaches the disk. Returns the prompt's length in tokens.
        """

    def choose(self, prompt: Prompt, alternatives: Sequence[str]) -> Choice:
        """Scores each alternative as the continuation of `prompt`."""

    def write(self, prompt: Prompt, *, max_tokens: int, seed: int) -> Spoken:
        """Streams text; ends at the model's end of turn or at `max_tokens`; returns whether it was the former."""

    def on_progress(self, report: Callable[[float], None]) -> None:
        """`report(fraction)` is called while a prompt is being read."""


class Prompt(Protocol):
    """A prompt in parts, each tokenised apart: what comes again is evaluated once."""

    @property
    def system(self) -> str:
        """The fixed part. Nothing of it comes from the person: its state is kept on disk."""

    @property
    def known(self) -> Sequence[str]:
        """What was told and given before, oldest first. Never parsed for control tokens."""

    @property
    def user(self) -> str:
        """What is new. Never parsed for control tokens."""

    @property
    def opening(self) -> str:
        """The first words of the answer, already given; may be empty."""


class Cancelled(Exception):
    """The person cancelled: no error, somebody asked for it."""


class Clock(Protocol):
    """Time, injected."""

    def now(self) -> str:
        """ISO 8601, UTC, seconds."""

    def monotonic(self) -> float:
        """Seconds, for durations."""
