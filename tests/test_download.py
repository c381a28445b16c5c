"""Bringing a file over HTTP: against a real server that misbehaves in every way that was thought of."""

from __future__ import annotations

import hashlib
import itertools
import json
import re
import stat
import threading
import time
from pathlib import Path

import pytest

from reflexiona.errors import ModelError, ReflexionaError, StorageError
from reflexiona.models.download.events import Fetched, FetchEvent, Manner, Received, Remark, Source
from reflexiona.models.download.fetch import Fetch
from reflexiona.models.download.part_file import PartNote, note_path, read_note
from reflexiona.ports import Cancelled
from tests.support.naughty_server import (
    TAG,
    Behaviour,
    Naughty,
    another_size,
    broken_chunks,
    drop,
    end_early,
    good,
    ignore_range,
    longer_than_said,
    naughty,
    no_http,
    odd_416,
    other_file,
    page,
    page_as_file,
    redirect,
    silent,
    slow,
    squeezed,
    stalling,
    status,
    unnamed_range,
    without_length,
    wrong_range,
)

BODY = b"GGUF" + bytes(range(256)) * 4000
SHA = hashlib.sha256(BODY).hexdigest()
HASTY = Manner(silence=0.4, tries=3, pause=0.01)


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "modelo.gguf.descarga"


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


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        (page, "una página web en lugar del archivo"),
        (page_as_file, "no es un modelo"),
        (status(401), "pide entrar con usuario"),
        (status(403), "no da permiso"),
        (status(404), "ya no está ahí"),
        (status(410), "ya no está ahí"),
        (status(451), "motivos legales"),
        (status(418), "código 418"),
        (another_size, "mide 1025004 bytes y el del catálogo 1024004"),
        (longer_than_said, "más de lo que había anunciado"),
        (squeezed, "comprimido"),
        (redirect("/modelo.gguf"), "de un sitio a otro sin fin"),
        (redirect("ftp://127.0.0.1/x"), "otro sitio que no se conoce"),
        (redirect(""), "no es segura"),
        (redirect("http://servidor-de-otros.example/x"), "otro sitio que no se conoce (servidor-de-otros.example)"),
    ],
)
def test_what_is_not_the_file_is_one_sentence_and_leaves_nothing(
    part: Path, behaviour: Behaviour, expected: str
) -> None:
    with naughty(BODY, behaviour) as server:
        assert expected in refused(server, part).message
    assert not part.exists()
    assert not note_path(part).exists()


def test_a_hash_that_is_named_beforehand_and_is_another_saves_the_download(part: Path) -> None:
    with naughty(BODY, redirect("/x", X_Linked_Etag=f'"{"0" * 64}"'), good) as server:
        assert "su huella es otra" in refused(server, part).message
    assert not part.exists()


def test_a_piece_without_its_place_is_refused_and_the_part_stays(part: Path) -> None:
    with naughty(BODY, drop(0.5), unnamed_range) as server:
        assert "sin decir cuál" in refused(server, part).message
    assert part.stat().st_size > 0


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        (status(429, Retry_After="0"), "hay demasiadas descargas"),
        (status(503), "código 503"),
        (status(500), "código 500"),
        (silent(1.0), "dejó de responder"),
        (no_http, "se cortó"),
        (broken_chunks, "se cortó"),
    ],
)
def test_what_may_pass_is_tried_again(part: Path, behaviour: Behaviour, expected: str) -> None:
    with naughty(BODY, behaviour, good) as server:
        events = run(Fetch(source(server), part, manner=HASTY))
        assert expected in " ".join(remarks(events))
        assert fetched(events).sha256 == SHA
        part.unlink()
        server.script = [behaviour]
        error = refused(server, part)
    assert error.retryable
    assert expected in error.message


def test_a_server_says_how_long_to_wait(part: Path) -> None:
    with naughty(BODY, status(429, Retry_After="1"), good) as server:
        began = time.monotonic()
        events = run(Fetch(source(server), part, manner=HASTY))
    assert time.monotonic() - began >= 1
    assert remarks(events) == ["El servidor pide esperar: hay demasiadas descargas. Se vuelve a intentar en 1 s."]


