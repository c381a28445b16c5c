"""The code that makes the included encoder and reader, on a handful of texts: the path is the real one."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from reflexiona.adapters.alarms import Alarms
from reflexiona.adapters.bert_encoder import BertEncoder
from reflexiona.adapters.linear_reader import LinearReader
from reflexiona.adapters.sentence_transformers import LibraryEncoder
from training import calibrate, encoder, reader, subwords
from training.danger import calm_pieces, states_of
from training.frames import frame_rows
from training.heads import fit, list_labels
from training.matrix import rows, vocabulary
from training.mix import FRAME_PRIOR, Views
from training.mix import fit as fit_mix
from training.noise import noisy
from training.student import Student, prune, transplant
from training.texts import load_danger, load_gists, load_phrases, load_renderings, load_retellings, load_situations
from training.tuning_head import TuningHead, beside_the_point


def test_texts_are_labelled_from_the_closed_lists() -> None:
    labels = list_labels()
    situations = (*load_situations(), *load_phrases())
    assert {s.primary for s in situations} == set(labels.scenarios)
    assert {p for s in situations for p in s.secondary} <= set(labels.problems)
    assert {c for s in situations for c in s.courses} <= set(labels.courses)
    assert len({s.id for s in situations}) == len(situations)
    assert any(s.safety for s in load_phrases())


def test_pages_stay_on_one_side_of_a_split() -> None:
    retold = [s for s in load_situations() if s.retold]
    assert len({s.origin for s in retold}) < len(retold)


def test_what_was_written_after_a_text_stays_with_it_and_is_not_measured() -> None:
    situations = load_situations()
    some = {s.id: s for s in situations if s.retold}
    after = load_retellings(tuple(some.values())[::7])
    assert len(after) > len(some) // 7
    for retelling in after:
        source = some[retelling.id.rpartition("-")[0]]
        assert (retelling.origin, retelling.primary) == (source.origin, source.primary)
        assert not retelling.measured
        assert retelling.text != source.text
    assert not load_retellings([s for s in situations if not s.retold])


def test_an_attention_learns_to_fall_on_the_words_that_decide(tmp_path: Path) -> None:
    import torch

    labels, gists = list_labels(), load_gists()
    cases = [s for s in load_situations() if s.id in gists and gists[s.id].key][:3]
    student = encoder.load(tiny_teacher(tmp_path / "teacher"))
    head = TuningHead(24, labels)
    adam = torch.optim.Adam(head.parameters(), lr=0.05)
    read = student.read([s.text for s in cases])
    found = []
    for _ in range(30):
        loss = beside_the_point(head(read)[1], read, cases, gists, labels.scenarios)
        adam.zero_grad()
        loss.backward(retain_graph=True)
        adam.step()
        found.append(float(loss.detach()))
    assert found[-1] < found[0] / 2
    assert float(beside_the_point(head(read)[1], read, load_situations()[:3], gists, labels.scenarios)) == 0.0


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


def tiny_teacher(folder: Path) -> Path:
    """A BERT of a few thousand weights that reads English words, in a sentence-transformers folder."""
    import torch
    from transformers import BertConfig, BertModel

    torch.manual_seed(3)
    tokens = subwords.vocabulary(list(load_renderings().values())[::9], (), (900, 100, 200))
    config = BertConfig(
        vocab_size=len(tokens), hidden_size=24, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32
    )
    encoder.save(Student(BertModel(config, add_pooling_layer=False), subwords.tokenizer(tokens)), folder)
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An encoder and a reader from every fortieth situation, by the programs that make the included ones."""
    folder = tmp_path_factory.mktemp("hecho")
    short = ["--limit", "40", "--made", str(folder / "made")]
    teacher = tiny_teacher(folder / "teacher")
    encode = ["--teacher", str(teacher), "--shorter", "0.3", "--jobs", "1", "--out", str(folder / "encoder")]
    assert encoder.main([*short, *encode]) == 0
    read = ["--encoder", str(folder / "encoder"), "--jobs", "1", "--out", str(folder / "reader")]
    assert reader.main([*short, *read]) == 0
    return folder


