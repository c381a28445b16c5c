"""Which register a person writes in: tú, vos or usted. By marks, not by country: without marks, tú."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reflexiona.domain import Register, Turn
from reflexiona.situation import unquoted

# «de usted», «de vos» tell how to speak to somebody else, unless it is «me».
_VOS = re.compile(
    r"(?<!\bde )\b(vos|sos|tenés|podés|querés|sabés|hacés|decís|pensás|creés|decime|contame|haceme|escribime|poneme|"
    r"fijate|imaginate|ponele|tr[aá]tame de vos|h[aá]blame de vos|che|laburo|"
    r"laburar|guita|quilombo|boludo|buenudo|presu|posta|monotribut\w+|"
    # Commands; those of the kind «salí», «comé» are left out: they are also what somebody did.
    r"mirá|pará|pagá|firmá|esperá|escuchá|mandá|dejá|llamá|avisá|andá|pensá|contá|"
    r"contestá|acordate|sentate|quedate|calmate|olvidate|imaginá|poné|hacé|vení|"
    r"(?:mandá|decí|hacé|pasá|contá|explicá|mostrá|traé|dejá|prestá|vendé|enviá|escribí|poné|sacá|arreglá|cambiá|bajá|"
    r"subí|guardá|anotá|comprá|regalá|cobrá|agregá)(?:me|nos)l[aeo]s?)\b",
    re.IGNORECASE,
)
_USTED = re.compile(
    r"(?<!\bde )\b(usted|uds?|tr[aá]t[ea]me de usted|h[aá]bl[ea]me de usted|sumerc[eé]|le agrade(?:zco|cer[ií]a)|"
    r"d[ií]game|disculpe|perdone|ay[uú]deme|acons[eé]jeme|expl[ií]queme|"
    r"(?:me podr[ií]a|podr[ií]a) (?:decir|ayudar|orientar)(?:me)?|qu[eé] me (?:aconseja|recomienda))\b",
    re.IGNORECASE,
)
_TELLS_USTED = re.compile(
    r"\W*(?:bueno|buenas|hola|pues)?,? ?le (?:cuento|consulto|escribo)"
    r"(?::|,? (?:que )?(?:yo|porque|mi caso|para (?:consult|pregunt|ped)))",
    re.IGNORECASE,
)
"""How a text may begin that speaks to its reader; anywhere else «le escribo» is said of a client."""
_TU = re.compile(
    r"\b(tut[eé]ame|t[uú] (?:qu[eé]|c[oó]mo|crees)|crees|piensas|puedes|tienes|sabes|dime|ay[uú]dame|expl[ií]came|"
    r"acons[eé]jame|qu[eé] har[ií]a(?:s|is)|vosotros|pod[eé]is|ten[eé]is|qu[eé] me (?:aconsejas|recomiendas))\b",
    re.IGNORECASE,
)

_CALLS = {
    Register.USTED: re.compile(r"\W*(?:mire|oiga|f[ií]jese)\b", re.IGNORECASE),
    Register.TU: re.compile(r"\W*(?:causa |hola,? |ay,? )?(?:mira|oye)\b(?! l[aeo]s?\b)", re.IGNORECASE),
}
"""How a text may begin by calling on its reader; later on these words are said to, or of, somebody else."""


def detect_register(text: str) -> Register | None:
    """The register of a text, or None where nothing in it tells."""
    quoted_out = unquoted(text)
    scores = {
        Register.VOS: len(_VOS.findall(quoted_out)),
        Register.TU: len(_TU.findall(quoted_out)),
        Register.USTED: len(_USTED.findall(quoted_out)),
    }
    for register, call in _CALLS.items():
        scores[register] += bool(call.match(quoted_out))
    scores[Register.USTED] += bool(_TELLS_USTED.match(quoted_out))
    best = max(scores, key=lambda register: scores[register])
    if scores[best]:
        return best
    # who is spoken to as «vos», even by a client, lives where that is how one speaks
    return Register.VOS if _VOS.search(text) else None


def register_for(text: str, history: Sequence[Turn], chosen: Register | None) -> Register:
    """What the person set, else how they write now, else how they wrote before, else tú."""
    before = history[-1].register if history else Register.TU
    return chosen or detect_register(text) or before
