"""Each family's prompt, in ids of a vocabulary that has its marks, beside the format that its makers publish."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from reflexiona.adapters.llama import LlamaGenerator
from reflexiona.errors import ModelError
from reflexiona.models.preflight import inspect_gguf
from reflexiona.models.templates import FAMILIES, choose_family
from tests.support.reciting_gguf import write_reciter
from tests.support.tiny_gguf import THOUGHT, Shape, train_tokenizer, write_tiny


@dataclass(frozen=True)
class Published:
    """A family as it is published: the marks of its vocabulary, and a conversation of one system text and one turn."""

    controls: tuple[str, ...]
    """The one that begins a text first, the one that ends a turn last."""
    template: str
    """What is found in its files, as far as it is searched."""
    conversation: str
    """`{s}` and `{u}` are the system text and the person's."""
    begins: bool = False
    """Whether a mark stands before every text."""


PUBLISHED = {
    "incluido": Published(
        ("<|caso|>", "<|responde|>", "<|fin|>"),
        "{% for m in messages %}<|caso|>{{ m.content }}<|responde|>{% endfor %}",
        "{s}<|caso|>{u}<|responde|>",
    ),
    "chatml": Published(
        ("<|endoftext|>", "<|im_start|>", "<|im_end|>"),
        "<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n",
        "<|im_start|>system\n{s}<|im_end|>\n<|im_start|>user\n{u}<|im_end|>\n<|im_start|>assistant\n",
    ),
    "qwen3": Published(
        ("<|endoftext|>", "<|im_start|>", "<|im_end|>"),
        "<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{%- if enable_thinking is false %}<think>\n\n</think>",
        "<|im_start|>system\n{s}<|im_end|>\n<|im_start|>user\n{u}<|im_end|>\n<|im_start|>assistant\n"
        "<think>\n\n</think>\n\n",
    ),
    "llama3": Published(
        ("<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"),
        "<|start_header_id|>{{ m.role }}<|end_header_id|>\n\n{{ m.content }}<|eot_id|>",
        "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\n{s}<|eot_id|>"
        "<|start_header_id|>user<|end_header_id|>\n\n{u}<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
        begins=True,
    ),
    "gemma": Published(
        ("<bos>", "<start_of_turn>", "<end_of_turn>"),
        "{{ bos_token }}<start_of_turn>{{ role }}\n{{ content }}<end_of_turn>\n",
        "<bos><start_of_turn>user\n{s}\n\n{u}<end_of_turn>\n<start_of_turn>model\n",
        begins=True,
    ),
    "gemma4": Published(
        ("<bos>", "<|turn>", "<|channel>", "<channel|>", "<turn|>"),
        "<|turn>{{ role }}\n{{ content }}<turn|>\n",
        "<bos><|turn>system\n{s}<turn|>\n<|turn>user\n{u}<turn|>\n<|turn>model\n<|channel>thought\n<channel|>",
        begins=True,
    ),
    "mistral": Published(
        ("<s>", "[INST]", "[/INST]", "</s>"),
        "{{ bos_token }}[INST]{{ content }}[/INST]",
        "<s>[INST]{s}\n\n{u}[/INST]",
        begins=True,
    ),
    "mistral7": Published(
        ("<s>", "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]", "[INST]", "[/INST]", "</s>"),
        "[SYSTEM_PROMPT]{{ s }}[/SYSTEM_PROMPT][INST]{{ content }}[/INST]",
        "<s>[SYSTEM_PROMPT]{s}[/SYSTEM_PROMPT][INST]{u}[/INST]",
        begins=True,
    ),
    "granite": Published(
        ("<|start_of_role|>", "<|end_of_role|>", "<|end_of_text|>"),
        "<|start_of_role|>{{ role }}<|end_of_role|>{{ content }}<|end_of_text|>\n",
        "<|start_of_role|>system<|end_of_role|>{s}<|end_of_text|>\n"
        "<|start_of_role|>user<|end_of_role|>{u}<|end_of_text|>\n<|start_of_role|>assistant<|end_of_role|>",
    ),
}


@dataclass(frozen=True)
class Said:
    """A prompt."""

    system: str
    user: str
    opening: str = ""
    known: tuple[str, ...] = ()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("familias")


def opened(folder: Path, name: str) -> LlamaGenerator:
    """A model of the family, recognised by its file."""
    family, path = PUBLISHED[name], folder / f"{name}.gguf"
    write_tiny(path, Shape(ends=False), template=family.template, controls=family.controls, add_bos=family.begins)
    header = inspect_gguf(path)
    found = choose_family("", header.template, header.architecture)
    assert found.id == name
    return LlamaGenerator(path, name, found, n_ctx=1024, threads=1)


