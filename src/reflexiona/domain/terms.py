"""The small closed lists: bands, registers, moments, channels, tones."""

from __future__ import annotations

from enum import StrEnum

NONE_SCENARIO = "ninguno"


class Band(StrEnum):
    """How sure a reading is, by measured precision."""

    CLEAR = "claro"
    PROBABLE = "probable"
    UNCLEAR = "no_claro"

    @property
    def label(self) -> str:
        """The band as the person reads it."""
        return self.value.replace("_", " ")


class Register(StrEnum):
    """How the person speaks, and is spoken to."""

    TU = "tu"
    VOS = "vos"
    USTED = "usted"


class When(StrEnum):
    """When a step is due."""

    TODAY = "hoy"
    THIS_WEEK = "esta_semana"
    LATER = "despues"

    @property
    def label(self) -> str:
        """The moment as the person reads it."""
        return {"hoy": "Hoy", "esta_semana": "Esta semana", "despues": "Después"}[self.value]


class Channel(StrEnum):
    """How a message reaches the client."""

    EMAIL = "correo"
    WHATSAPP = "whatsapp"
    CALL = "llamada"


class Tone(StrEnum):
    """How a message sounds."""

    BALANCED = "equilibrado"
    FIRMER = "firme"
    WARMER = "calido"
    SHORTER = "breve"
