"""The stage that reads: scenario with its band, what else is there, what it rests on, the course, danger.

Rests on a classifier and on measured thresholds; no language model takes part. Evidence is a span of what the person
wrote, by construction.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from reflexiona import mail
from reflexiona.domain import ALWAYS, NONE_SCENARIO, Band, Condition, Evidence, Likelihood, Reading
from reflexiona.ports import Classifier, FactFinder, Scene, Scores
from reflexiona.situation import seems_spanish
from reflexiona.stages.clauses import Span, quotable, whole
from reflexiona.stages.danger_said import protection_first
from reflexiona.stages.followup import CLEARLY, NEWS, without_questions
from reflexiona.stages.weighed import LEAST, LEAST_OF_RIVAL, Weighed, rivals, sayable, worth_asking

NAMED = 0.6
"""From this probability on the way in which a scenario happens is named: seven of ten are right then."""
_HARDLY = 0.4
"""One less likely than this is hardly ever right, even where no other suits what is told."""
SURELY = 0.9
"""Probability of danger that puts everything else aside, where no words name one. Between the threshold and this one,
18 of 30 held-out texts that alarmed told of none."""
MOST_SECONDARY = 3
MOST_EVIDENCE = 3
_LEAST_EFFECT, _LEAST_SHARE = 0.05, 0.2
"""Fall of the log-probability, and share of the strongest clause's: weaker clauses are not shown."""
_THREAT = "amenaza"
"""The fact that opens what the articles say of threats: also where the alarm knows of one by other words."""
_SCRAP = 4
"""Words; a shorter piece of a sentence says little beside other quotes."""
_QUESTION = re.compile(r"¿[^?]*\?|(?<![^.!?;\n])[^.!?;\n]*\?")
_ASKING = 0.3
"""A turn that only asks says this much of its own; one of few words as much as it has words."""
_FEW_WORDS = 5
_WORD, _FEW_LETTERS = re.compile(r"[^\W\d_]+"), 3
_PIECES = re.compile(r"[.,;:!?¡…\n]+|\s(?=(?:y|pero|ahora|encima|además|hasta)\s)", re.IGNORECASE)
"""Where a short text goes over to something else."""
_FEW_SENTENCES, _MOST_PIECES = 60, 8
"""Words of a text, and pieces of it, that are looked at one by one."""
_PLAINLY, _BY_ITSELF = 0.75, 0.65
"""Probability of the problem that a piece names plainly; that a text names which asks nothing."""
_UNREADABLE = 0.97
"""Probability of `ninguno` for a text that is not understood: kept for counting, never shown."""
_LONGEST_CASE = 20_000
"""Characters of earlier turns that are read with the newest, the latest first."""


