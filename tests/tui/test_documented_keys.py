"""The README and the page of the screens name no key and no order that the program does not have."""

from __future__ import annotations

import re
from pathlib import Path

from reflexiona.cli.orders import ORDERS
from reflexiona.situation import fold
from reflexiona.tui.commands import COMMANDS, key_label

ROOT = Path(__file__).resolve().parents[2]
README, SCREENS = (ROOT / "README.md").read_text(), (ROOT / "docs" / "pantallas.md").read_text()
KEYS = {key_label(key) for command in COMMANDS for key in command.keys}
ELSEWHERE = {
    *("Ctrl+C", "Ctrl+J", "Ctrl+Z", "Alt+↑", "Alt+↓", "Alt+O", "Alt+K"),  # composer, plan, message, keyboard
    *(f"Alt+{n}" for n in range(1, 10)),
}
"""Keys of one part of the program."""


def test_the_keys_are_there() -> None:
    table = set(re.findall(r"`((?:Ctrl|Alt)\+\S|F\d+)`", README))
    assert {"F6", "F7", "Ctrl+P", "Alt+T"} <= table
    assert table <= KEYS
    named = set(re.findall(r"`((?:Ctrl|Alt)\+\S|F\d+)`", SCREENS))
    assert named <= KEYS | ELSEWHERE


def test_the_orders_are_there() -> None:
    names = {order.id for order in ORDERS}
    for text in (README, SCREENS):
        named = {fold(name) for name in re.findall(r"`/(\w+)", text)}
        assert {"cambia", "casos", "borra"} <= named
        assert named - {"ayuda"} <= names
    assert {fold(name) for name in re.findall(r"`/(\w+)", SCREENS)} >= names - {"nuevo"} - {"ayuda"}
