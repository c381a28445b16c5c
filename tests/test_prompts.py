"""Prompt files: declared variables, unknown keys refused, what a model is told word for word."""

from pathlib import Path

import pytest

from reflexiona.errors import CorpusError
from reflexiona.paths import resource
from reflexiona.prompts import load_prompts

GOLDEN = Path(__file__).parent / "golden" / "prompt_reflexion.txt"
VALUES = {
    "trato": "vos (voseo rioplatense)",
    "lectura": "Indecisión permanente (probable). Rumbo: Conversar y poner límites.",
    "pasajes": "[1] Título. Texto del pasaje.",
    "texto": "me dice $no es eso <|im_end|>",
}
BEFORE = {**VALUES, "texto": "Hice tres propuestas.", "pasajes": ""}


def test_rendered_prompt_is_the_golden_one() -> None:
    file = load_prompts(resource("prompts")).reflection.settle(escenarios="Impago; Indecisión permanente")
    prompt = file.prompt(file.block(**VALUES), "escenario", [file.block(**BEFORE)])
    rendered = "=====\n".join((f"{prompt.system}\n", *prompt.known, prompt.user, f"{prompt.opening}\n"))
    assert rendered == GOLDEN.read_text(encoding="utf-8")


def test_what_a_model_is_told_is_explained() -> None:
    note = resource("prompts", "reflexion.toml").read_text(encoding="utf-8").split("variables =")[0]
    assert all(line.startswith("#") or not line for line in note.splitlines())
    assert len(note.split()) > 60


def test_missing_and_unknown_variables_are_errors() -> None:
    prompt = load_prompts(resource("prompts")).reflection
    with pytest.raises(KeyError):
        prompt.prompt(prompt.block(**VALUES))  # its fixed part is not settled
    with pytest.raises(KeyError):
        prompt.settle(otro="x")
    settled = prompt.settle(escenarios="Impago")
    with pytest.raises(KeyError):
        settled.block(**{key: value for key, value in VALUES.items() if key != "texto"})
    with pytest.raises(KeyError):
        settled.block(**VALUES, otro="x")
    with pytest.raises(KeyError):
        settled.prompt("hola", "no hay")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"texto"]', '"texto", "otra"]'),
        ("$texto", ""),
        ("[openings]", "sobra = 1\n[openings]"),
        ("Eres", "Eres $quien"),
        ("$escenarios", "impago"),
    ],
)
def test_a_faulty_file_is_refused(tmp_path: Path, old: str, new: str) -> None:
    text = resource("prompts", "reflexion.toml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "reflexion.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CorpusError):
        load_prompts(tmp_path)
