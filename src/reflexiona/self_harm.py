"""Whether words speak of harming oneself or of dying: it changes the help that is shown, and what calls it off."""

from __future__ import annotations

import re

from reflexiona.situation import fold

_SELF_HARM = re.compile(
    r"suicid|quitar(?:me|se) la vida|\b(?:me mato|matarme)\b|no quiero (?:seguir )?viv|no quiero (?:seguir|estar) aqui|"
    r"no quiero estar\b(?! con| en)|acab(?:ar|aba|o) (?:con )?todo|hacer(?:me|se) dano|ganas de morir|"
    r"(?:quiero|querria) morir|"
    r"no vale la pena vivir|cort(?:arme|e en el brazo)|me corto (?:para|los|las|cuando)|las venas|"
    r"(?:mejor|tranquil\w+) sin mi\b(?! \w)|tirarme (?:a las? vias?|al metro|al tren|por|del|de la)|quiero desaparecer|"
    r"no (?:me |quier\w+ |quisier\w+ |queria )*(?:volver a )?despert(?:ar|ara|aba|ase)\w*|dejar de existir|"
    r"que (?:todo )?se acabe(?: ya)? todo|sin ganas de vivir|quitarme de en ?medio|me quiero (?:morir|matar)\b(?! de)|"
    r"si (?:me tira|me cai|desapareci|me pasara algo)|volantazo|pastillas|"
    r"(?:descans(?:ar|aba|o)) (?:de una vez|por fin|para siempre)|por fin descans|no hacer(?:le|les)? falta a nadie"
)
_BY_OTHERS = re.compile(
    r"(?:amenaz\w+|quiere\w*|queria\w*|quiso|dij\w+|dice\w*|va|van|iba|iban|vino|intent\w+|trat\w+) (?:\w+ ){0,4}$"
)
"""Before «matarme» and «hacerme daño»: then it is somebody else who would."""
_LOOK_AROUND = 200
"""Characters before a word that are looked at to tell what is meant by it."""


def tells_of_self_harm(text: str) -> bool:
    """Whether a text speaks of harming oneself or of dying, whoever it is; not of being harmed by others."""
    said = fold(text)
    return any(
        not (found[0].startswith(("matarme", "hacerme")) and _BY_OTHERS.search(said[_near(found) : found.start()]))
        for found in _SELF_HARM.finditer(said)
    )


def _near(found: re.Match[str]) -> int:
    return max(0, found.start() - _LOOK_AROUND)
