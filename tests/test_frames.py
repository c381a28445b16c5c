"""The frames: what each must find and must not, and that no text makes them slow."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reflexiona.adapters.alarms import Finder, openings
from reflexiona.adapters.features import plain
from reflexiona.adapters.frames import Frames, expand, frame_of, written_out
from reflexiona.errors import ModelError
from training.frames import FRAMES, frame_rows, load_frames
from training.heads import list_labels

DATA = tomllib.loads(FRAMES.read_text(encoding="utf-8"))
ROWS: list[dict[str, Any]] = DATA["marco"]
CLASSES = written_out(DATA["clases"])
SCENARIOS = list_labels().scenarios


def _finder(row: dict[str, Any]) -> Finder:
    return Finder([frame_of(row, CLASSES)])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['escenario']}-{row['dice']}")
def test_each_frame_finds_its_examples_and_leaves_the_others(row: dict[str, Any]) -> None:
    finder = _finder(row)
    assert len(row["ejemplos"]) >= 2
    assert row["contraejemplos"]
    assert [e for e in row["ejemplos"] if not list(finder.find(plain(e)))] == []
    assert [e for e in row["contraejemplos"] if list(finder.find(plain(e)))] == []


def test_ids_are_known_and_nothing_is_written_twice() -> None:
    assert {row["escenario"] for row in ROWS} == set(SCENARIOS)
    says = Counter((row["escenario"], row["dice"]) for row in ROWS)
    assert [key for key, n in says.items() if n > 1] == []
    patterns = Counter(pattern for row in ROWS for pattern in row["patrones"])
    assert [pattern for pattern, n in patterns.items() if n > 1] == []
    assert [row["dice"] for row in ROWS if row.get("negable") and row.get("negado")] == []


def test_patterns_are_linear() -> None:
    """No repetition of a repetition without bounds, which is what makes an expression explode."""
    written = [expand(p, CLASSES) for row in ROWS for p in (*row["patrones"], *row.get("salvo", []))]
    assert [p for p in written if re.search(r"[*+]\)[*+]|\}\)[*+]|\(\?:\w[*+]\)\{", p)] == []
    assert [p for p in written if re.search(r"\\S[*+]|\.[*+]", p)] == []
    for pattern in written:
        re.compile(pattern)


def test_every_match_begins_with_an_opening() -> None:
    assert openings("(?:no |ya )?pag[ao]") == {"no p", "ya p", "paga", "pago"}
    assert openings(r"\d meses?")
    assert openings("(?!no)si(?:n|empre)?") == {"si", "sin", "siem"}
    assert openings("la (?:x{1,3} )?cosa") == {"la c", "la x"}
    for wrong in (r"\w+ paga", "(?:no)? paga)", "(?:ya )?"):
        with pytest.raises(ValueError, match=r"pattern|unbalanced"):
            openings(wrong)


@pytest.mark.parametrize(
    ("text", "scenario"),
    [
        ("Todavía no me han pagado la factura de marzo", "impago_o_pago_tardio"),
        ("Me dijo, muy serio: «hazlo más bonito»", "indecision"),
        ("Soy autónoma y me exigen cumplir horario de oficina", "trato_de_empleado"),
        ("q le haga una rebajita", "regateo_y_cambio_de_condiciones"),
    ],
)
def test_a_frame_is_found_where_it_stands(text: str, scenario: str) -> None:
    found = [frame for frame in load_frames().find(text) if frame.scenario == scenario]
    assert found
    assert all(0 <= frame.start < frame.end <= len(text) and frame.says for frame in found)


def test_the_vector_counts_distinct_frames() -> None:
    frames, column = load_frames(), SCENARIOS.index("impago_o_pago_tardio")
    once = frames.vector("No me ha pagado.")
    assert once.dtype == np.float32
    assert once.shape == (len(SCENARIOS),)
    assert once[column] == pytest.approx(np.log(2))
    assert frames.vector("No me ha pagado. No me ha pagado.")[column] == once[column]
    assert frames.vector("").sum() == 0
    assert frame_rows(["", "No me ha pagado."]).shape == (2, len(SCENARIOS))


class _Counted(Finder):
    """A finder that counts how often it tries a frame."""

    tried = 0

    def _candidates(self, head: str) -> list[int]:
        found = super()._candidates(head)
        self.tried += len(found)
        return found


def test_tries_grow_with_the_text_and_no_faster() -> None:
    finder = _Counted([frame_of(row, CLASSES) for row in ROWS])
    text = plain("Me escribe a cualquier hora, no me paga y encima dice que eso lo hace su sobrino en cinco minutos. ")
    list(finder.find(text))
    once, finder.tried = finder.tried, 0
    list(finder.find(text * 50))
    assert finder.tried <= 50 * once + 50
    assert once / len(text.split()) < len(ROWS) / 5


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "unit",
    ["a", "no ", "me ", "que no me ", "pag", "no me no me ", "«( ", "le dije que no le dije ", ", ", "1.", "\x00ñ"],
)
def test_hostile_text_is_read_through(unit: str) -> None:
    text = (unit * 20_000)[:20_000]
    assert all(0 <= frame.start < frame.end <= len(text) for frame in load_frames().find(text))


@pytest.mark.parametrize(
    "content",
    [
        "no es toml [",
        '[clases]\n[[marco]]\nescenario = "otro"\ndice = "x"\npatrones = ["a"]',
        '[clases]\n[[marco]]\nescenario = "ninguno"\ndice = "x"\npatrones = ["<nadie> paga"]',
        '[clases]\n[[marco]]\nescenario = "ninguno"\ndice = "x"\npatrones = ["~paga"]',
        '[clases]\n[[marco]]\nescenario = "ninguno"\ndice = "x"\npatrones = ["a"]\nnegables = true',
        '[clases]\n[[marco]]\nescenario = "ninguno"\ndice = "x"',
    ],
)
def test_a_damaged_file_is_told(tmp_path: Path, content: str) -> None:
    path = tmp_path / "marcos.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ModelError):
        Frames(path, SCENARIOS)
