"""Questions about the program itself: how to delete, where it is kept, whether it leaves the machine.

They are answered by one sentence each (`programa` in the phrases), no model asked. Precision first: a text counts only
when it is such a question and nothing else, word by word; «¿cómo borro a este cliente de mi vida?» is a case.
"""

from __future__ import annotations

import re
from dataclasses import replace

from reflexiona.domain import NONE_SCENARIO, Band, Likelihood, Reading, Turn
from reflexiona.situation import fold

_SURE = 0.97
"""Probability of `ninguno` for a question that is told word by word."""
_LONGEST = 20
"""Words; nobody asks so at greater length without telling something else."""

# All patterns are for folded text without punctuation, and are matched whole.
_BEFORE = re.compile(
    r"^(?:(?:hola|oye|oiga|mira|perdona?|disculp[ae]|por cierto|gracias|y|pero|ah|bueno|vale|ok|"
    r"(?:solo |otra )?(?:una )?(?:pregunta|duda|cosa)|antes de (?:nada|seguir|empezar|contarte(?: nada)?)|"
    r"me pregunto|(?:quiero|quisiera|necesito) saber|dime|decime|digame|sabes) )+"
)
_AFTER = re.compile(r"(?: (?:por favor|porfa|porfavor|gracias|entonces|aqui|aca|despues|luego))+$")
_SAID = (
    r"(?:(?:te |le )?(?:escrib[oi]|cuento|conte|digo|dije|pongo|puse)|(?:te |le )?he (?:escrito|contado|dicho|puesto))"
)
_WRITTEN = rf"(?:todo )?lo que {_SAID}"
_ONE = r"(?:est[ae]|la|el|mi|un|una) (?:conversacion|caso|charla|historial)"
_ALL = r"(?:tod[oa]s )?(?:mis|las|los) (?:conversaciones|casos|charlas)"
_OURS = rf"(?:{_ONE}|{_ALL}|{_WRITTEN})"
"""What can only be the program's."""
_THIS = rf"(?:{_OURS}|(?:todo )?esto)"
_HOW = (
    r"(?:como (?:puedo |podria |se puede |se |hago para )?|(?:se )?puede[ns]? |puedo |podria |"
    r"hay (?:forma|manera|modo) de |es posible |que (?:hago|tecla (?:uso|pulso)) para )"
)
_WHERE = r"(?:donde|en que (?:carpeta|archivo|sitio|lugar|parte))"
_PROGRAM = r"(?:(?:este|el) programa|(?:esta|la) (?:herramienta|aplicacion|app)|reflexiona)"
_MACHINE = (
    r"(?:mi|este|el|la|esta|tu) "
    r"(?:computadora|computador|ordenador|equipo|maquina|compu|pc|portatil|laptop|notebook)"
)
_OUTSIDE = r"(?:internet|la red|la nube|(?:un|algun|otro) (?:servidor|lado|sitio|lugar)|alguna parte|terceros|alguien)"
_FILE = r"(?:un archivo|un documento|markdown|md|pdf|word|texto)"
_OLD = r"(?:anterior(?:es)?|pasad[oa]s?|guardad[oa]s?|viej[oa]s?|de antes|de ayer|de otros? dias?)"
_ANYBODY = r"(?:un |una )?(?:ia|inteligencia artificial|persona(?: real)?|human[oa]|robot|bot|maquina|programa)"
"""Who may be at the other end; «¿hablo con un abogado?» is a case."""
_SOMEBODY = rf"(?:{_ANYBODY}|chatgpt|(?:un |una )?(?:abogad[oa]|psicolog[oa]|terapeuta))"
_PERHAPS_THEIRS = re.compile(r"\b(?:el|la|un|una|l[ao]s) (?:conversacion(?:es)?|casos?|charlas?|historial)\b")
"""In danger, «la conversación» may be the one with the threats: then «esta» alone is the program's."""
_TOPICS = {
    "borrar": (  # «¿esto se puede borrar?» may be what somebody wrote about the person
        rf"como (?:puedo |podria |se puede |se |hago para )?(?:borr\w+|elimin\w+|suprim\w+) {_THIS}",
        rf"(?:{_HOW}|(?:quiero|quisiera|necesito) )(?:borr\w+|elimin\w+|suprim\w+) {_OURS}",
        rf"{_OURS} se puede[n]? (?:borrar|eliminar)",
    ),
    "guardado": (
        rf"{_WHERE} (?:se )?(?:guard\w+|almacen\w+|queda[ns]? guardad[oa]s?) {_THIS}",
        rf"{_THIS} (?:se guarda[n]?|queda[n]? guardad[oa]s?)(?: en algun (?:lado|sitio|lugar))?",
        rf"(?:se guarda[n]?|guardas|queda[n]? guardad[oa]s?) {_THIS}(?: en algun (?:lado|sitio|lugar))?",
    ),
    "privado": (
        rf"(?:{_THIS} sale[n]?|sale[n]? (?:{_THIS}|algo)) (?:de {_MACHINE}|a {_OUTSIDE})",
        rf"{_THIS} (?:se (?:sube|envia|manda|comparte)[n]?|va[n]?) (?:a|por|con) {_OUTSIDE}",
        rf"(?:subes|envias|mandas|compartes) (?:{_THIS}|mis datos)(?: (?:a|por|con) {_OUTSIDE})?",
        rf"(?:alguien|quien)(?: mas)? (?:puede |podria |va a )?(?:leer|ver|lee|ve) {_THIS}",
        rf"{_THIS} es (?:privad[oa]|anonim[oa])|es (?:privad[oa]|anonim[oa]) {_THIS}",
        rf"{_OURS} es confidencial|es confidencial {_OURS}",
        r"es seguro (?:escribir|contar|poner|decir)te(?:lo)?(?: (?:esto|todo(?: esto)?))?",
        rf"(?:{_PROGRAM} |esto )?(?:usas?|necesitas?|te conectas a|se conecta a|funcionas? sin) (?:internet|conexion)",
    ),
    "exportar": (
        r"como (?:puedo |se puede |se )?export(?:o|a|ar)|(?:se puede|puedo) exportar",
        rf"{_HOW}export\w+ {_THIS}(?: (?:a|en) {_FILE})?",
        rf"{_HOW}(?:guard\w+|descarg\w+|sac\w+|pas\w+) {_THIS} (?:a|en) {_FILE}",
        rf"{_HOW}(?:imprim\w+|descarg\w+) {_OURS}",
    ),
    "importar": (
        r"como (?:puedo |se puede )?import(?:o|ar)|como se importa|(?:se puede|puedo) importar",
        rf"{_HOW}(?:import(?:o|ar)|tra(?:er|igo)|recuper(?:o|ar)|abr(?:o|ir)) {_ONE} "
        r"(?:exportad[oa]|de un archivo)(?: antes)?",
        rf"{_HOW}import(?:o|ar) (?:{_THIS}|{_FILE}(?: markdown)?|lo que exporte)(?: (?:de|desde) {_FILE})?",
    ),
    "temporal": (
        rf"como (?:hago|se hace) para que no se guarde[n]?(?: {_THIS}| nada)?",
        r"(?:(?:se )?puede|puedo) (?:escribir|contarte)(?: algo| esto)? sin que (?:se guarde|quede guardado)(?: nada)?",
        r"(?:hay|tienes|tiene) (?:un |algun )?modo (?:privado|incognito|temporal)",
    ),
    "anteriores": (
        rf"(?:donde (?:estan|veo|encuentro)|{_HOW}(?:ve\w*|abr\w+|busc\w+|encuentr\w+|encontrar|recuper\w+)) "
        rf"(?:(?:mis|las|los|mi|la|el|un|una) (?:conversacion(?:es)?|casos?|charlas?) {_OLD}|mis casos|"
        r"(?:el|mi) historial)",
    ),
    "teclas": (
        r"(?:que|cuales son l[ao]s|donde (?:veo|estan) l[ao]s) (?:teclas|comandos|ordenes|atajos)"
        r"(?: (?:hay|tienes?))?",
        rf"como (?:se usa|uso) (?:esto|{_PROGRAM})|como funciona(?:s| {_PROGRAM})",
        rf"{_HOW}(?:(?:cerrar|cierro) {_PROGRAM}|(?:salir|salgo) (?:del programa|de {_PROGRAM}))",
    ),
    "pais": (r"(?:como|donde) (?:se )?(?:cambi[oa]|elijo|elige|pongo|pone|configur[oa]) (?:el|mi|de) pais",),
    "modelo": (
        r"que modelo (?:usas|eres|de lenguaje usas)",
        r"(?:como|donde) (?:instalo|descargo|cambio de|uso|pongo|elijo) (?:un |otro |el )?modelo "
        r"(?:de lenguaje|local|mayor|mas grande|gguf)",
    ),
    "quien": (
        r"(?:que|quien) (?:eres|sos|es usted)",
        rf"(?:eres|sos|es usted) {_SOMEBODY}|(?:estoy hablando|hablo) con {_ANYBODY}",
    ),
}
"""What is asked → how it is asked."""
_PATTERNS = {topic: re.compile("|".join(ways)) for topic, ways in _TOPICS.items()}


