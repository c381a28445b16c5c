"""Bringing a file over HTTP from a server that sends something else, nothing, or too slowly; and stopping it."""

from __future__ import annotations

import itertools
import threading
import time
from pathlib import Path

import pytest

from reflexiona.errors import ModelError, StorageError
from reflexiona.models.download.events import Manner, Received, Source
from reflexiona.models.download.fetch import Fetch
from reflexiona.models.download.part_file import note_path
from reflexiona.ports import Cancelled
from tests.support.downloading import BODY, HASTY, SHA, fetched, refused, remarks, run, source
from tests.support.naughty_server import (
    Behaviour,
    another_size,
    broken_chunks,
    drop,
    good,
    longer_than_said,
    naughty,
    no_http,
    page,
    page_as_file,
    redirect,
    silent,
    slow,
    squeezed,
    stalling,
    status,
    unnamed_range,
)


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
