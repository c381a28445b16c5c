"""Where the person says they are, so that help is shown for there. Never guessed.

Only an outright statement counts: «estoy en México», «vivo en Rosario, Argentina»; and, once help is shown, the name
of a country alone. Where a client is, where the person was, what somebody else says or asks: none of that counts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from reflexiona import mail
from reflexiona.domain import Turn
from reflexiona.settings import COUNTRIES
from reflexiona.situation import fold


@dataclass(frozen=True, slots=True)
class Place:
    """A country."""

    name: str
    code: str = ""
    """ISO code; empty for one of which nothing is known here."""


_ALSO_CALLED = {
    **dict.fromkeys(("eeuu", "ee uu", "ee. uu.", "ee.uu.", "usa", "u.s.a."), "US"),
    **{"ciudad de mexico": "MX", "mejico": "MX", "republica argentina": "AR", "republica mexicana": "MX"},
}
_OTHERS = (
    "Alemania, Andorra, Bélgica, Brasil, Canadá, Costa Rica, Cuba, El Salvador, Francia, Guatemala, Guinea Ecuatorial, "
    "Honduras, Inglaterra, Irlanda, Italia, Nicaragua, Países Bajos, Panamá, Paraguay, Portugal, Puerto Rico, "
    "Reino Unido, República Dominicana, Suiza"
).split(", ")
_PLACES = {
    **{fold(name): Place(name) for name in _OTHERS},
    **{fold(name): Place(name, code) for code, name in COUNTRIES.items()},
    **{name: Place(COUNTRIES[code], code) for name, code in _ALSO_CALLED.items()},
}
# All patterns are for folded text: lower case, no accents.
_COUNTRY = "|".join(sorted(map(re.escape, _PLACES), key=len, reverse=True))
_NAMED = rf"(?:(?:el|la|los) )?(?P<country>{_COUNTRY})(?!\w)"
_NO_TOWN = (
    "a al con contra de del el la las los lo un una uno mi mis su sus tu que para por sin como cada casa contacto "
    "conversaciones reunion llamada medio pleno proyecto equipo empresa cuenta agencia oficina banco marca campana "
    "calle avenida av plaza barrio hotel embajada consulado sede grupo radio editorial web pagina tienda no ni y o"
).split()
_TOWN = rf"(?:(?!(?:{'|'.join(_NO_TOWN)})\b)[^\W\d]+,? ){{1,4}}?\(?"
_STARTS = (
    r"(?:^|[.,;!?)(\n]\s*|"
    r"\b(?:y|e|pero|porque|aunque|pues|yo|ahora|hoy|ya|actualmente|nosotr[oa]s|aqui|aca|hola|bueno|mira)\s)"
)
_AM = (
    r"(?:yo )?(?P<verb>estoy|estamos|vivo|vivimos|resido|residimos|me encuentro|nos encontramos|"
    r"(?:te |le |os |les )?(?:escribo|hablo|trabajo|trabajamos) (?=desde))"
    r"(?: (?:ahora mismo|ahora|hoy|aqui|aca|actualmente|ya|sol[oa]|viviendo|trabajando|de viaje))* ?"
)
_STATED = re.compile(
    rf"{_STARTS}\s*{_AM}(?:en|desde) (?:{_NAMED}|(?P<town>{_TOWN}){_NAMED.replace('country', 'there')}"
    rf"(?=\s*(?:[.,;!)\n]|$)))"
)
_LEFT = re.compile(rf"\b(?:no|tampoco|nunca) (?:estoy|estamos|vivo|vivimos|resido) (?:ya )?en {_NAMED}")
_ALONE = re.compile(
    r"\W*(?:(?:hola|perdon|perdona|ok|si|pues|bueno|ah)\W+)?(?:(?:aqui |aca )?(?:en|desde) )?"
    rf"{_NAMED}(?:\W+(?:por favor|porfa|gracias))*\W*"
)
_QUOTED = re.compile(r"«[^»]*»|\"[^\"]*\"|“[^”]*”")
_STREET = re.compile(r"\s+(?:(?:al\s+)?\d|y\s+[A-ZÁÉÍÓÚÑ]|esquina\b)")
_THEIRS = re.compile(
    r"\b(?:me|nos|le|les) (?:ha |habia )?(?:dij|dic|escrib|escrit|pus|pon|contest|grit|respond|mand|amenaz)\w*"
    r"(?: \w+){0,5}[,: ]*$"
)
"""Before a statement: then somebody else makes it."""
_PASTED = re.compile(r"^\s*(?:>|de:|from:|para:|asunto:|\[?\d{1,2}[/.:-]\d{1,2})", re.MULTILINE)
"""A mail or a chat: who says «estoy en» there, nobody knows."""
_ASKED = re.compile(r"(?:\s+\w+){0,2}\s*\?")
_FEW = 8
"""Words of a text that says where the person is, and nothing that help would not answer."""


def place_of(history: Sequence[Turn], text: str) -> Place | None:
    """Where the person said last that they are; None: they did not, or they are there no more."""
    shown = False
    place: Place | None = None
    for turn in history:
        place = _after(turn.text, place, shown=shown)
        shown = shown or (turn.reading is not None and turn.reading.safety)
    return _after(text, place, shown=shown)


def says_where_only(text: str) -> bool:
    """Whether a text that comes after help says where the person is, and little else."""
    return len(text.split()) <= _FEW and _after(text, None, shown=True) is not None


def _after(text: str, before: Place | None, *, shown: bool) -> Place | None:
    """Where the person is after a text; `shown`: help was shown, and a country alone answers it."""
    said = _QUOTED.sub(lambda quoted: " " * len(quoted[0]), mail.told(text))
    folded = fold(said)
    if len(folded) != len(said):  # the places in the two would not be the same
        said = folded
    alone = _ALONE.fullmatch(folded) if shown else None
    if alone:
        return _PLACES[alone["country"]]
    stated = [] if _PASTED.search(fold(text)) else _STATED.finditer(folded)
    found = [match for match in stated if _is_meant(said, match)]
    # Where one is counts for more than where one lives.
    here = [match for match in found if not match["verb"].startswith(("viv", "resid"))] or found
    if here:
        return _PLACES[here[-1]["country"] or here[-1]["there"]]
    left = _LEFT.search(folded)
    return None if left and before == _PLACES[left["country"]] else before


def _is_meant(said: str, match: re.Match[str]) -> bool:
    """Whether a match is a statement of a country: no street, no question, and a town is called like one."""
    rest = said[match.end() :]
    if _THEIRS.search(match.string[: match.start("verb")]):
        return False
    if _STREET.match(rest) or _ASKED.match(rest) or said[: match.start("verb")].rstrip().endswith("¿"):
        return False
    town = match["town"]
    living = match["verb"].startswith(("viv", "resid"))
    return town is None or living or said[match.start("town")].isupper()
