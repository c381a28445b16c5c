"""Contrast of both themes, WCAG AA: 4.5:1 for text."""

from __future__ import annotations

import pytest
from textual.color import Color
from textual.theme import Theme

from reflexiona.tui.themes import DARK, LIGHT, variables_for

TEXT = ("foreground", "cite", "quiet", "own", "warning", "error", "success")
GROUNDS = ("background", "surface", "block-cursor-background")


def colour(theme: Theme, name: str) -> Color:
    return Color.parse(theme.variables.get(name) or getattr(theme, name))


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("text", TEXT)
def test_text_can_be_read(theme: Theme, text: str, ground: str) -> None:
    assert contrast(theme, text, ground) >= 4.5


def contrast(theme: Theme, text: str, ground: str) -> float:
    lighter, darker = sorted((luminance(colour(theme, text)), luminance(colour(theme, ground))), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(of: Color) -> float:
    def linear(channel: int) -> float:
        part = channel / 255
        return part / 12.92 if part <= 0.03928 else float(((part + 0.055) / 1.055) ** 2.4)

    return 0.2126 * linear(of.r) + 0.7152 * linear(of.g) + 0.0722 * linear(of.b)


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_our_variables_are_defined(theme: Theme) -> None:
    assert set(variables_for(theme)) <= set(theme.variables)
