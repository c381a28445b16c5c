"""The confirmed help lines as a list, for who looks for them without telling anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reflexiona.errors import ReflexionaError
from reflexiona.tui.messages import Failed
from reflexiona.tui.plain import folded

if TYPE_CHECKING:
    from reflexiona.domain import HelpLine
    from reflexiona.tui.screens.main import MainScreen


async def open_help_lines(screen: MainScreen) -> None:
    """Lists them, those of the person's country first; the one that is chosen stands there for a while, whole."""
    from reflexiona.tui.screens.palette import Entry, Palette

    backstage, desk = screen.backstage, screen.talk.desk
    if backstage is None or desk is None:
        screen.notify("Reflexiona todavía se está abriendo.", markup=False)
        return
    try:
        known = await backstage.shelf.help_lines()
    except ReflexionaError as error:
        screen.post_message(Failed(error))
        return
    lines = sorted(known, key=lambda line: (line.country_code != desk.country, folded(line.country)))

    def tell(chosen: str | None) -> None:
        if chosen is not None:
            screen.notify(whole(lines[int(chosen)]), title="Teléfono de ayuda", timeout=60, markup=False)

    entries = [
        Entry(str(place), f"{line.country}: {line.number}", line.name, line.purpose)
        for place, line in enumerate(lines)
        if line.number
    ]
    screen.app.push_screen(Palette(entries, "¿De qué país, o para qué?"), tell)


def whole(line: HelpLine) -> str:
    """«112 · Emergencias · España · 24 horas · comprobado el 2026-11-21»."""
    checked = f"comprobado el {line.checked}"
    return " · ".join(filter(None, (line.number, line.name, line.country, line.hours, checked)))
