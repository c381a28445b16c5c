"""While help is shown, what is about the work waits, in every face, and how to go on is said."""

from __future__ import annotations

from dataclasses import replace

from reflexiona.safety import in_danger, work_waits
from tests.support.cases import FIRST, READING

DANGER = replace(FIRST, id="t8", text="Me pegó", reading=replace(READING, safety=True), plan=(), draft=None)
DYING = replace(DANGER, id="t7", text="No quiero seguir viviendo, no me paga nadie.")
NOT_YET = replace(FIRST, id="t9", text="Y grita", reading=None, plan=(), status="streaming")


def test_help_is_shown_until_a_reading_says_otherwise() -> None:
    assert not in_danger(())
    assert not in_danger((FIRST,))
    assert in_danger((FIRST, DANGER))
    assert in_danger((FIRST, DANGER, NOT_YET))
    assert not in_danger((DANGER, FIRST))


def test_one_sentence_says_what_waits_and_how_to_go_on() -> None:
    assert str(work_waits("ningún mensaje", (FIRST, DANGER))) == (
        "Ahora va antes la seguridad: de momento, ningún mensaje. "
        "Si no hay peligro, basta con escribir «no hay peligro»."
    )


def test_after_thoughts_of_dying_no_sentence_is_promised_to_undo_help() -> None:
    for turns in ((DYING,), (FIRST, DYING, DANGER), (replace(DYING, reading=replace(READING, worrying=True)), DANGER)):
        assert str(work_waits("ningún mensaje", turns)) == "Ahora va antes la seguridad: de momento, ningún mensaje."
    no_alarm = replace(FIRST, text="Mi hermana dijo que no quiere despertar")
    assert "«no hay peligro»" in str(work_waits("ningún mensaje", (no_alarm, DANGER)))
