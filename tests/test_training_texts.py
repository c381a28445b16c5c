"""The labelled texts and the program that checks them."""

import json
from pathlib import Path
from typing import Any

import pytest

from reflexiona.corpus.lists import load_lists, load_points
from training import check, check_retellings
from training.agreement import cohens_kappa
from training.glossary import load_glossary
from training.texts import CORPUS, TEST, load_danger, load_renderings, load_situations

LISTS, POINTS = load_lists(CORPUS), load_points(CORPUS).keys()
LONG = "Me pidió el presupuesto un martes, lo aceptó el jueves y el viernes ya quería otra cosa distinta."


def text(**changed: Any) -> check.Text:
    row: dict[str, Any] = {
        "id": "x-1", "hand": "x", "text": LONG, "en": "English", "primary": "indecision", "secondary": [],
        "rumbo": ["conversar"], "safety": False,
    }  # fmt: skip
    return check.Text("x.jsonl", {**row, **changed})


def test_the_texts_of_the_project_are_without_fault() -> None:
    texts, test = (check.read(paths) for paths in check.data_files())
    assert check.faults(texts, test, LISTS) == []
    assert check.faults_of_retellings(texts, test, LISTS) == []
    assert len(texts) + len(test) >= 5500
    assert sum(t.retold for t in texts) >= 1800
    assert len(test) >= 300
    assert all(t.row.get("en") for t in (*texts, *test) if not t.of_danger)


def test_the_test_split_is_not_learnt_from() -> None:
    ids = {s.id for s in load_situations()}
    test = {json.loads(line)["id"] for line in TEST.read_text(encoding="utf-8").splitlines()}
    assert test
    assert not ids & test
    rendered = load_renderings().keys()
    assert not rendered & test
    assert ids <= rendered <= ids | {s.id for s in load_danger()}


@pytest.mark.parametrize(
    ("gist", "echo", "said"),
    [
        ({"key": "el miércoles"}, {}, "not in the text"),
        ({"near": ["indecision"]}, {}, "near"),
        ({"near": ["nada"]}, {}, "near"),
        ({"es": "corta"}, {}, "1 words"),
        ({"id": "otra"}, {}, "no such"),
        ({}, {"id": "otra"}, "no such"),
        ({}, {"secondary": ["ninguno"]}, "secondary"),
        ({}, {"text": LONG.upper()}, "shares its wording"),
        ({}, {"more": 1}, "keys"),
        ({}, {"en": " "}, "keys"),
    ],
)
def test_what_is_wrong_with_a_retelling_is_named(gist: dict[str, Any], echo: dict[str, Any], said: str) -> None:
    sources = {"x-1": text().row}
    plain = {"id": "x-1", "es": "una palabra " * 6, "en": "English", "key": "el jueves", "near": []}
    other: dict[str, Any] = {"id": "x-1", "text": "Otra cosa le pasó a otra persona.", "secondary": [], "en": "x"}
    assert check_retellings.faults([plain], [other], sources, set(LISTS.scenarios)) == []
    found = check_retellings.faults([{**plain, **gist}], [{**other, **echo}], sources, set(LISTS.scenarios))
    assert len(found) == 1
    assert said in found[0]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"primary": "nada"}, "unknown scenario"),
        ({"secondary": ["indecision"]}, "secondary"),
        ({"rumbo": []}, "courses"),
        ({"points": ["Z9"]}, "points"),
        ({"safety": "no"}, "safety"),
        ({"slice": ["otra"]}, "slices"),
        ({"en": " "}, "missing"),
        ({"extra": 1}, "keys"),
        ({"origin": "abc"}, "keys"),
    ],
)
def test_what_is_malformed_is_named(changed: dict[str, Any], said: str) -> None:
    assert list(check.malformed(text(), LISTS, POINTS)) == []
    found = list(check.malformed(text(**changed), LISTS, POINTS))
    assert len(found) == 1
    assert said in found[0]


def test_near_duplicates_are_found_but_not_contrast_pairs() -> None:
    again = text(id="x-2", text=LONG.replace("martes", "lunes"))
    found = [(a.row["id"], b.row["id"]) for a, b, _ in check.near_duplicates([text(), again])]
    assert found == [("x-1", "x-2")]
    assert [b.row["id"] for _, b, _ in check.near_duplicates([again], [text()])] == ["x-2"]
    pair = [text(pair="p"), text(id="x-2", pair="p", text=again.row["text"])]
    assert list(check.near_duplicates(pair)) == []
    assert list(check.near_duplicates([text(), text(id="x-3", text="Otra cosa: no me paga nadie desde enero.")])) == []


def test_a_page_is_on_one_side_of_the_split() -> None:
    page: dict[str, Any] = {"origin": "f00", "points": [], "country": None, "genre": "blog", "certainty": "alta"}
    assert list(check.shared_between([text(**page)], [text(id="x-2", hand="y", **page)]))
    assert list(check.shared_between([text()], [text(id="x-2")]))  # the same hand
    assert not list(check.shared_between([text()], [text(id="x-2", hand="y")]))


def test_other_files_and_pages_kept_apart_are_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    taken = next(s for s in load_situations() if s.retold and len(s.text.split()) > 30)
    other, apart = tmp_path / "otros.jsonl", tmp_path / "paginas.txt"
    other.write_text(json.dumps({**text().row, "text": taken.text}) + "\n", encoding="utf-8")
    apart.write_text(taken.origin, encoding="utf-8")
    assert check.main(["--against", str(other), "--apart", str(apart)]) == 1
    said = capsys.readouterr().out
    assert "against 1 other texts: 1 near-duplicates" in said
    assert f"{taken.id}: its page is kept apart" in said


def test_kappa() -> None:
    assert cohens_kappa(["a", "a", "b", "b"], ["a", "a", "b", "b"]) == 1
    assert cohens_kappa(["a", "a", "b", "b"], ["a", "b", "a", "b"]) == 0


def test_the_glossary_folds_and_keeps_two_senses() -> None:
    glossary = load_glossary()
    assert len(glossary) > 18_000
    assert all(1 <= len(senses) <= 2 and key == key.lower() for key, senses in glossary.items())
    assert glossary["factura"][0] == "invoice"
