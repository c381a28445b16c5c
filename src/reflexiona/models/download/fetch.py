"""One file over HTTP into a part that another call goes on from.

Standard library only (`http.client`): the fewest moving parts, and a socket that can be shut from another thread, so
that a cancel does not wait for a network that hangs. Sends the address, a range and nothing about the person: no
cookies, no credentials, no name of the system. Knows nothing of models: what came is checked by who asked for it.
"""

from __future__ import annotations

import hashlib
import shutil
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, suppress
from http.client import HTTPException
from pathlib import Path

from reflexiona.errors import ModelError, StorageError
from reflexiona.models.download.answers import Answer, Broken, open_answer, problem_of_network
from reflexiona.models.download.events import Fetched, FetchEvent, Manner, Received, Remark, Source
from reflexiona.models.download.part_file import PartFile
from reflexiona.models.memory import size_text
from reflexiona.ports import Cancelled

CHUNK = 256 * 1024
SPARE = 64 * 1024 * 1024
"""Bytes that must stay free on the disk."""
_REPORT_SECONDS = 0.2
_SPEED_SECONDS = 5.0
_LONGEST_WAIT = 60.0


class _Pace:
    """How far something is, said not too often, with its speed over the last seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._seen: deque[tuple[float, int]] = deque()
        self._said = 0.0

    def report(self, phase: str, done: int, total: int | None, *, at_once: bool = False) -> Iterator[Received]:
        """`Received`, if it is time for it."""
        now = self._clock()
        self._seen.append((now, done))
        while len(self._seen) > 2 and now - self._seen[0][0] > _SPEED_SECONDS:
            self._seen.popleft()
        if at_once or now - self._said >= _REPORT_SECONDS:
            self._said = now
            then, before = self._seen[0]
            yield Received(phase, done, total, (done - before) / (now - then) if now > then else None)

    def forget(self) -> None:
        """Speed begins anew."""
        self._seen.clear()


class Fetch:
    """One file on its way. Whatever happens, the part stays and the next `Fetch` of the same source goes on from it.

    Args:
        source: what to fetch.
        part: where it grows.
        manner: how patient to be.
        clock: seconds, for speed.
    """

    def __init__(
        self, source: Source, part: Path, *, manner: Manner | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._source = source
        self._manner = manner or Manner()
        self._pace = _Pace(clock)
        self._part = PartFile(part, source.url)
        self._total = source.size
        self._digest = hashlib.sha256()
        self._stopped = threading.Event()
        self._socket: socket.socket | None = None
        self._whole = False
        self._tries = 0
        """In a row, without a new byte."""
        self._answered = False
        """Whether the server has answered at all: without a network nobody wants to wait."""
        self._begun_anew = 0

    def events(self) -> Generator[FetchEvent, None, None]:
        """`Received` as it grows, `Remark` where something happens, `Fetched` last.

        Raises:
            ModelError: the network or the server did not give the file, and why; `retryable` where it may next time.
            StorageError: the part cannot be written.
            Cancelled: `stop` was called.
        """
        with closing(self._part):
            yield from self._read_what_is_there()
            while not self._whole:
                before = self._part.size
                try:
                    yield from self._attempt()
                except Broken as broken:
                    wait = self._patience(broken, moved=self._part.size > before)
                    again = "Se sigue desde ahí" if self._part.size else "Se vuelve a intentar"
                    yield Remark(f"{broken.message} {again} en {wait:.0f} s.")
                    if self._stopped.wait(wait):
                        raise Cancelled from broken
            self._part.finish()
            yield Fetched(self._part.size, self._digest.hexdigest())

    def stop(self) -> None:
        """Ends it soon, while the network hangs too. From any thread; the part stays."""
        self._stopped.set()
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _patience(self, broken: Broken, *, moved: bool) -> float:
        """Seconds to wait before another try.

        Raises:
            ModelError: it has been tried often enough.
        """
        self._tries = 1 if moved else self._tries + 1
        if self._tries > (self._manner.tries if self._answered else 1):
            raise ModelError(broken.message, broken.remedy, retryable=True) from broken
        return min(broken.wait or self._manner.pause * 2 ** (self._tries - 1), _LONGEST_WAIT)

    # --- the part

    def _read_what_is_there(self) -> Iterator[FetchEvent]:
        self._part.open()
        too_large = self._total is not None and self._part.size > self._total
        if too_large or not (self._source.sha256 or self._part.tag):  # nothing would tell two versions apart
            self._part.empty()
        done = 0
        for chunk in self._part.chunks(CHUNK):
            self._digest.update(chunk)
            done += len(chunk)
            yield from self._pace.report("comprobando lo que ya había", done, self._part.size)
        self._pace.forget()
        self._whole = self._total is not None and self._part.size == self._total

    def _begin_anew(self, why: str) -> Remark:
        self._begun_anew += 1
        if self._begun_anew > self._manner.tries:
            raise ModelError(f"{why} No hay manera de seguir.", "Vuelve a intentarlo más tarde.", retryable=True)
        self._part.empty()
        self._digest = hashlib.sha256()
        self._pace.forget()
        return Remark(f"{why} Se empieza de nuevo.")

    # --- one answer of the server

    def _attempt(self) -> Iterator[FetchEvent]:
        have, source = self._part.size, self._source
        tag = "" if source.sha256 else self._part.tag  # where the hash decides in the end, no mark need stay the same
        try:
            answer = open_answer(source.url, source.hosts, have, tag, self._manner.silence, self._watch)
        except (OSError, HTTPException) as error:
            raise self._interrupted(error) from error
        self._answered = True
        with closing(answer):
            self._must_be_the_file(answer)
            yield from self._place(answer)
            if answer.start == self._part.size:
                yield from self._receive(answer)

    def _watch(self, connected: socket.socket) -> None:
        """Told of every socket before anything is waited for."""
        self._socket = connected
        if self._stopped.is_set():
            raise Cancelled

    def _must_be_the_file(self, answer: Answer) -> None:
        """What the server says of it agrees with what is known.

        Raises:
            ModelError: it is another file.
        """
        if answer.linked_hash and not answer.linked_hash.startswith(self._source.sha256):
            raise ModelError(
                "El archivo que ofrece el servidor no es el del catálogo: su huella es otra.",
                "No se descarga. Avisa a quien mantiene Reflexiona o trae el archivo a mano.",
            )
        if answer.total is None or answer.start is None:
            return
        if self._source.size is not None and answer.total != self._source.size:
            raise ModelError(
                f"El archivo que ofrece el servidor mide {answer.total} bytes y el del catálogo {self._source.size}.",
                "No se descarga. Avisa a quien mantiene Reflexiona o trae el archivo a mano.",
            )
        self._total = answer.total

    def _place(self, answer: Answer) -> Iterator[FetchEvent]:
        """Makes the part end where the answer begins; where it cannot, the part is empty and another request is due."""
        if answer.start is None:  # 416: nothing lies behind what is there
            self._whole = self._part.size == answer.total
            if not self._whole:
                yield self._begin_anew("Lo que ya había no encaja con el archivo del servidor.")
            return
        if answer.start and answer.start != self._part.size:
            yield self._begin_anew("El servidor mandó otro trozo del que se le pidió.")
            return
        if answer.start != self._part.size:
            yield self._begin_anew("El servidor no sabe seguir una descarga a medias, o el archivo ha cambiado.")
        self._part.remember(answer.tag, self._total)
        self._must_have_room()

    def _receive(self, answer: Answer) -> Iterator[FetchEvent]:
        yield from self._pace.report("descargando", self._part.size, self._total, at_once=True)
        while True:
            try:
                chunk = answer.read(CHUNK)
            except (OSError, HTTPException) as error:
                raise self._interrupted(error) from error
            if self._stopped.is_set():
                raise Cancelled
            if not chunk:
                break
            self._take(chunk)
            yield from self._pace.report("descargando", self._part.size, self._total)
        if self._total is not None and self._part.size < self._total:
            raise Broken(self._cut())
        self._whole = True
        yield from self._pace.report("descargando", self._part.size, self._total, at_once=True)

    def _take(self, chunk: bytes) -> None:
        start = self._source.starts_with
        if not self._part.size and chunk[: len(start)] != start[: len(chunk)]:
            raise ModelError(
                "Lo que mandó el servidor no es un modelo.", "Si la red pide entrar con usuario, entra y repite."
            )
        if self._total is not None and self._part.size + len(chunk) > self._total:
            self._part.empty()
            raise ModelError("El servidor mandó más de lo que había anunciado.", "Vuelve a intentarlo más tarde.")
        self._part.write(chunk)
        self._digest.update(chunk)

    def _must_have_room(self) -> None:
        if self._total is None:
            return
        missing = self._total - self._part.size
        free = shutil.disk_usage(self._part.path.parent).free
        if missing and free < missing + SPARE:
            raise StorageError(
                f"No hay sitio en el disco: faltan por bajar {size_text(missing)} y quedan {size_text(free)} libres.",
                "Libera espacio y repite: sigue desde donde estaba.",
            )

    # --- what is told

    def _interrupted(self, error: OSError | HTTPException) -> Exception:
        if self._stopped.is_set():
            return Cancelled()
        return problem_of_network(error, self._source.url, self._cut())

    def _cut(self) -> str:
        if not self._part.size:
            return "La conexión se cortó."
        share = f"al {100 * self._part.size // self._total} %" if self._total else f"tras {size_text(self._part.size)}"
        return f"La conexión se cortó {share}."
