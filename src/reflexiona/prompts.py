"""Prompts as validated files: TOML with declared variables. No prompt text lives in the code."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template

from reflexiona.errors import CorpusError

_KEYS = {"variables", "system", "user", "openings"}


@dataclass(frozen=True, slots=True)
class RenderedPrompt:
    """Fulfils `ports.Prompt`."""

    system: str
    user: str
    opening: str = ""


@dataclass(frozen=True, slots=True)
class PromptFile:
    """One prompt file."""

    system: str
    user: str
    variables: frozenset[str]
    openings: Mapping[str, str]

    def render(self, opening: str = "", /, **values: str) -> RenderedPrompt:
        """The prompt with its variables filled in; `opening` names one of `openings`.

        Raises:
            KeyError: a value is missing, one too many was given, or there is no such opening.
        """
        if set(values) != self.variables:
            raise KeyError(f"variables {sorted(values)}, declared {sorted(self.variables)}")
        return RenderedPrompt(
            self.system, Template(self.user).substitute(values), self.openings[opening] if opening else ""
        )


@dataclass(frozen=True, slots=True)
class Prompts:
    """All prompt files."""

    reflection: PromptFile


def load_prompts(folder: Path) -> Prompts:
    """Reads the prompt files.

    Raises:
        CorpusError: missing, malformed, unknown keys, or variables that do not match the text.
    """
    return Prompts(reflection=_load(folder / "reflexion.toml"))


def _load(path: Path) -> PromptFile:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise CorpusError(f"No se puede leer {path.name}: {error}.", "Reinstala Reflexiona.") from error
    if set(data) != _KEYS:
        raise CorpusError(f"{path.name}: las claves son {', '.join(sorted(_KEYS))}.")
    declared, used = set(data["variables"]), set(Template(data["user"]).get_identifiers())
    if declared != used or Template(data["system"]).get_identifiers():
        raise CorpusError(f"{path.name}: las variables declaradas no son las usadas: {sorted(declared ^ used)}.")
    return PromptFile(data["system"].strip(), data["user"].strip(), frozenset(declared), data["openings"])
