"""A file to bring from a server that misbehaves, and what came of it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from reflexiona.errors import ReflexionaError
from reflexiona.models.download.events import Fetched, FetchEvent, Manner, Remark, Source
from reflexiona.models.download.fetch import Fetch
from tests.support.naughty_server import (
    Naughty,
)

BODY = b"GGUF" + bytes(range(256)) * 4000
SHA = hashlib.sha256(BODY).hexdigest()
HASTY = Manner(silence=0.4, tries=3, pause=0.01)


def source(server: Naughty, *, sha256: str = SHA, size: int | None = len(BODY), hosts: tuple[str, ...] = ()) -> Source:
    return Source(server.url, hosts, size, sha256, b"GGUF")


def run(fetch: Fetch) -> list[FetchEvent]:
    return list(fetch.events())


def fetched(events: list[FetchEvent]) -> Fetched:
    last = events[-1]
    assert isinstance(last, Fetched)
    assert [event for event in events if isinstance(event, Fetched)] == [last]
    return last


def remarks(events: list[FetchEvent]) -> list[str]:
    return [event.text for event in events if isinstance(event, Remark)]


def refused(server: Naughty, part: Path, **known: object) -> ReflexionaError:
    with pytest.raises(ReflexionaError) as error:
        run(Fetch(source(server, **known), part, manner=HASTY))  # type: ignore[arg-type]
    assert error.value.message.endswith(".")
    assert error.value.remedy
    return error.value
