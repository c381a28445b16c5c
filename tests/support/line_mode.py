"""Line mode around a replayed engine: what is typed, and what came of it."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from dataclasses import dataclass, replace

from reflexiona.cli.console import Console
from reflexiona.cli.plain import Talk
from reflexiona.cli.room import Room
from reflexiona.cli.session import Manner, Session
from reflexiona.corpus.lists import load_lists
from reflexiona.domain import Channel, Draft, Register, Tone
from reflexiona.events import DraftReady
from reflexiona.paths import DataFolder, resource
from reflexiona.storage.conversations import ConversationStore
from tests.support.cases import PASSAGES
from tests.support.replayed_engine import ANSWER, ReplayedEngine

DRAFT = Draft("Hola, [nombre]: ¿qué día?", Channel.EMAIL, Register.TU, Tone.BALANCED, PASSAGES[0].id)
WITH_MESSAGE = (*ANSWER[:-1], DraftReady(DRAFT), ANSWER[-1])
FIRMER = replace(DRAFT, text="¿Qué día será?", channel=Channel.WHATSAPP, register=Register.USTED, tone=Tone.FIRMER)
LISTS = load_lists(resource("corpus"))


@dataclass
class Told:
    """What came of it."""

    room: Room
    out: str
    err: str


Talking = Callable[[str, ReplayedEngine], Told]


def listened(engine: ReplayedEngine, store: ConversationStore, data: DataFolder) -> Told:
    out, err = io.StringIO(), io.StringIO()
    with asyncio.Runner() as runner:
        console = Console(out, err, {})
        room = Room(console, runner, Session(engine, store, Manner()), store, data, LISTS)
        Talk(room).run()
    return Told(room, out.getvalue(), err.getvalue())
