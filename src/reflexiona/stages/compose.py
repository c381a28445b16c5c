"""The answer that no model writes: openings, options and changes of mind from the passages shown, joined by phrases.

Everything it says about what to do stands in a passage and carries its number; what the person said is quoted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reflexiona.corpus.lists import Lists
from reflexiona.corpus.phrases import Phrases, Voice
from reflexiona.corpus.triples import inflect
from reflexiona.domain import NONE_SCENARIO, Band, Option, Passage, Reading, Turn
from reflexiona.situation import facts
from reflexiona.stages.shown import Part, best, options_for, parts, ranked_options, stems

MOST_OPTIONS = 3
_NUMBERS = {2: "dos", 3: "tres"}
_QUOTES = 2


@dataclass(frozen=True, slots=True)
class Material:
    """What an answer is made of. `passages[n-1]` is what [n] cites."""

    text: str
    reading: Reading
    passages: Sequence[Passage]
    voice: Voice
    history: Sequence[Turn] = ()

    @property
    def words(self) -> frozenset[str]:
        """Content words of what the person wrote."""
        return stems(self.text)


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
            return self._unclear(material)
        blocks = [self._opening(material), self._options(material), self._suggestion(material), self._also(material)]
        return "\n\n".join(block for block in blocks if block)

    def question(self, material: Material) -> str:
        """The one question back: what would decide between two readings, else one for reflection."""
        reading, voice = material.reading, material.voice
        if reading.deciding and reading.band is not Band.CLEAR:
            return self._deciding(reading.deciding, voice)
        if reading.nothing_to_read:
            return self._phrases.say("ninguno.pregunta", voice)
        asked = {turn.question for turn in material.history}
        fitting = [
            part
            for part in parts(material.passages, lambda p: p.questions)
            if reading.primary in part.content.scenarios and inflect(part.content.text, voice.register) not in asked
        ]
        chosen = best(fitting, material.words)
        return inflect(chosen.content.text, voice.register) if chosen else self._phrases.say("pregunta.abierta", voice)

    def nothing(self, material: Material) -> str:
        """What is said when there is no client problem to read."""
        return self._phrases.say("ninguno.texto", material.voice)

    def option_line(self, part: Part[Option], voice: Voice) -> str:
        """One option with its price and its source."""
        text = inflect(part.content.text, voice.register).rstrip(".")
        return f"**{inflect(part.content.name, voice.register)}**: {text} [{part.n}]."

    def _opening(self, material: Material) -> str:
        reading, voice = material.reading, material.voice
        fitting = (
            part for part in parts(material.passages, lambda p: p.openings) if reading.primary in part.content.scenarios
        )
        chosen = best(fitting, material.words)
        first = f"{inflect(chosen.content.text, voice.register).rstrip('.')} [{chosen.n}]." if chosen else ""
        quotes = " y ".join(f"«{evidence.text}»" for evidence in reading.evidence[:_QUOTES])
        mine = self._phrases.say("reflexion.tus_palabras", voice, citas=quotes) if quotes else ""
        doubt = self._phrases.say("reflexion.probable", voice) if reading.band is Band.PROBABLE else ""
        return " ".join(piece for piece in (first, mine, doubt) if piece)

    def _options(self, material: Material) -> str:
        found = options_for(material.passages, material.reading.primary)
        chosen = ranked_options(found, material.reading, material.words)[:MOST_OPTIONS]
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
        courses = [course.id for course in reading.courses]
        offered = [
            part.content.course
            for part in ranked_options(options_for(material.passages, reading.primary), reading, material.words)
        ]
        following = next((c for c in (*offered, *courses) if c != courses[0]), None)
        sentences = [self._first(material, courses[0])]
        if following:
            phrase = inflect(self._lists.courses[following].phrase, voice.register)
            sentences.append(self._phrases.say("reflexion.despues", voice, rumbo=phrase))
        fitting = (
            part
            for part in parts(material.passages, lambda p: p.changes)
            if reading.primary in part.content.scenarios and courses[0] in part.content.courses
        )
        if change := best(fitting, material.words):
            text = inflect(change.content.text, voice.register)
            sentences.append(self._phrases.say("reflexion.cambiaria", voice, texto=text, n=change.n))
        return " ".join(sentences)

    def _first(self, material: Material, course: str) -> str:
        voice = material.voice
        phrase = inflect(self._lists.courses[course].phrase, voice.register)
        number = next((n for n, p in enumerate(material.passages, start=1) if _offers(p, course, material)), None)
        key = "reflexion.sugiere" if number else "reflexion.sugiere_sin_pasaje"
        said = self._phrases.say(key, voice, contexto=self._context(material), rumbo=phrase, n=number)
        return said[0].upper() + said[1:]

    def _context(self, material: Material) -> str:
        found = facts(material.text)
        if len(found.amounts) == 1:
            return self._phrases.say("reflexion.con_dinero", material.voice, importe=found.amounts[0])
        if len(found.lapses) == 1:
            return self._phrases.say("reflexion.con_tiempo", material.voice, tiempo=found.lapses[0])
        return ""

    def _also(self, material: Material) -> str:
        for other in material.reading.secondary:
            for n, passage in enumerate(material.passages, start=1):
                if other.id in passage.scenarios and material.reading.primary not in passage.scenarios:
                    name = self._lists.scenarios[other.id].name
                    return self._phrases.say("reflexion.tambien", material.voice, nombre=name, n=n)
        return ""

    def _unclear(self, material: Material) -> str:
        reading, voice = material.reading, material.voice
        blocks = [self._phrases.say("no_claro.abre", voice)]
        pair = [s for s in (reading.deciding or (reading.primary,)) if s != NONE_SCENARIO]
        keys = ("no_claro.si_primero", "no_claro.si_segundo") if len(pair) == 2 else ("", "")
        for key, scenario in zip(keys, pair, strict=False):
            chosen = ranked_options(options_for(material.passages, scenario), reading, material.words)
            if chosen and key:
                name = inflect(chosen[0].content.name, voice.register)
                text = f"{name[0].lower()}{name[1:]}: {inflect(chosen[0].content.text, voice.register).rstrip('.')}"
                blocks.append(self._phrases.say(key, voice, texto=text, n=chosen[0].n))
            elif chosen:
                blocks.append(self.option_line(chosen[0], voice))
        return "\n\n".join(blocks)

    def _deciding(self, pair: tuple[str, str], voice: Voice) -> str:
        traits = [inflect(self._lists.scenarios[s].trait, voice.register) for s in pair if s != NONE_SCENARIO]
        if len(traits) == 1:
            return self._phrases.say("pregunta.decide_ninguno", voice, a=traits[0])
        return self._phrases.say("pregunta.decide", voice, a=traits[0], b=traits[1])


def _offers(passage: Passage, course: str, material: Material) -> bool:
    scenario = material.reading.primary
    return any(o.course == course and scenario in o.scenarios for o in passage.options) or any(
        course in step.courses and scenario in step.scenarios for step in passage.steps
    )
