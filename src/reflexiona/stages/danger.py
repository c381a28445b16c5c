"""When a text shows danger: help first, before anything else and before any model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from reflexiona.corpus.phrases import Phrases, Voice
from reflexiona.domain import Evidence, HelpLine, Passage, TurnRequest
from reflexiona.safety import told_of_dying
from reflexiona.self_harm import of_somebody_else, tells_of_self_harm
from reflexiona.settings import COUNTRIES
from reflexiona.situation import fold
from reflexiona.stages.danger_where import Place, place_of, says_where_only

PURPOSES = {
    "emergencias": "emergencias",
    "violencia": "violencia o acoso",
    "suicidio": "crisis o suicidio",
    "otras": "",
}
"""Purpose ids of `ayuda.toml` → as shown, in the order in which they are listed."""
_BRIEFLY = {"emergencias": "emergencias", "violencia": "violencia", "suicidio": "crisis"}

_LONG_AGO = 3
"""Years."""


class SafetyAnswer:
    """Composes the answer to a text that shows danger."""

    def __init__(self, phrases: Phrases, help_lines: Sequence[HelpLine]) -> None:
        self._phrases = phrases
        self._lines = help_lines

    def answer(
        self,
        text: str,
        request: TurnRequest,
        passages: Sequence[Passage],
        voice: Voice,
        alarm: Sequence[Evidence] = (),
    ) -> tuple[str, str]:
        """(Markdown, question) to a text of a conversation. One that only says where the person is gets the numbers.

        `alarm`: what tells of the danger in that text.
        """
        history = request.history
        told = [t for t in (*(turn.text for turn in history), text) if tells_of_self_harm(t)]
        self_harm = tells_of_self_harm(text) or told_of_dying(history)
        another = bool(told) and all(map(of_somebody_else, told))
        said = place_of(history, text)
        whole, question = self.compose(
            passages, request.country, voice, self_harm=self_harm, another=another, said=said, alarm=alarm
        )
        shown = any(turn.reading and turn.reading.safety for turn in history[-1:])
        if shown and says_where_only(text):
            return self.where(request.country, voice, self_harm=self_harm, said=said), question
        return whole, question

    def compose(
        self,
        passages: Sequence[Passage],
        country: str,
        voice: Voice,
        *,
        self_harm: bool,
        another: bool = False,
        said: Place | None = None,
        alarm: Sequence[Evidence] = (),
    ) -> tuple[str, str]:
        """(Markdown, question).

        Args:
            passages: those that are shown.
            country: ISO code of the settings, or empty: then every confirmed number is listed.
            voice: how the person is spoken to.
            self_harm: whether somebody thinks of dying.
            another: whether that is not the person, but somebody they tell of.
            said: where the person says they are; counts for more than `country`.
            alarm: their own words that tell of the danger; thoughts of dying are not said back.
        """
        say = self._phrases.say
        own = "autolesion_ajena" if another else "autolesion"
        quoted = next((quote.quoted for quote in alarm), "")
        opens = f"seguridad.{own}" if self_harm else "seguridad.abre_cita" if quoted else "seguridad.abre"
        blocks = [say(opens, voice, cita=quoted)]
        if not self_harm:
            keys = ("seguridad.pasos", "seguridad.pasos_2", "seguridad.pasos_3", "seguridad.pasos_4")
            blocks.append("\n".join(say(key, voice) for key in keys))
        blocks.append(self.where(country, voice, self_harm=self_harm, said=said))
        if not self_harm:
            number = next((n for n, p in enumerate(passages, start=1) if "falta_de_respeto" in p.scenarios), None)
            key = "seguridad.despues" if number else "seguridad.despues_sin_pasaje"
            blocks += [say(key, voice, n=number), say("seguridad.falsa_alarma", voice)]
        question = say(f"seguridad.pregunta_{own}" if self_harm else "seguridad.pregunta", voice)
        return "\n\n".join(block for block in blocks if block), question

    def where(self, country: str, voice: Voice, *, self_harm: bool, said: Place | None = None) -> str:
        """Where to ask for help: the numbers of one country, or all confirmed ones, a line a country."""
        say = self._phrases.say
        code = said.code if said else country
        first = "suicidio" if self_harm else "emergencias"
        own = [line for line in self._lines if line.country_code == code]
        place = said.name if said else COUNTRIES.get(code, "")
        if not own and not place:
            return self._everywhere(voice, first)
        head = say("seguridad.lineas_de", voice, pais=place or own[0].country)
        lines = "\n".join(_item(line) for line in _ordered(own, first)) or say("seguridad.otro_pais", voice, pais=place)
        keep = say("seguridad.pais_dicho", voice, pais=place) if own and said and code != country else ""
        return "\n\n".join(block for block in (head, lines, keep) if block)

    def how_to_say_so(self, voice: Voice) -> str:
        """How to say that there is danger, for a text that may tell of it."""
        return self._phrases.say("seguridad.quiza", voice)

    def in_short(self, country: str, voice: Voice, said: Place | None = None, *, at_once: bool = False) -> str:
        """Help in one paragraph, for a text that reads as danger though nothing names it: the work follows.

        Args:
            country: as for `compose`.
            voice: how the person is spoken to.
            said: as for `compose`.
            at_once: every number is shown now, for somebody who says that they are afraid.
        """
        if at_once:
            shown = self.where(country, voice, self_harm=False, said=said)
            return f"{self._phrases.say('seguridad.primero_con_numeros', voice)}\n\n{shown}"
        code = said.code if said else country
        urgent = [line for line in self._lines if line.purpose == "emergencias" and line.number]
        own = [line.brief for line in urgent if line.country_code == code]
        first_of = {line.country: line.brief for line in reversed(urgent)}
        by_number = {number: sorted(c for c, n in first_of.items() if n == number) for number in first_of.values()}
        everywhere = "; ".join(f"{number} en {_listed(places)}" for number, places in sorted(by_number.items()))
        elsewhere = f"el número de {said.name}" if said else everywhere
        return self._phrases.say("seguridad.primero_en_breve", voice, numeros=" o ".join(own) or elsewhere)

    def _everywhere(self, voice: Voice, first: str) -> str:
        """Every confirmed number, a line a country, and how to see those of one alone."""
        confirmed = sorted((line for line in self._lines if line.number), key=lambda line: fold(line.country))
        if not confirmed:
            return ""
        this_year = max(_year(line) for line in confirmed)
        head = self._phrases.say("seguridad.lineas", voice)
        which = self._phrases.say("seguridad.sin_pais", voice)
        countries = groupby(confirmed, key=lambda line: line.country)
        listed = "\n".join(
            f"- {country}: {_numbers(_ordered(lines, first), this_year)}" for country, lines in countries
        )
        return "\n\n".join((head, which, listed, self._phrases.say("seguridad.di_el_pais", voice)))


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} y {names[-1]}" if len(names) > 1 else names[0]


def _ordered(lines: Iterable[HelpLine], first: str) -> list[HelpLine]:
    """By purpose; those for the purpose `first` lead."""
    order = list(PURPOSES)
    return sorted(lines, key=lambda line: (line.purpose != first, order.index(line.purpose)))


def _year(line: HelpLine) -> int:
    return int(line.checked[:4])


def _numbers(lines: Iterable[HelpLine], this_year: int) -> str:
    """«emergencias 112; violencia 016; crisis 024»; a number that says itself who answers needs no purpose.

    One that was last confirmed long ago says when.
    """

    def told_of(line: HelpLine) -> str:
        return line.brief if this_year - _year(line) < _LONG_AGO else f"{line.brief} (comprobado en {_year(line)})"

    by_number: dict[str, list[str]] = {}
    for purpose, those in groupby(lines, key=lambda line: line.purpose):
        by_number.setdefault(" o ".join(map(told_of, those)), []).append(_BRIEFLY[purpose])
    told = ((numbers, "" if numbers[0].isalpha() else f"{' y '.join(p)} ") for numbers, p in by_number.items())
    return "; ".join(f"{purposes}{numbers}" for numbers, purposes in told)


def _item(line: HelpLine) -> str:
    if not line.number:
        return f"- {line.name}"
    purpose = PURPOSES[line.purpose]
    details = (line.name if fold(line.name) != purpose else "", line.hours)
    told = "; ".join((*filter(None, details), f"comprobado el {line.checked}"))
    # Not in bold: the asterisk of «*4141» belongs to the number.
    return f"- {purpose.capitalize()}: {line.number} ({told})"
