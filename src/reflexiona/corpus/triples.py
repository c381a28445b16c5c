"""Register triples: `{tú|vos|usted}` inside a text becomes the form of one register."""

from __future__ import annotations

import re

from reflexiona.domain import Register

_TRIPLE = re.compile(r"\{([^{}|]*)\|([^{}|]*)\|([^{}|]*)\}")
_FORMS = {Register.TU: 1, Register.VOS: 2, Register.USTED: 3}


def inflect(text: str, register: Register) -> str:
    """`text` in one register.

    >>> inflect("¿Qué {conservas|conservás|conserva} por escrito?", Register.VOS)
    '¿Qué conservás por escrito?'
    """
    return _TRIPLE.sub(lambda match: match[_FORMS[register]], text)


def malformed(text: str) -> bool:
    """True when a brace is left that belongs to no triple."""
    return bool(re.search(r"[{}]", _TRIPLE.sub("", text)))
