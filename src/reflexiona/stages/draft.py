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

_SENTENCE = re.compile(r"[^.?!]+(?:[.?!]+\s*|$)")
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
    register = wish.register or (before.register if before else _client_register(text))
    tone = wish.tone or (before.tone if before else Tone.BALANCED)
    fitting = [p for p in parts(passages, country, lambda p: p.messages) if _suits(p.content, reading)]
    chosen = _same(wish, before, fitting, text) or _best(wish, before, tone, reading, fitting, text)
    if chosen is None:
        return None
    body = _fill(inflect(chosen.content.text, register), text)
    if tone is Tone.SHORTER:
        body = _shortened(body)
    return Draft(body, chosen.content.channel, register, tone, chosen.passage.id)


def _same(
    wish: DraftWish, before: Draft | None, fitting: Sequence[Part[MessageTemplate]], text: str
) -> Part[MessageTemplate] | None:
    """The message of the last draft, when only its form is to change."""
    if before is None or wish.tone in (Tone.FIRMER, Tone.WARMER) or wish.channel not in (None, before.channel):
        return None
    for part in fitting:
        body = _fill(inflect(part.content.text, before.register), text)
        if before.text in (body, _shortened(body)):
            return part
    return None


def _best(
    wish: DraftWish,
    before: Draft | None,
    tone: Tone,
    reading: Reading,
    fitting: Sequence[Part[MessageTemplate]],
    text: str,
) -> Part[MessageTemplate] | None:
    channel = wish.channel or (before.channel if before else None)
    words = stems(text)
    ranked = sorted(fitting, key=lambda p: (-_score(p, reading, channel, tone), -overlap(p.content.text, words), p.n))
    return ranked[0] if ranked else None


def _client_register(text: str) -> Register:
    if re.search(
        r"\b(doctora?|licenciad[oa]|ingenier[oa]|don|doña|señora?|notar[ií]a|ministerio|ayuntamiento)\b", text, re.I
    ):
        return Register.USTED
    return Register.VOS if detect_register(text) is Register.VOS else Register.TU


def _suits(message: MessageTemplate, reading: Reading) -> bool:
    return reading.primary in message.scenarios or reading.course in message.courses


def _score(part: Part[MessageTemplate], reading: Reading, channel: Channel | None, tone: Tone) -> float:
    message = part.content
    favoured = {Tone.FIRMER: _FIRM_COURSES, Tone.WARMER: _WARM_COURSES}.get(tone, ())
    return (
        2.0 * (reading.primary in message.scenarios)
        + 1.5 * (message.channel is channel)
        + 1.0 * (reading.course in message.courses)
        + 1.0 * part.devoted(reading.primary)
        + 1.5 * bool(set(favoured) & set(message.courses))
    )


def _shortened(body: str) -> str:
    """Greeting and first sentence, whatever asks or sets a date, and the farewell; nothing is written anew."""
    sentences = _SENTENCE.findall(body)
    last = len(sentences) - 1
    asks = [n for n, sentence in enumerate(sentences) if "?" in sentence or "[fecha" in sentence or "[día" in sentence]
    kept = {0, last, *asks[:2]} if asks else {0, 1, last}
    return "".join(sentence for n, sentence in enumerate(sentences) if n in kept).strip()


def _fill(body: str, text: str) -> str:
    amounts = facts(text).amounts
    return body.replace("[importe]", amounts[0]) if len(amounts) == 1 else body
