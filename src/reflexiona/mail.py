"""What mail programs put around what people say: headers, «On … wrote:», signatures, legal notices.

Nobody tells anything with these, so they are neither read nor quoted nor searched for. What is found are spans: all
else keeps its place. A subject is somebody's words, only its label is not. Linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

Span = tuple[int, int]

_LABEL = re.compile(
    r"(?<![\w*])\*{0,2}(De|From|Enviado(?: el)?|Sent|Fecha|Date|Para|To|CC|Cc|CCO|Cco|Bcc|Responder a|Reply-To|"
    r"Asunto|Subject)[ \t]?:\*{0,2}(?!\w)"
)
_SUBJECT = ("Asunto", "Subject")
_FARTHEST = 200
"""Characters between two labels of one header, at most."""
_WROTE = re.compile(
    r"^[> \t]*(?:On|El)\b[^\n]{0,160}?(?:\d{4}|\d:\d\d|@)[^\n]{0,160}(?:\n[> ]*[^\n]{0,80})?"
    r"(?:\bwrote|(?<!me )(?<!le )(?<!les )(?<!nos )(?<!te )\bescribió|\bha escrito)\s?:[ \t]*$",
    re.MULTILINE,
)
_PASSED_ON = re.compile(
    r"^[> \t]*[-_*]{3,}[^\n]{0,10}(?:mensaje (?:original|reenviado)|(?:original|forwarded) message)[^\n]*$"
    r"|^[> \t]*(?:inicio del mensaje reenviado|begin forwarded message)\b[^\n]*$",
    re.MULTILINE | re.IGNORECASE,
)
_SENT_FROM = re.compile(
    r"^[> \t]*(?:enviado desde (?:mi|el|un|outlook|yahoo)|sent from my|obtener outlook para|get outlook for|"
    r"descargar outlook)\b[^\n]{0,80}$",
    re.MULTILINE | re.IGNORECASE,
)
_NOTICE = re.compile(
    r"\b(?P<perhaps>est[ea] (?:mensaje|correo|e-?mail|comunicación|transmisión)|la información (?:contenida|incluida)|"
    r"this (?:e-?mail|message|communication))\b"
    r"|^[> \t*]*(?:aviso (?:legal|de (?:confidencialidad|privacidad))|confidentiality notice|disclaimer)\b"
    r"|\b(?:antes de imprimir|no imprima) este (?:correo|mensaje|e-?mail)\b"
    r"|\ben cumplimiento (?:de|con) [^.!?]{0,80}?\b(?:protección de datos|RGPD|LOPD\w*)\b",
    re.IGNORECASE | re.MULTILINE,
)
_STILL_NOTICE = re.compile(
    r"\b(?:confidencial\w*|confidential\w*|destinatari\w+|recipient|remitente|sender|prohibid[ao]|"
    r"prohibited|divulga\w+|por error|in error|datos personales|protección de datos|RGPD|LOPD\w*|GDPR|rectificación|"
    r"imprimir|medio ambiente|virus|secreto profesional|privilegiad\w*|intended)\b",
    re.IGNORECASE,
)
_SIGN = re.compile(
    r"\b(confiden[ct]ial|privileg|destinatari|recipient|adjunt|anex|attachment|dirigid|intended|divulg|prohibi|"
    r"por error|in error|secreto profesional)",
    re.IGNORECASE,
)
_SIGNS = 2
"""Different signs that make a notice of two sentences on a message."""
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|\n[> \t]*\n|$")
_PARTING = re.compile(
    r"^[> \t]*(?:(?P<dashes>--)|(?:(?:un|muchos|mil)? ?(?:cordial |fuerte |gran )?(?:saludos?|abrazos?)"
    r"(?: cordial(?:es)?)?|atentamente|atte|cordialmente|(?:best|kind|warm) regards|regards))[\s.,:!]*?$",
    re.MULTILINE | re.IGNORECASE,
)
_LINE = re.compile(r"[^\n]*\n?")
_MOST_LINES = 8
"""Lines of a signature, at most."""
_CONTACT = re.compile(
    r"@|\bwww\.|https?:|\b(?:tel|tfno|teléfono|móvil|movil|cel|phone|fax|dirección)\b|\+\d|\d{3}[ .-]?\d{3}",
    re.IGNORECASE,
)


def told(text: str) -> str:
    """`text`, of the same length, with a line of blanks for what mail programs add; as it is if that is all of it."""
    characters = list(text)
    for start, end in furniture(text):
        characters[start:end] = ["\n", *" " * (end - start - 1)]
    left = "".join(characters)
    return left if re.search(r"\w", left) else text


def furniture(text: str) -> tuple[Span, ...]:
    """Spans that nobody said, in no order; they may overlap."""
    found = [match.span() for pattern in (_WROTE, _PASSED_ON, _SENT_FROM) for match in pattern.finditer(text)]
    return (*found, *_headers(text), *_notices(text), *_signatures(text))


def _headers(text: str) -> Iterator[Span]:
    """Labels that follow each other closely, with what they say; of a subject the label alone."""
    group: list[re.Match[str]] = []
    for label in (*_LABEL.finditer(text), None):
        near = label and group and label.start() - group[-1].end() <= _FARTHEST
        if group and not near:
            yield from _header(text, group)
            group = []
        if label:
            group.append(label)


def _header(text: str, labels: list[re.Match[str]]) -> Iterator[Span]:
    if len({label[1] for label in labels}) < 2:
        return  # «Para: que me pague» alone may be anybody's words
    for label, following in zip(labels, [*labels[1:], None], strict=True):
        line_end = -1 if following else text.find("\n", label.end())
        end = following.start() if following else line_end if line_end >= 0 else len(text)
        yield label.start(), label.end() if label[1] in _SUBJECT else end


def _notices(text: str) -> Iterator[Span]:
    """A legal notice: the sentence that begins it and those that go on with it."""
    at = 0
    while match := _NOTICE.search(text, at):
        at = _sentence_end(text, match.end())
        signs = _SIGN.findall(text, match.start(), _sentence_end(text, at))
        if match["perhaps"] and len({sign.lower() for sign in signs}) < _SIGNS:
            continue
        while (end := _sentence_end(text, at)) > at and _STILL_NOTICE.search(text, at, end):
            at = end
        yield match.start(), at


def _sentence_end(text: str, at: int) -> int:
    found = _SENTENCE_END.search(text, at)
    return found.end() if found else len(text)


def _signatures(text: str) -> Iterator[Span]:
    """What stands below a greeting at the end: names, posts, addresses; below two dashes, all until a blank line."""
    for parting in _PARTING.finditer(text):
        at = start = parting.end() + 1
        for _ in range(_MOST_LINES):
            line = _LINE.match(text, at)
            if not line or not line[0]:
                break
            words = line[0].strip(" \t\n>*_")
            blank_first = not words and not text[start:at].strip() and not parting["dashes"]
            if not blank_first and not (words and (parting["dashes"] or _names(words))):
                break
            at = line.end()
        if at > start:
            yield start, min(at, len(text))


def _names(line: str) -> bool:
    """Whether a line names somebody, a post or a place to be reached, rather than saying something."""
    if _CONTACT.search(line) or "|" in line:
        return True
    long = [word for word in re.findall(r"\w+", line) if len(word) > 3]
    return line[0].isupper() and line[-1] not in ".!?…" and all(not word[0].islower() for word in long)