def program_topic(text: str, *, in_danger: bool = False) -> str:
    """What a text asks about the program: the key of its answer; empty where it is anything else.

    `in_danger`: danger is what the conversation was read as so far.
    """
    if len(text.split()) > _LONGEST:
        return ""
    said = " ".join(re.findall(r"\w+", fold(text)))
    said = _AFTER.sub("", _BEFORE.sub("", said))
    if in_danger and _PERHAPS_THEIRS.search(said):
        return ""
    return next((topic for topic, pattern in _PATTERNS.items() if pattern.fullmatch(said)), "")


def about_program(turn: Turn) -> bool:
    """Whether a turn only asks about the program: then its reading says nothing of it. Never so in danger."""
    reading = turn.reading
    in_danger = reading is not None and (reading.safety or reading.worrying)
    return not in_danger and bool(program_topic(turn.text))


def no_case(reading: Reading) -> Reading:
    """The reading of a first text that asks about the program only: there is no problem with a client in it."""
    rest = sum(row.p for row in reading.scenarios if row.id != NONE_SCENARIO) or 1.0
    others = (Likelihood(r.id, (1 - _SURE) * r.p / rest) for r in reading.scenarios if r.id != NONE_SCENARIO)
    scenarios = (Likelihood(NONE_SCENARIO, _SURE), *others)
    return replace(
        reading,
        scenarios=scenarios,
        secondary=(),
        band=Band.CLEAR,
        evidence=(),
        courses=(),
        deciding=None,
        sides=(),
        safety=False,
        alarm=(),
        worrying=False,
        alarmed=False,
        told=(),
        scene="",
    )
