"""Metrics against values worked out by hand, and the shapes that other programs read."""

import json
from pathlib import Path

import pytest

from reflexiona.domain import (
    Band,
    Evidence,
    Hit,
    Likelihood,
    ModelView,
    Passage,
    Reading,
    Reflection,
    Register,
    Step,
    When,
)
from reflexiona.errors import BadInputError
from reflexiona.evaluation import (
    Case,
    Prediction,
    as_dict,
    load_cases,
    load_predictions,
    measure,
    prediction_from,
    report,
    write_predictions,
)
from reflexiona.evaluation.predictions import Chance, Found, Milliseconds
from reflexiona.events import Event, Finished, PassagesReady, PlanReady, ReadingReady, ReflectionReady, Token


def said(
    case_id: str,
    *scenarios: tuple[str, float],
    band: str = "probable",
    points: tuple[tuple[str, ...], ...] = (),
    rumbo: str | None = None,
    safety: bool = False,
) -> Prediction:
    return Prediction(
        id=case_id,
        scenarios=tuple(Chance(name, p) for name, p in scenarios),
        secondary=(),
        band=band,
        evidence=(),
        passages=tuple(Found(f"a#{n}", "a", "t", found, 1.0) for n, found in enumerate(points, start=1)),
        rumbo=rumbo,
        next_steps=(),
        safety=safety,
        model=None,
        ms=Milliseconds(1, 2),
    )


CASES = (
    Case("1", "…", "impago", ("silencio",), ("A5", "B8"), ("protegerse",), slice="largo", safety=False),
    Case("2", "…", "ninguno", slice="corto", safety=True),
    Case("3", "…", "respeto", ("impago",), ("B12",), ("salir", "protegerse"), slice="largo", safety=True),
    Case("4", "…", "impago", (), ("A5",), (), safety=False),
)
SAID = (
    said("1", ("impago", 0.9), ("silencio", 0.1), band="claro", points=(("A1",), ("A5", "B6")), rumbo="protegerse"),
    said("2", ("ninguno", 0.6), ("impago", 0.4), safety=True),
    said("3", ("impago", 0.5), ("ninguno", 0.3), ("respeto", 0.2), points=((), (), (), ("B12",)), rumbo="esperar"),
    said("4", ("ninguno", 0.7), ("silencio", 0.2), ("respeto", 0.1), band="no_claro", safety=True),
)


def test_metrics_worked_out_by_hand() -> None:
    metrics = measure(CASES, SAID, resamples=50)
    value = {name: found.value for name, found in metrics.overall.items()}
    assert value["top1"] == 2 / 4
    assert value["top3"] == 3 / 4
    assert value["lenient"] == 3 / 4
    # impago: 1 of 2 true, 1 of 2 said → 0.5; ninguno: 1 of 1 true, 1 of 2 said → 2/3; respeto: never said → 0
    assert value["macro_f1"] == pytest.approx((0.5 + 2 / 3 + 0) / 3)
    assert value["ninguno_precision"] == 1 / 2
    assert value["ninguno_recall"] == 1
    assert value["ninguno_f1"] == pytest.approx(2 / 3)
    # over the three cases with points: found, not among the first three, nothing found
    assert value["hit_at_3"] == pytest.approx(1 / 3)
    assert value["recall_at_5"] == pytest.approx((1 / 2 + 1 + 0) / 3)
    # over the two cases with courses
    assert value["rumbo"] == 1 / 2
    assert value["safety_precision"] == 1 / 2
    assert value["safety_recall"] == 1 / 2
    assert value["brier"] == pytest.approx((0.1**2 + 0.4**2 + 0.5**2 + 0.7**2) / 4)
    # four cases in five bins: one a bin
    assert value["ece"] == pytest.approx((0.1 + 0.4 + 0.5 + 0.7) / 4)
    assert metrics.overall["hit_at_3"].n == 3
    assert {name: (band.n, band.right) for name, band in metrics.bands.items()} == {
        "claro": (1, 1),
        "probable": (2, 1),
        "no_claro": (1, 0),
    }
    assert {name: part["top1"].value for name, part in metrics.slices.items()} == {"corto": 1, "largo": 0.5}


