"""While help is shown, line mode hands no message of the case out, and says how to go on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from reflexiona.safety import work_waits
from reflexiona.storage.conversations import ConversationStore
from tests.support.cases import CASE, FIRST, READING
from tests.support.line_mode import DRAFT, Talking
from tests.support.replayed_engine import ReplayedEngine

DANGER = replace(FIRST, id="t8", text="Me pegó", reading=replace(READING, safety=True), plan=(), draft=None)


@pytest.mark.parametrize("order", ["/copia", "/guarda", "/guarda otro.txt", "/mensaje", "/mensaje whatsapp"])
def test_no_message_is_handed_out(talking: Talking, store: ConversationStore, tmp_path: Path, order: str) -> None:
    store.create(replace(CASE, turns=(replace(FIRST, draft=DRAFT), DANGER)))
    before = set(tmp_path.iterdir())
    engine = ReplayedEngine()
    told = talking(f"/abre 1\n{order}\n", engine)
    assert str(work_waits("ningún mensaje", (DANGER,))) in told.err
    assert "«no hay peligro»" in told.err
    assert DRAFT.text not in told.out + told.err
    assert set(tmp_path.iterdir()) == before
    assert engine.requests == []


@pytest.mark.parametrize("order", ["/copia", "/mensaje", "/plan", "/hecho 1"])
def test_after_thoughts_of_dying_no_sentence_is_promised_to_undo_it(
    talking: Talking, store: ConversationStore, order: str
) -> None:
    dying = replace(DANGER, text="No quiero seguir viviendo, no me paga nadie.")
    store.create(replace(CASE, turns=(replace(FIRST, draft=DRAFT), dying)))
    told = talking(f"/abre 1\n{order}\n", ReplayedEngine())
    assert "Ahora va antes la seguridad: de momento, ningún " in told.err
    assert "no hay peligro" not in told.err
