"""What the corpus holds: scenarios, articles, passages and their structured parts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from reflexiona.domain.terms import Channel, When

PLAYBOOKS, SCENES = "situaciones", "casos"
"""Themes of the articles that are about one scenario each: what it is and what helps; the ways in which it happens."""


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
class Condition:
    """When a passage or a part of one suits a text, by the facts that it tells: ids of `hechos/`."""

    told: frozenset[str] = frozenset()
    """At least one of these, if there are any."""
    untold: frozenset[str] = frozenset()
    """None of these."""

    def holds(self, facts: Collection[str]) -> bool:
        """Whether it suits a text that tells these facts."""
        return (not self.told or not self.told.isdisjoint(facts)) and self.untold.isdisjoint(facts)


ALWAYS = Condition()


@dataclass(frozen=True, slots=True)
class Fragment:
    """A structured text of a passage: an opening, a change of mind, a question. May hold register triples."""

    text: str
    scenarios: tuple[str, ...]
    courses: tuple[str, ...]
    suits: Condition = ALWAYS


@dataclass(frozen=True, slots=True)
class Option:
    """A way out, with what it costs."""

    name: str
    text: str
    course: str
    scenarios: tuple[str, ...]
    suits: Condition = ALWAYS


@dataclass(frozen=True, slots=True)
class StepTemplate:
    """A next step as the corpus offers it: infinitive first, fits every register."""

    text: str
    when: When
    scenarios: tuple[str, ...]
    courses: tuple[str, ...]
    suits: Condition = ALWAYS


@dataclass(frozen=True, slots=True)
class MessageTemplate:
    """Words to send to a client; gaps in [corchetes], register triples."""

    text: str
    channel: Channel
    scenarios: tuple[str, ...]
    courses: tuple[str, ...]
    suits: Condition = ALWAYS


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
    sayings: tuple[str, ...] = ()
    """What people say or ask when this passage would help; searched, never shown."""

    def bare(self) -> Passage:
        """What a conversation keeps of it: its prose, without the parts that belong to the corpus."""
        empty = replace(self, openings=(), options=(), changes=(), questions=(), steps=(), messages=(), sayings=())
        return replace(empty, suits=ALWAYS)

    theme: str = ""
    """Folder of the article in the corpus."""
    caution: str = ""
    """Shown with the source: of a page about a country's law, when it was read and that it is no legal advice."""
    suits: Condition = ALWAYS

    def devoted_to(self, scenario: str) -> bool:
        """Whether it is about this scenario alone, rather than of an article that serves many."""
        return self.theme in (PLAYBOOKS, SCENES) and self.scenarios[:1] == (scenario,)

    @property
    def scene(self) -> bool:
        """Whether it is about one way in which its scenario happens: its parts fit that, and no other way."""
        return self.theme == SCENES


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
    brief: str = ""
    """The number with what must be known of it, for the list of all countries."""
