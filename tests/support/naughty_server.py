"""A real HTTP server on this machine that misbehaves as told: a behaviour for each request, the last for all others.

A behaviour is called with the request's handler and the file's bytes; it writes what it likes to the socket.
"""

from __future__ import annotations

import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TAG = '"v1"'


@dataclass
class Asked:
    """What a request said."""

    path: str
    range: str
    if_range: str
    headers: dict[str, str]


@dataclass
class Naughty:
    """A running server."""

    port: int
    body: bytes
    script: list[Behaviour]
    asked: list[Asked] = field(default_factory=list)
    host: str = "127.0.0.1"

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}/modelo.gguf"

    @property
    def ranges(self) -> list[str]:
        return [request.range for request in self.asked]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    naughty: Naughty

    def do_GET(self) -> None:
        server = self.naughty
        server.asked.append(
            Asked(
                self.path,
                self.headers.get("Range", ""),
                self.headers.get("If-Range", ""),
                {name.lower(): value for name, value in self.headers.items()},
            )
        )
        behave = server.script[min(len(server.asked), len(server.script)) - 1]
        self.close_connection = True
        with suppress(OSError):
            behave(self, server.body)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""

    def start(self) -> int:
        """First byte asked for."""
        found = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        return int(found[1]) if found else 0

    def reply(self, status: int, headers: dict[str, str], *, length: int | None = None) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def begin(self, body: bytes, **headers: str) -> bytes:
        """The head of a proper answer; returns what is to follow."""
        start = self.start()
        tag = {"ETag": TAG, "Content-Type": "application/octet-stream", **headers}
        if start >= len(body) and start:
            self.reply(416, {"Content-Range": f"bytes */{len(body)}"}, length=0)
            return b""
        if start:
            where = f"bytes {start}-{len(body) - 1}/{len(body)}"
            self.reply(206, {**tag, "Content-Range": where}, length=len(body) - start)
        else:
            self.reply(200, tag, length=len(body))
        return body[start:]

    def slam(self) -> None:
        """Ends the connection without a good-bye."""
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()


Behaviour = Callable[[_Handler, bytes], None]


@contextmanager
def naughty(body: bytes, *script: Behaviour) -> Iterator[Naughty]:
    """Runs the server."""
    state = Naughty(0, body, list(script) or [good])
    handler = type("Handler", (_Handler,), {"naughty": state})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    state.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()


def good(handler: _Handler, body: bytes) -> None:
    """What a server should do."""
    handler.wfile.write(handler.begin(body))


def drop(share: float) -> Behaviour:
    """Breaks off after this share of the whole file."""

    def behave(handler: _Handler, body: bytes) -> None:
        rest = handler.begin(body)
        handler.wfile.write(rest[: max(0, int(share * len(body)) - handler.start())])
        handler.slam()

    return behave


def end_early(share: float) -> Behaviour:
    """Ends the answer politely, but short."""

    def behave(handler: _Handler, body: bytes) -> None:
        rest = handler.begin(body)
        handler.wfile.write(rest[: max(0, int(share * len(body)) - handler.start())])

    return behave


def ignore_range(handler: _Handler, body: bytes) -> None:
    """Always the whole file."""
    handler.reply(200, {"Content-Type": "application/octet-stream"}, length=len(body))
    handler.wfile.write(body)


def wrong_range(handler: _Handler, body: bytes) -> None:
    """Another piece than was asked for."""
    start = handler.start()
    if not start:
        return ignore_range(handler, body)
    here = start + 7
    handler.reply(206, {"Content-Range": f"bytes {here}-{len(body) - 1}/{len(body)}"}, length=len(body) - here)
    handler.wfile.write(body[here:])
    return None


def unnamed_range(handler: _Handler, body: bytes) -> None:
    """A piece without saying which."""
    handler.reply(206, {}, length=len(body) - handler.start())
    handler.wfile.write(body[handler.start() :])


def odd_416(handler: _Handler, body: bytes) -> None:
    """Refuses any range, naming another size."""
    if not handler.start():
        return ignore_range(handler, body)
    handler.reply(416, {"Content-Range": f"bytes */{len(body) - 1}"}, length=0)
    return None