class ReadStage:
    """Reads situations and goes on reading a case as it is told."""

    def __init__(
        self, classifier: Classifier, facts: FactFinder | None = None, suits: Mapping[str, Condition] | None = None
    ) -> None:
        """With a classifier.

        Args:
            classifier: gives probabilities.
            facts: finds what a text tells; None: nothing is found.
            suits: by the id of a passage about one way in which a scenario happens, which texts it suits; those that
                are absent suit any.
        """
        self._classifier = classifier
        self._facts = facts
        self._suits = suits or {}

    def read(self, text: str, earlier: Sequence[str] = ()) -> Reading:
        """The reading of the whole case.

        Args:
            text: the newest turn; evidence is quoted from it, but not from what mail programs add.
            earlier: the texts of earlier turns, oldest first.
        """
        said = mail.told(text)
        newest = self._classifier.score(said)
        told = [t for t in map(mail.told, earlier) if self._readable(t, self._classifier.score(t))]
        readable = self._readable(said, newest)
        if not told and not readable:
            return _unread(newest)
        scores = newest
        if told:
            case = self._classifier.score("\n".join((*_latest(told), said)))
            few = len(said.split()) <= NEWS
            scores = _merged(case, newest, _weight(said), self._plain(said), few=few) if readable else case
        weighed = Weighed.of(self._classifier, said, newest, scores.primary)
        alarm = self._alarm(weighed, newest)
        facts = self._facts.told(".\n".join((*_latest(told), said))) if self._facts else ()
        reading = self._reading(scores, _quoted(text, _evidence(weighed, alarm)), facts)
        named = [span for span in (whole(said, span) for span in alarm) if newest.dangers and sayable(said, span)]
        reading = replace(reading, alarm=_quoted(text, named[:1])) if reading.safety else reading
        apart = _told_apart(reading, text, weighed) if reading.deciding else reading
        return apart if worth_asking(apart) else replace(apart, deciding=None, sides=())

    def names_danger(self, text: str) -> bool:
        """Whether a text names a danger in so many words."""
        return bool(self._classifier.score(mail.told(text)).dangers)

    def raises_alarm(self, text: str) -> bool:
        """Whether a text by itself raises the alarm."""
        return self._alarms(self._classifier.score(mail.told(text)))

    def understands(self, text: str) -> bool:
        """Whether a text can be read at all; one of a word or two is given the benefit of the doubt."""
        said = mail.told(text)
        return len(_WORD.findall(said)) < _FEW_LETTERS or self._readable(said, self._classifier.score(said))

    def _alarms(self, scores: Scores) -> bool:
        return bool(scores.dangers) or scores.safety >= self._classifier.thresholds.safety

    def _in_danger(self, scores: Scores) -> bool:
        """Whether danger is so plain that nothing else counts, or there is nothing else."""
        nothing_else = scores.primary[0].id == NONE_SCENARIO
        return bool(scores.dangers) or scores.safety >= (self._classifier.thresholds.safety if nothing_else else SURELY)

    def _readable(self, text: str, scores: Scores) -> bool:
        return bool(scores.dangers) or (scores.known >= self._classifier.thresholds.known and seems_spanish(text))

    def _plain(self, text: str) -> dict[str, float]:
        """Problems that a short text names plainly beside whatever else it says, each with how likely it is there."""
        stated = without_questions(text, _QUESTION)
        if len(stated.split()) > _FEW_SENTENCES:
            return {}
        pieces = [(piece, _PLAINLY) for piece in _PIECES.split(stated) if len(piece.split()) >= 3][:_MOST_PIECES]
        if stated == text:
            pieces.append((text, _BY_ITSELF))
        found: dict[str, float] = {}
        for piece, least in pieces:
            scores = self._classifier.score(piece)
            first = scores.primary[0]
            if first.p >= least and first.id != NONE_SCENARIO and self._readable(piece, scores):
                found[first.id] = max(found.get(first.id, 0.0), _chances(scores.present)[first.id])
        return found

    def _reading(self, scores: Scores, evidence: tuple[Evidence, ...], facts: tuple[str, ...]) -> Reading:
        limits = self._classifier.thresholds
        first = scores.primary[0]
        band = Band.CLEAR if first.p >= limits.clear else Band.PROBABLE if first.p >= limits.probable else Band.UNCLEAR
        safety = self._in_danger(scores)
        nothing = first.id == NONE_SCENARIO
        told = tuple(dict.fromkeys((_THREAT, *facts))) if self._alarms(scores) else facts
        scene = self._scene([scene for scene in scores.scenes if scene.scenario == first.id], told)
        beside = tuple(row for row in scores.present if row.id != first.id and row.p >= limits.secondary)
        return Reading(
            scenarios=scores.primary,
            secondary=() if nothing and band == Band.CLEAR else beside[:MOST_SECONDARY],
            band=band,
            evidence=evidence,
            courses=_courses(scores.courses, scene, nothing=nothing, safety=safety),
            safety=safety,
            deciding=None if band == Band.CLEAR else (first.id, scores.primary[1].id),
            worrying=not safety and scores.safety >= limits.worrying,
            alarmed=not safety and self._alarms(scores),
            scene=scene.id if scene else "",
            told=told,
        )

    def _scene(self, scenes: Sequence[Scene], facts: tuple[str, ...]) -> Scene | None:
        """The likeliest of those that suit what is told, if it is likely enough among them."""
        open_ones = [scene for scene in scenes if self._suits.get(scene.id, ALWAYS).holds(facts)]
        best = max(open_ones, key=lambda scene: scene.p, default=None)
        return best if best and best.p >= max(_HARDLY, NAMED * sum(scene.p for scene in open_ones)) else None

    def _alarm(self, weighed: Weighed, newest: Scores) -> list[Span]:
        """The clauses that tell of danger: what names it, else the one without which it would be less likely."""
        found: list[Span] = []
        for span in (quotable(weighed.text, *danger) for danger in newest.dangers):
            if span and len(found) < MOST_EVIDENCE and not any(_same(weighed.text, span, other) for other in found):
                found.append(span)
        if not found and weighed.clauses and self._in_danger(newest):
            effects = self._classifier.danger_effects(weighed.text, weighed.clauses)
            found.append(max(zip(effects, weighed.clauses, strict=True))[1])
        return found


def _evidence(weighed: Weighed, alarm: Sequence[Span]) -> list[Span]:
    """Spans: what tells of a danger, then the clauses without which the reading would be less likely, in text order.

    Where the newest turn speaks of something else, the reading rests on earlier ones and nothing here is quoted.
    """
    found, text = list(alarm), weighed.text
    effects = weighed.effects.get(weighed.first, ())
    least = max(_LEAST_EFFECT, _LEAST_SHARE * max(effects, default=0.0))
    for effect, span in sorted(zip(effects, weighed.clauses, strict=False), key=lambda pair: (-pair[0], pair[1])):
        if effect < least or len(found) == MOST_EVIDENCE:
            break
        new = not any(_same(text, span, other) for other in found)
        if new and (not found or len(text[slice(*whole(text, span))].split()) >= _SCRAP):
            found.append(span)
    return _apart(whole(text, span) for span in sorted(found))


