"""The name of an option inside a sentence: what one does with oneself is said to the person."""

from dataclasses import replace

import pytest

from reflexiona.corpus.library import load_library
from reflexiona.corpus.phrases import Voice
from reflexiona.domain import Register
from reflexiona.paths import resource
from reflexiona.stages.compose import _named
from reflexiona.stages.shown import Part

PASSAGES = [p for p in load_library(resource("corpus")).passages if p.options]


@pytest.mark.parametrize(
    ("name", "register", "said"),
    [
        ("Darse dos días antes de aceptar", Register.TU, "darte dos días antes de aceptar"),
        ("Quedarse con una parte", Register.VOS, "quedarte con una parte"),
        ("Quedarse con una parte", Register.USTED, "quedarse con una parte"),
        ("Un plazo corto para ponerse al día", Register.TU, "un plazo corto para ponerse al día"),
        ("No seguir hasta que pague", Register.TU, "no seguir hasta que pague"),
        ("No a este extra", Register.TU, "«No a este extra»"),
    ],
)
def test_it_stands_in_a_sentence(name: str, register: Register, said: str) -> None:
    passage = PASSAGES[0]
    option = replace(passage.options[0], name=name)
    assert _named(Part(option, 1, passage), Voice(register)) == said
