"""What a model writes: citations only of what is shown, no control characters, unsupported sentences marked."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reflexiona.corpus.library import load_library
from reflexiona.domain import Passage
from reflexiona.engine.index_making import open_encoder
from reflexiona.paths import resource
from reflexiona.stages.stream import CleanStream
from reflexiona.stages.support import MARK, Support, mark, sentences


def streamed(pieces: list[str], shown: int = 2) -> tuple[str, int]:
    stream = CleanStream({n: n for n in range(1, shown + 1)})
    return "".join(map(stream.feed, pieces)) + stream.close(), stream.dropped


def test_citations_that_point_at_nothing_are_dropped() -> None:
    assert streamed(["Pide fecha [1]", ". Y espera [", "7", "]. Fin [1, 2, 9]"]) == (
        "Pide fecha [1]. Y espera . Fin [1] [2]",
        2,
    )


def test_other_brackets_stay() -> None:
    assert streamed(["Hola, [nom", "bre]: [/b] [50%] [x"])[0] == "Hola, [nombre]: [/b] [50%] [x"


@pytest.mark.parametrize("pieces", [["[1[1", "]]"], ["[1", "[9]", "]"], ["[[9]1]"], ["[1 [9] ]"], ["[", "[[9]]", "]"]])
def test_what_is_left_of_a_dropped_citation_is_none(pieces: list[str]) -> None:
    import re

    assert not re.search(r"\[\s*\d+\s*\]", streamed(pieces, 0)[0])


def test_control_characters_never_come_through() -> None:
    assert streamed(["a\x1b]52;c;zzz\x07b\u202e", "\x00c\nd"])[0] == "a]52;c;zzzbc\nd"


@given(st.lists(st.text("a [1][]23y,\n\x1b", max_size=8), max_size=30), st.integers(0, 3))
def test_never_an_invalid_citation_however_it_is_cut(pieces: list[str], shown: int) -> None:
    import re

    text, _ = streamed(pieces, shown)
    assert all(1 <= int(n) <= shown for n in re.findall(r"\[(\d+)\]", text))


PASSAGES = (
    Passage(
        "a#1",
        "a",
        "El aviso",
        "Con fecha",
        "Un aviso con fecha concreta y la factura adjunta resuelve retrasos.",
        0,
        60,
    ),
)
TOLD = "Le hice el logo a una cafetería por 1.450 € y no paga."


def unsupported(text: str, passages: tuple[Passage, ...], told: str) -> tuple[str, ...]:
    return Support().unsupported(text, passages, told)


def test_sentences_without_support_are_marked() -> None:
    text = (
        "Un aviso con fecha concreta resuelve muchos retrasos [1]. Los jueces de Marte deciden los martes por la "
        "tarde. La cafetería no paga el logo. Yo empezaría por hablar con el vecino del perro azul. ¿Qué opina la "
        "abuela del banco?"
    )
    assert unsupported(text, PASSAGES, TOLD) == ("Los jueces de Marte deciden los martes por la tarde.",)
    assert f"tarde.{MARK} La cafetería" in mark(text, unsupported(text, PASSAGES, TOLD))


def test_a_figure_from_nowhere_is_unsupported() -> None:
    assert unsupported("La cafetería no paga 9.999 € del logo.", PASSAGES, TOLD)
    assert not unsupported("La cafetería no paga 1.450 € del logo.", PASSAGES, TOLD)


@pytest.mark.parametrize(
    ("sentence", "own"),
    [
        ("La cafetería Zarzaparrilla no paga el logo.", True),
        ("Un aviso con fecha concreta y la factura adjunta resuelve retrasos, dice Marta Lozano.", True),
        ("El 12 de marzo la cafetería no pagó el logo.", True),
        ("Dijo «te pago cuando me dé la gana» por el logo de la cafetería.", True),
        ("La ley dice que un aviso con fecha concreta resuelve retrasos.", True),
        ("La cafetería no paga los 1.450 € del logo.", False),
        ("Yo empezaría por el notario de Saturno.", False),
        ("¿Qué diría el notario de Saturno de la cafetería?", False),
        ("Ánimo.", False),
        ("", False),
    ],
)
def test_what_stands_nowhere_is_marked(sentence: str, own: bool) -> None:
    assert bool(unsupported(sentence, PASSAGES, TOLD)) == own


def test_without_any_source_everything_is_the_models_own() -> None:
    assert unsupported("Los plazos se ponen siempre por escrito.", (), "") == (
        "Los plazos se ponen siempre por escrito.",
    )


def test_marks_stand_where_the_sentences_stand() -> None:
    text = "Uno dos tres. Cuatro. Uno dos tres."
    assert mark(text, ("Uno dos tres.", "Uno dos tres.")) == f"Uno dos tres.{MARK} Cuatro. Uno dos tres.{MARK}"


def rated(half: str, support: Support) -> tuple[float, float]:
    """Precision and recall of the marks on one half of the labelled sentences."""
    library = load_library()
    lines = (Path(__file__).parent / "data" / "apoyo.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if row["half"] == half]
    marked: set[str] = set()
    for told in {row["text"]: None for row in rows}:
        same = [row for row in rows if row["text"] == told]
        passages = [library[key] for key in same[0]["passages"]]
        marked.update(support.unsupported("\n".join(row["sentence"] for row in same), passages, told))
    wanted = {row["sentence"] for row in rows if not row["supported"]}
    return len(marked & wanted) / len(marked), len(marked & wanted) / len(wanted)


def test_the_labelled_sentences_are_what_they_should_be() -> None:
    rows = [json.loads(line) for line in (Path(__file__).parent / "data" / "apoyo.jsonl").read_text().splitlines()]
    assert len(rows) >= 220
    assert len({row["sentence"] for row in rows}) == len(rows)
    assert sum(row["supported"] for row in rows) == len(rows) / 2
    assert {half: sum(row["half"] == half for row in rows) for half in ("dev", "test")} == {"dev": 112, "test": 112}
    known = {passage.id for passage in load_library()}
    assert all(set(row["passages"]) <= known for row in rows)
    assert all(sentences(row["sentence"]) == (row["sentence"],) for row in rows)


@pytest.mark.parametrize("by_sense", [True, False])
def test_marks_find_what_nothing_supports(by_sense: bool) -> None:
    """On the half that nothing was fitted on."""
    encoder = open_encoder(resource("models", "included", "encoder")) if by_sense else None
    precision, recall = rated("test", Support((lambda: encoder) if encoder else None))
    assert recall >= 0.8
    assert precision >= 0.7
