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
from reflexiona.settings import ALSO_CALLED, COUNTRIES
from reflexiona.situation import fold, unquoted


@dataclass(frozen=True, slots=True)
class Place:
    """A country."""

    name: str
    code: str = ""
    """ISO code; empty for one of which nothing is known here."""


_OTHERS = (
    "Alemania, Andorra, Bélgica, Brasil, Canadá, Costa Rica, Cuba, El Salvador, Francia, Guatemala, Guinea Ecuatorial, "
    "Honduras, Inglaterra, Irlanda, Italia, Nicaragua, Países Bajos, Panamá, Paraguay, Portugal, Puerto Rico, "
    "Reino Unido, República Dominicana, Suiza"
).split(", ")
_PLACES = {
    **{fold(name): Place(name) for name in _OTHERS},
    **{fold(name): Place(name, code) for code, name in COUNTRIES.items()},
    **{name: Place(COUNTRIES[code], code) for name, code in ALSO_CALLED.items()},
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
    r"(?:^|[.,;!¡?)(\n]|"
    r"\b(?:y|e|pero|porque|aunque|pues|yo|ahora|hoy|ya|actualmente|nosotr[oa]s|aqui|aca|hola|bueno|mira)\s)[^\S\n]*"
)
_VERB = (
    r"(?:yo )?(?P<verb>estoy|estamos|vivo|vivimos|resido|residimos|me encuentro|nos encontramos|"
    r"(?:te |le |os |les )?(?:escribo|hablo|trabajo|trabajamos) (?=desde))"
)
_NOW = r"(?:ahora mismo|ahora|hoy|aqui|aca|actualmente)"
_AM = rf"{_VERB}(?: (?:{_NOW}|ya|sol[oa]|viviendo|trabajando|de viaje))* ?"
_STATED = re.compile(
    rf"{_STARTS}{_AM}(?:en|desde) (?:{_NAMED}|(?P<town>{_TOWN}){_NAMED.replace('country', 'there')}"
    rf"(?=\s*(?:[.,;!)\n]|$)))"
)
_LEFT = re.compile(rf"\b(?:no|tampoco|nunca) (?:estoy|estamos|vivo|vivimos|resido) (?:ya )?en {_NAMED}")
_HELLO = r"(?:hola|buen[oa]s(?: dias| tardes| noches)?|perdona?|disculp[ae]|ok|vale|si|pues|bueno|ah|gracias)"
_THANKS = rf"(?:\W+(?:por favor|porfa|(?:muchas |mil )?gracias|{_NOW}))*\W*"
_ALONE = re.compile(rf"\W*(?:{_HELLO}\W+)*(?:(?:aqui |aca )?(?:en|desde) )?{_NAMED}{_THANKS}")
_NOTHING_ELSE = re.compile(
    rf"\W*(?:(?:{_HELLO}|{_NOW})\W+)*{_VERB}(?: {_NOW})* ?(?:en|desde) (?P<town>{_TOWN})??{_NAMED}{_THANKS}"
)
_NAME_GOES_ON = re.compile(r"[ \t]+[A-ZÁÉÍÓÚÜÑ]")
"""After a country: «Colombia Digital» is a firm."""
_BEFORE_A_NAME = frozenset("nuevo nueva villa paseo parque colonia".split())
"""Right before a country: «Villa España» is in none of that name; «Villa María, Argentina» is."""
_STREET = re.compile(r"\s+(?:(?:al\s+)?\d|y\s+[A-ZÁÉÍÓÚÑ]|esquina\b)")
_THEIRS = re.compile(
    r"\b(?:me|nos|le|les) (?:ha |habia )?(?:dij|dic|escrib|escrit|pus|pon|contest|grit|respond|mand|amenaz)\w*"
    r"(?: \w+){0,5}[,: ]*$"
)
"""Before a statement: then somebody else makes it."""
_LOOK_BACK = 200
"""Characters before a statement that are looked at to tell whose it is."""
_PASTED = re.compile(r"^[^\S\n]*(?:>|de:|from:|para:|asunto:|\[?\d{1,2}[/.:-]\d{1,2})", re.MULTILINE)
"""A mail or a chat: who says «estoy en» there, nobody knows."""
_ASKED = re.compile(r"(?:\s+\w+){0,2}\s*\?")


def place_of(history: Sequence[Turn], text: str) -> Place | None:
    """Where the person said last that they are; None: they did not, or they are there no more."""
    shown = False
    place: Place | None = None
    for turn in history:
        place = _after(turn.text, place, shown=shown)
        shown = shown or (turn.reading is not None and turn.reading.warns)
    return _after(text, place, shown=shown)


def says_where_only(text: str) -> bool:
    """Whether a text that comes after help says where the person is, and nothing else: a greeting, a thank you."""
    if _after(text, None, shown=True) is None:
        return False
    folded = fold(text)
    if _ALONE.fullmatch(folded):
        return True
    whole = _NOTHING_ELSE.fullmatch(folded)
    if whole is None or whole["town"] is None:
        return whole is not None
    # «estoy en peligro, Chile», in small letters or in capitals alone, names no town
    return len(folded) == len(text) and text[slice(*whole.span("town"))].istitle()


def _after(text: str, before: Place | None, *, shown: bool) -> Place | None:
    """Where the person is after a text; `shown`: help was shown, and a country alone answers it."""
    said = unquoted(mail.told(text))
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
    end, verb = match.end(), match.start("verb")
    if _THEIRS.search(match.string[max(0, verb - _LOOK_BACK) : verb]):
        return False
    asked = _ASKED.match(said, end) or said[max(0, verb - _LOOK_BACK) : verb].rstrip().endswith("¿")
    if asked or _STREET.match(said, end):
        return False
    town = match["town"]
    if town is None:
        return said[slice(*match.span("country"))].isupper() or not _NAME_GOES_ON.match(said, end)
    living = match["verb"].startswith(("viv", "resid"))
    return town.split()[-1] not in _BEFORE_A_NAME and (living or said[match.start("town")].isupper())
