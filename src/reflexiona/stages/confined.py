"""What a small model of our own does in an answer: its view, a sentence around the person's words, the steps.

It is asked only for what it does reliably; the rest of the answer is composed. What it says is shown only where every
word, figure and name of it can be answered for (`OwnWords`). What it quotes it does not spell: where it opens a quote,
it chooses among the clauses on which the reading rests.
"""

from __future__ import annotations

from contextlib import closing
from string import Template

from reflexiona.corpus.lists import Lists
from reflexiona.corpus.triples import inflect
from reflexiona.domain import Band, ModelView, Register, StepTemplate
from reflexiona.opinions import combined
from reflexiona.ports import Generator
from reflexiona.prompts import PromptFile, RenderedPrompt
from reflexiona.situation import clean
from reflexiona.stages.clauses import clauses
from reflexiona.stages.material import Material
from reflexiona.stages.neutral import harmless
from reflexiona.stages.opinion import chosen
from reflexiona.stages.own_words import OwnWords
from reflexiona.stages.plan import Candidates
from reflexiona.stages.shown import Part

VOICES = {Register.TU: "tú", Register.VOS: "vos", Register.USTED: "usted"}
"""How the line before its sentence names the register."""
_TEXT_TOKENS = 420
"""Of the person's text; longer ones it has never read."""
_SAID_TOKENS = 70
_ATTEMPTS = 6
"""Seeds that are tried until something it says can be let through."""
_RESERVE = 400
"""Tokens for readings, the sentence and steps."""
_QUOTED = (4, 16)
"""Words of a clause that can be quoted, from and to."""


class ConfinedReflection:
    """Asks one generator for its share of an answer.

    Args:
        lists: names of scenarios and courses.
        prompt: the form that the model has learnt.
        words: what it may say.
    """

    def __init__(self, lists: Lists, prompt: PromptFile, words: OwnWords) -> None:
        self._lists = lists
        self._prompt = prompt
        self._words = words

    def read_ahead(self, generator: Generator, text: str) -> int:
        """Has the model read a text; returns how many tokens that is.

        Raises:
            Cancelled: something else came.
        """
        return generator.read(RenderedPrompt("", self.told(generator, text)), _RESERVE)

    def told(self, generator: Generator, text: str) -> str:
        """A person's text as it is given it; of a long one the middle is left out."""
        text = harmless(clean(text))
        while (tokens := generator.count_tokens(text)) > _TEXT_TOKENS:
            kept = int(len(text) * min(0.9, 0.97 * _TEXT_TOKENS / tokens))
            head = kept * 3 // 5
            text = f"{text[:head].rstrip()}\n{text[head - kept :].lstrip()}"
        return text

    def view(self, generator: Generator, told: str, material: Material) -> ModelView:
        """Its own reading, over all scenarios, and its course behind the reading that is shown."""
        reading, weight = material.reading, generator.weight
        opening = self._prompt.openings["escenario"]
        names = self._lists.scenarios
        scenarios = chosen(
            generator, RenderedPrompt("", told, opening), list(names), [row.name for row in names.values()]
        )
        ways = [row.id for row in reading.courses]
        before = Template(self._prompt.phrases["rumbo"]).substitute(lectura=names[reading.primary].name)
        courses = chosen(
            generator, RenderedPrompt("", told, before), ways, [self._lists.courses[key].name for key in ways]
        )
        together = combined(reading.scenarios, scenarios, weight) if weight else ()
        return ModelView(generator.name, scenarios, (), courses, weight, together, confined=True)

    def sentence(self, generator: Generator, told: str, material: Material, seed: int) -> str:
        """A sentence around the person's own words; empty where nothing that it says can be let through."""
        head = self._head(material)
        if not head:
            return ""
        for attempt in range(_ATTEMPTS):
            said = self._spoken(generator, told, head, seed + attempt, material)
            if "«" in said and self._words.answer_for(said, material.text, material.voice.register):
                return said
        return ""

    def steps(
        self, generator: Generator, told: str, material: Material, candidates: Candidates, most: int
    ) -> list[Part[StepTemplate]]:
        """Which of the candidates, in the order in which it names them."""
        opening = self._head(material) + self._prompt.phrases["pasos"]
        taken: list[Part[StepTemplate]] = []
        while len(taken) < most and (left := candidates.beside(taken, most)):
            texts = [inflect(part.content.text, material.voice.register) for part in left]
            place = generator.choose(RenderedPrompt("", told, opening), texts).index if len(left) > 1 else 0
            taken.append(left[place])
            opening += texts[place] + self._prompt.phrases["siguiente"]
        return taken

    def _head(self, material: Material) -> str:
        """The lines before its sentence; empty where no course is suggested."""
        reading = material.reading
        if not reading.courses:
            return ""
        unclear = reading.band is Band.UNCLEAR
        name = self._prompt.phrases["no_claro"] if unclear else self._lists.scenarios[reading.primary].name
        return Template(self._prompt.phrases["recoge"]).substitute(
            lectura=name,
            rumbo=self._lists.courses[reading.courses[0].id].name,
            trato=VOICES[material.voice.register],
        )

    def _spoken(self, generator: Generator, told: str, head: str, seed: int, material: Material) -> str:
        """Its first sentence, unchecked. Where it opens a quote, it chooses the clause."""
        line = ""
        while True:
            prompt, quotes = RenderedPrompt("", told, head + line), False
            with closing(generator.write(prompt, max_tokens=_SAID_TOKENS, seed=seed)) as spoken:
                for piece in spoken:
                    upto = min((piece.find(mark) for mark in "\n«" if mark in piece), default=len(piece))
                    line += piece[:upto]
                    if end := _ends(line):
                        return line[:end]
                    quotes = piece[upto : upto + 1] == "«"
                    if upto < len(piece):
                        break
            clause = self._clause(generator, told, head + line + "«", line, material) if quotes else ""
            if not clause:
                return line.strip()
            line += f"«{clause}»"

    def _clause(self, generator: Generator, told: str, opening: str, line: str, material: Material) -> str:
        """The clause that it quotes, none twice: of those that the reading rests on, where they say something."""
        evidence = [one.text for one in material.reading.evidence if one.text in told]
        every = [told[start:end] for start, end in clauses(told)]
        for texts in (evidence, every):
            fit = [text for text in texts if _QUOTED[0] <= len(text.split()) <= _QUOTED[1] and text not in line]
            fit = [text for text in fit if not set(text) & set('«»"“”\n')]
            if len(fit) > 1:
                return fit[generator.choose(RenderedPrompt("", told, opening), [f"{text}»" for text in fit]).index]
            if fit:
                return fit[0]
        return ""


def _ends(line: str) -> int:
    """Where the first whole sentence ends: a point outside quotes with a blank after it; 0: nowhere."""
    depth = 0
    for place in range(len(line) - 1):
        depth += (line[place] == "«") - (line[place] == "»")
        if depth == 0 and line[place] in ".!?…" and line[place + 1] == " ":
            return place + 1
    return 0
