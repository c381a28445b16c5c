"""Whatever is pasted, reading it takes time in proportion to its length: nothing a turn runs over it is quadratic."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time

import pytest

from reflexiona import mail, situation
from reflexiona.about_program import program_topic
from reflexiona.adapters.alarms import Alarms
from reflexiona.adapters.features import words
from reflexiona.adapters.frames import Frames
from reflexiona.adapters.fts import words as searched
from reflexiona.adapters.told import ToldFacts
from reflexiona.corpus.lists import load_lists
from reflexiona.domain import Band, Likelihood, Reading, Turn
from reflexiona.export.redaction import Redactor
from reflexiona.paths import resource
from reflexiona.self_harm import tells_of_self_harm
from reflexiona.stages import clauses, danger_said, danger_where, followup, read, register, shown
from reflexiona.stages.compose import _asked
from reflexiona.stages.decision import Decision
from reflexiona.stages.neutral import harmless

SHORT, LONG = 20_000, 100_000
SLOWER, FLOOR = 12, 0.3
"""How many times as long the fivefold may take, where it takes more seconds than these: what is quadratic takes 25."""
FACTS = ToldFacts(resource("corpus") / "hechos")
LISTS = load_lists(resource("corpus"))
SCENARIOS = list(LISTS.scenarios)
READER = resource("models", "included", "reader")
FRAMES, ALARMS = Frames(READER / "marcos.toml", SCENARIOS), Alarms(READER / "seguridad.toml")
UNCLEAR = Reading(
    tuple(Likelihood(name, 0.1) for name in SCENARIOS), (), Band.UNCLEAR, (), (), False, (SCENARIOS[0], SCENARIOS[1])
)
DANGER = Reading(UNCLEAR.scenarios, (), Band.CLEAR, (), (), True)
BEFORE = (Turn("t0", "El cliente me amenaza.", "2026-01-01T00:00:00Z", reading=DANGER),)
CALM = (Turn("t0", "Me debe 500 euros.", "2026-01-01T00:00:00Z", reading=UNCLEAR),)


def of(unit: str, *, start: str = "", end: str = "") -> Callable[[int], str]:
    """A text of a length, all one thing."""
    return lambda length: start + (unit * (length // len(unit) + 1))[: length - len(start) - len(end)] + end


TEXTS = {
    "no punctuation": of("palabra de cosa "),
    "one word": of("a"),
    "one word repeated": of("no "),
    "small words": of("me lo que de la y ya "),
    "unclosed «": of("«"),
    "unclosed “": of("“"),
    'only "': of('"'),
    "nested quotes": of('«a “b "c '),
    "only ¿": of("¿"),
    "questions that never end": of("¿qué le digo "),
    "only commas": of(","),
    "only digits": of("7"),
    "grouped digits": of(".000", start="1"),
    "figures": of("100 "),
    "versions": of("1."),
    "blanks": of(" ", start="a", end="b"),
    "newlines": of("\n", start="a", end="b"),
    "blank lines": of(" \n", start="a", end="b"),
    "stops": of(".", start="z", end="x"),
    "question marks": of("?", start="z", end="x"),
    "mail quotes": of("> hola qué tal\n"),
    "empty mail quotes": of("> "),
    "farewells": of("Saludos\n"),
    "signatures": of("--\nPedro\n"),
    "headers": of("De: x\nAsunto: "),
    "«wrote» lines": of(f"On {'2020 ' * 60}\n"),
    "brackets": of("["),
    "capitals": of("Ana pedro Luis S. L. de la "),
    "initials": of("A. "),
    "thanks": of("gracias ", end="x"),
    "fears denied": of("no me da miedo, "),
    "threats": of("amenaza con matarme a mí "),
    "places": of("estoy en Lima, Perú, "),
    "amounts": of("hace ya dos meses me debe 1.000 euros por 3 "),
    "a farewell and newlines": of("\n", start="gracias", end="1"),
    "a wish and marks": of("!", start="un mensaje para el ", end="\nx"),
}
# Facts are looked for by `amounts_told`; the encoder reads the beginning of a text only.
RUN: dict[str, Callable[[str], object]] = {
    "mail.told": mail.told,
    "situation.clean": situation.clean,
    "situation.fit": situation.fit,
    "situation.fold": situation.fold,
    "situation.unquoted": situation.unquoted,
    "situation.seems_spanish": situation.seems_spanish,
    "situation.title_of": situation.title_of,
    "register.detect_register": register.detect_register,
    "about_program.program_topic": program_topic,
    "clauses.quotable": lambda text: clauses.quotable(text, len(text) // 2, len(text) // 2 + 3),
    "clauses.whole": lambda text: [clauses.whole(text, span) for span in clauses.clauses(text)[-3:]],
    "features.words": words,
    "frames.find": FRAMES.find,
    "alarms.find": ALARMS.find,
    "alarms.milder": ALARMS.milder,
    "fts.words": searched,
    "shown.stems": shown.stems,
    "neutral.harmless": lambda text: harmless(text, numbers=True),
    "read: what is stated": lambda text: followup.without_questions(text, read._QUESTION),
    "read: pieces": read._PIECES.split,
    "followup.draft_wish": lambda text: followup.draft_wish(text, CALM),
    "followup.is_question": followup.is_question,
    "followup.is_correction": followup.is_correction,
    "followup.says_nothing_new": followup.says_nothing_new,
    "followup.hardly_moves": lambda text: followup.hardly_moves(text, UNCLEAR, DANGER),
    "followup.told_before": lambda text: followup.told_before(text, BEFORE),
    "followup.case_text": lambda text: followup.case_text(text, BEFORE),
    "followup.amounts_told": lambda text: followup.amounts_told(("Me debe 500 euros.", text)),
    "tells_of_self_harm": tells_of_self_harm,
    "danger_said.as_they_say": lambda text: danger_said.as_they_say(DANGER, text, BEFORE, lambda _: False),
    "danger_said: called off": lambda text: danger_said.as_they_say(
        DANGER, f"No hay peligro.\n{text}", BEFORE, lambda _: False
    ),
    "danger_where.place_of": lambda text: danger_where.place_of(BEFORE, text),
    "danger_where.says_where_only": danger_where.says_where_only,
    "told": FACTS.told,
    "compose: a question said back": _asked,
    "decision.of": lambda text: Decision(LISTS).of(text, UNCLEAR),
    "redaction": lambda text: Redactor([text]).own(text),
}


def seconds(run: Callable[[str], object], text: str) -> float:
    """Of processor time, the better of two where one was slow."""
    taken: list[float] = []
    while not taken or (len(taken) == 1 and taken[0] > FLOOR):
        start = process_time()
        run(text)
        taken.append(process_time() - start)
    return min(taken)


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", RUN)
def test_five_times_the_text_takes_about_five_times_as_long(name: str) -> None:
    run = RUN[name]
    slow = {}
    for kind, text in TEXTS.items():
        long = seconds(run, text(LONG))
        if long > FLOOR and long > SLOWER * (short := seconds(run, text(SHORT))):
            slow[kind] = (round(short, 3), round(long, 3))
    assert slow == {}
