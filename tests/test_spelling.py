"""The spelling of the articles: every word is known, and none lacks an accent that it nearly always bears."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from wordfreq import get_frequency_dict

from reflexiona.corpus.library import load_library, plain
from reflexiona.corpus.triples import inflect
from reflexiona.domain import Fragment, MessageTemplate, Option, Passage, Register, StepTemplate

OWN = Path(__file__).parent / "data" / "palabras.txt"
ACCENTS = dict(zip("aeioun", "áéíóúñ", strict=True))
OFTENER = 10
"""An accented form that is so much commoner makes the bare one a slip."""


def texts() -> Iterator[str]:
    for article in load_library().articles.values():
        yield from (article.title, article.summary)
        for passage in article.passages:
            yield from (passage.title, plain(passage.text), *structured(passage))


def structured(passage: Passage) -> Iterator[str]:
    parts: tuple[Fragment | Option | StepTemplate | MessageTemplate, ...] = (
        *passage.openings,
        *passage.options,
        *passage.changes,
        *passage.questions,
        *passage.steps,
        *passage.messages,
    )
    for part in parts:
        for register in Register:
            yield inflect(part.text, register)
            if isinstance(part, Option):
                yield inflect(part.name, register)


@pytest.fixture(scope="module")
def known() -> dict[str, float]:
    return dict(get_frequency_dict("es", wordlist="large"))


@pytest.fixture(scope="module")
def words() -> set[str]:
    return {word.lower() for text in texts() for word in re.findall(r"[^\W\d_]+", text)}


def test_every_word_is_known(known: dict[str, float], words: set[str]) -> None:
    own = {line for line in OWN.read_text(encoding="utf-8").splitlines() if not line.startswith("#")}
    assert sorted(words - known.keys() - own) == []
    assert sorted(own - words) == []


def test_no_word_lacks_its_accent(known: dict[str, float], words: set[str]) -> None:
    slips = {
        word: accented
        for word in words & known.keys()
        for at, letter in enumerate(word)
        if letter in ACCENTS
        and known.get(accented := word[:at] + ACCENTS[letter] + word[at + 1 :], 0.0) > OFTENER * known[word]
    }
    assert slips == {"organizo": "organizó"}  # «me organizo», rightly
    assert known["también"] > OFTENER * known["tambien"]  # what it is there to catch
