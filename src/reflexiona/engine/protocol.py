"""The wire between a face and the worker: one JSON object a line, with a version.

Only this module knows the format. A line is `{"v", "id", "type", "body"}`: `id` is the request's number, which every
event that answers it carries; `type` is the name of the dataclass; `body` its fields.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

import msgspec

from reflexiona import events
from reflexiona.domain import TurnRequest

VERSION = 1
LONGEST_LINE = 64 * 1024 * 1024
"""Bytes; a longer line is a fault of the other side."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One turn. Answered by the events of a turn."""

    turn: TurnRequest


@dataclass(frozen=True, slots=True)
class ReadAhead:
    """A turn that is still being written: read it in the background, so that little is left to read when it is asked.

    Gives way to any other request, and to a `Cancel`. Nothing is written of it, neither words nor files. Answered by
    `DraftRead` unless it gave way.
    """

    turn: TurnRequest


@dataclass(frozen=True, slots=True)
class Search:
    """A search in the corpus. Answered by `SearchReady`."""

    query: str
    n: int = 10


@dataclass(frozen=True, slots=True)
class UseModel:
    """Load this model for the next turns; an empty path unloads. Answered by `ModelReady` or `Problem`."""

    name: str
    path: str
    template: str = ""


@dataclass(frozen=True, slots=True)
class MeasureSpeed:
    """Have the model in use read `text` and write `new_tokens`, whatever they are. Answered by `SpeedReady`."""

    text: str
    new_tokens: int = 48


@dataclass(frozen=True, slots=True)
class Reindex:
    """Read corpus and settings again and make a new generation of the index; the one in use serves until then.

    Answered by `Progress`. Beside the other requests, and only cancelled by itself.
    """

    anew: bool = True
    """Every vector by sentence-transformers; else only what is missing is made, and nothing where nothing is."""


@dataclass(frozen=True, slots=True)
class Status:
    """Answered by `StatusReady`, at once unless `complete` asks to wait until the index is open."""

    complete: bool = False


@dataclass(frozen=True, slots=True)
class Cancel:
    """Stop the request with this number, during prompt processing too. Not answered by itself."""

    request: int


@dataclass(frozen=True, slots=True)
class Shutdown:
    """End the worker."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The worker's first line, with request number 0: it takes requests. Where it cannot start, a `Problem` instead."""


Request = Ask | ReadAhead | Search | UseModel | MeasureSpeed | Reindex | Status | Cancel | Shutdown

_TYPES: dict[str, type] = {kind.__name__: kind for kind in (Ready, *get_args(Request), *get_args(events.Event))}


class ProtocolError(ValueError):
    """A line that is not of this protocol, or of another version of it."""


@dataclass(frozen=True, slots=True)
class Message:
    """A request or an event with the number of the request it belongs to."""

    id: int
    content: Any
    """One of `Request` or `events.Event`."""


def encode(message: Message) -> bytes:
    """One line, newline included."""
    body = {"v": VERSION, "id": message.id, "type": type(message.content).__name__, "body": message.content}
    return msgspec.json.encode(body) + b"\n"


def decode(line: bytes) -> Message:
    """The message of a line.

    Raises:
        ProtocolError: it is not one, or of another version.
    """
    try:
        raw = msgspec.json.decode(line)
        if raw["v"] != VERSION:
            raise ProtocolError(f"protocol version {raw['v']}, not {VERSION}")
        return Message(raw["id"], msgspec.convert(raw["body"], _TYPES[raw["type"]]))
    except (msgspec.MsgspecError, KeyError, TypeError) as error:
        raise ProtocolError(f"not a message: {error}") from error
