"""A message to the client, from those that the passages shown carry. Gaps stay as [corchetes]; nothing is invented."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reflexiona.corpus.triples import inflect
from reflexiona.domain import Channel, Draft, MessageTemplate, Passage, Reading, Register, Tone, Turn
from reflexiona.situation import facts
from reflexiona.stages.followup import DraftWish
from reflexiona.stages.register import detect_register
from reflexiona.stages.shown import Part, overlap, parts, stems

_FIRM_COURSES = ("protegerse", "salir_con_aviso", "terminar_y_cerrar", "ultima_oportunidad", "decir_que_no")
_WARM_COURSES = ("conversar", "renegociar", "seguir", "derivar", "esperar")


def draft_for(
    wish: DraftWish,
    reading: Reading,
    passages: Sequence[Passage],
    text: str,
    history: Sequence[Turn],
    country: str = "",
) -> Draft | None:
    """The message that fits best; None when no passage shown carries one for this scenario or course.

    Args:
        wish: what was asked for.
        reading: the reading of the case.
        passages: those shown, in order of citation.
        text: the person's words of the whole case: amounts are copied from them.
        history: earlier turns; the last draft says what is being changed.
        country: ISO code the person set, or empty.
    """
    before = history[-1].draft if history else None
    channel = wish.channel or (before.channel if before else None)
    tone = wish.tone or (before.tone if before else Tone.BALANCED)
    register = wish.register or (before.register if before else _client_register(text))
    fitting = [p for p in parts(passages, country, lambda p: p.messages) if _suits(p.content, reading)]
    if not fitting:
        return None
    words = stems(text)
    ranked = sorted(
        fitting, key=lambda p: (-_score(p.content, reading, channel, tone), -overlap(p.content.text, words), p.n)
    )
    if tone is Tone.SHORTER:
        ranked = _shorter_first(ranked, channel, before)
    chosen = ranked[0]
    body = _fill(inflect(chosen.content.text, register), text)
    return Draft(body, chosen.content.channel, register, tone, passages[chosen.n - 1].id)


def _client_register(text: str) -> Register:
    if re.search(
        r"\b(doctora?|licenciad[oa]|ingenier[oa]|don|doña|señora?|notar[ií]a|ministerio|ayuntamiento)\b", text, re.I
    ):
        return Register.USTED
    return Register.VOS if detect_register(text) is Register.VOS else Register.TU


def _suits(message: MessageTemplate, reading: Reading) -> bool:
    return reading.primary in message.scenarios or reading.course in message.courses


def _score(message: MessageTemplate, reading: Reading, channel: Channel | None, tone: Tone) -> float:
    favoured = {Tone.FIRMER: _FIRM_COURSES, Tone.WARMER: _WARM_COURSES}.get(tone, ())
    return (
        2.0 * (reading.primary in message.scenarios)
        + 1.5 * (message.channel is channel)
        + 1.0 * (reading.course in message.courses)
        + 1.5 * bool(set(favoured) & set(message.courses))
    )


def _shorter_first(
    ranked: list[Part[MessageTemplate]], channel: Channel | None, before: Draft | None
) -> list[Part[MessageTemplate]]:
    same = [part for part in ranked if channel is None or part.content.channel is channel] or ranked
    shortest = sorted(same, key=lambda part: len(part.content.text))
    longest = len(before.text) if before else len(shortest[-1].content.text) + 1
    return [part for part in shortest if len(part.content.text) < longest] or shortest


def _fill(body: str, text: str) -> str:
    amounts = facts(text).amounts
    return body.replace("[importe]", amounts[0]) if len(amounts) == 1 and body.count("[importe]") == 1 else body
