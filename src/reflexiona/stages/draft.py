"""A message to the client, from those that the passages shown carry. Gaps stay as [corchetes]; nothing is invented."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from reflexiona.corpus.phrases import Phrases, Voice
from reflexiona.corpus.triples import inflect
from reflexiona.domain import Channel, Draft, MessageTemplate, Passage, Reading, Register, Tone, Turn
from reflexiona.stages.followup import DraftWish, amounts_told, case_turns
from reflexiona.stages.register import detect_register
from reflexiona.stages.shown import Part, Usable, overlap, parts, stems

_DEBT = "impago_o_pago_tardio"
"""Only here the sum of a message is the one that was told; elsewhere it is a price that is still to be named."""
_SENTENCE = re.compile(r".+?(?:[.?!]+(?:\s+|$)|$)", re.DOTALL)
_LATER = re.compile(
    r"\b(?:acabo de (?:enviar|mandar)|gracias por (?:contestar|la charla)|resumo la|confirmo lo que hablamos|"
    r"como hablamos|entiendo que la noticia|avis[eé] (?:de|por)|est[aá] lista la carpeta|con esto queda cerrado|"
    r"preparo el cierre|para cerrar \[proyecto\])"
)
"""A message that only makes sense once another one was sent."""
_MADE_OF = 0.75
"""Share of a draft's words that its template holds."""
_FIRM_COURSES = ("protegerse", "salir_con_aviso", "terminar_y_cerrar", "ultima_oportunidad", "decir_que_no")
_WARM_COURSES = ("conversar", "renegociar", "seguir", "derivar", "esperar")


@dataclass(frozen=True, slots=True)
class _Order:
    """What the message is for."""

    wish: DraftWish
    reading: Reading
    before: Draft | None
    """The last message proposed, if the turn before this one proposed it."""
    told: str
    amounts: tuple[str, ...]

    @property
    def tone(self) -> Tone:
        return self.wish.tone or (self.before.tone if self.before else Tone.BALANCED)

    @property
    def channel(self) -> Channel | None:
        return self.wish.channel or (self.before.channel if self.before else None)

    @property
    def register(self) -> Register:
        return self.wish.register or (self.before.register if self.before else _client_register(self.told))

    def filled(self, message: MessageTemplate) -> str:
        """The message in the client's register, with the sum owed where it can only be that one."""
        body = inflect(message.text, self.register)
        gap = "[importe total]" if "[importe total]" in body else "[importe]"
        sure = self.reading.primary == _DEBT and len(self.amounts) == 1 and body.count(gap) == 1
        return body.replace(gap, self.amounts[0]) if sure else body

    def proposed(self, part: Part[MessageTemplate]) -> bool:
        """Whether the last message was made of this one, whatever sum it named and however it was cut."""
        if self.before is None or (part.passage.id, part.content.channel) != (self.before.source, self.before.channel):
            return False
        return overlap(self.before.text, stems(inflect(part.content.text, self.before.register))) >= _MADE_OF


def carries_words(passage: Passage, reading: Reading) -> bool:
    """Whether a passage holds a message for the main scenario of a reading that suits what is told."""
    return any(
        reading.primary in message.scenarios and message.suits.holds(reading.told) for message in passage.messages
    )


def draft_for(
    wish: DraftWish,
    reading: Reading,
    passages: Sequence[Passage],
    text: str,
    history: Sequence[Turn],
    country: str = "",
    phrases: Phrases | None = None,
) -> Draft | None:
    """The message that fits best; None when no passage carries one for this scenario or course.

    Args:
        wish: what was asked for.
        reading: the reading of the case.
        passages: the best ones first.
        text: the new words.
        history: earlier turns: amounts are copied from them, and the last draft is what may be changed.
        country: ISO code the person set, or empty.
        phrases: the line that makes a message firmer or warmer; None: it only chooses among messages.
    """
    texts = [*(turn.text for turn in history), text]
    amounts = amounts_told([*(turn.text for turn in case_turns(history)), text]) or amounts_told(texts)
    before = history[-1].draft if history else None
    order = _Order(wish, reading, before, "\n".join(texts), amounts)
    usable = Usable.by(reading, country)
    fitting = [p for p in parts(passages, usable, lambda p: p.messages) if _suits(p.content, reading)]
    same = _same(order, fitting)
    chosen = same or _best(order, fitting)
    if chosen is None:
        return None
    body = order.filled(chosen.content)
    if order.tone is Tone.SHORTER:
        body = _shortened(body)
    elif same and phrases and order.tone is not Tone.BALANCED:
        body = _toned(body, phrases.say(f"borrador.{order.tone.value}", Voice(order.register)))
    return Draft(body, chosen.content.channel, order.register, order.tone, chosen.passage.id)


