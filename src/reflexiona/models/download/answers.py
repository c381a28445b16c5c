"""What a server answers to a request for a file or the rest of it: redirects, ranges, refusals, each in plain words.

Sends nothing about the person: no cookies, no credentials, no name of the system.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from types import MappingProxyType
from urllib.parse import SplitResult, urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

from reflexiona.errors import ModelError, ReflexionaError

_MOST_REDIRECTS = 6
_REDIRECTS = (301, 302, 303, 307, 308)
_PASSING = (408, 425, 429, 500, 502, 503, 504)
"""What may go well a moment later."""
_RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)")
_HASH = re.compile(r'"?([0-9a-f]{64})"?')
_BY_HAND = "Prueba más tarde, o trae el archivo a mano con «reflexiona modelos importa»."
_REFUSALS = MappingProxyType(
    {
        401: ("pide entrar con usuario", "Baja el archivo a mano e impórtalo con «reflexiona modelos importa»."),
        403: ("no da permiso", "Baja el archivo a mano e impórtalo con «reflexiona modelos importa»."),
        404: ("dice que el archivo ya no está ahí", _BY_HAND),
        407: ("de la red (proxy) pide entrar con usuario", "Revisa la conexión."),
        410: ("dice que el archivo ya no está ahí", _BY_HAND),
        451: ("no lo ofrece por motivos legales", _BY_HAND),
    }
)
_PORTAL = "Si la red pide entrar con usuario o aceptar condiciones, hazlo en el navegador y repite."


class Broken(ReflexionaError):
    """Something that may go well in a moment. `wait`: seconds the server asked to wait; 0: it did not say."""

    def __init__(self, message: str, remedy: str = "", *, wait: float = 0.0) -> None:
        super().__init__(message, remedy or "Repite: sigue desde donde estaba.", retryable=True)
        self.wait = wait


class Answer:
    """A server's answer, checked: where its bytes begin, how large the whole is, and the bytes."""

    def __init__(self, response: HTTPResponse, connection: HTTPConnection, asked: int, linked: str) -> None:
        self._response = response
        self._connection = connection
        self.linked_hash = linked
        """The hash of the file as its host names it before it sends on; empty: it does not."""
        self.tag = response.headers.get("ETag", "")
        if self.tag.startswith("W/"):
            self.tag = ""
        self.start: int | None
        """Offset of the first byte; None: the server has nothing behind what was there."""
        self.total: int | None
        """Bytes of the whole file, where the server says it."""
        self.start, self.total = _extent(response, asked)

    def read(self, most: int) -> bytes:
        """The next bytes, as they come; empty at the end.

        Raises:
            OSError: the connection broke or is silent.
            HTTPException: it ended in the middle.
        """
        return self._response.read1(most)

    def close(self) -> None:
        """Lets the connection go."""
        self._response.close()
        self._connection.close()


def open_answer(
    url: str, hosts: tuple[str, ...], start: int, tag: str, silence: float, watch: Callable[[socket.socket], None]
) -> Answer:
    """Asks for a file from byte `start` on, following redirects among known hosts.

    Args:
        hosts: what may serve it besides the host of `url`: these and what lies below them.
        tag: the version of what is there already: of another one the server sends the whole.
        silence: seconds without a byte after which the connection counts as broken.
        watch: told of each socket.

    Raises:
        ModelError: the server refuses, sends elsewhere, or answers with something that is not a file.
        Broken: it may go well in a moment.
        OSError: no connection.
        HTTPException: no HTTP.
    """
    first = urlsplit(url)
    allowed = (first.hostname or "", *hosts)
    linked = ""
    for _ in range(_MOST_REDIRECTS):
        connection, response = _request(urlsplit(url), start, tag, silence, watch)
        linked = linked or _linked_hash(response)
        if response.status not in _REDIRECTS:
            try:
                _must_be_a_file(response, urlsplit(url).hostname or "")
                return Answer(response, connection, start, linked)
            except BaseException:
                connection.close()
                raise
        url = _next(url, response.headers.get("Location", ""), first, allowed)
        connection.close()
    raise ModelError("El servidor manda de un sitio a otro sin fin.", _BY_HAND)


