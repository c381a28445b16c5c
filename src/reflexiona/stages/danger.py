"""When a text shows danger: help first, before anything else and before any model."""

from __future__ import annotations

from collections.abc import Sequence

from reflexiona.corpus.phrases import Phrases, Voice
from reflexiona.domain import HelpLine, Passage

PURPOSES = {
    "emergencias": "emergencias",
    "violencia": "violencia o acoso",
    "suicidio": "crisis o suicidio",
    "otras": "",
}
"""Purpose ids of `ayuda.toml` → as shown, in the order in which they are listed."""


class SafetyAnswer:
    """Composes the answer to a text that shows danger."""

    def __init__(self, phrases: Phrases, help_lines: Sequence[HelpLine]) -> None:
        self._phrases = phrases
        self._lines = help_lines

    def compose(self, passages: Sequence[Passage], country: str, voice: Voice, *, self_harm: bool) -> tuple[str, str]:
        """(Markdown, question). `country` is an ISO code, or empty: then every confirmed number is listed."""
        say = self._phrases.say
        blocks = [say("seguridad.autolesion" if self_harm else "seguridad.abre", voice)]
        if not self_harm:
            keys = ("seguridad.pasos", "seguridad.pasos_2", "seguridad.pasos_3", "seguridad.pasos_4")
            blocks.append("\n".join(say(key, voice) for key in keys))
        blocks.append(self._resources(country, voice, first="suicidio" if self_harm else "emergencias"))
        if not self_harm:
            number = next((n for n, p in enumerate(passages, start=1) if "falta_de_respeto" in p.scenarios), None)
            key = "seguridad.despues" if number else "seguridad.despues_sin_pasaje"
            blocks += [say(key, voice, n=number), say("seguridad.falsa_alarma", voice)]
        question = say("seguridad.pregunta_autolesion" if self_harm else "seguridad.pregunta", voice)
        return "\n\n".join(block for block in blocks if block), question

    def how_to_say_so(self, voice: Voice) -> str:
        """How to say that there is danger, for a text that may tell of it."""
        return self._phrases.say("seguridad.quiza", voice)

    def _resources(self, country: str, voice: Voice, first: str) -> str:
        """The lines, by country; those for the purpose `first` lead all."""
        own = [line for line in self._lines if line.country_code == country]
        lines = own or [line for line in self._lines if line.number]
        if not lines:
            return ""
        order = list(PURPOSES)
        lines.sort(key=lambda line: (line.purpose != first, line.country, order.index(line.purpose)))
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
