"""The closed lists of the corpus folder: scenarios, courses, guidance points, help lines."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reflexiona.domain import Course, HelpLine, Scenario
from reflexiona.errors import CorpusError


@dataclass(frozen=True, slots=True)
class Lists:
    """Scenarios and courses by id, in the order of the file."""

    scenarios: Mapping[str, Scenario]
    courses: Mapping[str, Course]


def load_lists(corpus: Path) -> Lists:
    """Reads `escenarios.toml`.

    Raises:
        CorpusError: the file is missing, malformed or has unknown keys.
    """
    data = _read(corpus / "escenarios.toml", {"escenario", "rumbo"})
    scenarios = [_scenario(row) for row in data["escenario"]]
    courses = [_course(row) for row in data["rumbo"]]
    return Lists({s.id: s for s in scenarios}, {c.id: c for c in courses})


def load_points(corpus: Path) -> dict[str, str]:
    """Reads `puntos.toml`: guidance point id → one line."""
    rows = _read(corpus / "puntos.toml", {"punto"})["punto"]
    return {row["id"]: row["texto"] for row in rows}


def load_fact_ids(corpus: Path) -> frozenset[str]:
    """Ids of the facts in `hechos/`."""
    files = sorted((corpus / "hechos").glob("*.toml"))
    return frozenset(str(row["id"]) for path in files for row in _read(path, {"clases", "hecho"}).get("hecho", []))


def load_help_lines(corpus: Path) -> tuple[HelpLine, ...]:
    """Reads `ayuda.toml`: only numbers that were confirmed, each with its source and date.

    A country's hint on how to look further comes last, as a line of purpose `otras` without a number.
    """
    lines: list[HelpLine] = []
    for country in _read(corpus / "ayuda.toml", {"pais"})["pais"]:
        lines.extend(
            HelpLine(
                country["codigo"],
                country["nombre"],
                line["para"],
                line["nombre"],
                line["numero"],
                line.get("horario", ""),
                line["fuente"],
                str(line["comprobado"]),
                line.get("breve", line["numero"]),
            )
            for line in country.get("linea", [])
        )
        if hint := country.get("como_buscar"):
            lines.append(HelpLine(country["codigo"], country["nombre"], "otras", hint, "", "", "", ""))
    return tuple(lines)


def _read(path: Path, allowed: set[str]) -> dict[str, Any]:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise CorpusError(f"No se puede leer {path.name}: {error}.", "Reinstala Reflexiona.") from error
    if unknown := set(data) - allowed:
        raise CorpusError(f"{path.name}: claves desconocidas: {', '.join(sorted(unknown))}.")
    return data


def _scenario(row: dict[str, Any]) -> Scenario:
    _only(row, {"id", "nombre", "cuando", "rasgo", "puntos"})
    return Scenario(row["id"], row["nombre"], row["cuando"], row["rasgo"], tuple(row["puntos"]))


def _course(row: dict[str, Any]) -> Course:
    _only(row, {"id", "nombre", "frase", "puntos"})
    return Course(row["id"], row["nombre"], row["frase"], tuple(row["puntos"]))


def _only(row: dict[str, Any], keys: set[str]) -> None:
    if set(row) != keys:
        raise CorpusError(f"escenarios.toml: se esperaban las claves {', '.join(sorted(keys))}.")