def other_file(handler: _Handler, body: bytes) -> None:
    """A file of the same size with other bytes in it."""
    good(handler, body[:100] + bytes(255 - byte for byte in body[100:]))


def page(handler: _Handler, body: bytes) -> None:
    """The page of a network that wants a log-in, whatever is asked for."""
    text = b"<!DOCTYPE html><html><body>Bienvenido a la red del hotel</body></html>"
    handler.reply(200, {"Content-Type": "text/html; charset=utf-8"}, length=len(text))
    handler.wfile.write(text)


def page_as_file(handler: _Handler, body: bytes) -> None:
    """The same, said to be a file of the right size."""
    text = b"<!DOCTYPE html><html><body>Bienvenido</body></html>".ljust(len(body))
    handler.reply(200, {"Content-Type": "application/octet-stream"}, length=len(text))
    handler.wfile.write(text)


def status(code: int, **headers: str) -> Behaviour:
    """Only a status."""

    def behave(handler: _Handler, body: bytes) -> None:
        handler.reply(code, {name.replace("_", "-"): value for name, value in headers.items()}, length=0)

    return behave


def redirect(url: str | Callable[[], str], code: int = 302, **headers: str) -> Behaviour:
    """Sends elsewhere."""

    def behave(handler: _Handler, body: bytes) -> None:
        where = url() if callable(url) else url
        handler.reply(code, {"Location": where, **{n.replace("_", "-"): v for n, v in headers.items()}}, length=0)

    return behave


def longer_than_said(handler: _Handler, body: bytes) -> None:
    """More bytes than the file has, in chunks, so that nothing announces them."""
    handler.reply(200, {"Transfer-Encoding": "chunked"})
    for piece in (body, b"x" * 5000):
        handler.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
    handler.wfile.write(b"0\r\n\r\n")


def another_size(handler: _Handler, body: bytes) -> None:
    """A file of another size."""
    good(handler, body + b"x" * 1000)


def without_length(handler: _Handler, body: bytes) -> None:
    """In chunks, without saying how much."""
    handler.reply(200, {"Transfer-Encoding": "chunked"})
    for start in range(0, len(body), 50_000):
        piece = body[start : start + 50_000]
        handler.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
    handler.wfile.write(b"0\r\n\r\n")


def unsized(handler: _Handler, body: bytes) -> None:
    """Knows ranges, and never says how much there is."""
    start = handler.start()
    where = {"Content-Range": f"bytes {start}-{len(body) - 1}/*"} if start else {}
    handler.reply(206 if start else 200, {"Transfer-Encoding": "chunked", "ETag": TAG, **where})
    for place in range(start, len(body), 50_000):
        piece = body[place : place + 50_000]
        handler.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
    handler.wfile.write(b"0\r\n\r\n")


def broken_chunks(handler: _Handler, body: bytes) -> None:
    """In chunks, cut in the middle of one."""
    handler.reply(200, {"Transfer-Encoding": "chunked"})
    handler.wfile.write(f"{len(body):x}\r\n".encode() + body[: len(body) // 2])


def squeezed(handler: _Handler, body: bytes) -> None:
    """Compressed, though nobody asked for it."""
    handler.reply(200, {"Content-Encoding": "gzip"}, length=len(body))
    handler.wfile.write(body)


def no_http(handler: _Handler, body: bytes) -> None:
    """Something that is not HTTP."""
    handler.wfile.write(b"\x00\x01\x02 hola \xff\xfe\r\n\r\n")


def silent(seconds: float) -> Behaviour:
    """Takes the request and says nothing for so long."""
    return lambda handler, body: time.sleep(seconds)


def stalling(share: float, seconds: float) -> Behaviour:
    """Sends a share and then nothing for so long."""

    def behave(handler: _Handler, body: bytes) -> None:
        rest = handler.begin(body)
        handler.wfile.write(rest[: int(share * len(rest))])
        handler.wfile.flush()
        time.sleep(seconds)

    return behave


def slow(pieces: int, pause: float) -> Behaviour:
    """Drips."""

    def behave(handler: _Handler, body: bytes) -> None:
        rest = handler.begin(body)
        step = -(-len(rest) // pieces)
        for start in range(0, len(rest), step):
            handler.wfile.write(rest[start : start + step])
            handler.wfile.flush()
            time.sleep(pause)

    return behave
