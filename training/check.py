"""Checks the labelled texts: form, ids, labels, copies, balance, slices.

    python -m training.check
    python -m training.check --against other.jsonl --apart fingerprints.txt

Without arguments it looks at `training/data/` alone. `--against` names labelled files that must not be met again in
the texts; `--apart` a list of page fingerprints that must not be an origin. Exit status 1 when anything is wrong.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reflexiona.adapters.features import words
from reflexiona.corpus.lists import Lists, load_lists, load_points
from reflexiona.domain import NONE_SCENARIO
from training import check_retellings
from training.texts import CORPUS, DATA, ECHOES, GISTS, TEST

SHINGLE, ALIKE, AT_LEAST = 5, 0.3, 4
"""Two texts are near-duplicates when they share this part of the shorter one's runs of so many words, and so many."""
LEAST_RETOLD, LEAST_SCENARIO, LEAST_SLICE = 15, 180, 40
NONE_SHARE = (0.15, 0.30)
"""Part of the retold texts that tell of no client problem."""
SLICES = (
    "sin_acentos",
    "erratas",
    "dictado",
    "whatsapp",
    "mayusculas",
    "ironia",
    "negacion",
    "mezcla_ingles",
    "muy_corto",
    "muy_largo",
)
_ALWAYS = {"id", "hand", "text", "en", "primary", "secondary", "rumbo", "safety"}
_OF_DANGER = _ALWAYS - {"en"}
"""What texts that are written for danger alone must have; their courses are not labelled everywhere either."""
_RETOLD = _ALWAYS | {"points", "country", "genre", "certainty", "origin"}
_INVENTED = _ALWAYS | {"points", "country", "genre", "slice", "pair"}

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Text:
    """One labelled line and where it stands."""

    file: str
    row: Row

    @property
    def retold(self) -> bool:
        """Whether it has a page behind it."""
        return "origin" in self.row

    @property
    def of_danger(self) -> bool:
        """Whether it was written for danger alone."""
        return "peligro" in self.file

    def __str__(self) -> str:
        return f"{self.file}: {self.row.get('id', '?')}"


def read(paths: Iterable[Path]) -> list[Text]:
    """Every line of the files, in order.

    Raises:
        json.JSONDecodeError: a line is not JSON.
    """
    lines = ((path, line) for path in paths for line in path.read_text(encoding="utf-8").splitlines())
    return [Text(path.name, json.loads(line)) for path, line in lines if line.strip()]


def malformed(text: Text, lists: Lists, points: Set[str]) -> Iterator[str]:
    """What is wrong with the form or the labels of one text."""
    row = text.row
    allowed = _RETOLD if text.retold else _INVENTED
    needed = _OF_DANGER if text.of_danger else _RETOLD if text.retold else _ALWAYS
    if set(row) - allowed or needed - set(row):
        yield f"keys: {sorted(set(row) - allowed)} too many, {sorted(needed - set(row))} missing"
        return
    if not row["text"].strip() or not row.get("en", "-").strip():
        yield "text or English rendering missing"
    secondary = row["secondary"]
    problems = set(lists.scenarios) - {NONE_SCENARIO}
    if row["primary"] not in lists.scenarios or not set(secondary) <= problems:
        yield f"unknown scenario among {row['primary']}, {secondary}"
    if row["primary"] in secondary or len(set(secondary)) != len(secondary) or len(secondary) > 3:
        yield f"secondary {secondary}"
    known = set(row["rumbo"]) <= set(lists.courses)
    wanted = row["primary"] != NONE_SCENARIO and not text.of_danger
    if not known or (row["rumbo"] and row["primary"] == NONE_SCENARIO) or (wanted and not row["rumbo"]):
        yield f"courses {row['rumbo']} for {row['primary']}"
    if not set(row.get("points", ())) <= points:
        yield f"points {row['points']}"
    if not isinstance(row["safety"], bool):
        yield f"safety {row['safety']!r}"
    if not set(row.get("slice") or ()) <= set(SLICES):
        yield f"slices {row['slice']}"


def shingles(text: str) -> frozenset[tuple[str, ...]]:
    """The runs of words of a text; the whole of a shorter one."""
    found = words(text)
    return frozenset(tuple(found[i : i + SHINGLE]) for i in range(max(1, len(found) - SHINGLE + 1)))


def near_duplicates(texts: Sequence[Text], others: Sequence[Text] = ()) -> Iterator[tuple[Text, Text, float]]:
    """Pairs that share much of their wording, among `texts` or, where given, between `texts` and `others`.

    The two of a contrast pair are meant to be alike.
    """
    rows = [*others, *texts]
    runs = [shingles(text.row["text"]) for text in rows]
    where: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for i, own in enumerate(runs):
        met = Counter(j for run in own for j in where[run])
        if not others or i >= len(others):
            for j, n in met.items():
                share = n / min(len(own), len(runs[j]))
                if n >= AT_LEAST and share >= ALIKE and not _are_pair(rows[i].row, rows[j].row):
                    yield rows[j], rows[i], share
        if not others or i < len(others):
            for run in own:
                where[run].append(i)


def _are_pair(one: Row, other: Row) -> bool:
    return one.get("pair") is not None and one.get("pair") == other.get("pair") and one["hand"] == other["hand"]


