"""Prompts as validated files: TOML with declared variables. No prompt text lives in the code."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

from reflexiona.errors import CorpusError

_KEYS = {"variables", "fixed", "system", "user", "openings", "phrases"}


@dataclass(frozen=True, slots=True)
class RenderedPrompt:
    """Fulfils `ports.Prompt`."""

    system: str
    user: str
    opening: str = ""
    known: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PromptFile:
    """One prompt file."""

    system: str
    user: str
    variables: frozenset[str]
    fixed: frozenset[str]
    openings: Mapping[str, str]
    phrases: Mapping[str, str]
    """Words that a value of a variable is put together with."""

    def settle(self, **values: str) -> PromptFile:
        """The file with the variables of its fixed part filled in, once and for all.

        Raises:
            KeyError: a value is missing, or one too many was given.
        """
        _check(values, self.fixed)
        return PromptFile(
            Template(self.system).substitute(values),
            self.user,
            self.variables,
            frozenset(),
            self.openings,
            self.phrases,
        )

    def block(self, **values: str) -> str:
        """One turn's part, ending in a newline: another one may follow.

        Raises:
            KeyError: a value is missing, or one too many was given.
        """
        _check(values, self.variables)
        return Template(self.user).substitute(values) + "\n"

    def prompt(self, user: str, opening: str = "", known: Sequence[str] = ()) -> RenderedPrompt:
        """The prompt of a turn whose block is `user`; `opening` names one of `openings`, `known` are earlier blocks.

        Raises:
            KeyError: there is no such opening, or the fixed part is not settled.
        """
        _check({}, self.fixed)
        return RenderedPrompt(self.system, user, self.openings[opening] if opening else "", tuple(known))


@dataclass(frozen=True, slots=True)
class Prompts:
    """All prompt files."""

    reflection: PromptFile
    included: PromptFile
    """What the included model has learnt to be asked."""


def load_prompts(folder: Path) -> Prompts:
    """Reads the prompt files.

    Raises:
        CorpusError: missing, malformed, unknown keys, or variables that do not match the text.
    """
    return Prompts(_load(folder / "reflexion.toml"), _load(folder / "incluido.toml"))


def _check(values: Mapping[str, str], declared: frozenset[str]) -> None:
    if set(values) != declared:
        raise KeyError(f"variables {sorted(values)}, declared {sorted(declared)}")


def _load(path: Path) -> PromptFile:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise CorpusError(f"No se puede leer {path.name}: {error}.", "Reinstala Reflexiona.") from error
    if set(data) != _KEYS:
        raise CorpusError(f"{path.name}: las claves son {', '.join(sorted(_KEYS))}.")
    for declaring, used_in in (("variables", "user"), ("fixed", "system")):
        declared, used = set(data[declaring]), set(Template(data[used_in]).get_identifiers())
        if declared != used:
            raise CorpusError(f"{path.name}: las variables declaradas no son las usadas: {sorted(declared ^ used)}.")
    return PromptFile(
        data["system"].strip(),
        data["user"].strip(),
        frozenset(data["variables"]),
        frozenset(data["fixed"]),
        data["openings"],
        data["phrases"],
    )
