"""The first stage: which passages speak to a situation.

Three voices are added up, each between 0 and 1: the vector store (what the text is about), the word index (what it
names) and, where there is a reading, what the reading calls for. Selection then sees to it that the first passages
complement each other and hold the parts an answer and a plan are made of: these are built from nothing else.

The person's own documents carry no scenario, so no reading calls for them: those that clearly speak of what is told
have places of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from reflexiona.corpus.library import Library
from reflexiona.corpus.lists import Lists
from reflexiona.domain import NONE_SCENARIO, Hit, Passage, Reading
from reflexiona.ports import Encoder, LexicalIndex, PassageStore
from reflexiona.stages.danger_said import PROTECT
from reflexiona.stages.selection import Called, Calling, select
from reflexiona.stages.shown import Usable

_DENSE, _LEXICAL, _CALLED = 0.30, 0.12, 0.45
"""In a situation told at length, single words say less than the whole, and the reading knows best what matters."""
_SEARCH_DENSE, _SEARCH_LEXICAL = 0.5, 0.5
"""In a search, the words were chosen."""
_ASKED = 0.55
"""What a question's own words weigh beside the case it is asked of."""
_ANSWERS = 0.62
"""Of what a passage could reach; with less it hardly answers."""
_SECONDARY = 0.6
"""A secondary scenario weighs this much of its probability."""
_COURSE = 0.45
"""What a course of action calls for, beside what a scenario calls for."""
_DANGER_SCENARIO = "falta_de_respeto"
"""Where the corpus speaks of threats and harassment."""
_OWN_CLEARLY = 0.70
"""Of what a search for the text could give; what is unrelated hardly ever reaches it, what is meant goes far beyond."""
_OWN_PLACES = (2, 4)
"""Where the person's own passages are put in, from 0: the first of them within what a model is given."""
_PERHAPS_FOREIGN = 0.5
"""Factor for a passage about one country while the person's own is not known."""


