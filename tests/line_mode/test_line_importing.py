"""An exported conversation comes back in line mode, and is gone on with."""

from __future__ import annotations

from pathlib import Path

import pytest

from reflexiona.storage.conversations import ConversationStore
from tests.support.line_mode import Talking
from tests.support.replayed_engine import ANSWER, ReplayedEngine


def test_it_is_kept_and_opened_once(
    talking: Talking, typing: Talking, store: ConversationStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    engine = ReplayedEngine(*ANSWER)
    talking("No me paga la ópera\n\n/exporta mi ópera.md\n/nuevo\n", engine)
    told = typing('/importa ~/mi ópera.md\n/borra\nsí\n/importa "mi ópera.md"\n/importa\n/importa nada.md\n', engine)
    assert "Ya estaba guardado con el id " in told.err
    assert "Borrado el caso " in told.err
    assert told.out.count("Abierta: «No me paga la ópera», 1 mensaje") == 2
    assert "A la orden «/importa» le falta algo. Se escribe: /importa ARCHIVO" in told.err
    assert "No existe el archivo nada.md. Revisa la ruta." in told.err
    talking("/abre 1\n¿Y ahora?\n\n", engine)
    (summary,) = store.list()
    assert [turn.text for turn in store.get(summary.id).turns] == ["No me paga la ópera", "¿Y ahora?"]


def test_what_is_no_path_ends_nothing(talking: Talking) -> None:
    engine = ReplayedEngine(*ANSWER)
    told = talking(f"/temporal\nNo me paga\n\n/importa {300 * 'a'}\n/lee\n", engine)
    assert "Eso es demasiado largo para el nombre de un archivo. Hace falta su ruta, no lo que dice." in told.err
    assert "No me paga" in told.out  # off the record, and still here


def test_what_was_off_the_record_is_said_to_be_lost(talking: Talking) -> None:
    engine = ReplayedEngine(*ANSWER)
    talking("No me paga la ópera\n\n/exporta ópera.md\n", engine)
    for order in ("/importa ópera.md", "/abre 1"):
        told = talking(f"/temporal\nGrita\n\n{order}\n{order}\n", engine)
        assert told.err.count("La conversación temporal de antes no estaba guardada: queda olvidada.") == 1
