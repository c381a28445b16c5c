"""What a kept turn holds of a document that was taken out: its passages go, and what an answer repeats of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from reflexiona.corpus.library import quotable
from reflexiona.domain import Passage, Turn

_GONE = "documento-quitado"
_TITLE = "Documento quitado"
_TEXT = "Este documento propio se quitó."
_LEFT_OUT = "[…]"
_SHORTEST = 25
"""Characters; a shorter piece may be anybody's words."""
_SHORTEST_TITLE = 15
_ENDS = re.compile(r"(?<=[.?!…:;])\s+|\n+")


def without_document(turn: Turn, document: str) -> Turn:
    """A turn without the words of a document. Numbers of passages stay what they were.

    Args:
        turn: as it was kept.
        document: id of the article that the passages are of.
    """
    gone = [passage for passage in turn.passages if passage.own and passage.article == document]
    if not gone:
        return turn
    said = sorted({piece for passage in gone for piece in _pieces(passage)}, key=len, reverse=True)

    def without(text: str) -> str:
        for piece in said:
            text = text.replace(piece, _LEFT_OUT)
        return text

    passages = tuple(_blank(passage) if passage in gone else passage for passage in turn.passages)
    reflection = turn.reflection and replace(
        turn.reflection,
        text=without(turn.reflection.text),
        unsupported=tuple(without(sentence) for sentence in turn.reflection.unsupported),
    )
    draft = turn.draft and replace(turn.draft, text=without(turn.draft.text))
    return replace(turn, passages=passages, reflection=reflection, draft=draft, question=without(turn.question))


def _blank(passage: Passage) -> Passage:
    number = passage.id.rpartition("#")[2]
    return Passage(f"{_GONE}#{number}", _GONE, _TITLE, _TITLE, _TEXT, 0, len(_TEXT), own=True)


def _pieces(passage: Passage) -> Iterator[str]:
    """Titles and sentences of a passage, as an answer may repeat them: also with their line breaks closed up."""
    for title in (passage.article_title, passage.title):
        for said in (title, quotable(title)):
            yield said if len(said) >= _SHORTEST_TITLE else f"«{said}»"
    for text in (passage.text, passage.text.replace("\n", " ")):
        for piece in _ENDS.split(text):
            bare = piece.removeprefix("- ").lstrip("# ").strip()
            if len(bare) >= _SHORTEST:
                yield bare
