"""The empty page: a greeting, three situations to try, and the last conversations once there are any."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from reflexiona.tui.plain import one_line
from reflexiona.tui.typeset import clickable

if TYPE_CHECKING:
    from reflexiona.storage.conversations import Summary

EXAMPLES = (
    (
        "Una factura que no llega",
        "Entregué las traducciones de su web en marzo y quedamos en 30 días: son 980 €. Ya es junio. Primero me dijo "
        "que lo miraba con su gestora, luego que el lunes sin falta, y desde hace dos semanas no responde a los "
        "correos. Me da apuro insistir, pero cuento con ese dinero.",
    ),
    (
        "Cambios que no terminan",
        "El presupuesto del logo eran dos rondas de cambios y voy por la séptima. Cada vez me pide una cosita más, "
        "ahora también las tarjetas y la cabecera de la tienda, y dice que eso va incluido. Es buena gente y no sé "
        "cómo pararlo sin que se enfade.",
    ),
    (
        "Todo es para ayer",
        "Me escribe a las once de la noche y los domingos, y si no contesto en una hora me llama. Todo es urgente. "
        "Paga puntual y es la mitad de lo que gano, pero llevo meses durmiendo mal y he dejado de lado a los demás "
        "clientes.",
    ),
)
"""(title, situation): written for this page, nobody's story."""
RECENT = 3


class Welcome(Static):
    """One piece of text, with things to click."""

    def __init__(self) -> None:
        super().__init__(self._page((), None), id="welcome")

    def recall(self, summaries: Sequence[Summary], now: datetime) -> None:
        """Adds the last conversations."""
        self.update(self._page(summaries, now))

    @staticmethod
    def _page(summaries: Sequence[Summary], now: datetime | None) -> Content:
        lines = [
            Content.styled("¿Qué está pasando con tu cliente?", "bold"),
            Content(""),
            Content("Cuéntalo como salga, largo o corto, o pega el correo que recibiste."),
            Content("Lo que escribas no sale de este equipo."),
            Content(""),
            Content.styled("Para probar (queda en el cuadro, sin enviar)", "$quiet"),
        ]
        for place, (title, _) in enumerate(EXAMPLES):
            lines.append(
                Content.styled(f"Alt+{place + 1}  ", "$own") + clickable(title, f"screen.cite_last({place + 1})")
            )
        if summaries and now is not None:
            from reflexiona.tui.widgets.cases import facts

            lines += [Content(""), Content.styled("Seguir con", "$quiet") + Content.styled("  Ctrl+L: todos", "$quiet")]
            for summary in summaries[:RECENT]:
                link = clickable(one_line(summary.title), f"screen.resume('{summary.id}')")
                lines.append(link + Content.styled(f"  {facts(summary, now)}", "$quiet"))
        return Content("\n").join(lines)
