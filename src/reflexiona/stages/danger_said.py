"""What the person says of danger themselves: that they are afraid, that there is none, that they are safe by now.

A text only suspects; the person knows. What showed danger holds until they say otherwise, in so many words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from reflexiona.domain import Likelihood, Reading, Turn
from reflexiona.self_harm import tells_of_self_harm
from reflexiona.situation import fold

PROTECT = "protegerse"
_PIECE = re.compile(r"[^.!?;\n]+[.!?;\n]?")
_FEAR = re.compile(
    r"\b(?:miedo|temor|panico|terror|pavor|socorro|auxilio)\b|\bme (?:da|dio|daba) susto\b|"
    r"\b(?:me )?(?:asust|aterr)(?:a|o|e|aron|ad[oa]s?|ando|a?ba|orizad[oa]s?)\b|\btem(?:o|emos) (?:por|lo peor)\b|"
    r"\bl[eo]s? tem(?:o|emos)\b|\b(?:en|corr(?:o|emos|e)|hay) peligro\b|^\W*(?:ayuda|ayudame|ayudeme|ayudenme)\W*$"
)
_DENIED = re.compile(
    r"(?:\b(?:no|nunca) (?:me |le |te |les |nos )*(?:da|dan|dio|daba|habia dado|tengo|tuve|siento|"
    r"hay|estoy|creo que haya)(?: \w+){0,2}|\bsin(?: \w+)?|\bnada de|\bningun|\btampoco(?: \w+){0,3}|\bno)\s*$"
)
"""What stands before a fear that is none."""
_OF_BUSINESS = re.compile(
    r"^ (?:a |de |que |el |la |lo |me )*(?:perd\w+|cobrar|no (?:me )?pag\w+|quedar\w* sin|"
    r"equivoc\w+|que diran|me deje)\b"
)
_YES = re.compile(r"^\W*si\b(?:[, ]+(?:mucho|bastante|un poco|algo|claro|la verdad|me da|que))*\W*$")
_NO_DANGER = re.compile(
    r"^\W*(?:(?:no(?=,)|ya|bueno|mira|oye|perdon|perdona|tranquil\w+|que va|de verdad|en realidad|a ver|ah)\b[, ]+)*(?:"
    r"no (?:hay|existe|veo|creo que (?:haya|corra)|parece que haya|corro|corremos|corre|estoy en|estamos en) "
    r"(?:ningun |ninguna |nada de )?(?:peligro|amenazas?)\b(?! de que)|"
    r"nadie (?:corre|esta en) peligro|(?:es |fue |era |todo )?(?:una )?falsa alarma|"
    r"(?:solo )?(?:era|es|fue|lo dij\w+|lo decia) (?:una |en |de )?broma|"
    r"no (?:es|era|va|iba) (?:nada )?(?:de eso\b(?! de)|por ahi)|"
    r"me (?:has |ha )?(?:entendiste|entendido|entendes|entiendes|entiende|entendio) mal|"
    r"usted me (?:ha )?entendi\w+ mal|"
    r"no (?:me da|nos da|tengo|siento) (?:ningun |nada de )?miedo\b(?! (?:a |de )?(?:morir|la muerte))|"
    r"(?:es|era) (?:un decir|una forma de hablar|una manera de (?:hablar|decir)))"
)
_FIGURE = re.compile(
    r"\b(?:un decir|(?:forma|manera) de (?:hablar|decir)|en broma|no pienso en (?:morir\w*|matarme|hacerme dano)|"
    r"no (?:quiero|voy a) (?:morir\w*|matarme|hacerme dano))\b"
)
_SAFE = re.compile(
    r"\b(?:estoy|estamos) (?:ya )?(?:a salvo|en un lugar seguro|en un sitio seguro)\b|\bya (?:lo |la )?denunci[eo]\b"
)
_LOOK_AROUND = 200
"""Characters beside a word that are looked at to tell what is meant by it."""
_PLAINLY = 6
"""Words of a fear that is told by itself, unasked."""
_BUT = re.compile(r"\b(?:pero|aunque|(?<!a )salvo|excepto|hasta que)\b")


def afraid(text: str) -> bool:
    """Whether a text says that the person is afraid: not denied, and not of losing money or a client."""
    said = fold(text)
    return any(
        not _DENIED.search(_before(said, fear))
        and not _OF_BUSINESS.search(said[fear.end() : fear.end() + _LOOK_AROUND])
        for fear in _FEAR.finditer(said)
    )


def no_danger(text: str) -> bool:
    """Whether a text says in so many words that there is no danger, or that it was understood wrongly."""
    return any(_NO_DANGER.search(piece) and not _BUT.search(piece) for piece in _statements(text))


def safe_by_now(text: str) -> bool:
    """Whether a text says that the person is safe by now, and goes on to something else."""
    return any(_SAFE.search(piece) and not _BUT.search(piece) for piece in _statements(text)) and len(text.split()) > 5


def as_they_say(reading: Reading, text: str, history: Sequence[Turn], raises_alarm: Callable[[str], bool]) -> Reading:
    """`reading` with danger where it was shown or the person is afraid, without it where they said there is none.

    Danger that was shown stays, whatever is told next. It is called off in so many words; thoughts of dying are not,
    but as a figure of speech. What `raises_alarm` afterwards, or a fear, is heard anew.

    Args:
        reading: of the whole case, by the text alone.
        text: the newest turn.
        history: the turns before, oldest first.
        raises_alarm: whether a text by itself shows danger.
    """
    danger: bool | None = None  # nothing was shown yet, and nothing said
    asked = dying = off = False
    texts = [*(turn.text for turn in history), text]
    for turn, before, answer in zip(history, texts, texts[1:], strict=False):
        shown = turn.reading is not None and turn.reading.safety
        worrying = turn.reading is not None and turn.reading.worrying
        asked, dying = asked or shown or worrying, dying or (shown and tells_of_self_harm(before))
        danger = True if shown else danger
        off = _called_off(answer, raises_alarm, dying=dying)
        if off:
            danger = False
        elif (afraid(answer) and (asked or len(answer.split()) <= _PLAINLY)) or (
            worrying and _YES.search(fold(answer))
        ):
            danger = True
        elif danger is False and raises_alarm(answer):
            danger = True
    if danger is None and reading.worrying and (tells_of_self_harm(text) or (reading.nothing_to_read and afraid(text))):
        danger = True
    if danger is None:
        return replace(reading, alarmed=True) if reading.worrying and afraid(text) else reading
    return replace(
        reading,
        safety=danger,
        worrying=False,
        alarmed=False,
        courses=protection_first(reading.courses) if danger else _protection_last(reading.courses),
        evidence=() if off else reading.evidence,
        alarm=reading.alarm if danger else (),
        sides=() if off else reading.sides,
    )


def protection_first(courses: Sequence[Likelihood]) -> tuple[Likelihood, ...]:
    """In danger, protection comes before anything else."""
    return tuple(sorted(courses, key=lambda row: row.id != PROTECT))


def _protection_last(courses: Sequence[Likelihood]) -> tuple[Likelihood, ...]:
    return tuple(sorted(courses, key=lambda row: row.id == PROTECT))


def _called_off(text: str, raises_alarm: Callable[[str], bool], *, dying: bool) -> bool:
    """`dying`: what was told before spoke of dying; then only «it was a way of speaking» calls it off."""
    figure = bool(_FIGURE.search(fold(text)))
    if not (safe_by_now(text) or (figure if dying else no_danger(text))):
        return False
    rests = {_FIGURE.sub(" ", _SAFE.sub(" ", _NO_DANGER.sub(" ", piece))) for piece in _PIECE.findall(fold(text))}
    return not any(afraid(rest) or raises_alarm(rest) for rest in rests)


def _before(said: str, found: re.Match[str]) -> str:
    """The nearest words before a match."""
    return said[max(0, found.start() - _LOOK_AROUND) : found.start()]


def _statements(text: str) -> Iterable[str]:
    """The sentences of a text that ask nothing, folded."""
    return (piece for piece in _PIECE.findall(fold(text)) if not piece.endswith("?"))
