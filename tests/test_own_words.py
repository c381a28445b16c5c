"""What of the included model's sentences is let through."""

from __future__ import annotations

from pathlib import Path

import pytest

from reflexiona.domain import Register
from reflexiona.errors import ModelError
from reflexiona.models.included import included_words
from reflexiona.stages.own_words import OwnWords, load_own_words

TOLD = "Le hice la carta a la cafetería El Tren por 1.450 € en abril. Llevo dos meses esperando y no contesta."
WORDS = OwnWords(
    frozenset(
        "llevas llevás lleva dos meses mil esperando por un trabajo que ya está hecho y tú lo sabes sabés cobrar no es "
        "favor el de madrid".split()
    ),
    {"celebración": ("boda|bautizo",)},
    ("por un favor que no es",),
    {
        Register.TU: frozenset({"llevás", "sabés"}),
        Register.VOS: frozenset({"llevas", "sabes"}),
        Register.USTED: frozenset({"llevas", "sabes", "llevás", "sabés"}),
    },
)
GOOD = "Llevas dos meses esperando por un trabajo que ya está hecho."


def test_a_sound_sentence_is_let_through() -> None:
    assert WORDS.answer_for(GOOD, TOLD, Register.TU)
    assert WORDS.answer_for("«no contesta» y llevas dos meses esperando 1.450 € por la carta.", TOLD, Register.TU)


@pytest.mark.parametrize(
    "said",
    [
        pytest.param("Llevas dos meses esperando por un desvarío que ya está hecho.", id="a word nobody taught it"),
        pytest.param("Llevas 1.500 € esperando por un trabajo que ya está hecho.", id="a figure nobody told"),
        pytest.param("Llevas mil meses esperando por un trabajo que ya está hecho.", id="a count nobody told"),
        pytest.param("Llevas dos meses esperando por un trabajo de Madrid ya hecho.", id="a name nobody told"),
        pytest.param("Llevás dos meses esperando por un trabajo que ya está hecho.", id="another register"),
        pytest.param("«Nunca dije esto» y llevas dos meses esperando por un trabajo.", id="a quote that is none"),
        pytest.param("«no contesta y llevas dos meses esperando por un trabajo.", id="an open quote"),
        pytest.param("Llevas dos meses esperando.", id="too short"),
        pytest.param("Llevas dos meses esperando por un trabajo que ya está", id="no end"),
        pytest.param("llevas dos meses esperando por un trabajo que ya está hecho.", id="no beginning"),
        pytest.param("Llevas dos meses esperando por un trabajo que ya está hecho [2].", id="a citation"),
        pytest.param("Llevas dos meses esperando por un favor que no es.", id="an empty turn of phrase"),
        pytest.param("¿Llevas dos meses esperando por un trabajo que ya está hecho?", id="a question"),
        pytest.param(f"Llevas {'dos meses esperando por un trabajo y ' * 7}dos meses.", id="too long"),
    ],
)
def test_nothing_is_invented(said: str) -> None:
    assert not WORDS.answer_for(said, TOLD, Register.TU)


def test_what_belongs_to_some_texts_is_said_of_those() -> None:
    said = "Llevas dos meses esperando por una celebración que es un trabajo."
    assert not WORDS.answer_for(said.replace("una", "el"), TOLD, Register.TU)
    assert WORDS.answer_for(said.replace("una", "el"), f"{TOLD} Era para su boda.", Register.TU)


def test_the_list_that_comes_with_the_model_knows_the_registers() -> None:
    words = load_own_words(included_words())
    assert len(words.known) > 1_000
    assert {"puedes", "quieres"} & words.foreign[Register.VOS]
    assert {"podés", "querés", "sabés"} & words.foreign[Register.USTED]
    assert not {"que", "su", "no", "trabajo"} & frozenset().union(*words.foreign.values())


def test_a_damaged_list_is_said(tmp_path: Path) -> None:
    path = tmp_path / "palabras.json"
    for content in ("", "{roto", '{"palabras": ["a"]}'):
        path.write_text(content)
        with pytest.raises(ModelError, match=r"No se puede leer palabras\.json"):
            load_own_words(path)
