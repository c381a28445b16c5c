"""Bringing a file over HTTP: it comes whole, and goes on from where it broke off."""

from __future__ import annotations

import itertools
import json
import re
import stat
from pathlib import Path

import pytest

from reflexiona.errors import ModelError
from reflexiona.models.download.events import Fetched, Received, Source
from reflexiona.models.download.fetch import Fetch
from reflexiona.models.download.part_file import PartNote, note_path, read_note
from tests.support.downloading import BODY, HASTY, SHA, fetched, refused, remarks, run, source
from tests.support.naughty_server import (
    TAG,
    Behaviour,
    drop,
    end_early,
    good,
    ignore_range,
    naughty,
    odd_416,
    other_file,
    stalling,
    without_length,
    wrong_range,
)


def test_a_file_comes_whole_and_tells_how_far_it_is(part: Path) -> None:
    times = itertools.count(0.0, 0.25)
    with naughty(BODY, good) as server:
        events = run(Fetch(source(server), part, manner=HASTY, clock=lambda: next(times)))
    assert fetched(events) == Fetched(len(BODY), SHA)
    assert part.read_bytes() == BODY
    seen = [event for event in events if isinstance(event, Received)]
    assert [event.done for event in seen] == sorted(event.done for event in seen)
    assert seen[0].done == 0
    assert seen[-1].done == seen[-1].total == len(BODY)
    assert {event.phase for event in seen} == {"descargando"}
    assert seen[-1].speed is not None
    assert seen[-1].seconds_left == 0
    assert stat.S_IMODE(part.stat().st_mode) == 0o600
    assert remarks(events) == []


def test_nothing_about_the_person_is_sent(part: Path) -> None:
    with naughty(BODY, good) as server:
        run(Fetch(source(server), part, manner=HASTY))
    (request,) = server.asked
    assert request.path == "/modelo.gguf"
    assert set(request.headers) == {"host", "user-agent", "accept", "accept-encoding", "connection"}
    assert (request.headers["user-agent"], request.headers["accept-encoding"]) == ("reflexiona", "identity")


@pytest.mark.parametrize("broken", [drop(0.6), end_early(0.6), stalling(0.6, 1.0)], ids=["cut", "short", "stalled"])
def test_what_breaks_off_at_sixty_per_cent_goes_on_from_there(part: Path, broken: Behaviour) -> None:
    with naughty(BODY, broken, good) as server:
        events = run(Fetch(source(server), part, manner=HASTY))
    assert fetched(events).sha256 == SHA
    assert part.read_bytes() == BODY
    first, second = server.ranges
    assert first == ""
    start = int(re.fullmatch(r"bytes=(\d+)-", second)[1])  # type: ignore[index]
    assert 0 < start <= 0.6 * len(BODY)
    (said,) = remarks(events)
    assert "Se sigue desde ahí" in said


def test_another_start_goes_on_where_the_last_one_stopped(part: Path) -> None:
    with naughty(BODY, drop(0.5)) as server:
        error = refused(server, part)
        assert (type(error), error.retryable) == (ModelError, True)
        assert re.match(r"La conexión se cortó al \d+ %\.", error.message)
        there = part.stat().st_size
        assert read_note(part) == PartNote(server.url, TAG, len(BODY))
        server.script = [good]
        server.asked.clear()
        events = run(Fetch(source(server), part, manner=HASTY))
    assert server.ranges == [f"bytes={there}-"]
    assert fetched(events).sha256 == SHA
    assert isinstance(events[0], Received)
    assert events[0].phase == "comprobando lo que ya había"


def test_a_download_that_moves_on_is_not_given_up(part: Path) -> None:
    with naughty(BODY, *(drop(share / 10) for share in range(1, 10)), good) as server:
        assert fetched(run(Fetch(source(server), part, manner=HASTY))).sha256 == SHA
    assert len(server.asked) == 10


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (ignore_range, "no sabe seguir una descarga a medias"),
        (wrong_range, "mandó otro trozo"),
        (odd_416, "no encaja con el archivo del servidor"),
    ],
)
def test_a_server_that_cannot_go_on_makes_it_begin_anew(part: Path, second: Behaviour, expected: str) -> None:
    with naughty(BODY, drop(0.6), second, ignore_range) as server:
        events = run(Fetch(source(server), part, manner=HASTY))
    assert fetched(events).sha256 == SHA
    assert part.read_bytes() == BODY
    assert any(expected in text and "empieza de nuevo" in text for text in remarks(events))


@pytest.mark.parametrize("never", [wrong_range, odd_416])
def test_a_server_that_always_sends_another_piece_is_given_up(part: Path, never: Behaviour) -> None:
    with naughty(BODY, *([drop(0.6), never] * 6)) as server:
        refused(server, part)
    assert len(server.asked) < 12


def test_a_part_that_is_whole_already_asks_nothing(part: Path) -> None:
    with naughty(BODY, good) as server:
        run(Fetch(source(server), part, manner=HASTY))
        server.asked.clear()
        assert fetched(run(Fetch(source(server), part, manner=HASTY))).sha256 == SHA
        assert server.asked == []
        events = run(Fetch(source(server, size=None), part, manner=HASTY))
    assert (fetched(events).sha256, server.ranges) == (SHA, [f"bytes={len(BODY)}-"])


def test_a_part_from_another_address_or_too_large_is_thrown_away(part: Path) -> None:
    part.write_bytes(b"GGUF" + b"x" * 5000)
    note_path(part).write_text(json.dumps({"url": "http://127.0.0.1/otro", "tag": "", "total": None}))
    with naughty(BODY, good) as server:
        assert fetched(run(Fetch(source(server), part, manner=HASTY))).sha256 == SHA
        assert server.ranges == [""]
        part.write_bytes(BODY + b"more")
        assert fetched(run(Fetch(source(server), part, manner=HASTY))).sha256 == SHA
    assert server.ranges == ["", ""]


def test_without_a_known_hash_the_servers_mark_tells_versions_apart(part: Path) -> None:
    with naughty(BODY, drop(0.5), good) as server:
        run(Fetch(source(server, sha256="", size=None), part, manner=HASTY))
    assert [request.if_range for request in server.asked] == ["", TAG]
    part.write_bytes(BODY[:1000])
    note_path(part).write_text(json.dumps({"url": server.url, "tag": "", "total": None}))
    with naughty(BODY, good) as again:
        again.asked.clear()
        run(Fetch(Source(again.url, (), None, "", b"GGUF"), part, manner=HASTY))
    assert again.ranges == [""]


def test_wrong_bytes_of_the_right_size_are_for_the_caller_to_see(part: Path) -> None:
    with naughty(BODY, other_file) as server:
        assert fetched(run(Fetch(source(server), part, manner=HASTY))).sha256 != SHA


def test_a_file_of_unknown_size_comes_too(part: Path) -> None:
    with naughty(BODY, without_length) as server:
        events = run(Fetch(source(server, size=None), part, manner=HASTY))
    assert fetched(events).sha256 == SHA
    assert {event.total for event in events if isinstance(event, Received)} == {None}