def test_bins_of_the_calibration_error_hold_equally_many() -> None:
    cases = [Case(str(i), "…", "impago") for i in range(10)]
    # each bin of two: one right of two, at confidence 0.5, 0.6 …
    predictions = [
        said(str(i), ("impago" if i % 2 else "respeto", 0.5 + 0.1 * (i // 2)), ("ninguno", 0.1)) for i in range(10)
    ]
    found = measure(cases, predictions, resamples=0).overall["ece"].value
    assert found == pytest.approx((0 + 0.1 + 0.2 + 0.3 + 0.4) / 5)


def test_intervals_are_seeded_and_hold_the_value() -> None:
    cases = [Case(str(i), "…", "impago") for i in range(40)]
    predictions = [said(str(i), ("impago" if i % 4 else "respeto", 0.7)) for i in range(40)]
    one, two = (measure(cases, predictions).overall["top1"] for _ in range(2))
    assert one == two
    assert one.value == 0.75
    assert one.low is not None
    assert one.high is not None
    assert 0.55 < one.low < 0.75 < one.high < 0.92


def test_what_no_case_speaks_for_is_none() -> None:
    metrics = measure([Case("1", "…", "impago")], [said("1", ("impago", 0.9))], resamples=10)
    for name in ("hit_at_3", "recall_at_5", "rumbo", "safety_precision", "safety_recall", "ninguno_recall"):
        assert metrics.overall[name].value is None
        assert metrics.overall[name].low is None
    assert metrics.slices == {}


def test_a_missing_prediction_is_said() -> None:
    with pytest.raises(BadInputError, match=r"2 casos.*«3»"):
        measure(CASES, SAID[:2])


def test_report_and_json() -> None:
    metrics = measure(CASES, SAID, resamples=20)
    text = report(metrics)
    assert text.startswith("4 casos")
    assert "acierta el principal" in text
    assert "0,500" in text
    assert "no claro" in text
    assert "largo" in text
    plain = json.loads(json.dumps(as_dict(metrics)))
    assert plain["metrics"]["top1"]["value"] == 0.5
    assert plain["metrics"]["top1"]["n"] == 4
    assert plain["bands"]["claro"] == {"n": 1, "right": 1}
    assert plain["slices"]["corto"]["top1"] == {"value": 1.0, "n": 1}
    assert "—" in report(measure([Case("1", "…", "a")], [said("1", ("a", 1.0))], resamples=0))


def test_cases_are_read_and_unknown_keys_ignored(tmp_path: Path) -> None:
    path = tmp_path / "casos.jsonl"
    lines = (
        {"id": "a", "text": "no paga", "primary": "impago", "secondary": ["x"], "certainty": "alta", "safety": True},
        {"id": "b", "text": "hola", "primary": "ninguno", "points": ["A1"], "rumbo": ["esperar"], "slice": "corto"},
    )
    path.write_text("\ufeff" + "\n\n".join(json.dumps(line) for line in lines) + "\n", encoding="utf-8")
    one, two = load_cases(path)
    assert one == Case("a", "no paga", "impago", ("x",), safety=True)
    assert (two.points, two.rumbo, two.slice, two.safety) == (("A1",), ("esperar",), "corto", None)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "ningún caso"),
        (b'{"id": "a", "text": "x"}\n', "línea 1"),
        (b'{"id": "a", "text": "x", "primary": "p"}\nno es json\n', "línea 2"),
        (b'{"id": "a", "text": "x", "primary": "p"}\n' * 2, "«a»"),
        (b"\xff\xfe\x00", "UTF-8"),
    ],
)
def test_bad_cases_are_said(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "casos.jsonl"
    path.write_bytes(content)
    with pytest.raises(BadInputError, match=message):
        load_cases(path)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="No se puede leer"):
        load_cases(tmp_path / "no.jsonl")
    with pytest.raises(BadInputError, match="No se puede escribir"):
        write_predictions(tmp_path / "no" / "p.jsonl", SAID)


PASSAGE = Passage("aviso#2", "aviso", "El aviso", "Con fecha", "Poner una fecha.", 0, 16, points=("A7",))
EVENTS: tuple[Event, ...] = (
    ReadingReady(
        Reading(
            scenarios=(Likelihood("impago_o_pago_tardio", 0.8), Likelihood("ninguno", 0.2)),
            secondary=(Likelihood("mala_comunicacion", 0.4),),
            band=Band.PROBABLE,
            evidence=(Evidence("no paga", 0, 7),),
            courses=(Likelihood("protegerse", 0.7),),
            safety=False,
        ),
        Register.TU,
        ms=12,
    ),
    PassagesReady(tuple(Hit(PASSAGE, 0.5) for _ in range(12)), ms=30),
    Token("Hola"),
    ReflectionReady(Reflection("Hola", model=ModelView("mini", (Likelihood("ninguno", 1.0),)))),
    PlanReady((Step("Reunir las facturas", When.TODAY, "aviso#2"),)),
    Finished("done", 900),
)


def test_a_prediction_has_the_shape_that_others_read(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    prediction = prediction_from("c1", EVENTS)
    write_predictions(path, [prediction])
    (line,) = path.read_text(encoding="utf-8").splitlines()
    written = json.loads(line)
    assert {key: value for key, value in written.items() if key != "passages"} == {
        "id": "c1",
        "scenarios": [{"id": "impago_o_pago_tardio", "p": 0.8}, {"id": "ninguno", "p": 0.2}],
        "secondary": [{"id": "mala_comunicacion", "p": 0.4}],
        "band": "probable",
        "evidence": ["no paga"],
        "rumbo": "protegerse",
        "next_steps": [{"text": "Reunir las facturas", "source": "aviso#2"}],
        "safety": False,
        "model": {"name": "mini", "scenarios": [{"id": "ninguno", "p": 1.0}]},
        "ms": {"reading": 30, "total": 900},
    }
    assert (
        written["passages"]
        == [{"id": "aviso#2", "article": "aviso", "title": "Con fecha", "points": ["A7"], "score": 0.5}] * 10
    )
    assert load_predictions(path) == (prediction,)


def test_a_turn_without_a_reading_is_said() -> None:
    with pytest.raises(BadInputError, match="«c2»"):
        prediction_from("c2", [Finished("error")])
