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
    from reflexiona.storage.history import Summary

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
OFFER = "Opcional: un modelo más grande, que redacte; ver cuáles caben aquí"
OFF_RECORD = (
    "Conversación temporal",
    "",
    "Lo que escribas aquí, lo que dejes sin enviar y las respuestas están solo en la memoria: no se guarda nada.",
    "Si el programa se cierra o falla, se pierde.",
    "",
    "Ctrl+N vuelve a lo que sí se guarda; Alt+T, a esta conversación, mientras el programa siga abierto. "
    "Alt+X la borra y Ctrl+E la exporta a un archivo.",
)


class Welcome(Static):
    """One piece of text, with things to click."""

    def __init__(self, *, temporary: bool = False, offers: bool = False) -> None:
        self._temporary = temporary
        self._offers = offers
        self._last: tuple[Sequence[Summary], datetime | None] = ((), None)
        super().__init__(self._page(), id="welcome")

    def recall(self, summaries: Sequence[Summary], now: datetime) -> None:
        """Adds the last conversations; not where nothing is kept."""
        self._last = (summaries, now)
        self.update(self._page())

    def offer(self, *, offer: bool) -> None:
        """Whether it says that a language model could be brought."""
        self._offers = offer
        self.update(self._page())

    def _page(self) -> Content:
        if self._temporary:
            return Content("\n").join(map(Content, OFF_RECORD))
        summaries, now = self._last
        lines = [
            Content.styled("¿Qué está pasando con tu cliente?", "bold"),
            Content(""),
            Content("Cuéntalo como salga, largo o corto, o pega el correo que recibiste."),
            Content("Lo que escribas no sale de este equipo.") + Content.styled("  Alt+T: sin guardar nada", "$quiet"),
            Content(""),
            Content.styled("Para probar (queda en el cuadro, sin enviar)", "$quiet"),
        ]
        for place, (title, _) in enumerate(EXAMPLES):
            lines.append(
                Content.styled(f"Alt+{place + 1}  ", "$own") + clickable(title, f"screen.cite_last({place + 1})")
            )
        if summaries and now is not None:
            from reflexiona.tui.widgets.cases import facts

            lines += [
                Content(""),
                Content.styled("Seguir con", "$quiet") + Content.styled("  Ctrl+L: todos · Ctrl+R: buscar", "$quiet"),
            ]
            for summary in summaries[:RECENT]:
                link = clickable(one_line(summary.title), f"screen.resume('{summary.id}')")
                lines.append(link + Content.styled(f"  {facts(summary, now)}", "$quiet"))
        if self._offers:
            lines += [
                Content(""),
                Content.styled("F8  ", "$own") + clickable(OFFER, "screen.command('models')", "$quiet"),
            ]
        return Content("\n").join(lines)