@pytest.mark.slow
def test_the_shipped_arithmetic_is_the_trained_one(made: Path) -> None:
    """What is written and read by numpy gives the probabilities that the calibration was fitted to."""
    read = BertEncoder(made / "encoder")
    shipped = LinearReader(made / "reader", read)
    labels = list_labels()
    situations, phrases = (*load_situations()[::40], *load_danger()[::40]), load_phrases()[::40]
    pieces = [*calm_pieces(situations), *load_retellings(situations)]
    by_vector, vectors = reader.read_share(made / "made" / "vectors.npz", situations)
    learnt = [*situations, *pieces, *phrases]
    by_danger, pointing = reader.look_for_danger(learnt, states_of([s.text for s in learnt], read), 1)
    by_vector[:, -1] = by_danger[: len(situations)]
    texts = [s.text for s in situations]
    heads = fit(learnt, labels)
    views = Views(
        reader.held_out(situations, phrases, pieces, labels).astype(np.float64),
        by_vector.astype(np.float64),
        frame_rows(texts).astype(np.float64),
    )
    assert views.words.shape == views.vectors.shape == (len(situations), 50)
    by_vector = vectors.logits(encoder.load(made / "encoder"), texts[:20], labels)
    by_vector[:, -1] = pointing.logits(states_of(texts[:20], read))
    now = Views(heads.logits(texts[:20]).astype(np.float64), by_vector.astype(np.float64), views.frames[:20])
    mixed = fit_mix(views, situations, labels)(now, labels)
    logits, about = mixed[:, : len(labels.scenarios)], shipped._about
    dangers = calibrate.on_line(mixed[:, -1], about.calibration.safety)
    milder = Alarms(made / "reader" / "seguridad.toml").milder
    for text, danger in zip(texts[:20], dangers, strict=True):
        if not milder(text):
            assert shipped.score(text).safety == pytest.approx(danger, abs=5e-3)
    settings = (float(np.log(about.calibration.temperature)), *about.calibration.none)
    trained = np.exp(calibrate.log_primary(logits, labels.scenarios.index("ninguno"), settings))
    for text, expected in zip(texts[:20], trained, strict=True):
        said = {row.id: row.p for row in shipped.score(text).primary}
        assert [said[name] for name in labels.scenarios] == pytest.approx(expected, abs=5e-3)


@pytest.mark.slow
def test_the_encoder_is_the_librarys_and_folds(made: Path) -> None:
    ours, theirs = BertEncoder(made / "encoder"), LibraryEncoder(made / "encoder")
    assert ours.dimension == theirs.dimension == 24
    texts = ["no me paga la factura", "¿Qué hago?", "", "xyzzy " * 600]
    assert np.array(ours.encode_passages(texts)) == pytest.approx(np.array(theirs.encode_passages(texts)), abs=1e-4)
    vector = ours.encode_query(texts[0])
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    assert vector == pytest.approx(ours.encode_query("¡No me págá la FACTURA!".replace("¡", "").replace("!", "")))


def test_the_student_begins_with_the_meaning_of_the_glosses(tmp_path: Path) -> None:
    tokens = subwords.vocabulary(["la factura", "el pago", "facturas"], {"factura", "pago"}, (20, 5, 9))
    glossary = {"factura": ("invoice",), "pago": ("payment", "pay")}
    teacher = tiny_teacher(tmp_path / "teacher")
    student = transplant(teacher, tokens, glossary)
    english = Tokenizer.from_file(str(teacher / "tokenizer.json"))
    old = load_file(teacher / "model.safetensors")["embeddings.word_embeddings.weight"].astype(np.float32)

    def of(word: str) -> NDArray[np.float32]:
        return np.asarray(old[english.encode(word, add_special_tokens=False).ids].mean(axis=0), dtype=np.float32)

    new = student.network.embeddings.word_embeddings.weight.detach().numpy()
    assert new[tokens.index("factura")] == pytest.approx(of("invoice"), abs=1e-3)
    assert new[tokens.index("pago")] == pytest.approx(0.7 * of("payment") + 0.3 * of("pay"), abs=1e-3)
    smaller = prune(student, ["la factura", "el pago"])
    assert smaller.network.config.intermediate_size == 16
    assert smaller.encode(["la factura"]).shape == (1, 24)


def test_a_mix_is_fitted_on_what_the_frames_writers_have_not_read() -> None:
    labels = list_labels()
    situations = [s for s in load_situations() if s.retold][:300]
    chance = np.random.default_rng(1)
    truth = np.array([labels.scenarios.index(s.primary) for s in situations])
    told, noise = chance.normal(size=(2, len(situations), 50))
    told[np.arange(len(truth)), truth] += 3
    flattered = np.zeros((len(situations), 20))
    for row, s in enumerate(situations):
        if s.framed:
            flattered[row, truth[row]] = 1.0
    mix = fit_mix(Views(told, noise, flattered), situations, labels)
    assert mix.words[0] > 0.5
    assert abs(mix.vectors[0]) < 0.3
    assert mix.frames[:20] == pytest.approx(np.full(20, FRAME_PRIOR), abs=1e-3)
