"""`reflexiona casos` on a real store; no worker is needed for any of it."""

import io
import json
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from reflexiona.cli.arguments import STATES
from reflexiona.cli.main import main
from reflexiona.errors import ExitCode
from reflexiona.paths import DataFolder
from reflexiona.storage.conversations import ConversationStore
from reflexiona.storage.history import State
from tests.support.cases import CASE, FIRST

OTHER = replace(
    CASE, id="b7000000", title="Once versiones", updated="2026-11-22T08:00:00+00:00", turns=(replace(FIRST, id="x1"),)
)
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def store(home: Path) -> Iterator[ConversationStore]:
    data = DataFolder.locate()
    data.ensure()
    with closing(ConversationStore(data.conversations)) as opened:
        opened.create(CASE)
        opened.create(OTHER)
        yield opened


@pytest.mark.usefixtures("store")
def test_list_newest_first(capsys: Capture) -> None:
    assert main(["casos", "lista"]) == ExitCode.DONE
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["b7000000", "a1b2c3d4"]
    assert "Cafetería: «identidad» · Impago o pago tardío · 2 mensajes · pasos hechos: 1 de 3" in lines[1]


@pytest.mark.usefixtures("store")
def test_list_as_json(capsys: Capture) -> None:
    assert main(["casos", "lista", "--json"]) == ExitCode.DONE
    listed = json.loads(capsys.readouterr().out)
    assert [case["id"] for case in listed] == ["b7000000", "a1b2c3d4"]
    assert listed[1]["scenario"] == "impago_o_pago_tardio"
    assert (listed[1]["turns"], listed[1]["steps"], listed[1]["steps_done"]) == (2, 3, 1)


def test_an_empty_list(capsys: Capture) -> None:
    assert main(["casos", "lista"]) == ExitCode.DONE
    assert capsys.readouterr().out == ""
    assert main(["casos", "lista", "--json"]) == ExitCode.DONE
    assert json.loads(capsys.readouterr().out) == []


@pytest.mark.usefixtures("store")
def test_search_ignores_accents(capsys: Capture) -> None:
    assert main(["casos", "busca", "cafeteria", "identidad"]) == ExitCode.DONE
    assert {line.split()[0] for line in capsys.readouterr().out.splitlines()} == {"a1b2c3d4", "b7000000"}
    assert main(["casos", "busca", "--json", "escribeme"]) == ExitCode.DONE
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["conversation"], found["turn"]) == ("a1b2c3d4", "t2")
    assert "Escríbeme" in found["snippet"]
    assert main(["casos", "busca", "zarzuela"]) == ExitCode.DONE
    assert capsys.readouterr().out == ""


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--escenario", "impago_o_pago_tardio"], ["b7000000", "a1b2c3d4"]),
        (["--escenario", "PAGO tardío", "whatsapps"], ["b7000000", "a1b2c3d4"]),
        (["--escenario", "regateo_y_cambio_de_condiciones"], []),
        (["--estado", "pendiente"], ["b7000000", "a1b2c3d4"]),
        (["--estado", "a_medias"], []),
        (["--desde", "2026-11-22"], ["b7000000"]),
        (["--hasta", "2026-11-21"], ["a1b2c3d4"]),
        (["--hasta", "2026-11-21", "escribeme"], ["a1b2c3d4"]),
        (["--desde", "2026-11-23"], []),
    ],
)
def test_search_by_scenario_state_and_day(
    arguments: list[str], expected: list[str], monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    assert main(["casos", "busca", *arguments]) == ExitCode.DONE
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == expected
    assert main(["casos", "busca", *arguments, "--json"]) == ExitCode.DONE
    found = json.loads(capsys.readouterr().out)
    assert [case["conversation"] for case in found] == expected
    assert all({"title", "updated", "scenario", "state", "steps", "snippet", "turn"} <= set(case) for case in found)
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Falta qué buscar"),
        (["--escenario", "xyz"], "No hay ningún escenario «xyz»"),
        (["--escenario", "a"], "Varios escenarios"),
        (["--desde", "ayer"], "«ayer» no es un día"),
        (["--estado", "roto"], "no hay «roto»"),
    ],
)
def test_search_that_cannot_be_understood(arguments: list[str], said: str, capsys: Capture) -> None:
    assert main(["casos", "busca", *arguments]) == ExitCode.USAGE
    out, err = capsys.readouterr()
    assert (out, len(err.splitlines())) == ("", 1)
    assert said in err


def test_states_of_the_grammar_are_those_of_the_store() -> None:
    assert [state.value for state in State] == list(STATES)


def test_export_without_personal_data(store: ConversationStore, tmp_path: Path, capsys: Capture) -> None:
    turn = replace(FIRST, id="x9", text="Lucía Ferrer me debe 1.450 €.", reading=None, reflection=None)
    store.create(replace(CASE, id="c9", title="Lucía Ferrer me debe 1.450 €", turns=(turn,)))
    file = tmp_path / "para-otros.md"
    assert main(["casos", "exporta", "c9", str(file), "--sin-datos"]) == ExitCode.DONE
    err = capsys.readouterr().err
    assert "Sustituidos: 1 nombre y 1 importe. Puede quedar algún dato" in err
    text = file.read_text(encoding="utf-8")
    assert "Puede quedar algún dato" in text
    assert "Lucía" not in text
    assert main(["casos", "importa", str(file)]) == ExitCode.DONE
    back = store.get(capsys.readouterr().out.split()[0])
    assert back.turns[0].text == "[nombre 1] me debe [importe 1]."
    assert back.title == "[nombre 1] me debe [importe 1]"