def _same(order: _Order, fitting: Sequence[Part[MessageTemplate]]) -> Part[MessageTemplate] | None:
    """The message of the last draft, when only its form, its tone or its sum is to change; not for a tone it has."""
    if order.before and order.wish.tone in (Tone.FIRMER, Tone.WARMER) and order.wish.tone is order.before.tone:
        return None
    if order.before and order.channel is not order.before.channel:
        return None
    return next((part for part in fitting if order.proposed(part)), None)


def _best(order: _Order, fitting: Sequence[Part[MessageTemplate]]) -> Part[MessageTemplate] | None:
    """The one nearest to the case, by the channel that was asked for and not again the one that was to be changed."""
    there = [part for part in fitting if part.content.channel is order.channel] or list(fitting)
    other = [part for part in there if not order.proposed(part)] or there
    words, said = stems(order.told), stems(order.before.text if order.before else "")
    return max(other, key=lambda p: (_score(p, order, words, said), -p.n), default=None)


def _client_register(text: str) -> Register:
    if re.search(
        r"\b(doctora?|licenciad[oa]|ingenier[oa]|don|doña|señora?|notar[ií]a|ministerio|ayuntamiento)\b", text, re.I
    ):
        return Register.USTED
    return Register.VOS if detect_register(text) is Register.VOS else Register.TU


def _suits(message: MessageTemplate, reading: Reading) -> bool:
    return reading.primary in message.scenarios or reading.course in message.courses


def _score(part: Part[MessageTemplate], order: _Order, words: frozenset[str], said: frozenset[str]) -> float:
    """How well a message suits: the case, what was asked for, and what the last message said."""
    message, reading, tone = part.content, order.reading, order.tone
    favoured = {Tone.FIRMER: _FIRM_COURSES, Tone.WARMER: _WARM_COURSES}.get(tone, ())
    likely = reading.courses[0].p if reading.courses else 1.0
    course = max((min(1.0, row.p / likely) for row in reading.courses if row.id in message.courses), default=0.0)
    return (
        2.0 * (reading.primary in message.scenarios)
        + 1.5 * course
        + 0.5 * part.passage.devoted_to(reading.primary)
        + 0.5 * part.passage.scene
        + 1.0 * bool(set(favoured) & set(message.courses))
        + overlap(message.text, words)
        + overlap(part.passage.title, words)
        + 1.5 * overlap(message.text, said)
        - 2.0 * bool(_LATER.search(message.text))
        - min(0.8, 0.05 * part.n)  # the most relevant passages come first
    )


def _toned(body: str, line: str) -> str:
    """A message with one more line, before the farewell where there is one."""
    sentences = _SENTENCE.findall(body)
    signed = len(sentences) > 1 and not re.search(r"[.?!]\s*$", sentences[-1])
    farewell = sentences.pop() if signed else ""
    return f"{''.join(sentences).strip()} {line} {farewell}".strip()


def _shortened(body: str) -> str:
    """Greeting and first sentence, whatever asks or sets a date, and the farewell; nothing is written anew."""
    sentences = _SENTENCE.findall(body)
    last = len(sentences) - 1
    asks = [n for n, sentence in enumerate(sentences) if "?" in sentence or "[fecha" in sentence or "[día" in sentence]
    kept = {0, last, *asks[:2]} if asks else {0, 1, last}
    return "".join(sentence for n, sentence in enumerate(sentences) if n in kept).strip()
