"""A text that another program changes lies in a file meanwhile: whatever ends the program, it does not stay there."""

from __future__ import annotations

import os
import signal
from contextlib import closing
from pathlib import Path

import pytest

from reflexiona.loose_texts import loose_text, sweep
from reflexiona.paths import DataFolder
from reflexiona.storage.conversations import ConversationStore
from tests.support.cases import CASE
from tests.support.program import reflexiona
from tests.support.terminal import PROGRAM, Terminal, wait_until_gone


@pytest.fixture
def data(home: Path) -> DataFolder:
    folder = DataFolder(home)
    folder.ensure()
    return folder


def left(*folders: Path) -> list[Path]:
    return [path for folder in folders for path in folder.glob("*editor-*")]


def test_what_is_left_over_is_removed_and_what_is_open_stays(
    data: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = tmp_path / "sesión"
    runtime.mkdir()
    for place in (data.root, runtime):
        old = place / "reflexiona-editor-abc"
        old.mkdir()
        (old / "candado").touch()
        (old / "texto.txt").write_text("No me paga")
    (runtime / "otro-editor-de-alguien").mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    with loose_text("No me paga", data) as path:
        assert path.parent.parent == runtime
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700
        sweep(data)
        assert path.read_text() == "No me paga\n"
        assert len(left(data.root, runtime)) == 2
    assert left(data.root, runtime) == [runtime / "otro-editor-de-alguien"]


@pytest.mark.parametrize("ends", [signal.SIGHUP, signal.SIGTERM, signal.SIGKILL])
def test_the_program_ends_while_the_editor_is_open(data: DataFolder, tmp_path: Path, ends: signal.Signals) -> None:
    with closing(ConversationStore(data.conversations)) as store:
        store.create(CASE)
    waits = tmp_path / "editor.sh"
    waits.write_text('#!/bin/sh\necho "abierto en $1"\nexec sleep 60\n')
    waits.chmod(0o700)
    surroundings = {"EDITOR": str(waits), "VISUAL": "", "XDG_RUNTIME_DIR": ""}
    with Terminal(data.root, (*PROGRAM, "--sencillo"), environment=surroundings) as terminal:
        terminal.until("línea vacía envía")
        terminal.type("/abre 1\r/cambia 1 editor\r")
        terminal.until("abierto en")
        program = terminal.processes[0]
        assert len(left(data.root)) == 1
        os.kill(program, ends)
        wait_until_gone(program)
    if ends == signal.SIGKILL:
        assert len(left(data.root)) == 1
        reflexiona(data.root, "casos", "lista")
    assert left(data.root) == []
