"""The commands as a person runs them: real processes, a real worker, a data folder of their own."""

from __future__ import annotations

import json
import re
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reflexiona.domain import Band
from reflexiona.errors import ExitCode
from reflexiona.paths import DataFolder, resource
from tests.support.commands import HEAVY, TEXT, kept, without_network
from tests.support.program import Run, environment

pytestmark = pytest.mark.slow


def test_an_answer_without_model_and_without_network(reflexiona: Callable[..., Run], place: DataFolder) -> None:
    run = reflexiona("preguntar", "--sin-modelo", "--json", stdin=f"{TEXT}\n", before=without_network())
    assert run.returncode == ExitCode.DONE, run.stderr
    answer: dict[str, Any] = json.loads(run.stdout)
    assert list(answer) == [
        *("version", "conversation", "scenarios", "secondary", "band", "evidence", "safety", "rumbo", "question"),
        *("passages", "reflection", "unsupported", "plan", "draft", "notices", "model", "composed", "tokens", "ms"),
    ]
    assert answer["version"] == 1
    assert len(answer["scenarios"]) == 20
    assert sum(scenario["p"] for scenario in answer["scenarios"]) == pytest.approx(1, abs=0.01)
    assert answer["scenarios"][0]["id"] == "impago_o_pago_tardio"
    assert answer["band"] in {band.value for band in Band}
    assert all(quote in TEXT for quote in answer["evidence"])
    assert [passage["n"] for passage in answer["passages"]] == list(range(1, len(answer["passages"]) + 1))
    assert set(answer["passages"][0]) == {"n", "id", "article", "title", "text", "own"}
    assert {step["source"] for step in answer["plan"]} <= {passage["id"] for passage in answer["passages"]}
    assert (answer["safety"], answer["composed"], answer["model"]) == (False, True, None)
    assert 3 <= len(answer["plan"]) <= 5
    (turn,) = kept(place, answer["conversation"]).turns
    assert (turn.text, turn.status) == (TEXT, "done")
    assert {stat.S_IMODE(path.stat().st_mode) for path in place.root.rglob("*") if path.is_dir()} == {0o700}
    assert {stat.S_IMODE(path.stat().st_mode) for path in place.root.rglob("*") if path.is_file()} == {0o600}


def test_going_on_with_a_case(reflexiona: Callable[..., Run], place: DataFolder) -> None:
    first = reflexiona("preguntar", "--sin-modelo", TEXT)
    assert first.returncode == ExitCode.DONE, first.stderr
    assert first.stdout.startswith("Lectura: Impago o pago tardío · ")
    case = first.stderr.split()[2].rstrip(".")
    second = reflexiona("preguntar", "--sigue", case[:6], "--markdown", "¿Y si me dice que no puede pagar?")
    assert second.returncode == ExitCode.DONE, second.stderr
    assert second.stdout.startswith("**Lectura** — ")
    assert re.search(r"\*\*Fuentes\*\*\n- \[\d+\] ", second.stdout)
    assert [turn.text for turn in kept(place, case).turns] == [TEXT, "¿Y si me dice que no puede pagar?"]
    assert reflexiona("preguntar", "--sigue", "zzz", "¿Y ahora?").returncode == ExitCode.NOT_FOUND


def test_a_very_long_text_is_read_in_parts_and_nothing_heavy_is_imported(place: DataFolder) -> None:
    code = (
        "import sys\nfrom reflexiona.cli.main import main\n"
        "code = main(['preguntar', '--temporal', '--sin-modelo', '--json'])\n"
        f"heavy = {sorted(HEAVY)!r}\n"
        "sys.stderr.write(repr(sorted({name.split('.')[0] for name in sys.modules} & set(heavy))))\n"
        "sys.exit(code)"
    )
    before = place.conversations.stat().st_mtime_ns if place.conversations.exists() else None
    run = subprocess.run(
        [sys.executable, "-c", code],
        input="No me paga la factura y ya van tres meses. " * 2400,
        capture_output=True,
        text=True,
        env=environment(place.root),
        check=False,
    )
    assert (run.returncode, run.stderr) == (ExitCode.DONE, "[]")
    answer = json.loads(run.stdout)
    assert answer["conversation"] == ""
    assert any("salté" in notice for notice in answer["notices"])
    after = place.conversations.stat().st_mtime_ns if place.conversations.exists() else None
    assert before == after


def test_danger_comes_first(reflexiona: Callable[..., Run]) -> None:
    run = reflexiona(
        "preguntar", "--temporal", "Me escribió que sabe dónde vivo y que me va a matar si no le devuelvo el dinero"
    )
    assert run.returncode == ExitCode.DONE, run.stderr
    assert "Lectura: " not in run.stdout
    assert "112" in run.stdout
    assert "Respuesta compuesta" not in run.stdout


def test_the_corpus(reflexiona: Callable[..., Run]) -> None:
    listed = json.loads(reflexiona("corpus", "lista", "--json").stdout)
    assert len(listed) >= 20
    assert set(listed[0]) == {"id", "title", "passages", "scenarios", "points", "own"}
    found = json.loads(reflexiona("corpus", "busca", "rondas de cambios", "--json").stdout)
    assert len(found) == 10
    assert set(found[0]) == {"id", "article", "title", "text", "score", "own"}
    assert "ronda" in found[0]["text"]
    assert {hit["article"] for hit in found} <= {article["id"] for article in listed}


def test_reindexing_makes_a_new_generation(reflexiona: Callable[..., Run], place: DataFolder) -> None:
    assert reflexiona("corpus", "busca", "factura").returncode == ExitCode.DONE
    before = (place.index / "actual").read_text()
    run = reflexiona("corpus", "reindexa")
    assert run.returncode == ExitCode.DONE, run.stderr
    assert (place.index / "actual").read_text() != before
    assert "Índice rehecho" in run.stderr


