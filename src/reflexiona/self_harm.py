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
_OWN = re.compile(
    r"\b(?:quitarme|me mato|matarme|hacerme dano|ganas de (?:morir|vivir)|(?:quiero|querria) morir|cortarme|me corto|"
    r"me quiero (?:morir|matar)|no quiero (?:seguir|viv\w+|estar|despertar\w*)|tirarme|quiero desaparecer|sin mi|"
    r"me despert\w+|(?:pense|pienso|he pensado) en (?:mat|mor|quit|tir|desap)\w+|"
    r"(?:he mirado|mire|junte) las pastillas)\b"
)
_OF_ANOTHER = re.compile(
    r"\bse (?:mata|mate|matara|mataba|mato|suicid\w+|quit\w+ la vida|las (?:va|iba) a (?:tomar|tragar)|"
    r"(?:va|iba|quiere|queria|intento|ha intentado)(?: a)? (?:matar|morir|suicidar|quitar la vida))\b"
    r"(?! (?:a )?trabaj| de (?:la )?risa| por (?:cumplir|llegar|entregar))|"
    r"\b(?:matarse|suicidarse|quitarse la vida|hacerse dano)\b(?! (?:a )?trabaj)|\bno quiere (?:seguir )?viv"
)
"""Said of a third person, in earnest."""
_LOOK_AROUND = 200
"""Characters before a word that are looked at to tell what is meant by it."""


def tells_of_self_harm(text: str) -> bool:
    """Whether a text speaks of harming oneself or of dying, whoever it is; not of being harmed by others."""
    said = fold(text)
    return bool(_OF_ANOTHER.search(said)) or any(
        not (found[0].startswith(("matarme", "hacerme")) and _BY_OTHERS.search(said[_near(found) : found.start()]))
        for found in _SELF_HARM.finditer(said)
    )


def of_somebody_else(text: str) -> bool:
    """Whether a text that tells of self-harm tells it of somebody else, and not of the teller too."""
    said = fold(text)
    return bool(_OF_ANOTHER.search(said)) and not _OWN.search(said)


def _near(found: re.Match[str]) -> int:
    return max(0, found.start() - _LOOK_AROUND)