def test_a_slow_server_is_waited_for(part: Path) -> None:
    with naughty(BODY, slow(8, 0.1)) as server:
        events = run(Fetch(source(server), part, manner=HASTY))
    assert fetched(events).sha256 == SHA
    assert len(server.asked) == 1
    assert sum(isinstance(event, Received) for event in events) >= 4


def test_a_file_of_unknown_size_comes_too(part: Path) -> None:
    with naughty(BODY, without_length) as server:
        events = run(Fetch(source(server, size=None), part, manner=HASTY))
    assert fetched(events).sha256 == SHA
    assert {event.total for event in events if isinstance(event, Received)} == {None}


def test_a_known_host_may_send_on_to_another(part: Path) -> None:
    with naughty(BODY, drop(0.4), good) as store:
        store.host = "localhost"
        with naughty(b"", redirect(lambda: store.url, X_Linked_Etag=f'"{SHA}"')) as front:
            events = run(Fetch(source(front, hosts=("localhost",)), part, manner=HASTY))
        assert [bool(asked.range) for asked in store.asked] == [False, True]
        with naughty(b"", redirect(lambda: store.url)) as front:
            assert "otro sitio que no se conoce (localhost)" in refused(front, part.with_name("otra")).message
    assert fetched(events).sha256 == SHA


def test_without_a_network_it_is_said_soon(part: Path) -> None:
    nowhere = Source("https://no-existe.invalid/m.gguf", (), len(BODY), SHA)
    with pytest.raises(ModelError, match=r"No se encuentra no-existe.invalid: parece que no hay conexión") as error:
        run(Fetch(nowhere, part, manner=HASTY))
    assert error.value.retryable
    with pytest.raises(ModelError, match=r"127.0.0.1 no acepta la conexión"):
        run(Fetch(Source("http://127.0.0.1:9/m.gguf", (), len(BODY), SHA), part, manner=HASTY))
    assert not part.exists()


@pytest.mark.parametrize("hanging", [silent(5), stalling(0.5, 5), slow(50, 0.2)], ids=["silent", "stalled", "slow"])
def test_stopping_does_not_wait_for_the_network(part: Path, hanging: Behaviour) -> None:
    with naughty(BODY, hanging) as server:
        fetch = Fetch(source(server), part, manner=Manner(silence=30))
        threading.Timer(0.3, fetch.stop).start()
        began = time.monotonic()
        with pytest.raises(Cancelled):
            run(fetch)
        assert time.monotonic() - began < 2
        server.script = [good]
        assert fetched(run(Fetch(source(server), part, manner=HASTY))).sha256 == SHA


def test_stopping_ends_a_pause_between_tries(part: Path) -> None:
    with naughty(BODY, status(429, Retry_After="50")) as server:
        fetch = Fetch(source(server), part, manner=HASTY)
        threading.Timer(0.3, fetch.stop).start()
        with pytest.raises(Cancelled):
            run(fetch)


def test_whoever_stops_listening_leaves_a_part_to_go_on_from(part: Path) -> None:
    with naughty(BODY, slow(20, 0.02), good) as server:
        events = Fetch(source(server), part, manner=HASTY, clock=itertools.count().__next__).events()
        for event in events:
            if isinstance(event, Received) and event.done > 100_000:
                break
        events.close()
        there = part.stat().st_size
        assert 100_000 < there < len(BODY)
        assert fetched(run(Fetch(source(server), part, manner=HASTY))).sha256 == SHA
    assert server.ranges[1] == f"bytes={there}-"


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("no es una carpeta")
    with naughty(BODY, good) as server, pytest.raises(StorageError, match="No se puede escribir la descarga"):
        run(Fetch(source(server), tmp_path / "x" / "m.gguf.descarga", manner=HASTY))
    assert server.asked == []
