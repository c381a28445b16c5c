"""The orders of line mode as a table: how each is called, what it takes, what it does. Not how it is done.

An order begins with «/» and a letter, where a message would begin. Nobody tells a case so; and whatever does not stand
in the table is told so in one sentence, never guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches

from reflexiona.errors import BadInputError
from reflexiona.situation import fold

_ORDER = re.compile(r"/(?:[^\W\d_]|\?|\s*$)")
_LEAVING = frozenset({"salir", "exit", "quit"})
"""What people type to leave; no case is told so."""
_FAREWELL = "adios"
"""Leaves too, but not in danger: there it may be meant otherwise."""
_AS_TEXT = "si es parte de lo que cuentas, empieza la línea con un espacio."


@dataclass(frozen=True, slots=True)
class Order:
    """One order."""

    name: str
    """With its accents; they do not count."""
    takes: str
    """What follows; in brackets what may be left out; empty: nothing may follow."""
    does: str

    @property
    def id(self) -> str:
        """The name without accents."""
        return fold(self.name)


ORDERS = (
    Order("plan", "", "los siguientes pasos, con su número"),
    Order("hecho", "N", "marca como hecho el paso N, o lo deja otra vez por hacer"),
    Order("fuentes", "", "los títulos de los pasajes de la última respuesta"),
    Order("fuente", "N", "lee entero el pasaje [N]"),
    Order("artículo", "N", "lee entero el artículo del pasaje [N]"),
    Order("mensaje", "[CÓMO]", "lee el mensaje para el cliente; «/mensaje whatsapp, más firme, de usted» lo cambia"),
    Order("copia", "", "copia el mensaje para el cliente, sin nada más"),
    Order("guarda", "[ARCHIVO]", "escribe en un archivo el mensaje para el cliente, sin nada más"),
    Order("cambia", "[N]", "cambia tu último texto, o el N, y lo envía como rama; «/cambia editor», en tu editor"),
    Order("otra", "", "otra respuesta a tu último texto, como rama; hace falta un modelo descargado"),
    Order("vuelve", "", "de una rama, a la conversación de la que salió; otra vez, a la rama"),
    Order("casos", "[todos]", "las últimas conversaciones guardadas, con su número"),
    Order("busca", "PALABRAS", "las conversaciones que tienen esas palabras; los acentos no cuentan"),
    Order("abre", "N", "abre la conversación N de la última lista, para seguir con ella"),
    Order("lee", "", "la conversación abierta, entera"),
    Order("título", "TÍTULO", "cambia el título de la conversación abierta"),
    Order("borra", "[N]", "borra para siempre la conversación abierta, o la N de la última lista; antes pregunta"),
    Order("exporta", "[ARCHIVO]", "escribe la conversación en Markdown; «/exporta sin datos», sin nombres ni importes"),
    Order("importa", "ARCHIVO", "guarda y abre una conversación exportada antes"),
    Order("nuevo", "", "empieza otra conversación"),
    Order("temporal", "", "empieza otra conversación, de la que no se guarda nada"),
    Order("país", "[PAÍS]", "dice o elige el país, para los teléfonos de ayuda y las leyes; «/país ninguno» lo quita"),
    Order("ayuda", "", "esta lista"),
    Order("salir", "", "termina (también Ctrl+D)"),
)
_BY_ID = {order.id: order for order in ORDERS}
_ALSO = {
    **{"abrir": "abre", "borrar": "borra", "buscar": "busca", "copiar": "copia", "exportar": "exporta", "leer": "lee"},
    **{"guardar": "guarda", "renombra": "titulo", "renombrar": "titulo", "caso": "casos", "pasos": "plan"},
    **{"cambiar": "cambia", "edita": "cambia", "editar": "cambia", "volver": "vuelve", "importar": "importa"},
    **{"regenera": "otra", "regenerar": "otra", "repite": "otra", "repetir": "otra"},
    **{"nueva": "nuevo", "adios": "salir", "exit": "salir", "quit": "salir", "help": "ayuda", "?": "ayuda"},
}
"""What people type instead."""


def is_order(line: str) -> bool:
    """Whether the first line of a message is an order; «/2» and «/ algo» are text."""
    return bool(_ORDER.match(line))


def leaves(line: str, *, in_danger: bool) -> bool:
    """Whether the first line of a message says that the person leaves; `in_danger`: help is what counts now."""
    word = fold(line).strip()
    return word in _LEAVING or (word == _FAREWELL and not in_danger)


def read_order(line: str) -> tuple[str, str]:
    """(id, what follows) of an order.

    Raises:
        BadInputError: there is none of that name, or it takes something else.
    """
    name, _, rest = line.strip().removeprefix("/").partition(" ")
    rest = rest.strip()
    asked = fold(name)
    asked = _ALSO.get(asked, asked)
    if asked == "fuentes" and rest:
        asked = "fuente"
    order = _BY_ID.get(asked)
    if order is None:
        near = get_close_matches(asked, _BY_ID, 1, 0.7)
        perhaps = f" ¿Será «/{_BY_ID[near[0]].name}»?" if near else ""
        raise BadInputError(f"No hay ninguna orden «/{name}».{perhaps}", f"/ayuda dice las que hay; {_AS_TEXT}")
    if rest and not order.takes:
        raise BadInputError(f"La orden «/{order.name}» va sola, sin nada detrás.", f"O bien, {_AS_TEXT}")
    if not rest and order.takes and not order.takes.startswith("["):
        raise BadInputError(f"A la orden «/{order.name}» le falta algo.", f"Se escribe: /{order.name} {order.takes}")
    return order.id, rest


def help_text() -> str:
    """Every order on a line of its own."""
    return "\n".join(f"/{order.name}{' ' if order.takes else ''}{order.takes}: {order.does}" for order in ORDERS)


def number(text: str, most: int, what: str) -> int:
    """The number from 1 to `most` that a text says («2», «[2]»).

    Raises:
        BadInputError: it says none of them. `what` there are: «pasajes».
    """
    found = re.fullmatch(r"\[?(\d{1,4})\]?", text)
    if found is None or not 1 <= int(found[1]) <= most:
        raise BadInputError(f"No hay {what} «{text}».", f"Los números van del 1 al {most}.")
    return int(found[1])
