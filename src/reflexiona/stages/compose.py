"""The answer that no model writes: openings, options and changes of mind from the passages shown, joined by phrases.

Everything it says about what to do stands in a passage and carries its number; what the person said is quoted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from reflexiona.corpus.library import quotable
from reflexiona.corpus.lists import Lists
from reflexiona.corpus.phrases import Phrases, Voice
from reflexiona.corpus.triples import inflect
from reflexiona.domain import ALWAYS, NONE_SCENARIO, Band, Evidence, Option, Reading, Register
from reflexiona.situation import facts, fold
from reflexiona.stages.material import HARD, Material
from reflexiona.stages.shown import Part, best
from reflexiona.stages.weighed import worth_asking

_NUMBERS = {2: "dos", 3: "tres"}
_NOTHING = {
    Band.CLEAR: "ninguno.texto",
    Band.PROBABLE: "ninguno.probable",
    Band.UNCLEAR: "ninguno.no_claro",
}
"""How surely it is said that there is no problem."""
_LEAVING = re.compile(
    r"\b(?:despedir|echar|dejar|dejo|soltar|(?:terminar|cortar|cerrar|romper) con|(?:salir|despedirme|librarme) de) "
    r"(?:a |de )?(?:un|una|el|la|este|esta|mi|al)? ?client[ea]\b"
)
"""Somebody who wants to part with a client, and does not say why."""
_PAPERS = re.compile(
    r"\b(?:impuestos?|iva|irpf|isr|hacienda|fisco|sat|sunat|dian|afip|arca|sii|autonomos?|monotribut\w+|"
    r"seguridad social|retencion(?:es)?|cuenta de cobro|epigrafe|(?:recibos? por|boletas? de) honorarios)\b"
)
"""What a question about taxes or papers names."""
_ASKED = re.compile(r"(?:¿|(?:\A|(?<=[.!?;\n]\s)|(?<=\n))(?=\w))[^¿?.!;:\n<>\[\]{}*_`#|\\()«»“”\"]{8,90}\?")
"""A question that can be said back: from its sign, or from the beginning of a sentence."""
_SENTENCE_END = re.compile(r"(?<=[.!?\n])|¿")
_GENTLE = frozenset({"esperar", "conversar", "renegociar", "ultima_oportunidad"})
_SUSPECTED = 0.25
"""A problem less likely than this is not asked after where none is the likeliest reading."""
_ALSO = 0.5
"""A further problem less likely than this stands beside the reading; it is not put into words."""
_LESS = frozenset({"parte_pagada", "no_urge_el_dinero"})
"""Facts with which an amount that is named is not what is at stake, or not what weighs."""
_VERB = re.compile(r"(?:una?|unas|unos|el|la|los|las|(?:no )?[a-záéíóúñü]*[aeií]r(?:se|l[aeo]s?)?)\b", re.IGNORECASE)
"""How a name begins that can stand inside a sentence as it is."""
_INFINITIVE, _ONESELF = re.compile(r"(?:no )?[a-záéíóúñü]*[aeií]r", re.IGNORECASE), re.compile(r"(?<=[aeií]r)se\b")


class Composer:
    """Composes answers from phrases and passages."""

    def __init__(self, lists: Lists, phrases: Phrases) -> None:
        self._lists = lists
        self._phrases = phrases

    def compose(self, material: Material) -> str:
        """The reflection, Markdown with [n]."""
        if material.reading.nothing_to_read:
            return self.nothing(material)
        if material.reading.band is Band.UNCLEAR:
            blocks = [self._unclear(material)]
        else:
            blocks = [self._opening(material), self._options(material)]
            blocks += [self._suggestion(material), self._also(material)]
        return "\n\n".join(block for block in (*blocks, _own_document(material, self._phrases)) if block)

    def question(self, material: Material) -> str:
        """The one question back: what would decide between two readings, else one for reflection; none twice."""
        reading, voice = material.reading, material.voice
        asked = {turn.question for turn in material.history}
        if _undecided(reading):
            deciding = self._deciding(reading, voice)
            if deciding not in asked:
                return deciding
        if reading.nothing_to_read:
            if _LEAVING.search(fold(material.text)):
                return self._phrases.say("ninguno.pregunta_despedida", voice)
            unsure = reading.band is Band.UNCLEAR and not reading.not_understood
            first = self._phrases.say("ninguno.pregunta_no_claro" if unsure else "ninguno.pregunta", voice)
            return self._phrases.say("ninguno.pregunta_otra_vez", voice) if first in asked else first
        fitting = [
            part
            for part in material.fragments(lambda p: p.questions, course=False)
            if inflect(part.content.text, voice.register) not in asked
        ]
        chosen = best(fitting, reading, material.words)
        if chosen:
            return inflect(chosen.content.text, voice.register)
        open_one = self._phrases.say("pregunta.abierta", voice)
        return self._phrases.say("pregunta.abierta_otra_vez", voice) if open_one in asked else open_one

    def nothing(self, material: Material) -> str:
        """What is said when there is no client problem to read, or when the text cannot be read at all."""
        if material.reading.not_understood:
            return self._phrases.say("ninguno.incomprensible", material.voice)
        if _LEAVING.search(fold(material.text)):
            return self._phrases.say("ninguno.despedida", material.voice)
        key = _NOTHING[material.reading.band]
        asked = (part for part in _SENTENCE_END.split(fold(material.text)) if part and part.endswith("?"))
        if material.reading.band is not Band.UNCLEAR and any(map(_PAPERS.search, asked)):
            key = "ninguno.tramite"
        elif material.reading.band is Band.CLEAR and (question := _asked(material.text)):
            quote = Evidence(question, 0, len(question)).quoted
            return self._phrases.say("ninguno.preguntado", material.voice, cita=quote)
        return self._phrases.say(key, material.voice)

    def option_line(self, part: Part[Option], voice: Voice) -> str:
        """One option with its price and its source."""
        name, text = inflect(part.content.name, voice.register), inflect(part.content.text, voice.register).rstrip(".")
        return f"**{name[0].upper()}{name[1:]}**: {text} [{part.n}]."

    def _opening(self, material: Material) -> str:
        reading, voice = material.reading, material.voice
        chosen = best(material.fragments(lambda p: p.openings), reading, material.words)
        first = f"{inflect(chosen.content.text, voice.register).rstrip('.')} [{chosen.n}]." if chosen else ""
        return " ".join(piece for piece in (first, material.taken_up, self._doubt(reading, voice)) if piece)

    def _doubt(self, reading: Reading, voice: Voice) -> str:
        """That another reading is possible, and by which words of theirs."""
        if reading.band is not Band.PROBABLE:
            return ""
        if not _undecided(reading) or not reading.deciding:
            return self._phrases.say("reflexion.probable", voice)
        name, quote = self._lists.scenarios[reading.deciding[1]].name, reading.sides[1].quoted
        return self._phrases.say("reflexion.probable_por", voice, cita=quote, nombre=name)

    def _options(self, material: Material) -> str:
        chosen = material.offered
        if not chosen:
            return ""
        lead = (
            self._phrases.say("reflexion.caminos", material.voice, cuantos=_NUMBERS[len(chosen)])
            if len(chosen) > 1
            else self._phrases.say("reflexion.camino", material.voice)
        )
        return "\n".join((lead, "", *(f"- {self.option_line(part, material.voice)}" for part in chosen)))

    def _suggestion(self, material: Material) -> str:
        reading, voice = material.reading, material.voice
        if reading.course is None:
            return ""
        options = material.offered
        sentences = [self._first(material, options)]
        if following := self._following(material, options):
            sentences.append(following)
        if change := best(material.fragments(lambda p: p.changes), reading, material.words):
            text = inflect(change.content.text, voice.register)
            sentences.append(self._phrases.say("reflexion.cambiaria", voice, texto=text, n=change.n))
        return " ".join(sentences)

    def _first(self, material: Material, options: Sequence[Part[Option]]) -> str:
        """The suggestion: the first option, which is of the suggested course where one of that suits what is told; else
        the course in general."""
        voice, course = material.voice, material.reading.course
        assert course is not None  # there is a suggestion only where there is a course
        if options:
            phrase, number = _named(options[0], voice), options[0].n
        else:
            phrase = inflect(self._lists.courses[course].phrase, voice.register)
            about = (
                n for n, p in enumerate(material.passages, start=1) if course in p.courses and p in material.usable
            )
            number = next(about, 0)
        key = "reflexion.sugiere" if number else "reflexion.sugiere_sin_pasaje"
        said = self._phrases.say(key, voice, contexto=self._context(material), rumbo=phrase, n=number)
        return said[0].upper() + said[1:]

    def _following(self, material: Material, options: Sequence[Part[Option]]) -> str:
        """The next best course: after the suggested one, or before it where it is the gentler."""
        voice = material.voice
        first = options[0].content.course if options else material.reading.course
        other = next((part for part in options if part.content.course != first), None)
        if other:
            course, rumbo = other.content.course, _named(other, voice)
        elif material.reading.courses[1:]:
            course = material.reading.courses[1].id
            rumbo = inflect(self._lists.courses[course].phrase, voice.register)
        else:
            return ""
        # What is offered only until something was tried is the gentle form of a hard course.
        at_first = options[0].content.suits if options else ALWAYS
        gentler = first in HARD and course in _GENTLE and not (at_first.untold and not at_first.told)
        return self._phrases.say("reflexion.antes" if gentler else "reflexion.despues", voice, rumbo=rumbo)

    def _context(self, material: Material) -> str:
        found = facts(material.text)
        if len(found.amounts) == 1 and _LESS.isdisjoint(material.reading.told):
            return self._phrases.say("reflexion.con_dinero", material.voice, importe=found.amounts[0])
        return ""

    def _also(self, material: Material) -> str:
        for other in (other for other in material.reading.secondary if other.p >= _ALSO):
            for n, passage in enumerate(material.passages, start=1):
                here = other.id in passage.scenarios and passage in material.usable
                if here and material.reading.primary not in passage.scenarios:
                    name = self._lists.scenarios[other.id].name
                    return self._phrases.say("reflexion.tambien", material.voice, nombre=name, n=n)
        return ""

    def _unclear(self, material: Material) -> str:
        """Asks first: under an «if» each, one way out of either reading; nothing is said as if it were so."""
        reading, voice = material.reading, material.voice
        pair = [s for s in (reading.deciding or (reading.primary,)) if s != NONE_SCENARIO]
        offered = [(s, part) for s in pair if (part := material.option_of(s))]
        both = len({part.content.name for _, part in offered}) == 2
        quotes = dict(zip(reading.deciding or (), reading.sides, strict=False)) if both else {}
        key = "no_claro.dos_lados" if quotes else "no_claro.abre" if both else "no_claro.quiza_ninguno"
        blocks = [f"{material.taken_up} {self._phrases.say(key, voice)}".strip()]
        for scenario, option in offered[: 2 if both else 1]:
            trait, quote = inflect(self._lists.scenarios[scenario].trait, voice.register), quotes.get(scenario)
            said = {"rasgo": trait, "texto": self.option_line(option, voice), "cita": quote.quoted if quote else ""}
            blocks.append(self._phrases.say("no_claro.si_es_cita" if quote else "no_claro.si_es", voice, **said))
        return "\n\n".join(blocks)

    def _deciding(self, reading: Reading, voice: Voice) -> str:
        pair = [s for s in reading.deciding or () if s != NONE_SCENARIO]
        traits = [inflect(self._lists.scenarios[s].trait, voice.register) for s in pair]
        if len(traits) == 1:
            return self._phrases.say("pregunta.decide_ninguno", voice, a=traits[0])
        return self._phrases.say("pregunta.decide", voice, a=traits[0], b=traits[1])


def _own_document(material: Material, phrases: Phrases) -> str:
    """Points at the document of the person's own that speaks of this, if one is shown."""
    for n, passage in enumerate(material.passages, start=1):
        if passage.own:
            return phrases.say("reflexion.propio", material.voice, titulo=quotable(passage.article_title), n=n)
    return ""


def _asked(text: str) -> str:
    """The first question of a text that can be said back whole; empty: there is none."""
    found = _ASKED.search(text)
    # One that began further up, with a stop inside it, is not whole.
    broken = found and text.rfind("¿", 0, found.start()) > text.rfind("?", 0, found.start())
    return found[0] if found and not broken else ""


def _undecided(reading: Reading) -> bool:
    """Whether one question would decide: between two problems, or whether there is one at all."""
    suspected = reading.primary != NONE_SCENARIO or reading.scenarios[1].p >= _SUSPECTED
    return suspected and worth_asking(reading)


def _named(part: Part[Option], voice: Voice) -> str:
    """The name of an option inside a sentence: in guillemets where it is no verb or noun phrase («No a este extra»).

    What the person would do with themselves is said to them: «yo empezaría por darte dos días».
    """
    name = inflect(part.content.name, voice.register)
    if not _VERB.match(name):
        return f"«{name}»"
    if _INFINITIVE.match(name) and voice.register is not Register.USTED:
        name = _ONESELF.sub("te", name)
    return name[0].lower() + name[1:]
