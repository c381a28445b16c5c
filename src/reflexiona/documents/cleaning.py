"""From what a file holds to the text that is kept: residue taken out, title and date found, one canonical form.

The text is plain: `## ` before a heading, `- ` before an item of a list, a blank line between paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from reflexiona.documents import residue
from reflexiona.documents.content import LONGEST_TEXT, LONGEST_TITLE, Block, Content, UnreadableError, one_line, tidy
from reflexiona.documents.dates import date_above
from reflexiona.documents.residue import is_byline

READER_VERSION = 1
"""Raised whenever the same file gives another text: then it is not «already there»."""

_MOST_TITLE_WORDS = 14
_ENOUGH_PROSE = 60
"""Words before a heading «Comentarios» can be the one above the readers' comments."""
_BELOW_TITLE = 20
"""Words before which a line may still be the one that names the author."""
_LABEL = 6
"""Words."""
_ONLY_LINK, _LINK_WORDS = 0.85, 15
_TOO_LONG = ("es demasiado largo: pasa de unas 250.000 palabras.", "Divídelo en partes.")
_NAMELESS = re.compile(
    r"(?:untitled|sin titulo|documento?\d*|microsoft word - .*|.*\.(?:docx?|odt|pdf|indd|pages))", re.I
)
_SPEAKER = re.compile(r".{1,40}\b(?:dice|dijo|says)\b.{0,40}:?")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A document as it is kept."""

    title: str
    date: str
    """ISO, or empty."""
    text: str


def clean_content(content: Content, name: str) -> Cleaned:
    """The document in a file.

    Args:
        content: what the file holds.
        name: of the file, for one without a title.

    Raises:
        UnreadableError: nothing is left to read, or far too much.
    """
    blocks = list(_plain(content.blocks))
    if sum(len(block.text) for block in blocks) > 2 * LONGEST_TEXT:
        raise UnreadableError(*_TOO_LONG)
    date = content.date or date_above([block.text for block in blocks])
    blocks = list(_without_residue(blocks, web=content.web))
    title = "" if _NAMELESS.fullmatch(content.title) else content.title
    if not title:
        title = _first_line(blocks)
    title = _shortened(title or _from_name(name))
    text = render(blocks[1:] if blocks and _same(blocks[0].text, title) else blocks)
    if not re.search(r"\w{2}", text):
        raise UnreadableError("no tiene ningún texto.", "Comprueba que es el archivo correcto.")
    if len(text) > LONGEST_TEXT:
        raise UnreadableError(*_TOO_LONG)
    return Cleaned(title, date, text)


def render(blocks: Iterable[Block]) -> str:
    """The canonical text of blocks."""
    parts: list[str] = []
    listing = False
    for block in blocks:
        lines = tidy(block.text)
        if block.level:
            lines = f"{'##' if block.level <= 2 else '###'} {' '.join(lines.split())}"
        elif block.item:
            lines = f"- {lines}"
        parts.extend(("\n" if block.item and listing else "\n\n", lines))
        listing = block.item
    return "".join((*parts[1:], "\n")) if parts else ""


def _plain(blocks: Sequence[Block]) -> Iterator[Block]:
    for block in blocks:
        text = tidy(block.text)
        if text:
            yield Block(text, block.level, block.item, block.linked)


def _without_residue(blocks: Sequence[Block], *, web: bool) -> Iterator[Block]:
    """The blocks that somebody wrote; of a page, nothing from the readers' comments on."""
    said, skipped_below = 0, 0
    for place, block in enumerate(blocks):
        if web and said >= _ENOUGH_PROSE and _comments_begin(block, blocks[place + 1 : place + 12]):
            return
        if web and block.level:
            if skipped_below and block.level > skipped_below:
                continue
            skipped_below = block.level if residue.begins_something_else(block.text) else 0
        if skipped_below or _is_residue(block, web=web) or (web and said < _BELOW_TITLE and _above_text(block)):
            continue
        lines = [line for line in block.text.split("\n") if not line or not residue.is_residue(line, web=web)]
        text = tidy("\n".join(lines))
        if text:
            said += 0 if block.level else len(text.split())
            yield Block(text, block.level, block.item, block.linked)


def _above_text(block: Block) -> bool:
    """Whether a block between title and text names the author, or is no sentence: a count, a button."""
    if block.level or block.item:
        return False
    return is_byline(block.text) or (len(block.text.split()) <= _LABEL and not re.search(r"[.:;?!…»\")]$", block.text))


def _comments_begin(block: Block, following: Sequence[Block]) -> bool:
    if block.level:
        return residue.begins_comments(block.text)
    answered = any(residue.is_residue(b.text, web=True) or _SPEAKER.fullmatch(b.text) for b in following)
    return answered and residue.begins_comments(block.text, counted=True)


def _is_residue(block: Block, *, web: bool) -> bool:
    if residue.is_residue(block.text.replace("\n", " "), web=web):
        return True
    return web and not block.level and block.linked >= _ONLY_LINK and len(block.text.split()) <= _LINK_WORDS


def _first_line(blocks: Sequence[Block]) -> str:
    """The title that stands above a text: a heading, or a short line without a full stop."""
    if not blocks or len(blocks) < 2:
        return ""
    first = blocks[0]
    if first.level:
        return first.text
    words = len(first.text.split())
    if first.item or "\n" in first.text or words > _MOST_TITLE_WORDS or re.search(r"[.;,:]$", first.text):
        return ""
    return first.text


def _from_name(name: str) -> str:
    stem = re.sub(r"[_\-]+", " ", PurePath(name).stem)
    words = one_line(stem)
    return words[:1].upper() + words[1:] if words else "Documento"


def _shortened(title: str) -> str:
    line = one_line(title)
    return line if len(line) <= LONGEST_TITLE else f"{line[:LONGEST_TITLE].rsplit(' ', 1)[0]}…"


def _same(one: str, other: str) -> bool:
    return re.sub(r"\W+", "", one).casefold() == re.sub(r"\W+", "", other).casefold()
