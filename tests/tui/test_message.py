"""The message to the client: asked for, chosen by channel, register and tone, changed in place, copied alone, kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.events import Paste
from textual.pilot import Pilot
from textual.widgets import TextArea

from reflexiona.domain import Channel, Draft, Likelihood, Reading, Register, Tone
from reflexiona.events import DraftReady, Event, Finished, ReadingReady
from reflexiona.rewording import ASKS, wish
from reflexiona.stages.followup import DraftWish, draft_wish
from reflexiona.tui.screens.message import MessageScreen, gaps
from tests.support.engine import ScriptedEngine
from tests.support.tui import (
    DRAFT,
    READING,
    answered,
    app_with,
    kept,
    main_screen,
    ready,
    said,
    seen,
    send,
    until,
    with_draft,
)

SIZE = (100, 30)


def another(**changes: object) -> list[Event]:
    """The engine's answer to a wish for another message."""
    draft = replace(DRAFT, text="Otro mensaje para [nombre].", **changes)  # type: ignore[arg-type]
    return [ReadingReady(READING, Register.TU, standing=True), DraftReady(draft), Finished("done")]


def on_disk(data: Path) -> list[Draft | None]:
    store = kept(data)
    turns = store.get(store.list()[0].id).turns
    store.close()
    return [turn.draft for turn in turns]


async def opened(pilot: Pilot[None]) -> MessageScreen:
    await pilot.press("f4")
    await until(pilot, lambda: isinstance(pilot.app.screen, MessageScreen))
    screen = pilot.app.screen
    assert isinstance(screen, MessageScreen)
    return screen


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("register", Register)
@pytest.mark.parametrize("tone", Tone)
def test_the_core_understands_what_is_wanted(channel: Channel, register: Register, tone: Tone) -> None:
    asked = None if tone is Tone.BALANCED else tone
    assert draft_wish(wish(Draft("x", channel, register, tone)), ()) == DraftWish(channel, asked, register)


def test_the_core_understands_the_first_wish() -> None:
    assert draft_wish(ASKS, ()) is not None


def test_gaps() -> None:
    assert gaps("Hola, [nombre]: [fecha], [nombre].") == ("[nombre]", "[fecha]")


async def test_it_is_changed_in_place_kept_and_shown(data: Path) -> None:
    async with app_with(ScriptedEngine([answered(), with_draft()]), data).run_test(size=SIZE) as pilot:
        await send(pilot)
        await send(pilot, "¿Me escribes un correo?")
        await opened(pilot)
        assert "● correo" in seen(pilot)
        assert "● más firme" in seen(pilot)
        assert "Por rellenar: [nombre] · [número]" in seen(pilot)
        pilot.app.screen.query_one(TextArea).post_message(Paste("A\x1b\u202ena"))
        await pilot.pause()
        await pilot.press(*": ")
        await until(pilot, lambda: (on_disk(data)[1] or DRAFT).text == f"Ana: {DRAFT.text}", 4)
        await pilot.press("escape")
        await until(pilot, lambda: "Ana: Hola, [nombre]" in seen(pilot))
        await pilot.press("alt+m")
        await until(pilot, lambda: pilot.app.clipboard == f"Ana: {DRAFT.text}")
    assert on_disk(data)[0] is None


async def test_leaving_the_program_from_there_keeps_the_last_letter(data: Path) -> None:
    async with app_with(ScriptedEngine([answered(), with_draft()]), data).run_test(size=SIZE) as pilot:
        await send(pilot)
        await send(pilot, "¿Me escribes un correo?")
        area = (await opened(pilot)).query_one(TextArea)
        area.move_cursor(area.document.end)
        await pilot.press("!", "ctrl+q")
    assert (on_disk(data)[1] or DRAFT).text == f"{DRAFT.text}!"


async def test_channel_register_and_tone_have_it_written_anew_beside_the_conversation(data: Path) -> None:
    engine = ScriptedEngine(
        [
            answered(),
            with_draft(),
            another(channel=Channel.WHATSAPP),
            another(channel=Channel.WHATSAPP, register=Register.VOS),
            another(channel=Channel.WHATSAPP, register=Register.VOS, tone=Tone.WARMER),
        ]
    )
    async with app_with(engine, data).run_test(size=SIZE) as pilot:
        await send(pilot)
        await send(pilot, "¿Me escribes un correo?")
        screen = await opened(pilot)
        area = screen.query_one(TextArea)
        await pilot.press(*"xx", "alt+c")
        await until(pilot, lambda: area.text == "Otro mensaje para [nombre].")
        assert "● WhatsApp" in seen(pilot)
        assert "vuelve con Ctrl+Z" in said(pilot)
        await pilot.press("ctrl+z")
        assert "xx" in area.text
        await pilot.press("ctrl+y")
        await until(pilot, lambda: pilot.app.clipboard == area.text)
        assert "Quedan huecos por rellenar: [nombre]" in said(pilot)
        await pilot.press("alt+t")
        await until(pilot, lambda: "● de vos" in seen(pilot))
        await pilot.press("alt+o")
        await until(pilot, lambda: "● más cálido" in seen(pilot))
        await pilot.press("escape")
    assert [request.text for request in engine.asked[2:]] == [
        "Escríbeme un mensaje de WhatsApp, más firme, de tú.",
        "Escríbeme un mensaje de WhatsApp, más firme, de vos.",
        "Escríbeme un mensaje de WhatsApp, más cálido, de vos.",
    ]
    assert all(not request.use_model and request.history[-1].draft for request in engine.asked[2:])
    draft = on_disk(data)[1]
    assert draft == replace(
        DRAFT, text="Otro mensaje para [nombre].", channel=Channel.WHATSAPP, register=Register.VOS, tone=Tone.WARMER
    )
    assert len(on_disk(data)) == 2