def shared_between(texts: Sequence[Text], test: Sequence[Text]) -> Iterator[str]:
    """Pages, hands and pairs on both sides of the split."""
    for key in ("origin", "hand"):
        both = {t.row[key] for t in texts if t.row.get(key)} & {t.row[key] for t in test if t.row.get(key)}
        if both:
            yield f"{key} in training and test: {sorted(map(str, both))[:5]}"


def unbalanced(texts: Sequence[Text], lists: Lists) -> Iterator[str]:
    """Scenarios and slices with too few texts."""
    every = Counter(t.row["primary"] for t in texts)
    retold = Counter(t.row["primary"] for t in texts if t.retold)
    slices = Counter(s for t in texts for s in t.row.get("slice") or ())
    for scenario in lists.scenarios:
        if every[scenario] < LEAST_SCENARIO or retold[scenario] < LEAST_RETOLD:
            yield f"{scenario}: {every[scenario]} texts, {retold[scenario]} retold"
    for name in SLICES:
        if slices[name] < LEAST_SLICE:
            yield f"slice {name}: {slices[name]} texts"
    share = retold[NONE_SCENARIO] / max(1, sum(retold.values()))
    if not NONE_SHARE[0] <= share <= NONE_SHARE[1]:
        yield f"{NONE_SCENARIO}: {share:.0%} of the retold texts"


def faults(texts: Sequence[Text], test: Sequence[Text], lists: Lists) -> list[str]:
    """Everything that is wrong with the texts of the project."""
    both, points = [*texts, *test], load_points(CORPUS).keys()
    found = [f"{text}: {fault}" for text in both for fault in malformed(text, lists, points)]
    if found:  # the rest presumes the form
        return found
    ids = Counter(text.row["id"] for text in both)
    found += [f"id {name} stands {n} times" for name, n in ids.items() if n > 1]
    found += [f"{a} and {b}: {share:.0%} alike" for a, b, share in near_duplicates(both)]
    return [*found, *shared_between(texts, test), *unbalanced(texts, lists)]


def retold_anew() -> list[Text]:
    """Gists and echoes, as texts that can be compared with others."""
    gists = [Text(gist.file, {**gist.row, "text": gist.row["es"]}) for gist in read([GISTS])]
    return [*gists, *read([ECHOES])]


def faults_of_retellings(texts: Sequence[Text], test: Sequence[Text], lists: Lists) -> list[str]:
    """What is wrong with the gists and echoes of the project."""
    sources = {text.row["id"]: text.row for text in texts if text.retold}
    gists, echoes = ([text.row for text in read([path])] for path in (GISTS, ECHOES))
    found = check_retellings.faults(gists, echoes, sources, set(lists.scenarios))
    return found + [f"{a} and {b}: {share:.0%} alike" for a, b, share in near_duplicates(retold_anew(), test)]


def counts(texts: Sequence[Text], lists: Lists) -> str:
    """A table: scenarios against retold and invented texts."""
    retold = Counter(t.row["primary"] for t in texts if t.retold)
    every = Counter(t.row["primary"] for t in texts)
    lines = [f"{name:34s}{every[name]:6d}{retold[name]:6d}" for name in lists.scenarios]
    lines.append(f"{'in all, retold':34s}{len(texts):6d}{sum(retold.values()):6d}")
    pages = {t.row["origin"] for t in texts if t.retold}
    dangers = sum(t.row["safety"] for t in texts)
    lines.append(f"pages {len(pages)} · hands {len({str(t.row['hand']) for t in texts})} · dangers {dangers}")
    return "\n".join(lines)


def data_files() -> tuple[list[Path], list[Path]]:
    """The files that are trained on, those of danger last, and those of the test split."""
    every = [*sorted(DATA.glob("situations_*.jsonl")), *sorted(DATA.glob("peligro*.jsonl"))]
    test = [path for path in every if path.name.startswith(TEST.stem)]
    return [path for path in every if path not in test], test


def main(argv: Sequence[str] | None = None) -> int:
    """Prints the counts and every fault."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--against", type=Path, nargs="*", default=[], metavar="FILE")
    parser.add_argument("--apart", type=Path, metavar="FILE")
    options = parser.parse_args(argv)
    lists = load_lists(CORPUS)
    texts, test = (read(paths) for paths in data_files())
    found = [*faults(texts, test, lists), *faults_of_retellings(texts, test, lists)]
    others = read(options.against)
    if others:
        met = list(near_duplicates([*texts, *test, *retold_anew()], others))
        found += [f"{a} and {b}: {share:.0%} alike" for a, b, share in met]
        print(f"against {len(others)} other texts: {len(met)} near-duplicates")
    if options.apart:
        apart = set(options.apart.read_text(encoding="utf-8").split())
        met_pages = [text for text in (*texts, *test) if text.row.get("origin") in apart]
        found += [f"{text}: its page is kept apart" for text in met_pages]
        print(f"against {len(apart)} pages kept apart: {len(met_pages)} met")
    print(counts(texts, lists))
    if test:
        print(f"test split: {len(test)} texts, {sum(t.retold for t in test)} retold")
    print("\n".join(found) or "no faults")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
