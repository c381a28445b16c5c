"""Counts how often each fact of `corpus/hechos/` is told, so that an answer begins with what is rarest.

python -m training.facts
"""

from __future__ import annotations

import json
from collections import Counter

from reflexiona.adapters.frames import joined
from reflexiona.adapters.told import COUNTS, fact_rows, finder_of
from training.texts import CORPUS, load_situations

FOLDER = CORPUS / "hechos"


def counted() -> dict[str, int]:
    """By id, in how many of the texts to learn from."""
    rows, classes = fact_rows(FOLDER)
    finder, ids = finder_of(rows, classes), [str(row["id"]) for row in rows]
    found = Counter(
        fact for s in load_situations() for fact in {ids[number] for _, _, number in finder.find(joined(s.text))}
    )
    return {fact: found[fact] for fact in sorted(set(ids))}


def main() -> None:
    """Writes the counts beside the facts."""
    (FOLDER / COUNTS).write_text(json.dumps(counted(), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
