"""The frames of danger: what must be named, what only sounds so, and that no text stalls them."""

from __future__ import annotations

from pathlib import Path

import pytest

from reflexiona.adapters.alarms import Alarms
from training.texts import DATA

ALARMS = Alarms(DATA / "seguridad.toml")
LINES = (Path(__file__).parent / "data" / "peligros.txt").read_text(encoding="utf-8").splitlines()
DANGERS = [line[2:] for line in LINES if line.startswith("+ ")]
SOUNDS_SO = [line[2:] for line in LINES if line.startswith("- ")]


def test_there_are_forty_of_each_and_more() -> None:
    assert (len(DANGERS), len(SOUNDS_SO)) == (41, 49)


@pytest.mark.parametrize("text", DANGERS)
def test_a_danger_is_named_however_it_is_written(text: str) -> None:
    for written in (text, text.upper(), f"Le hice la web. {text}. No sé qué hacer."):
        assert all(written[start:end].strip() for start, end in ALARMS.find(written))
        assert ALARMS.find(written)


@pytest.mark.parametrize("text", SOUNDS_SO)
def test_what_only_sounds_so_is_not(text: str) -> None:
    assert ALARMS.find(text) == ()


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "me ",
        "a-",
        "dice que me va a ",
        "manda fotos ",
        "foto de mi ",
        "a los ",
        "mi mano ",
        "quiero ",
        ", ",
        "\x00ñ",
    ],
)
def test_hostile_text_is_read_through(unit: str) -> None:
    text = (unit * 20_000)[:20_000]
    assert all(0 <= start < end <= len(text) for start, end in ALARMS.find(text))
