"""Where personal data stand in Spanish texts: names, mails, telephones, amounts, and numbers that identify somebody.

Rules, not a model: they find most and miss some, and whoever uses them says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from reflexiona.export.given_names import ALSO_WORDS, CERTAIN, OPENERS, PUBLIC, SURNAMES
from reflexiona.situation import fold


class Kind(StrEnum):
    """What is found; the value is how a person reads it."""

    NAME = "nombre"
    MAIL = "correo"
    PHONE = "teléfono"
    AMOUNT = "importe"
    OTHER = "dato"
    """Web addresses, accounts, papers of identity, user names."""


@dataclass(frozen=True, slots=True)
class Mention:
    """`text[start:end]` is personal."""

    start: int
    end: int
    kind: Kind


_NUMBER = r"\d+(?:[.,\u00a0 ]\d{3}){0,9}(?:[.,]\d{1,2})?"
_DIGIT_WORD = r"(?:cero|uno|una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve)"
_NUMBER_WORD = (
    r"(?:un|medi[oa]|diez|once|doce|trece|catorce|quince|diec\w+|veint\w+|treint\w+|cuarent\w+|cincuent\w+|sesent\w+"
    r"|setent\w+|ochent\w+|novent\w+|cien|ciento|\w+cient[oa]s|quinient[oa]s|mil|mill[oó]n|millones|" + _DIGIT_WORD[3:]
)
_SAID = rf"{_NUMBER_WORD}(?:\s+(?:y\s+)?{_NUMBER_WORD}){{0,8}}(?:\s+y\s+pico)?"
_SAID_MUCH = (
    rf"(?:{_NUMBER_WORD}\s+(?:y\s+)?){{0,4}}(?:cien|(?<!por )ciento|\w+cient[oa]s|quinient[oa]s|mil)"
    rf"(?:\s+(?:y\s+)?{_NUMBER_WORD}){{0,6}}"
)
_CURRENCY = (
    r"(?:€|euros?|eur|pavos|d[oó]lares|usd|u\$s|pesos|mxn|ars|cop|clp|pen|soles|lucas|palos|quetzales|lempiras"
    r"|c[oó]rdobas|colones|balboas|guaran[ií]es|bol[ií]vares|bolivianos|reales|libras|francos|gtq)"
)
_SIGN = r"(?:US\$|U\$[SD]|MX\$|RD\$|[RC]\$|\bS/\.?|\bBs\.?|[$€£₡]|\b(?:USD|EUR|MXN|ARS|COP|CLP|PEN)\b)"
_MANY = r"(?:\s?(?:k|mil|millones|mill[oó]n|palos)\b)?"
_MONEY_WORD = (
    r"(?:deb\w{1,5}|cobr\w{1,6}|pag\w{1,6}|factur\w{1,6}|presupuest\w{1,5}|precio|tarifa|anticipo|señal|adelant\w{1,4}"
    r"|abon\w{1,4}|transfer\w+|ingres\w{1,5}|cuest\w{1,3}|val[eí]\w{0,3}|ofrec\w{1,4}|baj\w{1,4}|dej[aoó]\w{0,3}|queda\w{0,4}"
    r"|liquid\w{1,5}|son|eran|gan\w{1,4}|cerr\w{1,5}|acord\w{1,5}|di(?:o|eron)|p[ei]d\w{1,4})"
)
_UNITS = (
    r"(?:d[ií]as?|horas?|semanas?|mes(?:es)?|años?|minutos?|palabras|p[aá]ginas|folios|unidades|piezas|fotos|seguidores"
    r"|clientes|k?m2?|kil[oó]metros|veces|mensajes|correos|cambios|rondas|personas|versiones|facturas|proyectos|%|por\s+ciento|de\s+[a-z]+o\b)"
)
_PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (Kind.MAIL, r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"),
        (Kind.MAIL, r"(?<![\w.+-])[\w.+-]{1,64} arroba [\w-]+(?: ?(?:\.|punto) ?[\w-]+)+"),
        (Kind.OTHER, r"\b(?:https?://|www\.)[^\s<>«»\")]+"),
        (Kind.OTHER, r"(?<![\w@])@[\w.]{3,}"),
        (Kind.OTHER, r"\b[a-z]{2}\d{2}(?:[ -]?[\da-z]{4}){3,7}\b"),
        (Kind.OTHER, r"\b(?:[xyz]-?\d{7}|\d{8})-?[a-z]\b|\b[abcdefghjnpqrsuvw]-?\d{7}[\da-j]\b"),
        (Kind.AMOUNT, rf"{_SIGN}\s?{_NUMBER}{_MANY}(?:\s?{_CURRENCY}\b)?"),
        (Kind.AMOUNT, rf"\b{_NUMBER}{_MANY}\s?(?:€|(?:de\s+)?{_CURRENCY}\b)"),
        (Kind.AMOUNT, rf"\b{_SAID}\s+(?:de\s+)?{_CURRENCY}\b"),
        (Kind.AMOUNT, r"\b\d+(?:[.,]\d+)?\s?k\b"),
        (
            Kind.AMOUNT,
            rf"\b{_MONEY_WORD}\b(?:\s+[^\W\d]+){{0,3}}?(?<! el)\s+(?P<it>{_NUMBER}|{_SAID_MUCH})\b"
            rf"(?!\s*{_UNITS}|[\w/-]|[.,]\d)",
        ),
        (Kind.AMOUNT, rf"\bpor\s+(?P<it>\d{{3,}}|\d+[.,]\d{{3}}|{_SAID_MUCH})\b(?=\s*(?:[.,;:!?)]|$))"),
        (Kind.AMOUNT, rf"(?<![\w.,/])\d{{1,3}}(?:\.\d{{3}})+(?:,\d{{1,2}})?(?!\s*{_UNITS}|[\w/-]|[.,]\d)"),
        (Kind.PHONE, r"(?<![\w.,/$€-])(?:\+|00)?\(?\d(?:[ ().-]{0,2}\d){6,14}(?![\w/])"),
        (Kind.PHONE, rf"\b{_DIGIT_WORD}(?:[ ,]+{_DIGIT_WORD}){{5,}}\b"),
    )
)
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}")
_YEAR = re.compile(r"(?:19|20)\d\d")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_JOINS = re.compile(r"\s+(?:(?:de|del|de la|de los|y)\s+)?|\s+(?:de la|de las|de los)\s+", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?:\A|[.!?¿¡:;…\n\"«“(\[—–•*-])\s*\Z")
_INITIAL = re.compile(r"(?<!\w)(?:[A-ZÁÉÍÓÚÑ]\.\s?)+\Z")
_INITIALS = 40
"""Characters that the initials of a name take, at most."""
_BLANK = re.compile(r"\s*+")
_LED_ON = re.compile(r"(?:\s+(?:la|las|los))?[ ][A-ZÁÉÍÓÚÑÜ]")
_COMPANY = re.compile(
    r",?\s+(?:S\.?\s?L\.?(?:\s?[UP]\.?)?|S\.?\s?A\.?(?:\s?S\.?)?(?:\s+de\s+C\.?\s?V\.?)?|SpA|SRL|GmbH|Ltda?\.?)(?!\w)"
)
_CALLED = re.compile(
    r"\b(?:se llama|me llamo|mi nombre es|llamad[oa]|de nombre|un tal|una tal|don|doña|dña\.?|sr\.?|sra\.?|srta\.?)\s+"
    r"(?P<it>[^\W\d_]+)",
    re.IGNORECASE,
)
_SIGNED = re.compile(
    r"\b(?:saludos?|atentamente|cordialmente|gracias|abrazos?|atte\.?|besos?)\b[^\n]{0,15}\n\s*"
    r"(?P<it>[^\W\d_]+(?:[ ][^\W\d_]+){0,3})\s*(?:\n|\Z)",
    re.IGNORECASE,
)
ARTICLES = frozenset({"el", "la", "los", "las"})
_NOT_CALLED = OPENERS | {"cliente", "clienta", "nadie", "mucho", "poco", "así"}


def numbers(text: str) -> Iterator[Mention]:
    """Everything that a pattern finds: mails, telephones, amounts and the like. They may overlap; the first counts."""
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span("it") if "it" in pattern.groupindex else match.span()
            found = text[start:end]
            if kind is Kind.PHONE and _DATE.fullmatch(found):
                continue
            if kind is Kind.AMOUNT and "it" in pattern.groupindex and _YEAR.fullmatch(found):
                continue
            yield Mention(start, end, kind)


def names(text: str, known: frozenset[str] = frozenset()) -> Iterator[Mention]:
    """Names of people and firms, each with what belongs to it («María del Valle», «Panadería Soto S.L.»).

    Args:
        text: what a person wrote.
        known: folded words that are names elsewhere in the same conversation.
    """
    words = list(_WORD.finditer(text))
    shouted = sum(c.isupper() for c in text) > 0.4 * max(1, sum(c.isalpha() for c in text))
    told = {place for match in _told(text) for place in range(*match)}
    sure = [_is_name(text, word, known, shouted=shouted) or word.start() in told for word in words]
    place = 0
    while place < len(words):
        if not sure[place]:
            place += 1
            continue
        first = last = place
        while last + 1 < len(words) and _belongs(text, words[last], words[last + 1], sure[last + 1], shouted):
            last += 1
        while first > 0 and _leads(text, words[first - 1], words[first], shouted):
            first -= 1
        end = words[last].end()
        start = words[first].start()
        if initial := _INITIAL.search(text, max(0, start - _INITIALS), start):
            start = initial.start()
        if company := _COMPANY.match(text, end):
            end = company.end()
        yield Mention(start, end, Kind.NAME)
        place = last + 1


def _told(text: str) -> Iterator[tuple[int, int]]:
    """Where the text itself says that a name follows."""
    for pattern in (_CALLED, _SIGNED):
        for match in pattern.finditer(text):
            if fold(match["it"]) not in _NOT_CALLED:
                yield match.span("it")


def _is_name(text: str, word: re.Match[str], known: frozenset[str], *, shouted: bool) -> bool:
    folded = fold(word[0])
    capital = word[0][0].isupper()
    if folded in CERTAIN:
        return True
    if not capital or folded in PUBLIC:
        return False
    if folded in known:
        return not (shouted and folded in ALSO_WORDS)
    if shouted or (word[0].isupper() and len(word[0]) > 1) or len(word[0]) < 3:
        return False
    return folded not in OPENERS and not _begins_sentence(text, word.start())


def _begins_sentence(text: str, start: int) -> bool:
    if _INITIAL.search(text, max(0, start - _INITIALS), start):
        return False
    return bool(_SENTENCE_END.search(text[max(0, start - 6) : start])) or bool(_BLANK.fullmatch(text, 0, start))


def _belongs(text: str, before: re.Match[str], word: re.Match[str], sure: bool, shouted: bool) -> bool:
    """Whether a word goes on with the name before it."""
    between = text[before.end() : word.start()]
    folded = fold(word[0])
    if not _JOINS.fullmatch(between) and between != " ":
        return folded in ("de", "del", "la", "los", "las") and between == " " and _leads_on(text, word)
    if between.strip():  # «María del Valle», but not «Iker y Noa»
        return "y" not in between.split() and word[0][0].isupper()
    if folded in ("de", "del", "la", "los", "las"):
        return _leads_on(text, word)
    if len(word[0]) == 1:  # «S. L.» is looked at by itself
        return False
    return "\n" not in between and (sure or folded in SURNAMES or (word[0][0].isupper() and not shouted))


def _leads_on(text: str, particle: re.Match[str]) -> bool:
    """Whether a capital follows «de», «del», «de la»."""
    return bool(_LED_ON.match(text, particle.end()))


def _leads(text: str, word: re.Match[str], name: re.Match[str], shouted: bool) -> bool:
    """Whether the word before a name is part of it: a capital that no sentence needs («Construcciones Pérez»)."""
    folded = fold(word[0])
    if shouted or text[word.end() : name.start()] != " " or not word[0][0].isupper() or folded in PUBLIC:
        return False
    return folded not in OPENERS or (folded in ARTICLES and not _begins_sentence(text, word.start()))


def known_words(texts: Iterable[str]) -> frozenset[str]:
    """The folded words that are names somewhere in these texts, to be found where only a capital shows them."""
    found: set[str] = set()
    for text in texts:
        for mention in names(text):
            for word in _WORD.findall(text[mention.start : mention.end]):
                folded = fold(word)
                if word[0].isupper() and len(folded) > 2 and folded not in OPENERS:
                    found.add(folded)
    return frozenset(found)
