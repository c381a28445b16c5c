"""Tells how a download goes on, whatever is being brought."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from typing import TypeVar

from reflexiona.cli.console import Console
from reflexiona.models.download.events import FetchEvent, Received, Remark
from reflexiona.models.progress import progress_text

Brought = TypeVar("Brought")


def bring(
    console: Console, name: str, events: Generator[FetchEvent | Brought, None, None], kind: type[Brought]
) -> Brought:
    """The last event, which says what came.

    Raises:
        KeyboardInterrupt: the person stopped it, and has been told how to go on.
    """
    came: Brought | None = None
    try:
        with closing(events):
            for event in events:
                if isinstance(event, Received):
                    console.status(event.phase, progress_text(event))
                elif isinstance(event, Remark):
                    console.message(event.text)
                elif isinstance(event, kind):
                    came = event
    except KeyboardInterrupt:
        console.message(f"Lo descargado queda. Para seguir desde ahí: reflexiona modelos instala {name}")
        raise
    assert came is not None  # the last event
    return came
