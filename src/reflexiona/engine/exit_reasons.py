"""Why a worker process ended, in words for a person, from its exit code or the signal that ended it."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Reason:
    """What happened and what may help."""

    message: str
    remedy: str


_MODEL = "Si vuelve a pasar, usa otro modelo o uno más pequeño."
_PROCESSOR = Reason(
    "El motor se cerró: esta instalación de llama.cpp usa instrucciones que este procesador no tiene.",
    "Reinstala llama-cpp-python compilándolo en este mismo equipo.",
)
_BROKEN = Reason("El motor se cerró por un fallo de memoria interno.", _MODEL)
_ABORTED = Reason(
    "El motor se cerró por un fallo interno, casi siempre por un archivo de modelo dañado o que no entiende.",
    "Si vuelve a pasar, vuelve a descargar el modelo o usa otro.",
)
_KILLED = Reason("El sistema cerró el motor, casi siempre por falta de memoria.", _MODEL)
_BY_SIGNAL = MappingProxyType(
    {
        signal.SIGABRT: _ABORTED,
        signal.SIGSEGV: _BROKEN,
        signal.SIGILL: _PROCESSOR,
        signal.SIGFPE: _BROKEN,
        signal.SIGKILL: _KILLED,
        signal.SIGTERM: Reason("Otro programa cerró el motor.", ""),
        signal.SIGBUS: Reason(
            "El motor se cerró: el archivo del modelo cambió o el disco falló mientras se leía.",
            "Comprueba el disco y vuelve a importar el modelo.",
        ),
    }
)
_BY_CODE = MappingProxyType(
    {
        0: Reason("El motor se cerró sin decir por qué.", ""),
        # on Windows a crash is an exit code
        0xC0000005: _BROKEN,
        0xC000001D: _PROCESSOR,
        0xC0000017: _KILLED,
        0xC0000409: _ABORTED,
    }
)


def describe(code: int) -> Reason:
    """The reason for an exit code as `subprocess` gives it: negative for a signal."""
    if code < 0:
        try:
            number = signal.Signals(-code)
        except ValueError:
            return Reason(f"El motor se cerró con la señal {-code}.", _MODEL)
        return _BY_SIGNAL.get(number, Reason(f"El motor se cerró con la señal {number.name}.", _MODEL))
    return _BY_CODE.get(code, Reason(f"El motor se cerró con el código {code}.", _MODEL))
