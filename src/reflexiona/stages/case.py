"""A turn on its way through the pipeline: how it was read, and what was found for it."""

from __future__ import annotations

from dataclasses import dataclass

from reflexiona.corpus.phrases import Voice
from reflexiona.domain import Draft, Hit, Passage, Reading, TurnRequest
from reflexiona.stages.followup import DraftWish, is_question, only_wishes


@dataclass(frozen=True, slots=True)
class Case:
    """A turn that has been read."""

    request: TurnRequest
    text: str
    reading: Reading
    standing: bool | None
    voice: Voice
    wish: DraftWish | None
    """The message that was asked for, if any."""
    topic: str = ""
    """What it asks about the program, and nothing else; empty: it is about the case."""

    @property
    def only_words(self) -> bool:
        """Whether it goes on with a conversation by asking for a message, and for nothing else."""
        return bool(self.wish and self.request.history and only_wishes(self.text))

    @property
    def asks(self) -> bool:
        """Whether it asks something of a case that reads as it did."""
        return bool(self.standing) and not self.reading.safety and is_question(self.text)


@dataclass(frozen=True, slots=True)
class Found:
    """What was retrieved for a turn."""

    hits: tuple[Hit, ...]
    draft: Draft | None = None
    answering: tuple[float, ...] = ()
    """Scores of the first ones, which were found for a question."""

    @property
    def passages(self) -> tuple[Passage, ...]:
        """What the hits found."""
        return tuple(hit.passage for hit in self.hits)
