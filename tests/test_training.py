"""The code that makes the included encoder and reader, on a handful of texts: the path is the real one."""

from pathlib import Path

import numpy as np
import pytest

from reflexiona.adapters.linear_reader import LinearReader
from reflexiona.adapters.static_encoder import StaticEncoder
from training import calibrate, encoder, reader
from training.heads import fit
from training.matrix import rows, vocabulary
from training.noise import noisy
from training.texts import load_phrases, load_situations


def test_texts_are_labelled_from_the_closed_lists() -> None:
    labels = reader.list_labels()
    situations = (*load_situations(), *load_phrases())
    assert {s.primary for s in situations} == set(labels.scenarios)
    assert {p for s in situations for p in s.secondary} <= set(labels.problems)
    assert {c for s in situations for c in s.courses} <= set(labels.courses)
    assert len({s.id for s in situations}) == len(situations)
    assert any(s.safety for s in load_phrases())


def test_pages_stay_on_one_side_of_a_split() -> None:
    retold = [s for s in load_situations() if s.retold]
    assert len({s.origin for s in retold}) < len(retold)


def test_noise_is_seeded_and_mild() -> None:
    text = load_situations()[0].text
    assert noisy(text, 3) == noisy(text, 3)
    assert noisy(text, 3) != noisy(text, 4)
    changed = [a != b for a, b in zip(text.split(), noisy(text, 3).split(), strict=True)]
    assert 0 < sum(changed) < len(changed) / 2


def test_rows_have_two_blocks_of_known_length() -> None:
    texts = ["no me paga la factura", "no me paga nada", "la factura no llega"]
    known = vocabulary(texts)
    assert "no" in known.words
    assert "me paga" in known.words
    matrix = rows([*texts, "zzz"], known)
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    assert lengths[:3] == pytest.approx(np.sqrt(1 + 0.7**2), abs=1e-3)
    assert lengths[3] == 0


def test_calibration() -> None:
    logits = np.array([[4.0, 0.0, 0.0], [0.0, 4.0, 0.0], [0.0, 0.0, 4.0], [4.0, 0.0, 0.0]])
    found = np.exp(calibrate.log_primary(logits, 2, (0.0, 1.0, 0.0)))
    assert found.sum(axis=1) == pytest.approx(np.ones(4))
    # with settings that change nothing it is the softmax
    assert found[0] == pytest.approx(np.exp(logits[0]) / np.exp(logits[0]).sum())
    confidence = np.array([0.9, 0.8, 0.7, 0.6])
    right = np.array([True, True, False, False])
    assert calibrate.lowest_with_precision(confidence, right, 0.9, 2) == 0.8
    assert calibrate.lowest_with_precision(confidence, right, 0.6, 2) == 0.7
    assert calibrate.lowest_with_precision(confidence, right, 0.9, 3) is None


def test_the_shipped_arithmetic_is_the_trained_one(tmp_path: Path) -> None:
    """What is written and read by numpy gives the probabilities that the calibration was fitted to."""
    assert reader.main(["--out", str(tmp_path), "--limit", "40"]) == 0
    shipped = LinearReader(tmp_path)
    labels = reader.list_labels()
    situations = load_situations()[::40]
    heads = fit([*situations, *load_phrases()[::40]], labels)
    about = shipped._about
    settings = (float(np.log(about.calibration.temperature)), *about.calibration.none)
    texts = [s.text for s in situations[:20]]
    logits = heads.logits(texts)[:, : len(labels.scenarios)].astype(np.float64)
    trained = np.exp(calibrate.log_primary(logits, labels.scenarios.index("ninguno"), settings))
    for text, expected in zip(texts, trained, strict=True):
        said = {row.id: row.p for row in shipped.score(text).primary}
        assert [said[name] for name in labels.scenarios] == pytest.approx(expected, abs=5e-3)


@pytest.mark.slow
def test_the_encoder_is_made_and_read(tmp_path: Path) -> None:
    small = ["--limit", "40", "--steps", "3", "--vocabulary", "600", "--dimension", "16", "--out"]
    for name in ("uno", "dos"):
        assert encoder.main([*small, str(tmp_path / name)]) == 0
    one, two = (StaticEncoder(tmp_path / name) for name in ("uno", "dos"))
    assert one.dimension == 16
    vector = one.encode_query("no me paga la factura")
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    assert vector == pytest.approx(two.encode_query("NO ME PAGA LA FACTURA"), abs=1e-4)
    assert vector == pytest.approx(one.encode_query("¡No me págá la factura!"), abs=1e-4)
