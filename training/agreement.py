"""How far two readers agree on the labels.

    python -m training.agreement

`segunda_lectura.jsonl` holds the labels of a second reader, who saw the texts alone, beside the first main scenario as
it stood then; some first labels were changed afterwards, where the second reading was the better one.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from training.texts import DATA, Situation, load_situations

SECOND = DATA / "segunda_lectura.jsonl"


def cohens_kappa(one: Sequence[str], other: Sequence[str]) -> float:
    """Agreement beyond chance (Cohen 1960)."""
    same = sum(a == b for a, b in zip(one, other, strict=True)) / len(one)
    first, second = Counter(one), Counter(other)
    chance = sum(first[label] * second[label] for label in first) / len(one) ** 2
    return (same - chance) / (1 - chance)


def agreement(rows: Sequence[dict[str, Any]], situations: dict[str, Situation]) -> str:
    """One line of figures for some of the texts."""
    first = [row["first"] for row in rows]
    second = [row["primary"] for row in rows]
    pairs = [(situations[row["id"]], row) for row in rows]
    either = sum(row["primary"] in (row["first"], *s.secondary) or row["first"] in row["secondary"] for s, row in pairs)
    asked = [(s, row) for s, row in pairs if s.courses and row["rumbo"]]
    courses = sum(bool(set(s.courses) & set(row["rumbo"])) for s, row in asked)
    danger = sum(s.safety == row["safety"] for s, row in pairs)
    same = sum(a == b for a, b in zip(first, second, strict=True))
    return (
        f"{len(rows):5d}{same / len(rows):9.3f}{cohens_kappa(first, second):9.3f}{either / len(rows):9.3f}"
        f"{courses / len(asked):9.3f}{danger / len(rows):9.3f}"
    )


def main() -> int:
    """Prints the table and the commonest differences."""
    situations = {s.id: s for s in load_situations()}
    rows = [json.loads(line) for line in SECOND.read_text(encoding="utf-8").splitlines()]
    print(f"{'':10s}texts  primary    kappa   either   course   danger")
    print(f"{'retold':10s}{agreement([r for r in rows if situations[r['id']].retold], situations)}")
    print(f"{'invented':10s}{agreement([r for r in rows if not situations[r['id']].retold], situations)}")
    different = Counter(tuple(sorted((r["first"], r["primary"]))) for r in rows if r["first"] != r["primary"])
    for (one, other), n in different.most_common(6):
        print(f"{n:3d}  {one} / {other}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