async def test_where_the_articles_hold_no_other_one_it_stays(data: Path) -> None:
    nothing: list[Event] = [ReadingReady(READING, Register.TU), Finished("done")]
    async with app_with(ScriptedEngine([answered(), with_draft(), nothing]), data).run_test(size=SIZE) as pilot:
        await send(pilot)
        await send(pilot, "¿Me escribes un correo?")
        screen = await opened(pilot)
        await pilot.press("alt+c")
        await until(pilot, lambda: "no hay otro mensaje" in said(pilot))
        assert screen.draft == DRAFT
        assert "● correo" in seen(pilot)


async def test_without_a_message_one_is_asked_for_first(data: Path) -> None:
    engine = ScriptedEngine([answered(), with_draft()])
    async with app_with(engine, data).run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("f4")
        assert "Primero hace falta contar" in said(pilot)
        await send(pilot)
        await opened(pilot)
        assert DRAFT.text[:30] in " ".join(seen(pilot).split())
    assert [request.text for request in engine.asked][1] == ASKS


async def test_an_earlier_message_is_shown_changed_too(data: Path) -> None:
    asks = replace(READING, evidence=())
    engine = ScriptedEngine([with_draft(), answered(reading=asks)])
    async with app_with(engine, data).run_test(size=SIZE) as pilot:
        await send(pilot, "¿Me escribes un correo?")
        await send(pilot, "¿Y si no contesta?")
        await opened(pilot)
        await pilot.press(*"Ana: ", "escape")
        screen = main_screen(pilot)
        await until(pilot, lambda: any("Ana: Hola" in str(w.content) for w in screen.query(".past")))  # type: ignore[attr-defined]


OTHER = replace(READING, scenarios=(Likelihood("regateo", 0.9),), evidence=())


@pytest.mark.parametrize("reading", [READING, OTHER], ids=["more was told", "it reads otherwise"])
async def test_once_the_case_has_changed_another_one_is_proposed_and_the_one_before_stays(
    data: Path, reading: Reading
) -> None:
    new = another(tone=Tone.FIRMER)
    engine = ScriptedEngine([answered(), with_draft(), answered(reading=reading), new])
    async with app_with(engine, data).run_test(size=SIZE) as pilot:
        await send(pilot)
        await send(pilot, "¿Me escribes un correo?")
        await opened(pilot)
        await pilot.press(*"Ana: ", "escape")
        await send(pilot, "Ahora dice que es caro.")
        await pilot.press("alt+m")
        await until(pilot, lambda: "Es de antes de lo último que se contó: F4 propone otro." in said(pilot))
        screen = await opened(pilot)
        area = screen.query_one(TextArea)
        assert area.text == "Otro mensaje para [nombre]."
        assert "nuevo: el caso ha cambiado; Ctrl+Z trae el de antes" in seen(pilot)
        await pilot.press("ctrl+z")
        assert area.text == f"Ana: {DRAFT.text}"
        await pilot.press("ctrl+y")
        await until(pilot, lambda: pilot.app.clipboard == f"Ana: {DRAFT.text}")
        await pilot.press("escape", "f4")  # the case is as it was: no other one is asked for
        await until(pilot, lambda: isinstance(pilot.app.screen, MessageScreen))
        assert "nuevo:" not in seen(pilot)
    assert [request.text for request in engine.asked][3:] == [wish(DRAFT)]
    old, latest = on_disk(data)[1], on_disk(data)[3]
    assert old is not None
    assert latest is not None
    assert old.text == latest.text == f"Ana: {DRAFT.text}"


async def test_where_there_is_none_for_the_case_as_it_is_now_the_one_before_is_left(data: Path) -> None:
    nothing: list[Event] = [ReadingReady(OTHER, Register.TU, standing=True), Finished("done")]
    engine = ScriptedEngine([with_draft(), answered(reading=OTHER), nothing])
    async with app_with(engine, data).run_test(size=SIZE) as pilot:
        await send(pilot, "¿Me escribes un correo?")
        await send(pilot, "Ahora dice que es caro.")
        await pilot.press("f4")
        await until(pilot, lambda: "como está ahora: queda el de antes, F4 lo abre." in said(pilot))
        await opened(pilot)
        assert DRAFT.text[:30] in " ".join(seen(pilot).split())
    assert len(engine.asked) == 3
