"""Checks what was written after the retold texts: gists and echoes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any

from reflexiona.adapters.features import words
from reflexiona.domain import NONE_SCENARIO

COPIED = 6
"""An echo shares no run of so many words with its source."""
MOST = 2
"""Echoes of one text."""
SHORTEST, LONGEST = 10, 36
"""Words of a gist."""

Row = Mapping[str, Any]


def faults(gists: Sequence[Row], echoes: Sequence[Row], sources: Mapping[str, Row], scenarios: Set[str]) -> list[str]:
    """What is wrong with them; `sources`: the retold texts by id."""
    found = []
    for name, rows, most in (("gist", gists, 1), ("echo", echoes, MOST)):
        counted = Counter(row["id"] for row in rows)
        found += [f"{name} of {key}: stands {n} times" for key, n in counted.items() if n > most]
        found += [f"{name} of {key}: no such retold text" for key in counted if key not in sources]
    texts = Counter(row.get("text") for row in echoes)
    found += [f"echo stands twice: {text}" for text, n in texts.items() if n > 1]
    found += [f"gist of {row['id']}: {fault}" for row in gists for fault in _of_gist(row, sources, scenarios)]
    return found + [f"echo of {row['id']}: {fault}" for row in echoes for fault in _of_echo(row, sources, scenarios)]


def _of_gist(row: Row, sources: Mapping[str, Row], scenarios: Set[str]) -> Iterator[str]:
    source = sources.get(row["id"])
    if set(row) != {"id", "es", "en", "key", "near"}:
        yield f"keys {sorted(row)}"
    elif source is not None:
        if row["key"] not in source["text"]:
            yield f"«{row['key']}» is not in the text"
        if not set(row["near"]) <= scenarios - {source["primary"]} or len(row["near"]) > 2:
            yield f"near {row['near']}"
        if not SHORTEST <= len(row["es"].split()) <= LONGEST or not row["en"].strip():
            yield f"{len(row['es'].split())} words"


def _of_echo(row: Row, sources: Mapping[str, Row], scenarios: Set[str]) -> Iterator[str]:
    source = sources.get(row["id"])
    if set(row) != {"id", "text", "secondary", "en"} or not row["en"].strip():
        yield f"keys {sorted(row)}"
    elif source is not None:
        allowed = set() if source["primary"] == NONE_SCENARIO else scenarios - {NONE_SCENARIO, source["primary"]}
        if not set(row["secondary"]) <= allowed or len(set(row["secondary"])) != len(row["secondary"]):
            yield f"secondary {row['secondary']}"
        if _runs(row["text"]) & _runs(source["text"]):
            yield "shares its wording with its source"


def _runs(text: str) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[i : i + COPIED]) for i in range(len(found) - COPIED + 1)}