def problem_of_network(error: OSError | HTTPException, url: str, cut: str) -> ReflexionaError:
    """What a failed connection means, in words: `Broken` where it may go well in a moment."""
    host = urlsplit(url).hostname or ""
    if isinstance(error, ssl.SSLCertVerificationError):
        return ModelError(
            f"No se puede comprobar que {host} sea quien dice: su certificado no sirve.",
            f"Revisa la fecha del equipo. {_PORTAL}",
        )
    if isinstance(error, socket.gaierror):
        return Broken(f"No se encuentra {host}: parece que no hay conexión.", "Comprueba la red y repite.")
    if isinstance(error, ConnectionRefusedError):
        return Broken(f"{host} no acepta la conexión.", "Comprueba la red y repite.")
    if isinstance(error, TimeoutError):
        return Broken("El servidor dejó de responder.")
    return Broken(cut)


def _request(
    where: SplitResult, start: int, tag: str, silence: float, watch: Callable[[socket.socket], None]
) -> tuple[HTTPConnection, HTTPResponse]:
    connection = _connection(where, silence)
    try:
        connection.connect()
        watch(connection.sock)
        headers = {"User-Agent": "reflexiona", "Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}
        if start:
            headers["Range"] = f"bytes={start}-"
            if tag:
                headers["If-Range"] = tag
        path = (where.path or "/") + (f"?{where.query}" if where.query else "")
        connection.request("GET", path, headers=headers)
        return connection, connection.getresponse()
    except BaseException:
        connection.close()
        raise


def _connection(where: SplitResult, silence: float) -> HTTPConnection:
    """A connection, through the network's proxy where the system names one."""
    host, port = where.hostname or "", where.port
    secure = where.scheme == "https"
    kind = HTTPSConnection if secure else HTTPConnection
    named = getproxies().get("https") if secure and not proxy_bypass(host) else None
    if not named:
        return kind(host, port, timeout=silence)
    proxy = urlsplit(named if "//" in named else f"//{named}")
    connection = kind(proxy.hostname or "", proxy.port or 8080, timeout=silence)
    connection.set_tunnel(host, port)
    return connection


def _next(url: str, location: str, first: SplitResult, allowed: tuple[str, ...]) -> str:
    target = urljoin(url, location)
    there = urlsplit(target)
    host = there.hostname or ""
    if not location or not host or (first.scheme == "https" and there.scheme != "https"):
        raise ModelError("El servidor manda a una dirección que no es segura.", _PORTAL)
    if there.scheme not in ("http", "https") or not any(host == one or host.endswith(f".{one}") for one in allowed):
        raise ModelError(f"El servidor manda a otro sitio que no se conoce ({host[:80]}).", _PORTAL)
    return target


def _must_be_a_file(response: HTTPResponse, host: str) -> None:
    status = response.status
    if status in _PASSING:
        if status == 429:
            raise Broken("El servidor pide esperar: hay demasiadas descargas.", wait=_asked_to_wait(response))
        raise Broken(f"El servidor falla (código {status}).", wait=_asked_to_wait(response))
    if status not in (200, 206, 416):
        said, remedy = _REFUSALS.get(status, (f"respondió con el código {status}", _BY_HAND))
        raise ModelError(f"El servidor {host} {said}.", remedy)
    kind = response.headers.get_content_type() if response.headers.get("Content-Type") else ""
    if status != 416 and kind in ("text/html", "application/xhtml+xml"):
        raise ModelError("El servidor respondió con una página web en lugar del archivo.", _PORTAL)
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise ModelError("El servidor manda el archivo comprimido y así no se puede comprobar.", _BY_HAND)


def _asked_to_wait(response: HTTPResponse) -> float:
    """Seconds of `Retry-After`, as a number or a date; 0: not said."""
    said = response.headers.get("Retry-After", "").strip()
    if said.isdigit():
        return float(said[:6])
    try:
        return max(0.0, (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return 0.0


def _linked_hash(response: HTTPResponse) -> str:
    found = _HASH.fullmatch(response.headers.get("X-Linked-Etag", "").strip())
    return found[1] if found else ""


def _extent(response: HTTPResponse, asked: int) -> tuple[int | None, int | None]:
    """Where the bytes begin and how many the whole file has."""
    if response.status == 200:
        return 0, response.length
    found = _RANGE.fullmatch(response.headers.get("Content-Range", "").strip())
    total = int(found[3]) if found and found[3] != "*" else None
    if response.status == 416:
        return None, total
    if not found or found[1] is None:
        raise ModelError("El servidor mandó un trozo sin decir cuál.", _BY_HAND)
    if total is None and response.length is not None:
        total = int(found[1]) + response.length
    return int(found[1]), total
