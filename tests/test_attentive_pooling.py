"""The pooling that points at a few tokens, against its definition; and that it learns to point."""

import numpy as np
import pytest

from reflexiona.adapters.attentive_pooling import AttentivePooling, LabelAttention
from training import danger


def test_it_is_what_it_says() -> None:
    draw = np.random.default_rng(0)
    weights, states = draw.normal(size=(6, 5)).astype(np.float32), draw.normal(size=(4, 6)).astype(np.float32)
    expected = float(np.mean(states @ weights[:, 4]))
    for attention in range(2):
        shares = np.exp(states @ weights[:, attention])
        expected += float(shares @ (states @ weights[:, 2 + attention]) / shares.sum())
    assert AttentivePooling(weights).logit(states) == pytest.approx(expected, abs=1e-5)


def test_nothing_says_nothing() -> None:
    assert AttentivePooling(np.ones((6, 5), dtype=np.float32)).logit(np.zeros((0, 6), dtype=np.float32)) == 0.0


@pytest.mark.parametrize("shape", [(6, 4), (6,)])
def test_an_array_of_another_form_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="attentive"):
        AttentivePooling(np.ones(shape, dtype=np.float32))


def test_each_output_is_read_where_its_label_points() -> None:
    draw = np.random.default_rng(0)
    states = draw.normal(size=(4, 6)).astype(np.float32)
    pointing, read = draw.normal(size=(6, 2)).astype(np.float32), draw.normal(size=(6, 3)).astype(np.float32)
    attention = LabelAttention(pointing, read, np.array([0, 1, 0]))
    expected = []
    for output, label in enumerate((0, 1, 0)):
        shares = np.exp(states @ pointing[:, label])
        expected.append(float(shares @ (states @ read[:, output]) / shares.sum()))
    assert attention.logits(states) == pytest.approx(np.array(expected), abs=1e-5)
    assert attention.logits(states[:0]) == pytest.approx(np.zeros(3))
    with pytest.raises(ValueError, match="label attention"):
        LabelAttention(pointing, read, np.array([0, 1]))


def test_one_token_of_many_is_found_where_the_mean_would_drown_it() -> None:
    draw = np.random.default_rng(1)
    told = np.array([n % 4 == 0 for n in range(3000)])
    texts = [draw.normal(size=(10, 12)).astype(np.float16) for _ in told]
    for text, there in zip(texts, told, strict=True):
        if there:
            text[draw.integers(10), :2] = 8.0
    head = danger.fit(texts, told)
    again = danger.fit(texts, told)
    assert np.array_equal(head.pooling.weights, again.pooling.weights)
    logits = danger.held_out(texts, told, [str(n) for n in range(3000)])
    assert np.mean(logits[told] > np.median(logits)) > 0.95
    scaled = head.scaled(0.5).logits(texts[:3])
    assert scaled == pytest.approx(head.logits(texts[:3]) / 2, abs=1e-4)
