"""The composed answer to a message that goes on with a conversation: says whether the reading stands, then answers."""

from __future__ import annotations

from collections.abc import Sequence

from reflexiona.corpus.lists import Lists
from reflexiona.corpus.phrases import Phrases, Voice
from reflexiona.domain import Draft, Passage, Reading, Reflection
from reflexiona.situation import facts
from reflexiona.stages.compose import Composer
from reflexiona.stages.danger_said import safe_by_now
from reflexiona.stages.followup import amounts_told, is_correction, is_question, is_resolved, is_thanks
from reflexiona.stages.material import Material
from reflexiona.stages.nearest import Nearest
from reflexiona.stages.shown import overlap, ranked_options

_ADDED = 0.5
"""Probability of a further problem that is said to have come up; a less likely one stands beside the reading only."""


class FollowUpAnswer:
    """Composes what follows the first answer."""

    def __init__(self, lists: Lists, phrases: Phrases, composer: Composer) -> None:
        self._lists = lists
        self._phrases = phrases
        self._composer = composer

    def compose(self, material: Material, before: Reading, *, standing: bool, understood: bool = True) -> str:
        """The reflection of a follow-up, Markdown with [n]; where it is not `understood`, that and nothing else."""
        if standing and not understood:
            return self._phrases.say("sigue.incomprensible", material.voice)
        if material.reading.not_understood:
            return self._composer.nothing(material)
        if material.reading.nothing_to_read and standing:
            return self._phrases.say("ninguno.otra_vez", material.voice)
        if material.reading.nothing_to_read:
            after = self._composer.nothing(material) if before.safety else ""
            return f"{self._changed(material, before)}\n\n{after}".strip()
        if not standing:
            blocks = [self._corrected(material), self._changed(material, before), self._composer.compose(material)]
            return "\n\n".join(block for block in blocks if block)
        if is_resolved(material.text):
            return self._phrases.say("sigue.resuelto", material.voice)
        if is_thanks(material.text):
            return self._phrases.say("sigue.gracias", material.voice)
        asks = is_question(material.text)
        blocks = [self._corrected(material), self._about(material, asks), self._new_options(material, asks)]
        blocks += self._added(material, before) or [self._stands(material)]
        if not any(blocks[1:3]):
            blocks.append(self._phrases.say("sigue.ya_dicho", material.voice))
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
        if before.safety:
            key = "sigue.a_salvo" if safe_by_now(material.text) else "sigue.sin_peligro"
            return self._phrases.say(key, material.voice)
        if material.reading.nothing_to_read:
            return self._phrases.say("sigue.ya_no", material.voice, antes=old)
        if before.nothing_to_read:
            return self._phrases.say("sigue.ahora", material.voice, nombre=new)
        return self._phrases.say("sigue.cambia", material.voice, antes=old, nombre=new)

    def _corrected(self, material: Material) -> str:
        """The sum that holds from now on, where one was taken back."""
        amounts = amounts_told([*(turn.text for turn in material.history), material.text])
        new = [amount for amount in facts(material.text).amounts if amount in amounts]
        if len(new) != 1 or not is_correction(material.text):
            return ""
        return self._phrases.say("sigue.corregido", material.voice, importe=new[0])

    def _stands(self, material: Material) -> str:
        name = self._lists.scenarios[material.reading.primary].name
        return self._phrases.say("sigue.se_mantiene", material.voice, nombre=name)

    def _added(self, material: Material, before: Reading) -> list[str]:
        """The problem that the new words add to one that stands, and a way out of it; empty where they add none."""
        known = {before.primary, *(other.id for other in before.secondary)}
        new = next((o.id for o in material.reading.secondary if o.p >= _ADDED and o.id not in known), None)
        if new is None:
            return []
        names = self._lists.scenarios
        main = names[material.reading.primary].name
        said = self._phrases.say("sigue.se_suma", material.voice, nombre=main, nuevo=names[new].name)
        option = material.option_of(new)
        return [said, f"- {self._composer.option_line(option, material.voice)}"] if option else [said]

    def _about(self, material: Material, asks: bool) -> str:
        """What the passages that were found for a question say that is nearest to it."""
        if not asks or not material.answering:
            return ""
        found = Nearest(material.passages, material.said).to(material.text, material.answering)
        if found is None:
            return ""
        return self._phrases.say("sigue.sobre_eso", material.voice, texto=found.text, n=found.n)

    def _new_options(self, material: Material, asks: bool) -> str:
        """Options that were not offered before, nearest to the new words."""
        primary = material.reading.primary
        chosen = ranked_options(material.fresh_options(primary), primary, material.reading, material.words)[:2]
        near = [part for part in chosen if overlap(part.content.text, material.words) > 0]
        chosen = near or (chosen[:1] if asks else [])
        return "\n".join(f"- {self._composer.option_line(part, material.voice)}" for part in chosen)
