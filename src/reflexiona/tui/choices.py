"""Every setting as the person reads it: its name, what it is for, its values in words, and from when on it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reflexiona.settings import COUNTRIES, NAMES, Settings
from reflexiona.tui.themes import CHOICES as THEMES
from reflexiona.tui.themes import DARK

NOW, NEXT = "", "Vale al abrir Reflexiona de nuevo."
"""From when on a setting holds; at once, if nothing is said."""
_YES = {"true": "sí", "false": "no"}


@dataclass(frozen=True, slots=True)
class Row:
    """A setting. `values` holds (as in the file → as it is read); none: any text, or chosen elsewhere."""

    key: str
    title: str
    explains: str
    values: Mapping[str, str]
    holds: str = NOW
    empty: str = "ninguno"
    """How an empty text is read."""

    def value(self, settings: Settings) -> str:
        """As in the file; yes and no as `true` and `false`."""
        found = getattr(settings, NAMES[self.key])
        return str(found).lower() if isinstance(found, bool) else str(found)

    def said(self, settings: Settings) -> str:
        """The value in words."""
        value = self.value(settings)
        if self.key == "tema" and not value:
            value = DARK.name
        return self.values.get(value, value or self.empty)

    def next(self, settings: Settings, by: int) -> str:
        """The value after this one (`by` 1), or before it (-1)."""
        values = list(self.values)
        at = values.index(self.value(settings)) if self.value(settings) in values else 0
        return values[(at + by) % len(values)]


ROWS = (
    Row(
        "enviar_con",
        "Enviar con",
        "La otra tecla hace una línea nueva. Quien escribe largo y con párrafos puede preferir Ctrl+J.",
        {"enter": "Enter (Ctrl+J, línea nueva)", "ctrl+j": "Ctrl+J (Enter, línea nueva)"},
    ),
    Row("tema", "Tema", "Los dos propios tienen el contraste comprobado; los otros usan tu terminal.", THEMES),
    Row(
        "trato",
        "Trato",
        "Cómo se dirige Reflexiona a quien escribe. Sin fijar, se ajusta a cada texto.",
        {"": "según escribas", "tu": "de tú", "vos": "de vos", "usted": "de usted"},
    ),
    Row(
        "pais",
        "País",
        "Para los teléfonos de ayuda y los artículos con leyes. Nunca se adivina.",
        {"": "sin decir", **COUNTRIES},
    ),
    Row(
        "modelo",
        "Modelo de lenguaje",
        "El que redacta las respuestas. Sin ninguno, se componen con los artículos. Enter abre la lista.",
        {},
    ),
    Row(
        "leer_al_escribir",
        "Leer mientras escribes",
        "En las pausas, el modelo va leyendo lo que hay en el cuadro y luego contesta antes. Gasta algo de batería.",
        _YES,
    ),
    Row(
        "raton",
        "Ratón",
        "Sin ratón, la terminal selecciona texto como siempre; todo se hace con el teclado.",
        _YES,
        NEXT,
    ),
    Row(
        "teclado_kitty",
        "Teclado ampliado (protocolo Kitty)",
        "Distingue Mayús+Enter. Si los acentos o AltGr fallan, conviene «no». F5 comprueba el teclado.",
        _YES,
        NEXT,
    ),
    Row(
        "codificador",
        "Codificador propio",
        "Carpeta de un modelo de sentence-transformers para buscar pasajes. Vacío: el incluido. El índice nuevo se "
        "prepara mientras sigue el anterior.",
        {},
        NOW,
        "el incluido",
    ),
)
"""In the order they are shown."""
BY_KEY = {row.key: row for row in ROWS}