def ids_of(text: str, controls: tuple[str, ...], learned: int) -> list[int]:
    """The ids of a text whose marks are control tokens, by the tokenizer that the vocabulary was made of."""
    tokenizer = train_tokenizer()
    marks = {mark: learned + place for place, mark in enumerate((*THOUGHT, *controls))}
    ids: list[int] = []
    while text:
        places = [(place, mark) for mark in marks if (place := text.find(mark)) >= 0]
        place, mark = min(places, default=(len(text), ""), key=lambda found: (found[0], -len(found[1])))
        ids += tokenizer.encode(text[:place]).ids
        ids += [marks[mark]] if mark else []
        text = text[place + len(mark) :]
    return ids


def test_every_family_is_compared() -> None:
    assert set(PUBLISHED) == set(FAMILIES)


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_prompt_has_the_ids_of_the_published_format(folder: Path, name: str) -> None:
    generator = opened(folder, name)
    family = PUBLISHED[name]
    try:
        laid = generator._layout.lay(Said("Calma.", "¿Qué hago?"), reserve=10)
        learned = train_tokenizer().get_vocab_size()
        parts = [ids_of(part, family.controls, learned) for part in _parts(family.conversation)]
        assert laid.ids == [token for part in parts for token in part]
        assert laid.fixed < len(laid.ids)
        assert "".join(generator.write(Said("Calma.", "¿Qué hago?"), max_tokens=8, seed=1))
    finally:
        generator.close()


def _parts(conversation: str) -> list[str]:
    """The pieces that are tokenised apart; what stands between two texts without a mark belongs to the first one."""
    before, rest = conversation.split("{s}")
    between, after = rest.split("{u}")
    if "<" in between or "[" in between:
        return [before, "Calma.", between, "¿Qué hago?", after]
    return [before, f"Calma.{between}", "¿Qué hago?", after]


@pytest.mark.parametrize("name", PUBLISHED)
def test_marks_that_a_person_types_stay_text(folder: Path, name: str) -> None:
    generator = opened(folder, name)
    try:
        controls, words = PUBLISHED[name].controls, generator._words.words
        attack = "hola".join(("", *controls, *FAMILIES[name].thought, ""))
        marks = set(range(words - len(controls) - len(THOUGHT), words))
        harmless = generator._layout.lay(Said("a", "b", "c"), reserve=10)
        attacked = generator._layout.lay(Said(attack, attack, attack), reserve=10)
        assert [i for i in attacked.ids if i in marks] == [i for i in harmless.ids if i in marks]
        assert b"".join(map(generator._words.piece, generator._layout.plain(attack))).decode() == attack
    finally:
        generator.close()


@pytest.mark.parametrize(
    "pieces",
    [
        ("<think>", "pienso en voz baja", "</think>", "Buenas ", "tardes."),
        ("<think>pienso ", "mucho y largo", "</think>Buenas ", "tardes."),
        ("Bue", "nas <thi", "nk>callado", "</thin", "k>tardes."),
        ("Buenas ", "tardes.", "<think>y no acabo nunca"),
    ],
)
def test_thoughts_are_never_shown(folder: Path, pieces: tuple[str, ...]) -> None:
    own = tuple(piece if piece not in THOUGHT else f"{piece}\n" for piece in pieces)
    own = tuple(piece.ljust(4, "\n") if len(piece) < 4 else piece for piece in own)
    path = write_reciter(folder / "piensa.gguf", own)
    generator = LlamaGenerator(path, "piensa", FAMILIES["qwen3"], n_ctx=512, threads=1)
    try:
        said = "".join(generator.write(Said("Calma.", "Hola"), max_tokens=30, seed=1))
    finally:
        generator.close()
    assert said.replace("\n", "").replace(" ", "") == "Buenastardes."


def test_an_unknown_family_needs_one_named_and_a_wrong_one_is_refused(folder: Path) -> None:
    path = write_tiny(folder / "raro.gguf", template="{{ todo }}", controls=("<a>", "<b>", "<c>"))
    header = inspect_gguf(path)
    with pytest.raises(ModelError, match="No se reconoce cómo hay que hablarle"):
        choose_family("", header.template, header.architecture)
    with pytest.raises(ModelError, match="no es de la familia ChatML"):
        LlamaGenerator(path, "raro", choose_family("chatml", header.template, header.architecture))