class Retriever:
    """Finds passages for a situation, or for words that somebody looks for.

    Args:
        encoder: of the same id as the one that made the store's vectors.
        store: vectors of the library's passages; ids that the library does not know are passed over.
        lexical: words of the library's passages.
        library: the passages.
        lists: scenarios and courses with their guidance points.
    """

    def __init__(
        self, encoder: Encoder, store: PassageStore, lexical: LexicalIndex, library: Library, lists: Lists
    ) -> None:
        self._encoder = encoder
        self._store = store
        self._lexical = lexical
        self._library = library
        self._articles = tuple(passage for passage in library if not passage.own)
        self._lists = lists
        shared = [point for scenario in lists.scenarios.values() for point in scenario.points]
        # a point that many scenarios name says little about any of them
        self._rarity = {point: shared.count(point) ** -0.5 for point in shared}

    @property
    def encoder(self) -> Encoder:
        """Gives the vectors that passages are compared by."""
        return self._encoder

    def passages(self, text: str, reading: Reading | None, n: int = 10, *, country: str = "") -> tuple[Hit, ...]:
        """The passages for a situation, in the order in which they are to be shown and cited.

        Where the corpus has them, the first eight hold an opening, two options and three steps for the primary
        scenario, and one passage on that scenario in `country` (ISO code; empty: not known). Passages about other
        countries are left out; while the country is not known, one of them at most may come, late. Among the first are
        up to two of the person's own that clearly speak of what is told, unless there is danger.
        """
        country = country.upper()
        called = self.called(reading) if reading else None
        voices = self._voices(text)
        hits, abroad = self._relevant(voices, called, country, reading.told if reading else None)
        if abroad and not country:
            best = max(abroad, key=lambda hit: (hit.score, hit.passage.id))
            hits.append(Hit(best.passage, _PERHAPS_FOREIGN * best.score))
        own = () if reading and reading.safety else self._own(voices, min(len(_OWN_PLACES), n // 3))
        chosen = list(select(hits, n - len(own), _calling(reading, called, country) if reading and called else None))
        for place, hit in zip(_OWN_PLACES, own, strict=False):
            chosen.insert(place, hit)
        return tuple(chosen)

    def carrying(
        self, text: str, reading: Reading, wanted: Callable[[Passage], bool], *, country: str = ""
    ) -> tuple[Hit, ...]:
        """All passages that are `wanted`, but none about other countries; the most relevant to a situation first."""
        hits, _ = self._relevant(self._voices(text), self.called(reading), country.upper(), reading.told)
        ranked = sorted(hits, key=lambda hit: (-hit.score, hit.passage.id))
        return tuple(hit for hit in ranked if wanted(hit.passage))

    def answering(self, question: str, case: str, reading: Reading, n: int, *, country: str = "") -> tuple[Hit, ...]:
        """Up to `n` passages on the main scenario that answer a question of a case, best first; none that hardly does.

        Args:
            question: its words weigh most; where they say little, the case does.
            case: the question with what was told before.
            reading: of the case.
            n: how many at most.
            country: as for `passages`.
        """
        usable = Usable.by(reading, country.upper())
        asked, told = self._voices(question), self._voices(case)
        about = (
            Hit(passage, round(_ASKED * asked.searched(passage.id) + (1 - _ASKED) * told.searched(passage.id), 4))
            for passage in self._library
            if reading.primary in passage.scenarios and passage in usable
        )
        ranked = sorted(about, key=lambda hit: (-hit.score, hit.passage.id))
        return tuple(hit for hit in ranked[:n] if hit.score >= _ANSWERS)

    def search(self, query: str, n: int) -> tuple[Hit, ...]:
        """Passages for the words of a search, best first: one of each article, then further ones of the same."""
        voices = self._voices(query)
        heard = {key: voices.searched(key) for key in {**voices.near, **voices.named} if key in self._library}
        ranked = sorted(heard.items(), key=lambda item: (-item[1], item[0]))
        return one_of_each([Hit(self._library[key], round(score, 4)) for key, score in ranked if score > 0])[:n]

    def called(self, reading: Reading) -> Called:
        """What a reading calls for: the scenarios' points say why, the courses' points say how."""
        problems = [row for row in reading.scenarios if row.id != NONE_SCENARIO]
        total = sum(row.p for row in problems) or 1.0
        scenarios = {row.id: row.p / total for row in problems}
        for row in reading.secondary:
            scenarios[row.id] = max(scenarios.get(row.id, 0.0), _SECONDARY * row.p)
        courses = {row.id: row.p for row in reading.courses}
        if reading.safety:
            scenarios[_DANGER_SCENARIO] = courses[PROTECT] = 1.0
        points: dict[str, float] = {}
        for scenario, weight in scenarios.items():
            for point in self._lists.scenarios[scenario].points:
                _raise(points, point, weight * self._rarity[point])
        for course, weight in courses.items():
            for point in self._lists.courses[course].points:
                _raise(points, point, _COURSE * weight)
        answers = {scenario: frozenset(self._lists.scenarios[scenario].points) for scenario in scenarios}
        return Called(scenarios, courses, points, answers)

    def _relevant(
        self, voices: _Voices, called: Called | None, country: str, told: Collection[str] | None
    ) -> tuple[list[Hit], list[Hit]]:
        """Every passage of the articles that suits the facts `told` (None: any) with its relevance, in no order; those
        about other countries apart."""
        most = _DENSE + _LEXICAL + (_CALLED if called else 0.0)
        hits: list[Hit] = []
        abroad: list[Hit] = []
        for passage in self._articles:
            if told is not None and not passage.suits.holds(told):
                continue
            heard = voices.heard(passage.id, _DENSE, _LEXICAL)
            score = (heard + (_CALLED * called.relevance(passage) if called else 0.0)) / most
            foreign = passage.countries and country not in passage.countries
            (abroad if foreign else hits).append(Hit(passage, score))
        return hits, abroad

    def _own(self, voices: _Voices, most: int) -> tuple[Hit, ...]:
        """Up to `most` of the person's own passages that clearly speak of what is told, one of a document at first."""
        clear = [
            Hit(self._library[key], round(min(1.0, score), 4))
            for key in voices.named  # without a word in common none is clear enough
            if (score := voices.searched(key)) >= _OWN_CLEARLY and key in self._library and self._library[key].own
        ]
        return one_of_each(sorted(clear, key=lambda hit: (-hit.score, hit.passage.id)))[:most]

    def _voices(self, text: str) -> _Voices:
        everything = len(self._library)
        near = _scaled(self._store.query(self._encoder.encode_query(text), everything))
        return _Voices(near, _shares(self._lexical.query(text, everything)))


@dataclass(frozen=True, slots=True)
class _Voices:
    """What the two indexes say of passages, by id, 0–1 each; absent: 0."""

    near: Mapping[str, float]
    named: Mapping[str, float]

    def heard(self, passage_id: str, dense: float, lexical: float) -> float:
        """What they say of a passage, 0–(dense + lexical)."""
        return dense * self.near.get(passage_id, 0.0) + lexical * self.named.get(passage_id, 0.0)

    def searched(self, passage_id: str) -> float:
        """What they say of a passage in a search, 0–1."""
        return self.heard(passage_id, _SEARCH_DENSE, _SEARCH_LEXICAL)


def one_of_each(ranked: Sequence[Hit]) -> tuple[Hit, ...]:
    """Hits, best first, brought to the order in which each article comes once before any comes again."""
    best_of = {hit.passage.article: hit for hit in reversed(ranked)}
    return tuple(sorted(ranked, key=lambda hit: best_of[hit.passage.article] is not hit))


def _calling(reading: Reading, called: Called, country: str) -> Calling:
    """What the answer to a reading is built around."""
    if reading.nothing_to_read or reading.safety or reading.primary == NONE_SCENARIO:
        return Calling(called, country)
    others = [row.id for row in reading.secondary] + list(reading.deciding or ())
    beside = tuple(dict.fromkeys(s for s in others if s not in (reading.primary, NONE_SCENARIO)))
    return Calling(called, country, reading.primary, reading.course, beside, reading.scene, reading.told)


def _raise(weights: dict[str, float], key: str, chance: float) -> None:
    """Adds an independent reason for `key`: the chance that at least one of them holds."""
    weights[key] = 1 - (1 - weights.get(key, 0.0)) * (1 - min(1.0, chance))


def _scaled(found: list[tuple[str, float]]) -> dict[str, float]:
    """Similarities brought to 0–1 within this query: their absolute size depends on the encoder."""
    if not found:
        return {}
    best, worst = found[0][1], found[-1][1]
    return {key: (score - worst) / (best - worst) if best > worst else 1.0 for key, score in found}


def _shares(found: list[tuple[str, float]]) -> dict[str, float]:
    """BM25 scores as shares of the best."""
    best = found[0][1] if found else 0.0
    return {key: max(0.0, score / best) for key, score in found} if best > 0 else {}
