"""Copying and exporting: where the words go, who can read them."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from reflexiona.errors import StorageError
from reflexiona.tui.clipboard import last_copy
from reflexiona.tui.sharing import answer_text, slug, write_new
from tests.support.engine import ScriptedEngine
from tests.support.tui import DRAFT, answered, app_with, kept, ready, send, until, with_draft

SIZE = (120, 40)


def said(pilot: object) -> list[str]:
    from textual.pilot import Pilot

    assert isinstance(pilot, Pilot)
    return [notification.message for notification in pilot.app._notifications]


async def test_the_answer_goes_to_the_clipboard_and_to_a_file_that_does_not_stay(data: Path) -> None:
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        turn = await send(pilot)
        await pilot.press("ctrl+y")
        await until(pilot, lambda: said(pilot))
        assert pilot.app.clipboard == answer_text(turn)
        assert last_copy().read_text(encoding="utf-8") == answer_text(turn)
        assert stat.S_IMODE(last_copy().stat().st_mode) == 0o600
        assert str(last_copy()) in said(pilot)[0]
    assert not last_copy().exists()


async def test_only_the_message_is_copied(data: Path) -> None:
    async with app_with(ScriptedEngine([answered(), with_draft()]), data).run_test(size=SIZE) as pilot:
        await send(pilot)
        await pilot.press("alt+m")
        assert said(pilot) == ["Todavía no hay un mensaje propuesto. Se puede pedir: «escríbeme un correo»."]
        await send(pilot, "¿Me escribes un correo?")
        await pilot.press("alt+m")
        await until(pilot, lambda: pilot.app.clipboard)
        assert pilot.app.clipboard == DRAFT.text


async def test_a_tool_of_the_system_comes_first(data: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tool = tmp_path / "bin" / "xclip"
    tool.parent.mkdir()
    tool.write_text(f"#!/bin/sh\ncat > {tmp_path}/pegado\n")
    tool.chmod(0o700)
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("PATH", f"{tool.parent}:/usr/bin:/bin")
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        turn = await send(pilot)
        await pilot.press("ctrl+y")
        await until(pilot, lambda: said(pilot))
        assert said(pilot) == ["Respuesta copiada."]
    assert (tmp_path / "pegado").read_text(encoding="utf-8") == answer_text(turn)


async def test_export_says_where_and_is_readable_only_by_the_person(
    data: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+e")
        assert said(pilot) == ["Todavía no hay una conversación que exportar."]
        await send(pilot)
        await pilot.press("ctrl+e")
        await until(pilot, lambda: len(said(pilot)) == 2)
        await pilot.press("ctrl+e")
        await until(pilot, lambda: len(said(pilot)) == 3)
        paths = [Path(message) for message in said(pilot)[1:]]
    name = slug(kept(data).list()[0].title)
    assert paths == [tmp_path / f"{name}.md", tmp_path / f"{name}-2.md"]
    assert stat.S_IMODE(paths[0].stat().st_mode) == 0o600
    text = paths[0].read_text(encoding="utf-8")
    assert text == paths[1].read_text(encoding="utf-8")
    for part in (
        "Rediseñé la carta",
        "Impago o pago tardío",
        "Un último plazo por escrito",
        "- [ ] ",
        "El aviso con fecha",
    ):
        assert part in text


def test_a_folder_that_cannot_be_written_gives_way_to_the_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    gone, home = tmp_path / "no-hay", tmp_path / "casa"
    home.mkdir()
    monkeypatch.setattr(Path, "cwd", lambda: gone)
    monkeypatch.setattr(Path, "home", lambda: home)
    assert write_new("caso", "texto").parent == home
    monkeypatch.setattr(Path, "home", lambda: gone)
    with pytest.raises(StorageError, match="No se puede escribir"):
        write_new("caso", "texto")


def test_slug() -> None:
    assert slug("¿Qué hago? Ñandú/../etc «x»") == "reflexiona-que-hago-nandu-etc-x"
    assert slug("…") == "reflexiona"


async def test_export_without_personal_data_says_what_was_replaced_and_that_some_may_be_left(
    data: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    async with app_with(ScriptedEngine([answered()]), data).run_test(size=SIZE) as pilot:
        await send(pilot, "Lucía Ferrer me debe 1.450 € y no coge el 612 345 678.")
        await pilot.press("alt+e")
        await until(pilot, lambda: said(pilot))
    path, told = said(pilot)[0].split("\n")
    assert told == (
        "Sustituidos: 1 nombre, 1 teléfono y 1 importe. Puede quedar algún dato: conviene leerlo entero antes de "
        "compartirlo."
    )
    text = Path(path).read_text(encoding="utf-8")
    assert "> [nombre 1] me debe [importe 1] y no coge el [teléfono 1]." in text
    assert "Puede quedar algún dato" in text
    assert "lucia" not in Path(path).name
    assert not any(word in text for word in ("Lucía", "Ferrer", "1.450", "612"))
    assert kept(data).get(kept(data).list()[0].id).turns[0].text.startswith("Lucía Ferrer")
