"""The articles in memory: every passage by its id, and the hashes that say whether a derived index still fits them.

Knows nothing of encoders, stores or retrieval.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from reflexiona.corpus.articles import load_articles
from reflexiona.domain import Article, Passage
from reflexiona.errors import CorpusError
from reflexiona.paths import resource

SPLITTER_VERSION = 3
"""Raised whenever the same article gives other passages, or the same passage another indexed text."""

OWN_PREFIX = "propio-"
"""The ids of the person's own documents begin so, and no other."""

_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"[\[\]{}*_`#<>«»\\]")
_EMPHASIS = re.compile(r"\*\*|__")


class Library:
    """Articles and their passages, read only.

    Args:
        articles: each id once; the order of articles and passages is kept.

    Raises:
        CorpusError: two articles or two passages carry the same id.
    """

    def __init__(self, articles: Iterable[Article]) -> None:
        articles = tuple(articles)
        self.articles: Mapping[str, Article] = MappingProxyType({article.id: article for article in articles})
        self.passages: tuple[Passage, ...] = tuple(passage for article in articles for passage in article.passages)
        self._by_id = {passage.id: passage for passage in self.passages}
        if len(self.articles) != len(articles) or len(self._by_id) != len(self.passages):
            raise CorpusError("Hay artículos o pasajes con el mismo id.", "Cambia el id de uno de ellos.")

    def __getitem__(self, passage_id: str) -> Passage:
        return self._by_id[passage_id]

    def __contains__(self, passage_id: object) -> bool:
        return passage_id in self._by_id

    def __len__(self) -> int:
        return len(self.passages)

    def __iter__(self) -> Iterator[Passage]:
        return iter(self.passages)


def load_library(corpus: Path | None = None) -> Library:
    """The articles below `corpus`; None: those the package brings.

    Raises:
        CorpusError: an article breaks the format, or there is none.
    """
    folder = corpus or resource("corpus")
    articles = load_articles(folder)
    if not articles:
        raise CorpusError(f"No hay artículos en {folder}.", "Reinstala Reflexiona.")
    return Library(articles)


def prose(passage: Passage) -> str:
    """Titles and text without Markdown's marks."""
    return f"{passage.article_title} › {passage.title}\n{plain(passage.text)}"


def indexed_text(passage: Passage) -> str:
    """What is searched for words: the prose, and how people say it."""
    return "\n".join((prose(passage), *passage.sayings))


def plain(text: str) -> str:
    """Markdown prose without its link targets and emphasis marks."""
    return _EMPHASIS.sub("", _LINK.sub(r"\1", text))


def quotable(title: str) -> str:
    """A title as an answer may name it: without marks that mean something there, as those of a citation do."""
    return _MARKS.sub("", title)


def passage_hash(passage: Passage) -> str:
    """SHA-256 (hex) of what is encoded: the key under which a passage's vector is kept."""
    return hashlib.sha256(indexed_text(passage).encode()).hexdigest()


def content_hash(passages: Iterable[Passage]) -> str:
    """SHA-256 (hex) over ids, titles and texts, whatever their order."""
    digest = hashlib.sha256()
    for passage in sorted(passages, key=lambda passage: passage.id):
        for part in (passage.id, passage.article_title, passage.title, passage.text, *passage.sayings):
            raw = part.encode()
            digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.hexdigest()
