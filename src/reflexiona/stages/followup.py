"""What a message that goes on with a conversation is: a new fact, a question, a correction, or the wish for words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from reflexiona import mail
from reflexiona.about_program import program_topic
from reflexiona.domain import Channel, Reading, Register, Tone, Turn
from reflexiona.situation import facts, fold

K = TypeVar("K")

NEWS = 20
"""A text of more words than these may be read by itself; a question of fewer tells nothing of the case."""
CLEARLY, _CORRECTED = 0.5, 0.75
"""Probability that a reading must have for few words to bring it about; and for a detail that is put right."""
TELLING = 30
"""A message of more words than these tells something, whatever else it asks for."""

# All patterns are for folded text: lower case, no accents.
_MESSAGE = r"(?:mensajes?|mensajito|correo|mail|e-?mail|wasap|guasap|whats?app|wpp|texto|audio|guion|borrador|carta)"
_A_MESSAGE = rf"(?:(?:vos|tu|usted|ahora|ya) )?(?:un|una|el|la|otro|otra|ese|este) {_MESSAGE}\b"
_BEGINS = r"(?:^|[.!?¿¡\n][^\S\n]*|\b(?:dale|ok|okey|vale|bueno|entonces|ahora|porfa|por favor|listo|perfecto|ya),? )"
_MAKE = r"(?:haz|hace|haga|prepara|prepare|arma|arme|propon)"
_ASKS_FOR_WORDS = re.compile(
    # «escríbeme», «escríbeselo», «redáctame»: nobody tells a story with these
    r"\b(?:escrib[eia]|redact[ae])(?:me|nos)(?:lo|la|le|les)?\b|\b(?:escrib[eia]|redact[ae])se(?:lo|la|los|las)\b"
    # «hazme un correo», «armame otro mensaje»
    rf"|\b(?:{_MAKE}|pasa|pase|manda|mande|da|de|pon|pone)(?:me|nos|le|les) {_A_MESSAGE}"
    # «redacta un correo»: only where a sentence begins, for elsewhere it is the client who does it
    rf"|{_BEGINS}(?:{_MAKE}|redacta|redacte|escribe|escribi|escriba) {_A_MESSAGE}"
    r"|\b(?:quiero|quisiera|necesito|ocupo|me (?:haces|das|armas|pasas|escrib[ei]s|redactas|preparas))"
    rf" {_A_MESSAGE}"
    r"|\b(?:ayud[ae](?:me)? a|quiero|quisiera|necesito|como) (?:escrib|redact)[ia]r(?:le|les|lo|la|selo|me)\b"
    r"|\bcomo decir(?:le|les|lo|selo)\b|"
    r"\bno se (?:que|como) (?:decir|escribir|contestar|responder|poner)(?:le|les|lo)?\b"
    r"|\bayud[ae](?:me)? a (?:contest|respond|dec|escrib)[aei]r(?:le|les|selo)?\b"
    # a message and for whom, and nothing told: «un correo para él», «mensaje»
    rf"|^\W*(?:{_A_MESSAGE}|{_MESSAGE})(?: de {_MESSAGE})?"
    r"(?: (?:para (?:el|ella|ellos|ellas|(?:el|la|mi|este|esta) client[ea]|decir\w*|llamar\w*|contest\w*)).*+)?\W*$"
)
_HOW_TO_SAY = re.compile(
    # interrogatives keep their accent, or begin: «cada vez que le escribo» asks for nothing
    r"(?:\b(?:qué|cómo)|"
    r"(?:^|[¿.,;:!?\n][^\S\n]*|\b(?:y|pero|entonces|bueno|dale|ok|vale|ahora|dime|decime|dígame) )(?:que|como)) "
    r"(?:(?:se (?:le|lo|la|les)|le|les) (?:digo|escribo|contesto|respondo|pongo|mando|planteo|explico|pido)"
    r"|se les? dice)\b",
    re.IGNORECASE,
)
_CHANNELS = {
    Channel.EMAIL: re.compile(r"\b(?:correo|e?mail|e-mail)\b"),
    Channel.WHATSAPP: re.compile(r"\b(?:whats?app|wasap\w*|guasap\w*|wpp|sms|telegram)\b"),
    Channel.CALL: re.compile(r"\b(?:llam(?:ada|arl[aeo]s?)|telefono|por voz|en persona|cara a cara|guion)\b"),
}
_TONES = {
    Tone.FIRMER: re.compile(r"\bmas (?:firme|duro|dura|seri[oa]|tajante|direct[oa]|contundente)\b"),
    Tone.WARMER: re.compile(r"\bmas (?:calid[oa]|amable|suave|cercan[oa]|cordial|human[oa])\b"),
    Tone.SHORTER: re.compile(r"\bmas (?:cort[oa]|breve|escuet[oa]|concis[oa])\b|\bacorta"),
}
_CLIENT_REGISTER = {
    Register.USTED: re.compile(r"\bde usted\b"),
    Register.VOS: re.compile(r"\bde vos\b"),
    Register.TU: re.compile(r"\bde tu\b(?! \w)|\btute(?:a|e|ando|arl[aeo])\w*"),
}
_CHANGES = re.compile(
    r"\b(?:cambi[aeo]\w*|corrig\w+|corregi\w*|pon(?:e|le|lo|ga)\w*|quit[aeo]\w*|agreg\w+|anad\w+|hazlo|hacelo|hagalo|"
    r"mejor|prefiero|que (?:sea|suene|quede|vaya|diga))\b"
)
_HAPPENED = re.compile(
    r"\b(?:(?:lo|la|se lo|le|les|ya) (?:mande|envie|escribi|llame|dije)|me (?:contest|respond|llam|escribi)[aio]\w*|"
    r"(?:contest|respond)(?:o|io|aron|ieron))\b"
)
_CORRECTS = re.compile(
    r"\b(?:me (?:equivo\w+|confund\w+|explique mal|exprese mal)|quise decir|queria decir|corrijo|correccion|aclaro|"
    r"fe de erratas|(?:lo )?(?:conte|puse|escribi) mal|lo he contado|se me fue el dedo|puse cualquiera|"
    r"(?:perdon|perdona|disculp\w+)\b.{0,40}\b(?:no|son|es|era|eran))\b|^no,? no\b"
)
_TAKEN_BACK = re.compile(r"\bno (?:son|eran|fueron|es|era|fue)?\s*(?:de )?[^\d\s]{0,3}\s?(\d[\d.,]*\d|\d)")
_OVER = re.compile(
    r"\b(?:(?:al final|por fin|ya)(?: si)?(?: (?:me|les?|nos|lo|la|se))* "
    r"(?:(?:pag|entr|lleg|deposit|contest|arregl|mand|par|solucion)(?:o|aron)|(?:aparec|resolv|cumpl)(?:io|ieron))"
    r"|me (?:ha entrado|entro|llego|hizo|hicieron|ha hecho|han hecho) (?:el pago|la transferencia|el deposito)"
    r"|tema cerrado|(?:lo|la) (?:tomo|tomaron) bien|lo (?:entend|acept)(?:io|ieron|o|aron)|quedamos a mano|funciono"
    r"|quedo (?:conforme|en buena|todo bien|content[oa])|ya (?:lo|la) (?:cerramos|arreglamos|cerre|arregle)"
    r"|(?:el problema|lo que \w+(?: \w+){0,3}) (?:ahora )?es otr[ao]|ahora es otra cosa"
    r"|cambio el disco)\b"
)
_NOTHING_NEW = re.compile(
    r"^\W*(?:nada nuevo|(?:todo )?(?:sigue|esta todo|todo) igual|(?:sin|ninguna) novedad(?:es)?)\b"
)
_QUESTION = re.compile(r"[¿?]|^(?:y si|como|que|cual|cuando|cuanto|puedo|debo|deberia|conviene|tengo que)\b")
_ASKED = re.compile(r"¿[^?]*\?|(?<![^.!?¿;,\n])[^.!?¿;,\n]*\?")
_ASKS_BARELY = re.compile(r"^\W*(?:y si|y como|y cuanto|cuanto|cual|puedo|debo|deberia|conviene)\b")
_STATED, _SHORT_QUESTION = 2, 12
"""Words beside its questions from which on a text tells something; of a question without its marks, at most."""
_THANKS = re.compile(
    r"^(?:(?:muchas |mil )?gracias|vale|ok|okey|listo|perfecto|genial|de acuerdo|entendido|dale|bueno|adios|"
    r"chau|chao|hasta (?:luego|manana|pronto)|nos vemos|por todo|me sirve|ya esta|eso es todo|no|nada mas|era eso|\W)+$"
)
_RESOLVED = re.compile(
    r"^(?!.*\b(?:no|pero|aunque|la mitad|una parte|solo|falta)\b)(?:"
    r"\W*(?:(?:ya|por fin|al final|hoy|ayer|bueno|buenas noticias|listo)\b[, :]*)+"
    r"(?:me |nos )?(?:lo |la )?(?:ha |han )?(?:pag|deposit|transfir|solucion|arregl)\w*\b|"
    r".*\b(?:esta|quedo|quedamos|todo) (?:resuelto|solucionado|arreglado|a mano|pagado)\b|"
    r".*\blo (?:arregl|solucion)amos\b)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class DraftWish:
    """What kind of message was asked for; None: not said."""

    channel: Channel | None
    tone: Tone | None
    register: Register | None


def draft_wish(text: str, history: Sequence[Turn]) -> DraftWish | None:
    """The wish for a message, or None. After a draft, «más corto» or «de usted» alone is a wish to change it."""
    folded = fold(text)
    wish = DraftWish(_first(_CHANNELS, folded), _first(_TONES, folded), _first(_CLIENT_REGISTER, folded))
    if _ASKS_FOR_WORDS.search(folded) or _HOW_TO_SAY.search(text):
        return wish
    after_draft = bool(history and history[-1].draft)
    return wish if after_draft and _changes_draft(text, folded, wish) else None


def only_wishes(text: str) -> bool:
    """Whether a text that asks for words is too short to tell something new of the case as well."""
    return len(text.split()) <= TELLING


def is_question(text: str) -> bool:
    """Whether a text asks something, rather than telling it."""
    return bool(_QUESTION.search(fold(text).strip()))


def is_resolved(text: str) -> bool:
    """Whether a short text says that the trouble is over, and tells nothing else: «ya me pagó»."""
    said = fold(text)
    return len(said.split()) <= _SHORT_QUESTION and bool(_RESOLVED.search(said)) and "?" not in said


def is_thanks(text: str) -> bool:
    """Whether a text thanks, agrees or says goodbye, and nothing else."""
    return bool(_THANKS.search(fold(text)))


def is_correction(text: str) -> bool:
    """Whether a text takes something back that was said before."""
    return bool(_CORRECTS.search(fold(text).strip()))


def case_turns(history: Sequence[Turn]) -> Sequence[Turn]:
    """The turns since the situation last began to read as it does now."""
    read = [n for n, turn in enumerate(history) if turn.reading]
    if not read:
        return history
    now = history[read[-1]].reading
    start = read[-1]
    for n in reversed(read):
        before = history[n].reading
        if not before or not now or before.primary != now.primary:
            break
        start = n
    return history[start:]


def case_text(text: str, history: Sequence[Turn]) -> str:
    """What is searched for: what is told, and in a follow-up of few words what was told of the case before."""
    text = mail.told(text)
    if not history or len(text.split()) > 40:
        return text
    told = max((mail.told(turn.text).strip() for turn in case_turns(history)), key=len)
    return f"{text}\n{text}\n{told}"


def hardly_moves(text: str, before: Reading, reading: Reading) -> bool:
    """Whether few new words make a case read otherwise without making it clearly so: then it reads as it did."""
    enough = 1.0 if _NOTHING_NEW.search(fold(text)) else _CORRECTED if is_correction(text) else CLEARLY
    few = len(text.split()) <= NEWS
    other = reading.primary != before.primary and reading.scenarios[0].p < enough
    return few and other and not (before.safety or reading.warns)


def asks_only(text: str) -> bool:
    """Whether a text asks and tells nothing: «¿y si me dice que no?» is no new refusal."""
    stated = len(without_questions(text, _ASKED).split())
    if stated < _STATED:
        return "?" in text
    return len(text.split()) <= _SHORT_QUESTION and bool(_ASKS_BARELY.search(fold(text)))


def without_questions(text: str, asked: re.Pattern[str]) -> str:
    """`text` with a blank for each question that `asked` finds; behind the last question mark it finds none.

    Linear where every match ends in that mark and begins at «¿» or where a sentence does.
    """
    end = text.rfind("?") + 1
    return asked.sub(" ", text[:end]) + text[end:]


def says_nothing_new(text: str) -> bool:
    """Whether a text leaves the reading as it is: it only asks, thanks, or says that the trouble is over."""
    return asks_only(text) or is_thanks(text) or is_resolved(text)


def told_before(text: str, history: Sequence[Turn]) -> tuple[str, ...]:
    """The earlier texts that a new one is read with, oldest first.

    Those that tell something, since the situation began to read as it does. None where the new text says that the
    former matter is over and something else has come up; but what showed danger is never left out.
    """
    turns = case_turns(history)
    if len(text.split()) > NEWS and _OVER.search(fold(text)):
        turns = [turn for turn in turns if turn.reading and turn.reading.safety]
    return tuple(turn.text for turn in turns if not (turn.draft or _only_asks(turn.text) or program_topic(turn.text)))


def amounts_told(texts: Sequence[str]) -> tuple[str, ...]:
    """The amounts of money in texts, oldest first, without those that a later text takes back."""
    known: list[str] = []
    for text in texts:
        gone = {_digits(found) for found in _TAKEN_BACK.findall(text)} if known else set()
        new = [amount for amount in facts(text).amounts if _digits(amount) not in gone]
        if new and is_correction(text) and not gone & {_digits(amount) for amount in known} and len(known) == 1:
            known = []
        known = [amount for amount in known if _digits(amount) not in gone]
        known += [amount for amount in new if amount not in known]
    return tuple(known)


def _changes_draft(text: str, folded: str, wish: DraftWish) -> bool:
    if not only_wishes(text) or _HAPPENED.search(folded):
        return False
    short = len(text.split()) < 8
    elsewhere = wish.channel is not None and (short or bool(_CHANGES.search(folded)))
    otherwise = is_correction(text) and bool(facts(text).amounts)
    return wish.tone is not None or wish.register is not None or elsewhere or otherwise


def _only_asks(text: str) -> bool:
    return len(text.split()) <= NEWS and is_question(text)


def _digits(amount: str) -> str:
    return re.sub(r"\D", "", amount)


def _first(patterns: Mapping[K, re.Pattern[str]], text: str) -> K | None:
    return next((kind for kind, pattern in patterns.items() if pattern.search(text)), None)
