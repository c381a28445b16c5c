"""What a text tells: each fact found where it is told and nowhere else; what the parts of the articles ask for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from reflexiona.adapters.bert_encoder import BertEncoder
from reflexiona.adapters.frames import expand, joined
from reflexiona.adapters.linear_reader import LinearReader
from reflexiona.adapters.told import ToldFacts, fact_rows, finder_of
from reflexiona.corpus.articles import parse_article
from reflexiona.corpus.check import structured
from reflexiona.corpus.library import load_library
from reflexiona.corpus.lists import load_fact_ids
from reflexiona.domain import ALWAYS, Condition
from reflexiona.errors import CorpusError
from reflexiona.paths import resource
from reflexiona.ports import Scene
from reflexiona.stages.read import NAMED, ReadStage

FOLDER = resource("corpus") / "hechos"
ROWS, CLASSES = fact_rows(FOLDER)
FACTS = ToldFacts(FOLDER)
LIBRARY = load_library()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["id"]))
def test_each_fact_is_found_where_it_is_told_and_not_elsewhere(row: Mapping[str, Any]) -> None:
    finder = finder_of([row], CLASSES)
    assert len(row["ejemplos"]) >= 2
    assert row["contraejemplos"]
    assert row["dice"]
    assert [e for e in row["ejemplos"] if not list(finder.find(joined(e)))] == []
    assert [e for e in row["contraejemplos"] if list(finder.find(joined(e)))] == []


def test_patterns_are_linear_and_written_once() -> None:
    """No repetition of a repetition without bounds, which is what makes an expression explode."""
    patterns = [(row["id"], pattern) for row in ROWS for pattern in row["patrones"]]
    written = [expand(p, CLASSES) for row in ROWS for p in (*row["patrones"], *row.get("salvo", []))]
    assert [p for p in written if re.search(r"[*+]\)[*+]|\}\)[*+]|\(\?:\w[*+]\)\{", p)] == []
    assert [p for p in written if re.search(r"\\S[*+]|(?<!\\)\.[*+]", p)] == []
    assert [once for once, n in Counter(patterns).items() if n > 1] == []


def _conditions() -> list[Condition]:
    found = [condition for p in LIBRARY for condition in (p.suits, *(part.suits for part in structured(p)))]
    return [condition for condition in found if condition is not ALWAYS]


def test_every_fact_decides_something() -> None:
    used = {fact for condition in _conditions() for fact in condition.told | condition.untold}
    assert used == load_fact_ids(resource("corpus"))
    assert len(_conditions()) >= 400


def test_a_condition_holds() -> None:
    assert ALWAYS.holds(())
    assert Condition(frozenset({"a", "b"})).holds({"b", "c"})
    assert not Condition(frozenset({"a"})).holds({"c"})
    assert not Condition(frozenset({"a"}), frozenset({"c"})).holds({"a", "c"})


def test_facts_are_found_in_a_whole_case() -> None:
    stage = ReadStage(
        LinearReader(resource("models", "included", "reader"), BertEncoder(resource("models", "included", "encoder"))),
        FACTS,
    )
    first, then = (
        "Le hice el logo a una panadería y no me paga la factura.",
        "Ya le escribí tres veces y me deja en visto.",
    )
    assert "ya_reclamo" not in stage.read(first).told
    assert {"ya_reclamo", "silencio", "escrito"} <= set(stage.read(then, [first]).told)
    assert stage.read(first).told == FACTS.told(first)


def test_the_likeliest_way_that_suits_what_is_told_is_named() -> None:
    """What does not suit takes no share: the others are compared among themselves."""
    reader = LinearReader(
        resource("models", "included", "reader"), BertEncoder(resource("models", "included", "encoder"))
    )
    text = (
        "Un cliente me debe 900 euros de un trabajo que le entregué en marzo. Cada viernes me jura que el lunes me "
        "hace la transferencia, que el banco, que el contador, y llega el lunes y no me paga nada."
    )
    scenario = reader.score(text).primary[0].id
    ways = sorted((s for s in reader.score(text).scenes if s.scenario == scenario), key=lambda scene: -scene.p)
    assert sum(scene.p for scene in ways) == pytest.approx(1, abs=1e-3)
    assert ways[0].p >= NAMED
    closed = Condition(frozenset({"equipo"}))
    assert ReadStage(reader, FACTS).read(text).scene == ways[0].id
    assert ReadStage(reader, FACTS, {scene.id: closed for scene in ways}).read(text).scene == ""
    hardly = {scene.id: closed for scene in ways if scene is not ways[-1]}
    assert ReadStage(reader, FACTS, hardly).read(text).scene == ""
    near = [Scene(name, scenario, (), p) for name, p in (("one", 0.5), ("two", 0.45), ("three", 0.05))]
    assert ReadStage(reader)._scene(near, ()) is None
    assert ReadStage(reader, None, {"one": closed})._scene(near, ()) is near[1]
    assert ReadStage(reader, None, {"one": closed})._scene(near, ("equipo",)) is None


ARTICLE = """---
id: x
titulo: X
resumen: X.
escenarios: [impago_o_pago_tardio]
rumbos: [conversar]
paises: []
fuentes: []
revisado: 2026-11-22
---

## Sección
```yaml
puntos: []
si: [equipo]
pasos:
  - texto: "Guardar los mensajes"
    cuando: hoy
    salvo: [hablado]
aperturas:
  - texto: "Hola."
```
Texto.
"""


def test_conditions_are_read_from_an_article() -> None:
    passage = parse_article(ARTICLE).passages[0]
    assert passage.suits == Condition(frozenset({"equipo"}))
    assert passage.steps[0].suits == Condition(frozenset(), frozenset({"hablado"}))
    assert passage.openings[0].suits is ALWAYS
    with pytest.raises(CorpusError, match="lista de hechos"):
        parse_article(ARTICLE.replace("[hablado]", "hablado"))


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    for text in (
        "[[hecho]]\nid = 'a'\npatrones = ['.x']\n",
        "[[hecho]]\nid = 'a'\n",
        "hecho = [",
        "[[hecho]]\notra = 1\n",
    ):
        (tmp_path / "a.toml").write_text(text, encoding="utf-8")
        with pytest.raises(CorpusError, match="hechos"):
            ToldFacts(tmp_path)
