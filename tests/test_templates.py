"""Prompt families: recognised by a file's marks, each of a sound form."""

from __future__ import annotations

import pytest

from reflexiona.errors import ModelError
from reflexiona.models.templates import FAMILIES, Family, choose_family, family_of

CHATML = "{% for m in messages %}<|im_start|>{{m.role}}\n{{m.content}}<|im_end|>\n{% endfor %}"


@pytest.mark.parametrize(
    ("template", "architecture", "expected"),
    [
        (CHATML, "llama", "chatml"),
        (CHATML, "qwen3", "chatml"),
        (CHATML + "{% if enable_thinking is false %}<think>\n\n</think>{% endif %}", "qwen3", "qwen3"),
        ("<|start_header_id|>{{role}}<|end_header_id|>{{ strftime_now('%d') }}<|eot_id|>", "llama", "llama3"),
        ("{{bos}}<start_of_turn>{{role}}\n{{c}}<end_of_turn>", "gemma3", "gemma"),
        ("<|turn>{{role}}\n{{c}}<turn|>", "gemma4", "gemma4"),
        ("{{bos}}[INST] {{c}} [/INST]", "llama", "mistral"),
        ("[SYSTEM_PROMPT]{{s}}[/SYSTEM_PROMPT][INST]{{c}}[/INST]", "mistral3", "mistral7"),
        ("<|start_of_role|>{{role}}<|end_of_role|>{{c}}<|end_of_text|>", "granite", "granite"),
        ("", "qwen2", "chatml"),
        ("", "gemma2", "gemma"),
        ("", "llama", None),
        ("[INST] <<SYS>>\n{{s}}\n<</SYS>>", "llama", None),
        ("{{ role }}: {{ content }}", "qwen2", None),
        ("", "", None),
    ],
)
def test_a_family_is_known_by_its_marks(template: str, architecture: str, expected: str | None) -> None:
    found = family_of(template, architecture)
    assert (found.id if found else None) == expected


@pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
def test_every_family_is_of_a_sound_form(family: Family) -> None:
    whole = family.before_system + family.before_user + family.after_user + ("<|fin|>" if family.confined else "")
    assert FAMILIES[family.id] is family
    assert all(mark in whole for mark in family.controls)
    assert 0 < family.temperature <= 0.7
    assert 1 <= family.top_k <= 40
    assert len(family.thought) == 2
    assert family.name


def test_thinking_is_closed_before_the_answer_begins() -> None:
    assert FAMILIES["qwen3"].after_user.endswith("<think>\n\n</think>\n\n")
    assert FAMILIES["gemma4"].after_user.endswith("<|channel>thought\n<channel|>")


def test_gemma_has_the_fixed_part_inside_the_persons_turn() -> None:
    assert FAMILIES["gemma"].before_system == "<start_of_turn>user\n"
    assert FAMILIES["gemma"].before_user == "\n\n"


def test_an_unknown_family_is_refused_unless_one_is_given() -> None:
    assert choose_family("chatml", "¿?", "rwkv7").id == "chatml"
    with pytest.raises(ModelError, match="No se reconoce cómo hay que hablarle") as unknown:
        choose_family("", "", "rwkv7")
    assert "chatml" in unknown.value.remedy
    with pytest.raises(ModelError, match="ninguna plantilla de mensajes con el nombre «vicuna»"):
        choose_family("vicuna", CHATML, "llama")