def _told_apart(reading: Reading, text: str, weighed: Weighed) -> Reading:
    """The reading with what speaks for either side; the other is the likeliest one for which something does, if any."""
    first = reading.primary
    for rival in rivals(reading.scenarios):
        one, two = weighed.side(first, rival, LEAST), weighed.side(rival, first, LEAST_OF_RIVAL)
        if one and two and not _same(text, one, two):
            return replace(reading, deciding=(first, rival), sides=_quoted(text, (one, two)))
    return reading


def _quoted(text: str, spans: Iterable[Span]) -> tuple[Evidence, ...]:
    return tuple(Evidence(text[start:end], start, end) for start, end in spans)


def _weight(text: str) -> float:
    """How much a turn of a conversation tells by itself, 0–1: questions ask, statements tell."""
    stated = len(without_questions(text, _QUESTION).split())
    return min(1.0, stated / _FEW_WORDS) if stated >= 3 else _ASKING


def _merged(case: Scores, newest: Scores, weight: float, plain: dict[str, float], *, few: bool) -> Scores:
    """The whole case, moved towards the newest turn as far as that one says something of its own.

    A question about the case names no problem and moves little; a new fact that is clear by itself outweighs what
    was read before, and one that is `plain` beside others is there too. A `few` words make another problem the main one
    only where it is clearly so: else it stands beside what was there.
    """
    problems = {row.id: row.p for row in newest.primary if row.id != NONE_SCENARIO}
    total = sum(problems.values()) or 1.0
    says = weight * max(problems.values())
    courses = {row.id: row.p for row in newest.courses}
    present = _either(case.present, newest.present) if weight == 1.0 else _chances(case.present)
    mixed = _ranked({row.id: (1 - says) * row.p + says * problems.get(row.id, 0.0) / total for row in case.primary})
    hardly = few and mixed[0].id != case.primary[0].id and mixed[0].p < CLEARLY
    return Scores(
        primary=case.primary if hardly else mixed,
        present=_ranked({key: max(p, plain.get(key, 0.0)) for key, p in present.items()}),
        courses=_ranked({row.id: (1 - says) * row.p + says * courses[row.id] for row in case.courses}),
        safety=max(case.safety, newest.safety * (weight if weight <= _ASKING else 1.0)),
        dangers=case.dangers or newest.dangers,
        known=case.known,
        scenes=case.scenes,
    )


def _latest(told: Sequence[str]) -> list[str]:
    """The latest of earlier texts that fit, oldest first."""
    kept: list[str] = []
    room = _LONGEST_CASE
    for text in reversed(told):
        if len(text) > room:
            break
        room -= len(text)
        kept.insert(0, text)
    return kept


def _apart(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in text order, those that overlap an earlier one left out."""
    found: list[tuple[int, int]] = []
    for span in sorted(spans):
        if not found or span[0] >= found[-1][1]:
            found.append(span)
    return found


def _same(text: str, one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two quotes overlap or repeat each other."""
    overlap = one[0] < other[1] and other[0] < one[1]
    return overlap or text[slice(*one)].lower() == text[slice(*other)].lower()


def _chances(rows: Sequence[Likelihood]) -> dict[str, float]:
    return {row.id: row.p for row in rows}


def _either(one: Sequence[Likelihood], other: Sequence[Likelihood]) -> dict[str, float]:
    """The larger of two probabilities, by id."""
    there = _chances(one)
    return {row.id: max(row.p, there[row.id]) for row in other}


def _ranked(chances: dict[str, float]) -> tuple[Likelihood, ...]:
    return tuple(Likelihood(key, p) for key, p in sorted(chances.items(), key=lambda item: (-item[1], item[0])))


def _unread(scores: Scores) -> Reading:
    """Another language or no language: nothing is read, nothing is guessed, nothing is asked to tell it apart."""
    rest = sum(row.p for row in scores.primary if row.id != NONE_SCENARIO) or 1.0
    primary = {
        row.id: _UNREADABLE if row.id == NONE_SCENARIO else (1 - _UNREADABLE) * row.p / rest for row in scores.primary
    }
    return Reading(_ranked(primary), (), Band.UNCLEAR, (), (), safety=False)


def _courses(
    courses: tuple[Likelihood, ...], scene: Scene | None, *, nothing: bool, safety: bool
) -> tuple[Likelihood, ...]:
    """Best first, those that fit the way in which it happens before the others; in danger, protection first of all."""
    if safety:
        return protection_first(courses)
    if nothing:
        return ()
    return tuple(sorted(courses, key=lambda row: row.id not in scene.courses)) if scene else courses