def test_line_mode_over_a_pipe(reflexiona: Callable[..., Run]) -> None:
    run = reflexiona(stdin=f"{TEXT}\n\n/plan\nescríbeme el correo\n\n/salir\n")
    assert run.returncode == ExitCode.DONE, run.stderr
    assert run.stdout.startswith("Lectura: Impago o pago tardío · ")
    assert "Siguientes pasos:\n1. " in run.stdout
    assert "Mensaje propuesto (correo, tú):\n" in run.stdout
    assert "\x1b" not in run.stdout + run.stderr


def test_line_mode_from_the_first_line_to_the_last(reflexiona: Callable[..., Run], tmp_path: Path) -> None:
    message = tmp_path / "mensaje.txt"
    first = f"/temporal\n{TEXT}\n\n/hecho 1\n/plan\n/fuente 1\n/mensaje whatsapp de usted\n/mensaje breve\n"
    run = reflexiona(stdin=f"{first}/guarda {message}\n¿esto sale de mi computadora?\n\n/casos\n/salir\n")
    assert run.returncode == ExitCode.DONE, run.stderr
    assert run.stdout.index("Siguientes pasos:") < run.stdout.index("Fuentes (para oír una entera: /fuente ")
    assert "Pasajes:" not in run.stdout
    assert "1. hecho · " in run.stdout
    assert ", revisado el 2026-" in run.stdout
    assert "Mensaje propuesto (whatsapp, usted):\n" in run.stdout
    assert message.read_text().strip() in run.stdout
    assert "sale de este equipo: no va a internet" in run.stdout


def test_in_danger_the_country_is_told_in_the_text(reflexiona: Callable[..., Run]) -> None:
    run = reflexiona(stdin="/temporal\nMe escribió que sabe dónde vivo y que me va a matar\n\n/mensaje\nEspaña\n\n")
    assert run.returncode == ExitCode.DONE, run.stderr
    everywhere, spain = run.stdout.split("Dónde pedir ayuda en España")
    assert (
        "- Perú: policía 105 o ambulancia 106 (comprobado en 2022); violencia 100; crisis 113, opción 5\n" in everywhere
    )
    assert "- Emergencias: 112 (24 horas, todos los días; comprobado el 2026-02-11)\n" in spain
    assert "911" not in spain
    assert "Ahora va antes la seguridad" in run.stderr


def test_diagnosis(reflexiona: Callable[..., Run], place: DataFolder) -> None:
    run = reflexiona("diagnostico")
    assert run.returncode == ExitCode.DONE, run.stdout
    for said in (f"Carpeta: {place.root} (permisos 700", "chromadb 1.5", "llama-cpp-python 0.3.36", "Índice: g0"):
        assert said in run.stdout
    if Path("/proc/self/net/tcp").exists():
        assert "ninguna conexión abierta" in run.stdout


def test_evaluation(reflexiona: Callable[..., Run], tmp_path: Path) -> None:
    texts = {
        "c": ("Hice el logo en marzo y sigue sin pagarme la factura, ya van tres avisos", "impago_o_pago_tardio"),
        "a": ("¿Qué programa de facturación es mejor?", "ninguno"),
        "b": ("Cada semana añade una cosita más y el precio sigue igual", "alcance_descontrolado"),
    }
    cases, predictions = tmp_path / "casos.jsonl", tmp_path / "predicciones.jsonl"
    lines = [json.dumps({"id": key, "text": text, "primary": p, "otra": 1}) for key, (text, p) in texts.items()]
    cases.write_text("\n".join(lines) + "\n")
    predictions.write_text("de antes\n")
    run = reflexiona("evalua", "--casos", str(cases), "--predicciones", str(predictions), "--sin-modelo", "--json")
    assert run.returncode == ExitCode.DONE, run.stderr
    metrics = json.loads(run.stdout)
    assert metrics["cases"] == 3
    assert metrics["metrics"]["top1"]["n"] == 3
    rows = [json.loads(line) for line in predictions.read_text().splitlines()]
    assert [row["id"] for row in rows] == ["c", "a", "b"]
    for row in rows:
        assert set(row) == {
            *("id", "scenarios", "secondary", "band", "evidence", "passages", "rumbo", "next_steps", "safety"),
            *("model", "ms"),
        }
        assert len(row["scenarios"]) == 20
        assert all(quote in texts[row["id"]][0] for quote in row["evidence"])
        assert row["model"] is None
    assert set(rows[0]["passages"][0]) == {"id", "article", "title", "points", "score"}
    assert sorted(tmp_path.glob("*.parte")) == []


def test_a_reader_that_leaves_early(reflexiona: Callable[..., Run], place: DataFolder) -> None:
    run = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {sys.executable} -m reflexiona corpus lista --json | head -c 1"],
        capture_output=True,
        text=True,
        env=environment(place.root),
        check=False,
    )
    assert (run.returncode, run.stdout, run.stderr) == (ExitCode.DONE, "[", "")


def test_a_folder_that_cannot_be_written(place: DataFolder) -> None:
    nowhere = Path("/proc/reflexiona")
    run = subprocess.run(
        [sys.executable, "-m", "reflexiona", "preguntar", TEXT],
        capture_output=True,
        text=True,
        env={**environment(place.root), "REFLEXIONA_HOME": str(nowhere)},
        check=False,
    )
    assert (run.returncode, run.stdout) == (ExitCode.FAILED, "")
    assert len(run.stderr.splitlines()) == 1
    assert str(nowhere) in run.stderr
    assert resource("corpus").is_dir()
