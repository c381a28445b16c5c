"""What a file gives before it is cleaned, and the sizes beyond which it is refused. Knows no format and no library."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from reflexiona.errors import BadInputError
from reflexiona.situation import clean

LARGEST_FILE = 50_000_000
"""Bytes of a file of any kind."""
LARGEST_PAGE = 10_000_000
"""Bytes of a file that is text: nobody writes more about their work."""
LONGEST_TEXT = 1_500_000
"""Characters of the text that is kept: some five hundred pages."""
LONGEST_TITLE = 120

_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_ORDERS = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?)")
_BLANKS = re.compile(r"[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")


class UnreadableError(BadInputError):
    """A file that cannot be taken in; the others go on."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a list item or a heading, without any markup."""

    text: str
    """Lines of one paragraph are apart by `\\n`."""
    level: int = 0
    """1–6 for a heading, 0 for prose."""
    item: bool = False
    """Whether it is an item of a list."""
    linked: float = 0.0
    """Share of its characters that are links, 0–1."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a file holds, as its format tells it."""

    blocks: tuple[Block, ...]
    title: str = ""
    """What the file itself names as its title; empty: nothing."""
    date: str = ""
    """ISO date that the file itself names; empty: none."""
    web: bool = False
    """Whether it is a page of the web, with all that pages carry along."""


def tidy(text: str) -> str:
    """NFC, nothing that a terminal obeys, one space between words, no blank ends; of line breaks two at most."""
    lines = (_BLANKS.sub(" ", line).strip() for line in clean(_BREAKS.sub("\n", _ORDERS.sub("", text))).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def one_line(text: str) -> str:
    """`tidy` on one line."""
    return " ".join(tidy(text).split())


def folded(text: str) -> str:
    """Lower case without accents; ñ becomes n."""
    return "".join(sign for sign in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(sign))
