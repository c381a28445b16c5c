"""What was kept, as a list and as a search shows it: summaries, filters, snippets. Reads only."""

from __future__ import annotations

import json
import re
import sqlite3
from dataclasses import dataclass
from enum import StrEnum

from reflexiona.storage.database import Database
from reflexiona.storage.presence import Presence

MOST_WORDS = 12
"""Words of a query that count."""
_SNIPPET_WORDS = 16


class State(StrEnum):
    """How a conversation stands."""

    PENDING = "pendiente"
    FINISHED = "terminado"
    NO_PLAN = "sin_plan"
    INTERRUPTED = "a_medias"

    @property
    def label(self) -> str:
        """The state as the person reads it."""
        return {
            "pendiente": "con pasos por hacer",
            "terminado": "plan terminado",
            "sin_plan": "sin plan",
            "a_medias": "respuesta a medias",
        }[self.value]


@dataclass(frozen=True, slots=True)
class Summary:
    """A conversation as a list shows it."""

    id: str
    title: str
    created: str
    updated: str
    turns: int
    scenario: str
    """Primary scenario of the last turn that was read; empty when none was."""
    steps_done: int
    """Of the plan that stands: the last one."""
    steps: int
    interrupted: int
    """How many answers never came to an end, and nobody is writing."""

    @property
    def state(self) -> State:
        """How it stands."""
        if self.interrupted:
            return State.INTERRUPTED
        if not self.steps:
            return State.NO_PLAN
        return State.FINISHED if self.steps_done == self.steps else State.PENDING


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which conversations are wanted; what is empty does not count."""

    scenario: str = ""
    """Id."""
    state: State | None = None
    since: str = ""
    """ISO 8601, UTC: used at that moment or later."""
    before: str = ""
    """ISO 8601, UTC: used for the last time before that moment."""

    def fits(self, summary: Summary) -> bool:
        """Whether a conversation is wanted."""
        return (
            self.scenario in ("", summary.scenario)
            and self.state in (None, summary.state)
            and self.since <= summary.updated
            and (not self.before or summary.updated < self.before)
        )


@dataclass(frozen=True, slots=True)
class Found:
    """A conversation that was searched for."""

    summary: Summary
    turn: str
    """Id of the turn that fits best; empty where no words were searched for."""
    snippet: str
    """Around the words, which stand between «⟦» and «⟧»; empty where no words were searched for."""


class History:
    """The conversations that are not about to be deleted."""

    def __init__(self, database: Database, presence: Presence) -> None:
        self._database = database
        self._presence = presence

    def list(self, wanted: Wanted | None = None) -> tuple[Summary, ...]:
        """The conversations wanted, the most recently used first."""
        living = json.dumps(sorted(self._presence.living()))
        with self._database.reading() as connection:
            rows = connection.execute(
                """
                SELECT c.id, c.title, c.created, c.updated, count(t.id),
                       coalesce((SELECT scenario FROM turn WHERE conversation = c.id AND scenario != ''
                                 ORDER BY number DESC LIMIT 1), ''),
                       coalesce((SELECT steps_done FROM turn WHERE conversation = c.id AND steps > 0
                                 ORDER BY number DESC LIMIT 1), 0),
                       coalesce((SELECT steps FROM turn WHERE conversation = c.id AND steps > 0
                                 ORDER BY number DESC LIMIT 1), 0),
                       coalesce(sum(t.status = 'streaming' AND t.owner NOT IN (SELECT value FROM json_each(?))), 0)
                FROM conversation c LEFT JOIN turn t ON t.conversation = c.id
                WHERE c.going = '' GROUP BY c.id ORDER BY c.updated DESC, c.rowid DESC
                """,
                (living,),
            ).fetchall()
        found = (Summary(*row) for row in rows)
        return tuple(summary for summary in found if wanted is None or wanted.fits(summary))

    def search(self, query: str, wanted: Wanted | None = None, limit: int = 50) -> tuple[Found, ...]:
        """Conversations that hold every word of `query` somewhere, the most recently used first.

        The last word may be only a beginning; accents do not count. Without words: all that are wanted.
        """
        words = re.findall(r"\w+", query)[:MOST_WORDS]
        summaries = self.list(wanted)
        if not words:
            return tuple(Found(summary, "", "") for summary in summaries[:limit]) if not query.strip() else ()
        terms = [f'"{word}"' for word in words[:-1]] + [f'"{words[-1]}"*']
        with self._database.reading() as connection:
            holding = set.intersection(*(_holding(connection, term) for term in dict.fromkeys(terms)))
            shown = [summary for summary in summaries if summary.id in holding][:limit]
            best = _best_turns(connection, " OR ".join(terms), [summary.id for summary in shown])
        return tuple(Found(summary, *best[summary.id]) for summary in shown)


def _holding(connection: sqlite3.Connection, term: str) -> set[str]:
    """Ids of the conversations that hold a term."""
    rows = connection.execute(
        "SELECT DISTINCT t.conversation FROM turn t WHERE t.number IN "
        "(SELECT rowid FROM turn_words WHERE turn_words MATCH ?)",
        (term,),
    )
    return {row[0] for row in rows}


def _best_turns(connection: sqlite3.Connection, match: str, conversations: list[str]) -> dict[str, tuple[str, str]]:
    """Turn and snippet of each conversation: of the turn that fits best."""
    rows = connection.execute(
        f"""
        SELECT t.conversation, t.id, snippet(turn_words, 1, '⟦', '⟧', '…', {_SNIPPET_WORDS}), w.rank
        FROM turn_words w JOIN turn t ON t.number = w.rowid
        WHERE turn_words MATCH ? AND t.conversation IN (SELECT value FROM json_each(?))
        """,
        (match, json.dumps(conversations)),
    ).fetchall()
    rows.sort(key=lambda row: row[3], reverse=True)  # the best rank is the lowest: it comes last and stays
    return {conversation: (turn, " ".join(snippet.split())) for conversation, turn, snippet, _ in rows}
