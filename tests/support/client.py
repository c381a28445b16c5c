"""What a client says and hears, and whether its process lives."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from reflexiona.domain import TurnRequest
from reflexiona.engine.client import EngineClient
from reflexiona.events import Event, ReflectionReady

SCRIPT = str(Path(__file__).with_name("scripted_worker.py"))
COMMAND = (sys.executable, SCRIPT)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def events_of(client: EngineClient, text: str, *, use_model: bool = True) -> list[Event]:
    return [event async for event in client.ask(TurnRequest(text, use_model=use_model))]


def kinds(events: list[Event]) -> list[str]:
    return [type(event).__name__ for event in events]


def composed(events: list[Event]) -> bool:
    return any(isinstance(event, ReflectionReady) and event.reflection.composed for event in events)
