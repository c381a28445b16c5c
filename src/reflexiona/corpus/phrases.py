"""The connecting words of composed answers, from `corpus/frases.toml`."""

from __future__ import annotations

import tomllib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template

from reflexiona.corpus.triples import inflect
from reflexiona.domain import Register
from reflexiona.errors import CorpusError


@dataclass(frozen=True, slots=True)
class Phrases:
    """Variants by `group.key`."""

    variants: Mapping[str, tuple[str, ...]]

    def say(self, key: str, voice: Voice, /, **values: object) -> str:
        """One variant of `key` in a voice, with its $names filled in.

        Raises:
            KeyError: no such key, or a $name without a value.
        """
        choices = self.variants[key]
        chosen = choices[zlib.crc32(f"{voice.seed}{key}".encode()) % len(choices)]
        return Template(inflect(chosen, voice.register)).substitute(
            {name: str(value) for name, value in values.items()}
        )


@dataclass(frozen=True, slots=True)
class Voice:
    """How an answer speaks: the register, and a text that picks among variants."""

    register: Register
    seed: str = ""


def load_phrases(corpus: Path) -> Phrases:
    """Reads `frases.toml`.

    Raises:
        CorpusError: missing, malformed, or a key without variants.
    """
    try:
        data = tomllib.loads((corpus / "frases.toml").read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise CorpusError(f"No se puede leer frases.toml: {error}.", "Reinstala Reflexiona.") from error
    variants = {f"{group}.{key}": tuple(texts) for group, keys in data.items() for key, texts in keys.items()}
    if empty := [key for key, texts in variants.items() if not texts]:
        raise CorpusError(f"frases.toml: sin variantes: {', '.join(empty)}.")
    return Phrases(variants)
