"""The composed answer to a message that goes on with a conversation: says whether the reading stands, then answers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reflexiona.corpus.library import plain
from reflexiona.corpus.lists import Lists
from reflexiona.corpus.phrases import Phrases, Voice
from reflexiona.domain import Draft, Passage, Reading, Reflection
from reflexiona.stages.compose import Composer, Material
from reflexiona.stages.followup import is_question
from reflexiona.stages.shown import options_for, overlap, ranked_options, stems

_NEAR = 0.12
"""Share of a passage's words a question must touch for the passage to answer it."""
_SENTENCE = re.compile(r"[^.?!…]+(?:[.?!…]+[»\")]*|$)")


class FollowUpAnswer:
    """Composes what follows the first answer."""

    def __init__(self, lists: Lists, phrases: Phrases, composer: Composer) -> None:
        self._lists = lists
        self._phrases = phrases
        self._composer = composer

    def compose(self, material: Material, before: Reading, *, standing: bool) -> str:
        """The reflection of a follow-up, Markdown with [n]."""
        if not standing:
            return "\n\n".join((self._changed(material, before), self._composer.compose(material)))
        blocks = [self._about(material), self._new_options(material), self._stands(material)]
        return "\n\n".join(block for block in blocks if block)

    def about_draft(self, draft: Draft | None, passages: Sequence[Passage], voice: Voice) -> tuple[Reflection, str]:
        """(reflection, question) around a message that was asked for; `draft` is None when no passage carries one."""
        if draft is None:
            return Reflection(self._phrases.say("borrador.sin_modelo_de_mensaje", voice)), ""
        number = next(n for n, passage in enumerate(passages, start=1) if passage.id == draft.source)
        return (
            Reflection(self._phrases.say("borrador.presenta", voice, n=number)),
            self._phrases.say("borrador.pregunta", voice),
        )

    def _changed(self, material: Material, before: Reading) -> str:
        names = self._lists.scenarios
        old, new = names[before.primary].name, names[material.reading.primary].name
        if material.reading.nothing_to_read:
            return self._phrases.say("sigue.ya_no", material.voice, antes=old)
        return self._phrases.say("sigue.cambia", material.voice, antes=old, nombre=new)

    def _stands(self, material: Material) -> str:
        name = self._lists.scenarios[material.reading.primary].name
        return self._phrases.say("sigue.se_mantiene", material.voice, nombre=name)

    def _about(self, material: Material) -> str:
        """The sentences of a passage shown that touch the new words most."""
        words = material.words
        said = "\n".join(turn.reflection.text for turn in material.history if turn.reflection)
        ranked: list[tuple[float, int, str]] = []
        for n, passage in enumerate(material.passages, start=1):
            sentences = [match[0].strip() for match in _SENTENCE.finditer(plain(passage.text).replace("\n", " "))]
            for first, second in zip(sentences, [*sentences[1:], ""], strict=True):
                pair = f"{first} {second}".strip()
                if first not in said and not first.endswith("?"):
                    ranked.append((len(stems(pair) & words) / (8 + len(stems(pair))), n, pair))
        if not ranked:
            return ""
        score, n, text = max(ranked, key=lambda row: (row[0], -row[1]))
        if not is_question(material.text) and score < _NEAR:
            return ""
        return self._phrases.say("sigue.sobre_eso", material.voice, texto=text, n=n)

    def _new_options(self, material: Material) -> str:
        """Options that were not offered before, nearest to the new words."""
        said = "\n".join(turn.reflection.text for turn in material.history if turn.reflection)
        fresh = [
            part
            for part in options_for(material.passages, material.country, material.reading.primary)
            if part.content.name not in said and part.content.name.split("{")[0] not in said
        ]
        chosen = ranked_options(fresh, material.reading.primary, material.reading, material.words)[:2]
        chosen = [part for part in chosen if overlap(part.content.text, material.words) > 0] or chosen[:1]
        return "\n".join(f"- {self._composer.option_line(part, material.voice)}" for part in chosen)
