"""What a message that goes on with a conversation is: a new fact, a question, or the wish for words to send."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from reflexiona.domain import Channel, Register, Tone, Turn
from reflexiona.situation import fold

K = TypeVar("K")

# All patterns are for folded text: lower case, no accents.
_MESSAGE = r"(?:mensaje|correo|mail|email|wasap|whatsapp|texto|audio|guion)"
_ASKS_FOR_WORDS = re.compile(
    r"\b(?:escrib(?:e|i|a)(?:me|se)?(?:lo|le)?|redact\w+|borrador"
    rf"|(?:haz|hace|haga|prepara|arma|pasa|pase|da|de|quiero|necesito|haces|das)(?:me)? (?:un|el|otro) {_MESSAGE}"
    r"|(?:que|como) (?:se )?(?:le|lo|les) (?:digo|escribo|contesto|respondo|pongo|mando))\b"
)
_CHANNELS = {
    Channel.EMAIL: re.compile(r"\b(?:correo|e?mail|e-mail)\b"),
    Channel.WHATSAPP: re.compile(r"\b(?:whats?app|wasap\w*|guasap\w*|wpp|sms|telegram)\b"),
    Channel.CALL: re.compile(r"\b(?:llam\w+|telefono|por voz|en persona|cara a cara|guion)\b"),
}
_TONES = {
    Tone.FIRMER: re.compile(r"\bmas (?:firme|duro|dura|seri[oa]|tajante|direct[oa]|contundente)\b"),
    Tone.WARMER: re.compile(r"\bmas (?:calid[oa]|amable|suave|cercan[oa]|cordial|human[oa])\b"),
    Tone.SHORTER: re.compile(r"\bmas (?:cort[oa]|breve|escuet[oa]|concis[oa])\b|\bacorta"),
}
_CLIENT_REGISTER = {
    Register.USTED: re.compile(r"\bde usted\b"),
    Register.VOS: re.compile(r"\bde vos\b"),
    Register.TU: re.compile(r"\bde tu\b(?! \w)|\btute\w+"),
}
_QUESTION = re.compile(r"[¿?]|^(?:y si|como|que|cual|cuando|cuanto|puedo|debo|deberia|conviene|tengo que)\b")


@dataclass(frozen=True, slots=True)
class DraftWish:
    """What kind of message was asked for; None: not said."""

    channel: Channel | None
    tone: Tone | None
    register: Register | None


def draft_wish(text: str, history: Sequence[Turn]) -> DraftWish | None:
    """The wish for a message, or None. After a draft, «más corto» or «de usted» alone is a wish to change it."""
    text = fold(text)
    wish = DraftWish(_first(_CHANNELS, text), _first(_TONES, text), _first(_CLIENT_REGISTER, text))
    if _ASKS_FOR_WORDS.search(text):
        return wish
    after_draft = bool(history and history[-1].draft)
    changes = wish.tone is not None or wish.register is not None or (wish.channel and len(text.split()) < 8)
    return wish if after_draft and changes else None


def is_question(text: str) -> bool:
    """Whether a text asks something, rather than telling it."""
    return bool(_QUESTION.search(fold(text).strip()))


def case_text(text: str, history: Sequence[Turn]) -> str:
    """What is searched for in a follow-up: the new words, and those of the case while the new ones are few."""
    if not history or len(text.split()) > 40:
        return text
    told = max((turn.text for turn in history), key=len)
    return f"{text}\n{text}\n{told}"


def _first(patterns: Mapping[K, re.Pattern[str]], text: str) -> K | None:
    return next((kind for kind, pattern in patterns.items() if pattern.search(text)), None)
