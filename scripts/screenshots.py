"""Makes the pictures of the README from the real program: real worker, real articles, an empty data folder.

    .venv/bin/python scripts/screenshots.py [FOLDER]

Writes an SVG for each scene into FOLDER (docs/img by default), and a PNG where cairosvg is installed.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from textual.pilot import Pilot

from reflexiona.paths import DataFolder
from reflexiona.settings import Settings
from reflexiona.tui.app import Opening, ReflexionaApp
from reflexiona.tui.launch import backstage
from reflexiona.tui.screens.main import MainScreen

SITUATION = (
    "Hice las ilustraciones de un libro infantil para una editorial pequeña, 1.800 € con factura a 30 días. Las "
    "entregué en febrero y el libro ya está en las librerías. Primero decían «la semana que viene sin falta», ahora "
    "la persona que me contrató no responde los correos y en administración me dicen que no les consta. Me da "
    "vergüenza insistir."
)
REQUEST = "¿Me escribes un correo para administración?"
SCENES = {"conversacion": ((120, 40), "reflexiona-oscuro"), "conversacion-clara": ((120, 40), "reflexiona-claro")}
"""Name → size, theme."""


def main() -> int:
    """Makes them all."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "docs" / "img"
    folder.mkdir(parents=True, exist_ok=True)
    for name, (size, theme) in SCENES.items():
        with tempfile.TemporaryDirectory() as data:
            asyncio.run(_scene(folder, name, size, theme, DataFolder(Path(data))))
    return 0


async def _scene(folder: Path, name: str, size: tuple[int, int], theme: str, data: DataFolder) -> None:
    app = ReflexionaApp(lambda on_error: backstage(data, Settings(), on_error), Opening(theme=theme))
    async with app.run_test(size=size) as pilot:
        screen = app.screen
        assert isinstance(screen, MainScreen)
        screen.talk.composer.cursor_blink = False
        await _answered(pilot, screen, SITUATION)
        screen.talk.transcript.begin_at_answer()
        await pilot.pause(0.5)
        _save(app, folder / f"{name}.svg")
        assert screen.talk.last is not None
        await pilot.press(f"alt+{screen.talk.last.cited[0]}")
        await pilot.pause(0.5)
        _save(app, folder / f"{name}-articulo.svg")
        await pilot.press("escape")
        await _answered(pilot, screen, REQUEST)
        _save(app, folder / f"{name}-mensaje.svg")


async def _answered(pilot: Pilot[None], screen: MainScreen, text: str) -> None:
    while screen.talk.desk is None:
        await pilot.pause(0.05)
    before = len(screen.talk.desk.conversation.turns) if screen.talk.desk.conversation else 0
    screen.talk.composer.put(text)
    await pilot.press("enter")
    while screen.talk.desk.conversation is None or len(screen.talk.desk.conversation.turns) == before:
        await pilot.pause(0.05)
    while screen.talk.desk.busy:
        await pilot.pause(0.05)
    await pilot.pause(0.5)


def _save(app: ReflexionaApp, path: Path) -> None:
    svg = app.export_screenshot()
    path.write_text(svg, encoding="utf-8")
    try:
        import cairosvg  # type: ignore[import-untyped]
    except ImportError:
        return
    # cairosvg does not fetch the font that the SVG names
    cairosvg.svg2png(
        bytestring=svg.replace("Fira Code", "DejaVu Sans Mono").encode(), write_to=str(path.with_suffix(".png"))
    )


if __name__ == "__main__":
    raise SystemExit(main())
