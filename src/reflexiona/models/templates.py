"""How each family of models wants to be spoken to: control tokens around the parts of a prompt, and how to sample.

Our own, because a model file's template is code of a stranger, may put the date into the fixed part, and is rendered
into one string in which what a person wrote could become a control token. Thinking is off wherever a family has it.
Knows nothing of llama.cpp: the adapter tokenises `before_system`, `before_user` and `after_user` with control tokens,
and everything between them without.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from reflexiona.errors import ModelError


@dataclass(frozen=True, slots=True)
class Family:
    """A prompt is `before_system` + system + `before_user` + user + `after_user` + the answer's opening."""

    id: str
    name: str
    """As the person reads it."""
    before_system: str
    before_user: str
    after_user: str
    controls: tuple[str, ...]
    """Each must be one token of the model's vocabulary: else the file is of another family."""
    thought: tuple[str, str] = ("<think>", "</think>")
    """What opens and closes a thought, which is never shown."""
    temperature: float = 0.6
    top_k: int = 40
    top_p: float = 0.9
    min_p: float = 0.05
    repeat_penalty: float = 1.05
    """Mild: citations and the case's own words have to come again."""
    confined: bool = False
    """A small model of ours: it is asked for what it does well, the rest of the answer is composed."""


_CHATML = Family(
    "chatml",
    "ChatML",
    "<|im_start|>system\n",
    "<|im_end|>\n<|im_start|>user\n",
    "<|im_end|>\n<|im_start|>assistant\n",
    ("<|im_start|>", "<|im_end|>"),
)
_ALL = (
    _CHATML,
    Family(
        "qwen3",
        "Qwen 3 (sin pensamiento)",
        _CHATML.before_system,
        _CHATML.before_user,
        _CHATML.after_user + "<think>\n\n</think>\n\n",
        _CHATML.controls,
        temperature=0.7,
        top_k=20,
        top_p=0.8,
        min_p=0.0,
    ),
    Family(
        "incluido",
        "Reflexiona (modelo incluido)",
        "",  # no fixed part: all that it knows of its task it has learnt
        "<|caso|>",
        "<|responde|>",
        ("<|caso|>", "<|responde|>", "<|fin|>"),
        temperature=0.3,
        top_k=20,
        repeat_penalty=1.1,
        confined=True,
    ),
    Family(
        "llama3",
        "Llama 3",
        "<|start_header_id|>system<|end_header_id|>\n\n",
        "<|eot_id|><|start_header_id|>user<|end_header_id|>\n\n",
        "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
        ("<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"),
    ),
    Family(
        "gemma",
        "Gemma 2 y 3",
        "<start_of_turn>user\n",  # no system role: the fixed part opens the person's turn
        "\n\n",
        "<end_of_turn>\n<start_of_turn>model\n",
        ("<start_of_turn>", "<end_of_turn>"),
        temperature=0.7,
    ),
    Family(
        "gemma4",
        "Gemma 4 (sin pensamiento)",
        "<|turn>system\n",
        "<turn|>\n<|turn>user\n",
        "<turn|>\n<|turn>model\n<|channel>thought\n<channel|>",
        ("<|turn>", "<turn|>"),
        thought=("<|channel>thought", "<channel|>"),
        temperature=0.7,
    ),
    Family(
        "mistral",
        "Mistral",
        "[INST]",  # no system role in the first versions; there the brackets are plain text
        "\n\n",
        "[/INST]",
        (),
        temperature=0.4,
    ),
    Family(
        "mistral7",
        "Mistral con parte de sistema (v7 y Ministral)",
        "[SYSTEM_PROMPT]",
        "[/SYSTEM_PROMPT][INST]",
        "[/INST]",
        ("[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]", "[INST]", "[/INST]"),
        thought=("[THINK]", "[/THINK]"),
        temperature=0.3,
    ),
    Family(
        "granite",
        "Granite",
        "<|start_of_role|>system<|end_of_role|>",
        "<|end_of_text|>\n<|start_of_role|>user<|end_of_role|>",
        "<|end_of_text|>\n<|start_of_role|>assistant<|end_of_role|>",
        ("<|start_of_role|>", "<|end_of_role|>", "<|end_of_text|>"),
        temperature=0.4,
    ),
)
FAMILIES: Mapping[str, Family] = MappingProxyType({family.id: family for family in _ALL})

_MARKS = (
    ("<|caso|>", "incluido"),
    ("<|im_start|>", "chatml"),
    ("<|start_header_id|>", "llama3"),
    ("<|start_of_role|>", "granite"),
    ("<|turn>", "gemma4"),
    ("<start_of_turn>", "gemma"),
    ("[SYSTEM_PROMPT]", "mistral7"),
    ("[INST]", "mistral"),
)
_THINKING_MARKS = ("enable_thinking", "<think>")
_ARCHITECTURES = MappingProxyType(
    {
        "qwen2": "chatml",
        "qwen3": "qwen3",
        "qwen35": "qwen3",
        "gemma2": "gemma",
        "gemma3": "gemma",
        "gemma4": "gemma4",
        "granite": "granite",
        "mistral3": "mistral7",
    }
)


def family_of(template: str, architecture: str) -> Family | None:
    """The family of a model by its own template, else by its architecture; None where neither says.

    The template is only searched for marks, never rendered. `<<SYS>>` (Llama 2) is not a family of ours.
    """
    if "<<SYS>>" in template:
        return None
    for mark, family in _MARKS:
        if mark in template:
            if family == "chatml" and any(sign in template for sign in _THINKING_MARKS):
                return FAMILIES["qwen3"]
            return FAMILIES[family]
    known = None if template else _ARCHITECTURES.get(architecture)
    return FAMILIES[known] if known else None


def family_named(family_id: str) -> Family:
    """The family with this id.

    Raises:
        ModelError: there is none.
    """
    try:
        return FAMILIES[family_id]
    except KeyError:
        raise ModelError(
            f"No hay ninguna plantilla de mensajes con el nombre «{family_id}».",
            f"Las que hay son: {', '.join(FAMILIES)}.",
        ) from None


def choose_family(asked: str, template: str, architecture: str) -> Family:
    """The family the person asked for, else the one the file shows.

    Raises:
        ModelError: the asked one does not exist, or none was asked for and the file is of no known family.
    """
    if asked:
        return family_named(asked)
    found = family_of(template, architecture)
    if found is None:
        raise ModelError(
            f"No se reconoce cómo hay que hablarle a este modelo (arquitectura «{architecture or 'desconocida'}»).",
            f"Si sabes cuál le corresponde, indica su plantilla: {', '.join(FAMILIES)}.",
        )
    return found