def test_what_a_window_had_promised_to_delete_is_deleted(home: Path, capsys: Capture) -> None:
    data = DataFolder.locate()
    data.ensure()
    with closing(ConversationStore(data.conversations)) as window:
        window.create(CASE)
        window.bin.put(CASE.id)
        assert main(["casos", "lista"]) == ExitCode.DONE
        assert window.bin.take_back(CASE.id)  # it is still open: it may think again
        window.bin.put(CASE.id)
    assert main(["casos", "lista"]) == ExitCode.DONE
    assert capsys.readouterr().out == ""
    files = [path for path in data.root.rglob("*") if path.is_file()]
    assert all("Cafetería".encode() not in path.read_bytes() for path in files)


@pytest.mark.usefixtures("store")
def test_show_by_the_beginning_of_the_id(capsys: Capture) -> None:
    assert main(["casos", "muestra", "a1"]) == ExitCode.DONE
    out = capsys.readouterr().out
    assert out.startswith("Cafetería: «identidad» (a1b2c3d4)\n")
    assert FIRST.text in out
    assert out.count("Lectura: ") == 2
    assert "¿Puedes pagar?" in out
    assert main(["casos", "muestra", "a1", "--json"]) == ExitCode.DONE
    assert [turn["id"] for turn in json.loads(capsys.readouterr().out)["turns"]] == ["t1", "t2"]


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("action", [["muestra"], ["exporta"], ["borra", "--si"]])
def test_an_unknown_case(action: list[str], capsys: Capture) -> None:
    assert main(["casos", *action, "zzz"]) == ExitCode.NOT_FOUND
    out, err = capsys.readouterr()
    assert (out, len(err.splitlines())) == ("", 1)
    assert "«zzz»" in err


def test_export_and_back(
    store: ConversationStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["casos", "exporta", "a1"]) == ExitCode.DONE
    file = tmp_path / "reflexiona-cafeteria-identidad-a1b2c3d4.md"
    assert file.name in capsys.readouterr().err
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert main(["casos", "exporta", "a1", "-"]) == ExitCode.DONE
    assert capsys.readouterr().out == file.read_text()
    assert main(["casos", "exporta", "a1"]) == ExitCode.BAD_INPUT
    assert "no se ha tocado" in capsys.readouterr().err

    assert main(["casos", "borra", "a1", "--si"]) == ExitCode.DONE
    assert main(["casos", "importa", str(file)]) == ExitCode.DONE
    assert store.get("a1b2c3d4") == CASE
    capsys.readouterr()
    assert main(["casos", "importa", str(file)]) == ExitCode.DONE
    out, err = capsys.readouterr()
    assert (out, err) == (
        "a1b2c3d4  Cafetería: «identidad»\n",
        "Ya estaba guardado con el id a1b2c3d4: no se guarda otra vez.\n",
    )
    assert len(store.list()) == 2


def test_a_file_that_was_changed_is_kept_beside_what_it_came_from(
    store: ConversationStore, tmp_path: Path, capsys: Capture
) -> None:
    file = tmp_path / "caso.md"
    assert main(["casos", "exporta", "a1", str(file)]) == ExitCode.DONE
    store.rename("a1b2c3d4", "La cafetería de abajo")  # a title does not count
    assert main(["casos", "importa", str(file)]) == ExitCode.DONE
    assert len(store.list()) == 2
    file.write_text(file.read_text().replace("- [ ] Esta semana: Enviar", "- [x] Esta semana: Enviar"))
    capsys.readouterr()
    assert main(["casos", "importa", str(file)]) == ExitCode.DONE
    out, err = capsys.readouterr()
    assert "se guarda con otro" in err
    again = store.get(out.split()[0])
    assert again.id != "a1b2c3d4"
    assert [turn.text for turn in again.turns] == [turn.text for turn in CASE.turns]
    assert [step.done for step in again.turns[0].plan] == [True, True, False]
    assert [step.done for step in store.get("a1b2c3d4").turns[0].plan] == [True, False, False]
    assert main(["casos", "importa", str(file)]) == ExitCode.DONE
    assert capsys.readouterr().out.split()[0] == again.id
    assert len(store.list()) == 3


def test_what_is_no_exported_case(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "nota.md").write_text("# Compras\n")
    (tmp_path / "foto.md").write_bytes(b"\x89PNG\x00\x00")
    assert main(["casos", "importa", str(tmp_path / "nota.md")]) == ExitCode.BAD_INPUT
    assert main(["casos", "importa", str(tmp_path / "foto.md")]) == ExitCode.BAD_INPUT
    assert main(["casos", "importa", str(tmp_path / "nada.md")]) == ExitCode.NOT_FOUND
    out, err = capsys.readouterr()
    assert (out, len(err.splitlines())) == ("", 3)


def test_deleting_asks_first(store: ConversationStore, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b""), encoding="utf-8"))
    assert main(["casos", "borra", "a1"]) == ExitCode.USAGE
    assert "--si" in capsys.readouterr().err
    for answer, left in (("no\n", 2), ("Sí\n", 1)):
        keyboard = io.TextIOWrapper(io.BytesIO(answer.encode()), encoding="utf-8")
        monkeypatch.setattr(sys, "stdin", keyboard)
        monkeypatch.setattr(keyboard, "isatty", lambda: True, raising=False)
        monkeypatch.setattr("builtins.input", lambda answer=answer: answer.strip())
        assert main(["casos", "borra", "a1"]) == ExitCode.DONE
        assert len(store.list()) == left
    assert "Cafetería: «identidad»\n¿Borrar" in capsys.readouterr().err
