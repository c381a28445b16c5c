"""The wire: recorded lines stay readable, every message survives the way, and anything else is refused."""

from __future__ import annotations

import json
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, get_args

import pytest

from reflexiona import events
from reflexiona.domain import (
    Band,
    Channel,
    Draft,
    Evidence,
    Hit,
    Likelihood,
    ModelView,
    Passage,
    Reading,
    Reflection,
    Register,
    Step,
    Tone,
    Turn,
    TurnRequest,
    When,
)
from reflexiona.engine import protocol
from reflexiona.engine.protocol import Message, ProtocolError, decode, encode

SAMPLES = Path(__file__).parent / "samples" / "protocol.jsonl"

PASSAGE = Passage("cobrar#1", "cobrar", "Cobrar lo hecho", "El último aviso", "Un aviso con fecha.", 0, 19)
READING = Reading(
    (Likelihood("impago", 0.9), Likelihood("alcance", 0.1)),
    (Likelihood("alcance", 0.34),),
    Band.CLEAR,
    (Evidence("no me paga", 10, 20),),
    (Likelihood("exigir", 1.0),),
    False,
    ("impago", "alcance"),
)
VIEW = ModelView(
    "pequeño",
    (Likelihood("impago", 1.0),),
    ("Enviar",),
    (Likelihood("exigir", 1.0),),
    0.25,
    (Likelihood("impago", 0.95), Likelihood("alcance", 0.05)),
)
TURN = Turn("t1", "no me paga — ¿qué hago?", "2026-01-02T03:04:05Z", reading=READING, passages=(PASSAGE,))

MESSAGES: tuple[Any, ...] = (
    protocol.Ready(),
    protocol.Ask(TurnRequest("¿y ahora?", (TURN,), Register.VOS, False, "AR", 7)),
    protocol.Search("anticipo", 5),
    protocol.UseModel("pequeño", "/m/pequeño.gguf", "chatml"),
    protocol.Reindex(),
    protocol.Status(True),
    protocol.Cancel(3),
    protocol.Shutdown(),
    events.ReadingReady(READING, Register.TU, True, 40),
    events.PassagesReady((Hit(PASSAGE, 0.5),), 90),
    events.Progress("escribiendo", None, 6.5),
    events.ModelViewReady(VIEW),
    events.Token("línea\n«uno»"),
    events.ReflectionReady(Reflection("Texto [1]", ("Texto",), False, ModelView("pequeño"), True), "¿Qué conservas?"),
    events.PlanReady((Step("Enviar el aviso", When.TODAY, "cobrar#1", True, "2026-02-03"),)),
    events.DraftReady(Draft("Hola, [nombre]", Channel.EMAIL, Register.USTED, Tone.FIRMER, "cobrar#1")),
    events.Notice("Texto largo."),
    events.Problem("Algo falló.", "Vuelve a intentarlo."),
    events.SearchReady((Hit(PASSAGE, 1.0),)),
    events.ModelReady("pequeño"),
    events.StatusReady(7, "codificador", "g0001", "", (("chromadb", "1.5.9"),)),
    events.Finished("done", 120),
    protocol.MeasureSpeed("Me debe tres facturas.", 48),
    events.SpeedReady(512, 4.5, 48, 1.5),
    protocol.ReadAhead(TurnRequest("me debe t")),
    events.TokensCounted(210, 640, 12, 300),
    events.DraftRead(850),
)


def test_every_kind_of_message_is_tried() -> None:
    known = {protocol.Ready, *get_args(protocol.Request), *get_args(events.Event)}
    assert {type(content) for content in MESSAGES} == known


@pytest.mark.parametrize("content", MESSAGES, ids=lambda content: type(content).__name__)
def test_a_message_survives_the_way(content: Any) -> None:
    line = encode(Message(12, content))
    assert decode(line) == Message(12, content)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1


def test_recorded_lines_are_still_read_and_written_the_same() -> None:
    """What an earlier program wrote. A change here needs another `protocol.VERSION` and new samples."""
    recorded = SAMPLES.read_bytes().splitlines(keepends=True)
    assert [json.loads(line)["v"] for line in recorded] == [protocol.VERSION] * len(MESSAGES)
    for number, (line, content) in enumerate(zip(recorded, MESSAGES, strict=True)):
        assert decode(line) == Message(number, content)
        assert encode(Message(number, content)) == line


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"hola\n",
        b"{}\n",
        b"[1]\n",
        b'{"v":2,"id":1,"type":"Shutdown","body":{}}\n',
        b'{"v":1,"id":1,"type":"Nada","body":{}}\n',
        b'{"v":1,"id":1,"type":"Cancel","body":{}}\n',
        b'{"v":1,"id":1,"type":"Cancel","body":{"request":"x"}}\n',
        b"\xff\xfe\n",
    ],
)
def test_anything_else_is_refused(line: bytes) -> None:
    with pytest.raises(ProtocolError):
        decode(line)


def test_every_field_without_a_default_is_filled_in_the_samples() -> None:
    for line in SAMPLES.read_bytes().splitlines():
        raw = json.loads(line)
        kind = protocol._TYPES[raw["type"]]
        needed = {f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING}
        assert needed <= set(raw["body"])
