"""Two themes of our own, ink on paper and paper on ink, and what the terminal's own colours need besides.

Contrast of text on its ground is at least 4.5:1 (checked by a test). Nothing is told by colour alone.
"""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="reflexiona-oscuro",
    primary="#d3a765",
    secondary="#8fc5b4",
    accent="#8fc5b4",
    foreground="#e9e3d8",
    background="#1a1918",
    surface="#211f1e",
    panel="#2b2927",
    warning="#e5b96f",
    error="#ec9283",
    success="#a3c99a",
    dark=True,
    variables={
        "cite": "#8fc5b4",
        "quiet": "#aaa296",
        "rule": "#3d3a36",
        "own": "#d3a765",
        "footer-key-foreground": "#d3a765",
        "input-cursor-background": "#e9e3d8",
        "input-cursor-foreground": "#1a1918",
        "input-selection-background": "#4a5f58",
        "block-cursor-background": "#2a3531",
        "block-cursor-foreground": "#e9e3d8",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#272523",
        "block-cursor-blurred-foreground": "#e9e3d8",
        "block-cursor-blurred-text-style": "none",
        "block-hover-background": "#272523",
        "scrollbar": "#3d3a36",
        "scrollbar-hover": "#57534d",
        "scrollbar-active": "#d3a765",
        "scrollbar-background": "#1a1918",
        "scrollbar-background-hover": "#1a1918",
        "scrollbar-background-active": "#1a1918",
        "screen-selection-background": "#4a5f58",
    },
)

LIGHT = Theme(
    name="reflexiona-claro",
    primary="#87550f",
    secondary="#17685a",
    accent="#17685a",
    foreground="#2a2622",
    background="#fbf8f2",
    surface="#f4efe5",
    panel="#ebe4d7",
    warning="#7d5200",
    error="#a5301f",
    success="#2f6b2a",
    dark=False,
    variables={
        "cite": "#17685a",
        "quiet": "#6b6459",
        "rule": "#d9d0c0",
        "own": "#87550f",
        "footer-key-foreground": "#87550f",
        "input-cursor-background": "#2a2622",
        "input-cursor-foreground": "#fbf8f2",
        "input-selection-background": "#bfe0d6",
        "input-selection-foreground": "#2a2622",
        "block-cursor-background": "#dcebe4",
        "block-cursor-foreground": "#2a2622",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#f0eadf",
        "block-cursor-blurred-foreground": "#2a2622",
        "block-cursor-blurred-text-style": "none",
        "block-hover-background": "#f0eadf",
        "scrollbar": "#d9d0c0",
        "scrollbar-hover": "#bdb29f",
        "scrollbar-active": "#87550f",
        "scrollbar-background": "#fbf8f2",
        "scrollbar-background-hover": "#fbf8f2",
        "scrollbar-background-active": "#fbf8f2",
        "screen-selection-background": "#bfe0d6",
    },
)

CHOICES = {
    DARK.name: "Oscuro",
    LIGHT.name: "Claro",
    "ansi-dark": "Los colores de la terminal (fondo oscuro)",
    "ansi-light": "Los colores de la terminal (fondo claro)",
}
"""Theme → as the person reads it."""


def variables_for(theme: Theme) -> dict[str, str]:
    """Our own variables for a theme that does not know them."""
    quiet = "ansi_bright_black" if theme.ansi else (theme.foreground or "#a0a0a0")
    return {
        "cite": theme.accent or theme.primary,
        "quiet": quiet,
        "rule": quiet,
        "own": theme.primary,
    }
