"""When a text shows danger: help first, before anything else and before any model."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from reflexiona.corpus.phrases import Phrases, Voice
from reflexiona.domain import HelpLine, Likelihood, Passage, Reading, Turn
from reflexiona.situation import fold

_SELF_HARM = re.compile(
    r"suicid|quitar(?:me|se) la vida|\b(?:me mato|matarme)\b|no quiero (?:seguir )?viv|no quiero (?:seguir|estar) aqui|"
    r"no quiero estar\b(?! con| en)|acab(?:ar|aba|o) (?:con )?todo|hacer(?:me|se) dano|ganas de morir|quiero morir|"
    r"no vale la pena vivir|cort(?:arme|e en el brazo)|las venas|(?:mejor|tranquil\w+) sin mi\b(?! \w)|"
    r"no (?:me )?despert(?:ar|ara|aba|ase)\w*|si (?:me tira|me cai|desapareci|me pasara algo)|volantazo|pastillas|"
    r"(?:descans(?:ar|aba|o)) (?:de una vez|por fin|para siempre)|por fin descans|no hacer(?:le|les)? falta a nadie"
)
_FEAR = re.compile(
    r"\b(?:(?:me da|tengo|siento|con|da) (?:\w+ ){0,2}(?:miedo|temor|panico)|temo (?:por|que)|"
    r"(?:estoy|me siento) (?:\w+ ){0,2}(?:asustad|aterrad|en peligro|insegur)\w*|me asusta|"
    r"(?:hay|corro) peligro|ayuda)\b"
)
_NO_FEAR = re.compile(r"\b(?:no|nunca|tampoco|sin|nada de) (?:\w+ ){0,3}$")
_CALLED_OFF = re.compile(
    r"\bno (?:hay|corro|corremos|es|(?:creo|parece) que (?:haya|corra)) (?:\w+ )?peligro|\bfalsa alarma|"
    r"\bno (?:me da|tengo) (?:\w+ )?miedo|\bno (?:es|era) nada de eso|\b(?:me )?(?:entendiste|entendio) mal|"
    r"\bnadie (?:corre|esta en) peligro"
)
_PROTECT = "protegerse"
PURPOSES = {
    "emergencias": "emergencias",
    "violencia": "violencia o acoso",
    "suicidio": "crisis o suicidio",
    "otras": "",
}
"""Purpose ids of `ayuda.toml` → as shown, in the order in which they are listed."""


def as_they_say(reading: Reading, text: str, history: Sequence[Turn], tells: Callable[[str], bool]) -> Reading:
    """`reading` with danger where the person was asked and is afraid, without it where they called an alarm off.

    Their word holds for the rest of the conversation; what `tells` of danger after they called it off is heard anew.
    """
    danger: bool | None = None
    answers = [*(turn.text for turn in history), text][1:]
    for turn, answer in zip(history, answers, strict=True):
        if turn.reading and turn.reading.worrying and _afraid(answer):
            danger = True
        elif turn.reading and turn.reading.safety and _CALLED_OFF.search(fold(answer)):
            danger = None if tells(_CALLED_OFF.sub(" ", fold(answer))) else False
        elif danger is False and tells(answer):
            danger = None
    if danger is None or danger is reading.safety:
        return reading
    courses = protection_first(reading.courses) if danger else tuple(sorted(reading.courses, key=lambda row: -row.p))
    return replace(reading, safety=danger, worrying=False, courses=courses)


def _afraid(text: str) -> bool:
    said = fold(text)
    return any(not _NO_FEAR.search(said[: fear.start()]) for fear in _FEAR.finditer(said))


def protection_first(courses: Sequence[Likelihood]) -> tuple[Likelihood, ...]:
    """In danger, protection comes before anything else."""
    return tuple(sorted(courses, key=lambda row: row.id != _PROTECT))


class SafetyAnswer:
    """Composes the answer to a text that shows danger."""

    def __init__(self, phrases: Phrases, help_lines: Sequence[HelpLine]) -> None:
        self._phrases = phrases
        self._lines = help_lines

    def compose(self, text: str, passages: Sequence[Passage], country: str, voice: Voice) -> tuple[str, str]:
        """(Markdown, question). `country` is an ISO code, or empty: then every confirmed number is listed."""
        say = self._phrases.say
        self_harm = bool(_SELF_HARM.search(fold(text)))
        blocks = [say("seguridad.autolesion" if self_harm else "seguridad.abre", voice)]
        if not self_harm:
            keys = ("seguridad.pasos", "seguridad.pasos_2", "seguridad.pasos_3", "seguridad.pasos_4")
            blocks.append("\n".join(say(key, voice) for key in keys))
        blocks.append(self._resources(country, voice))
        if not self_harm:
            number = next((n for n, p in enumerate(passages, start=1) if "falta_de_respeto" in p.scenarios), None)
            key = "seguridad.despues" if number else "seguridad.despues_sin_pasaje"
            blocks += [say(key, voice, n=number), say("seguridad.falsa_alarma", voice)]
        question = say("seguridad.pregunta_autolesion" if self_harm else "seguridad.pregunta", voice)
        return "\n\n".join(block for block in blocks if block), question

    def perhaps(self, voice: Voice) -> str:
        """How to say that there is danger, for a text that may tell of it."""
        return self._phrases.say("seguridad.quiza", voice)

    def _resources(self, country: str, voice: Voice) -> str:
        own = [line for line in self._lines if line.country_code == country]
        lines = own or [line for line in self._lines if line.number]
        if not lines:
            return ""
        order = list(PURPOSES)
        lines.sort(key=lambda line: (line.country, order.index(line.purpose)))
        head = [self._phrases.say("seguridad.lineas", voice)]
        if not own:
            head.append(self._phrases.say("seguridad.sin_pais", voice))
        return "\n\n".join((*head, "\n".join(_item(line) for line in lines)))


def _item(line: HelpLine) -> str:
    if not line.number:
        return f"- {line.name}"
    hours = f", {line.hours}" if line.hours else ""
    # Not in bold: the asterisk of «*4141» belongs to the number.
    head = f"- {line.country} · {PURPOSES[line.purpose]}: {line.number}"
    return f"{head} ({line.name}{hours}; comprobado el {line.checked})"
