"""The included reader, as shipped."""

import shutil
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reflexiona.adapters.alarms import Alarms
from reflexiona.adapters.bert_encoder import BertEncoder
from reflexiona.adapters.features import fold, plain, words
from reflexiona.adapters.linear_reader import LinearReader
from reflexiona.corpus.lists import load_lists
from reflexiona.errors import ModelError
from reflexiona.paths import resource
from reflexiona.stages.clauses import clauses

FOLDER = resource("models", "included", "reader")
ENCODER = BertEncoder(resource("models", "included", "encoder"))
READER = LinearReader(FOLDER, ENCODER)
TEXT = "Le hice el logo en abril. La factura venció hace dos meses y no me paga. El gato duerme en la silla azul."


def test_features_are_folded() -> None:
    assert fold("¡¡NOOOO paga, SEÑOR!!") == "¡¡no paga, senor!!"
    assert words("Xq me debe 1.450 € + 30%?") == ["porque", "me", "debe", "#", "€", "#", "%", "?"]


@given(st.text(max_size=100))
def test_plain_keeps_offsets(text: str) -> None:
    assert len(plain(text)) == len(text)


def test_every_scenario_and_course_has_its_probability() -> None:
    lists = load_lists(resource("corpus"))
    scores = READER.score(TEXT)
    assert {row.id for row in scores.primary} == set(lists.scenarios)
    assert {row.id for row in scores.present} == set(lists.scenarios) - {"ninguno"}
    assert {row.id for row in scores.courses} == set(lists.courses)
    for rows in (scores.primary, scores.present, scores.courses):
        assert [row.p for row in rows] == sorted((row.p for row in rows), reverse=True)
        assert all(0 <= row.p <= 1 for row in rows)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    scores = READER.score(text)
    assert sum(row.p for row in scores.primary) == pytest.approx(1, abs=1e-4)
    assert 0 <= scores.safety <= 1
    assert 0 <= scores.known <= 1
    assert all(0 <= start < end <= len(text) for start, end in scores.dangers)


def test_the_effect_is_that_of_leaving_a_clause_out() -> None:
    spans = clauses(TEXT)
    effects, others = READER.effects(TEXT, spans, ["impago_o_pago_tardio", "indecision"])
    assert len(effects) == len(others) == len(spans)
    assert effects != others
    quotes = [TEXT[slice(*span)] for span in spans]
    assert quotes[max(range(len(effects)), key=effects.__getitem__)] == "La factura venció hace dos meses y no me paga"
    assert effects[quotes.index("El gato duerme en la silla azul")] < 0.05
    # nothing left out, nothing lost; everything left out is what an empty text says
    assert READER.effects(TEXT, [(0, 0)], ["impago_o_pago_tardio"])[0] == pytest.approx((0,), abs=1e-5)
    assert READER.effects("", [], ["ninguno"]) == ((),)


def test_accents_and_case_make_no_difference() -> None:
    bare = "".join(c for c in unicodedata.normalize("NFD", TEXT) if not unicodedata.combining(c))
    assert READER.score(bare).primary == READER.score(TEXT).primary
    assert READER.score(TEXT.upper()).primary == READER.score(TEXT).primary


@pytest.mark.parametrize(
    "missing",
    ["lector.json", "pesos.npy", "vocabulario.txt", "seguridad.toml", "marcos.toml", "pesos_vector.npy", "peligro.npy"],
)
def test_a_damaged_folder_is_said(tmp_path: Path, missing: str) -> None:
    folder = tmp_path / "reader"
    shutil.copytree(FOLDER, folder)
    (folder / missing).write_bytes(b"\xff\x00")
    with pytest.raises(ModelError, match=r"[Ll]ector|seguridad|marcos"):
        LinearReader(folder, ENCODER)
    (folder / missing).unlink()
    with pytest.raises(ModelError):
        LinearReader(folder, ENCODER)


def test_a_vocabulary_of_another_length_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "reader"
    shutil.copytree(FOLDER, folder)
    (folder / "vocabulario.txt").write_text("uno\ndos", encoding="utf-8")
    with pytest.raises(ModelError, match="dañado"):
        LinearReader(folder, ENCODER)


def test_it_is_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) <= 14_000_000


DANGERS = (
    "Me escribió que sabe dónde vivo",
    "Dijo que me iba a partir la cara si no entrego",
    "Me espera en el portal de mi casa",
    "Me sigue por la calle cuando salgo del estudio",
    "Me tocó el culo en la reunión",
    "Me mandó fotos íntimas que no pedí",
    "Amenaza con publicar mis fotos íntimas",
    "Pienso en quitarme la vida",
    "ya no quiero vivir",
    "Mi cliente dice que se va a suicidar",
    "Sacó una navaja en el taller",
    "Me empujó contra la pared",
    "me amenaza con ir a mi casa",
)
NO_DANGERS = (
    "Nunca me ha amenazado de muerte ni nada parecido",
    "No me pegó, solo gritó",
    "Me va a matar mi mujer si no cobro",
    "Me quiero morir de la vergüenza",
    "Me amenaza con una demanda",
    "Amenaza con una mala reseña",
    "Me sigue en Instagram",
    "Me acosa a mensajes",
    "Viola el contrato",
    "Me pegó un susto el presupuesto",
)


@pytest.mark.parametrize("text", DANGERS)
def test_named_dangers_are_found_as_spans(text: str) -> None:
    longer = f"Le hice unas fotos. {text}. Sigo trabajando."
    found = Alarms(FOLDER / "seguridad.toml").find(longer)
    assert found
    assert all(longer[start:end].strip() for start, end in found)


@pytest.mark.parametrize("text", NO_DANGERS)
def test_strong_words_are_no_danger(text: str) -> None:
    assert Alarms(FOLDER / "seguridad.toml").find(text) == ()
