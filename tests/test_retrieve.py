"""Retrieval over the shipped corpus: three voices, and a selection that an answer can be built from."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reflexiona.adapters.bert_encoder import BertEncoder
from reflexiona.adapters.chroma import ChromaStore
from reflexiona.adapters.fts import FtsIndex
from reflexiona.corpus.library import Library, load_library
from reflexiona.corpus.lists import load_lists
from reflexiona.corpus.shipped import load_shipped
from reflexiona.domain import NONE_SCENARIO, Band, Hit, Likelihood, Passage, Reading, When
from reflexiona.indexing.opening import OpenIndex, open_index
from reflexiona.paths import DataFolder, resource
from reflexiona.stages.retrieve import Retriever
from reflexiona.stages.selection import EARLY
from reflexiona.stages.shown import Usable
from tests.support.encoders import article

LIBRARY = load_library()
LISTS = load_lists(resource("corpus"))
TEXT = (
    "Le hice la identidad completa a una cafetería en abril. 1.450 €, factura a 30 días. Al principio me decía «esta "
    "semana sin falta» y desde hace dos semanas ni abre los whatsapps. Me da rabia y también vergüenza insistir."
)
PROBLEMS = [scenario for scenario in LISTS.scenarios if scenario != NONE_SCENARIO]


@pytest.fixture(scope="module")
def encoder() -> BertEncoder:
    return BertEncoder(resource("models", "included", "encoder"))


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, encoder: BertEncoder) -> Iterator[OpenIndex]:
    opened = open_index(DataFolder(tmp_path_factory.mktemp("datos")), LIBRARY, encoder, load_shipped())
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def retriever(index: OpenIndex, encoder: BertEncoder) -> Retriever:
    return Retriever(encoder, index.store, index.lexical, LIBRARY, LISTS)


def reading(primary: str, *courses: str, p: float = 0.8, secondary: tuple[str, ...] = ()) -> Reading:
    rest = [scenario for scenario in LISTS.scenarios if scenario != primary]
    return Reading(
        (Likelihood(primary, p), *(Likelihood(scenario, (1 - p) / len(rest)) for scenario in rest)),
        tuple(Likelihood(scenario, 0.5) for scenario in secondary),
        Band.CLEAR,
        (),
        tuple(Likelihood(course, 0.6 / rank) for rank, course in enumerate(courses, start=1)),
        safety=False,
    )


USABLE = Usable()
UNPAID = reading("impago_o_pago_tardio", "ultima_oportunidad", "protegerse", secondary=("mala_comunicacion",))


def ids(hits: tuple[Hit, ...]) -> list[str]:
    return [hit.passage.id for hit in hits]


def options(hits: tuple[Hit, ...], scenario: str) -> set[str]:
    return {o.name for hit in hits for o in hit.passage.options if scenario in o.scenarios and o.suits.holds(())}


def steps(hits: tuple[Hit, ...], scenario: str) -> set[str]:
    return {s.text for hit in hits for s in hit.passage.steps if scenario in s.scenarios and s.suits.holds(())}


def test_a_situation(retriever: Retriever) -> None:
    hits = retriever.passages(TEXT, UNPAID, 10)
    assert len(hits) == len(set(ids(hits))) == 10
    assert all(0 <= hit.score <= 1 for hit in hits)
    assert {"A5", "B8"} <= {point for hit in hits[:5] for point in hit.passage.points}
    assert any(hit.passage.article == "impago" for hit in hits[:EARLY])
    assert any("mala_comunicacion" in hit.passage.scenarios for hit in hits[:EARLY])
    assert len({hit.passage.article for hit in hits[:EARLY]}) >= 4
    assert retriever.passages(TEXT, UNPAID, 10) == hits
    assert ids(retriever.passages(TEXT, UNPAID, 3)) == ids(retriever.passages(TEXT, UNPAID, 3))
    assert retriever.passages(TEXT, UNPAID, 0) == ()


@pytest.mark.parametrize("scenario", PROBLEMS)
def test_the_first_eight_hold_what_an_answer_is_made_of(retriever: Retriever, scenario: str) -> None:
    for course in LISTS.courses:
        found = retriever.passages(TEXT, reading(scenario, course), EARLY)
        hits = tuple(hit for hit in found if hit.passage in USABLE)
        everything = tuple(Hit(passage, 0.0) for passage in LIBRARY if passage in USABLE)
        assert len(options(hits, scenario)) >= min(2, len(options(everything, scenario)))
        assert len(steps(hits, scenario)) >= min(3, len(steps(everything, scenario)))
        assert any(scenario in o.scenarios and o.suits.holds(()) for hit in hits for o in hit.passage.openings)
        assert any(s.when is When.TODAY for hit in hits for s in hit.passage.steps if scenario in s.scenarios)
        offered, there = (
            {o.course for hit in some for o in hit.passage.options if scenario in o.scenarios and o.suits.holds(())}
            for some in (hits, everything)
        )
        assert course in offered or course not in there


def test_an_emptied_collection_makes_a_difference(
    retriever: Retriever, index: OpenIndex, encoder: BertEncoder, tmp_path: Path
) -> None:
    ChromaStore.build(tmp_path / "chroma", [], [])
    empty = ChromaStore.open(tmp_path / "chroma")
    without = Retriever(encoder, empty, index.lexical, LIBRARY, LISTS)
    assert retriever.passages(TEXT, UNPAID, 10) != without.passages(TEXT, UNPAID, 10)
    assert ids(retriever.passages(TEXT, None, 10)) != ids(without.passages(TEXT, None, 10))
    lexical = [key for key, _ in index.lexical.query(TEXT, len(LIBRARY))]
    assert [key for key in lexical if key in ids(without.search(TEXT, len(LIBRARY)))] == lexical
    assert len(without.passages(TEXT, UNPAID, 10)) == 10
    everything = len(LIBRARY)
    found = {key for key, _ in index.lexical.query("cotizaciones", everything)}
    assert set(ids(without.search("cotizaciones", everything))) == found
    empty.close()


def test_an_emptied_word_index_makes_a_difference(
    retriever: Retriever, index: OpenIndex, encoder: BertEncoder, tmp_path: Path
) -> None:
    FtsIndex.build(tmp_path / "fts", [])
    without = Retriever(encoder, index.store, FtsIndex.open(tmp_path / "fts"), LIBRARY, LISTS)
    assert retriever.passages(TEXT, UNPAID, 10) != without.passages(TEXT, UNPAID, 10)
    near = [key for key, _ in index.store.query(encoder.encode_query(TEXT), len(LIBRARY))]
    assert without.search(TEXT, 1)[0].passage.id == near[0]


def test_the_reading_decides_among_passages(retriever: Retriever) -> None:
    for scenario in PROBLEMS:
        called = set(LISTS.scenarios[scenario].points)
        hits = retriever.passages("No sé qué hacer con este cliente.", reading(scenario, "conversar"), 10)
        assert called & {point for hit in hits[:3] for point in hit.passage.points}, scenario
        assert sum(scenario in hit.passage.scenarios for hit in hits) >= 5, scenario


def test_nothing_to_read_still_finds_passages(retriever: Retriever) -> None:
    nothing = replace(reading(NONE_SCENARIO), courses=())
    assert nothing.nothing_to_read
    assert len(retriever.passages("¿Cómo se liquida el IVA?", nothing, 10)) == 10
    assert len(retriever.passages("", None, 10)) == 10


def test_danger_comes_with_what_is_written_about_it(retriever: Retriever) -> None:
    threat = replace(reading(NONE_SCENARIO), safety=True)
    hits = retriever.passages("me escribió que sabe dónde vivo y que me voy a arrepentir", threat, 8)
    assert "falta_de_respeto" in hits[0].passage.scenarios
    assert any(hit.passage.article == "amenazas-y-acoso" for hit in hits)


def test_another_countrys_law_is_left_out(encoder: BertEncoder, tmp_path: Path) -> None:
    tags = {"scenarios": ("impago_o_pago_tardio",), "courses": ("protegerse",)}
    text = "Plazos, intereses y costes de cobro de una factura que no pagan."
    library = Library(
        [
            article("espana", [text], countries=("ES",), **tags),
            article("mexico", [f"{text} En México."], countries=("MX",), **tags),
            *(article(f"general-{n}", [f"Qué hacer con una factura, parte {n}."], **tags) for n in range(12)),
        ]
    )
    index = open_index(DataFolder(tmp_path / "datos"), library, encoder)
    retriever = Retriever(encoder, index.store, index.lexical, library, LISTS)
    unknown = ids(retriever.passages(text, UNPAID, 14))
    assert len([key for key in unknown if not key.startswith("general")]) == 1
    for country in ("ES", "es"):
        spain = ids(retriever.passages(text, UNPAID, 14, country=country))
        assert spain[0] == "espana#1"
        assert len(spain) == 13
        assert "mexico#1" not in spain
    elsewhere = ids(retriever.passages(text, UNPAID, 14, country="PE"))
    assert len(elsewhere) == 12
    assert all(key.startswith("general") for key in elsewhere)
    assert retriever.search(text, 2)[0].passage.id == "espana#1"
    index.close()


def test_own_country_is_among_the_first_eight(retriever: Retriever) -> None:
    countries = {c for p in LIBRARY for c in p.countries if "impago_o_pago_tardio" in p.scenarios}
    for country in countries:
        hits = retriever.passages(TEXT, UNPAID, EARLY, country=country)
        assert any(country in hit.passage.countries for hit in hits), country
        assert all(country in hit.passage.countries for hit in hits if hit.passage.countries), country
    assert sum(bool(hit.passage.countries) for hit in retriever.passages(TEXT, UNPAID, EARLY)) <= 1


def test_a_search_shows_each_article_once_and_then_the_rest(retriever: Retriever) -> None:
    query = LIBRARY.articles["anticipos-e-hitos"].title
    hits = retriever.search(query, len(LIBRARY))
    articles = [hit.passage.article for hit in hits]
    count = len(set(articles))
    assert len(set(articles[:count])) == count == len(LIBRARY.articles)
    first, rest = [hit.score for hit in hits[:count]], [hit.score for hit in hits[count:]]
    assert first == sorted(first, reverse=True)
    assert rest == sorted(rest, reverse=True)
    assert hits[0].passage.article == "anticipos-e-hitos"
    assert retriever.search(query, 3) == hits[:3]


def test_passages_that_the_library_does_not_know_are_passed_over(index: OpenIndex, encoder: BertEncoder) -> None:
    some = Library([a for a in LIBRARY.articles.values() if not a.id.startswith("im")])
    retriever = Retriever(encoder, index.store, index.lexical, some, LISTS)
    assert all(hit.passage.id in some for hit in retriever.passages(TEXT, UNPAID, 10))


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(), st.integers(0, 12))
def test_any_text_is_answered(retriever: Retriever, text: str, n: int) -> None:
    assert len(retriever.passages(text, UNPAID, n)) == n
    assert len(retriever.search(text, n)) <= n


def test_a_passage_of_the_corpus_finds_itself(retriever: Retriever) -> None:
    def rank(passage: Passage) -> int:
        return ids(retriever.search(passage.text, len(LIBRARY))).index(passage.id)

    sample = LIBRARY.passages[::15]
    assert sum(rank(passage) < 3 for passage in sample) >= 0.9 * len(sample)
