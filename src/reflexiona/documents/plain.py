"""Reads text files: Markdown and plain text, in whatever encoding they come."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from reflexiona.documents.content import Block, Content, UnreadableError, one_line, tidy
from reflexiona.documents.dates import iso_date

_BINARY, _A_FEW = 0.05, 20
"""From this share of control characters on a file is no text, unless there are only a few."""
_FRONT = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*\n", re.DOTALL)
_FIELD = re.compile(r"^(t[ií]tulo|title|fecha|date)\s*:\s*(.+?)\s*$", re.MULTILINE | re.IGNORECASE)
_HEADING = re.compile(r"(#{1,6})[ \t]+(.*?)[ \t#]*$")
_UNDERLINE = re.compile(r"(=|-)\1{2,}[ \t]*$")
_ITEM = re.compile(r"[ \t]*(?:[-*+•·–]|\d{1,3}[.)])[ \t]+(?=\S)")
_RULE = re.compile(r"[ \t]*([-*_])(?:[ \t]*\1){2,}[ \t]*$")
_FENCE = re.compile(r"[ \t]*(?:```|~~~)")
_TABLE_RULE = re.compile(r"[ \t|:-]*-[ \t|:-]*$")
_INLINE = (
    (re.compile(r"<!--.*?-->", re.DOTALL), ""),
    (re.compile(r"!\[([^\]]*)\]\([^)]*\)"), ""),
    (re.compile(r"\[([^\]]*)\]\([^)]*\)"), r"\1"),
    (re.compile(r"\[\[(?:[^\]|]*\|)?([^\]|]*)\]\]"), r"\1"),
    (re.compile(r"</?(?:a|b|br|div|em|font|h[1-6]|hr|i|img|p|span|strong|u)(?:\s[^<>]*)?/?>", re.IGNORECASE), " "),
)


def decoded(raw: bytes, declared: str = "") -> str:
    """The text of a file: by its mark, by what it declares, as UTF-8, or as Windows writes it in the West.

    Raises:
        UnreadableError: it is no text.
    """
    text = next(text for name in (_marked(raw), "utf-8", declared, "cp1252", "latin-1") if (text := _as(raw, name)))
    odd = sum(1 for sign in text[:100_000] if sign < " " and sign not in "\t\n\r\f\v")
    if odd > max(_A_FEW, _BINARY * len(text[:100_000])):
        raise UnreadableError("no es un archivo de texto.", "Guárdalo como texto, html, pdf o docx.")
    return text


def read_plain(raw: bytes, *, markdown: bool) -> Content:
    """The content of a text file; the marks of Markdown are taken for what they are.

    Raises:
        UnreadableError: it is no text.
    """
    text = re.sub(r"\r\n?", "\n", decoded(raw))
    fields: dict[str, str] = {}
    if markdown and (front := _FRONT.match(text)):
        fields = {key.lower()[0]: value.strip("\"'") for key, value in reversed(_FIELD.findall(front[1]))}
        text = text[front.end() :]
    if markdown:
        for pattern, instead in _INLINE:
            text = pattern.sub(instead, text)
    blocks = tuple(_blocks(tidy_keeping_indents(text), markdown=markdown))
    return Content(blocks, one_line(fields.get("t", "")), iso_date(fields.get("f", "") or fields.get("d", "")))


def tidy_keeping_indents(text: str) -> str:
    """`tidy`, line by line: blank lines stay where they are."""
    return "\n".join(tidy(line) for line in re.sub(r"[\x0b\x0c\x85\u2028\u2029]", "\n", text).split("\n"))


def _blocks(text: str, *, markdown: bool) -> Iterator[Block]:
    paragraph: list[str] = []
    for line in [*text.split("\n"), ""]:
        heading = _HEADING.match(line)
        if markdown and paragraph and _UNDERLINE.match(line) and len(paragraph) == 1:
            yield Block(paragraph.pop(), level=1 if line[0] == "=" else 2)
            continue
        row = markdown and _is_row(line)
        ends = not line or heading or row or _ITEM.match(line) or _skipped(line, markdown=markdown)
        if ends and paragraph:
            yield _prose(paragraph)
            paragraph = []
        if heading and heading[2]:
            yield Block(heading[2], level=len(heading[1]))
        elif row:
            yield Block(_cells(line), item=True)
        elif line and not heading and not _skipped(line, markdown=markdown):
            paragraph.append(line.removeprefix("> ").removeprefix(">") if markdown else line)


def _skipped(line: str, *, markdown: bool) -> bool:
    return bool(_RULE.match(line) or (markdown and (_FENCE.match(line) or ("|" in line and _TABLE_RULE.match(line)))))


def _prose(lines: list[str]) -> Block:
    first = _ITEM.match(lines[0])
    if first is None:
        return Block("\n".join(lines))
    return Block("\n".join([lines[0][first.end() :], *lines[1:]]), item=True)


def _is_row(line: str) -> bool:
    return len(line) > 1 and line.startswith("|") and line.endswith("|") and not _TABLE_RULE.match(line)


def _cells(line: str) -> str:
    """A row of a table as one line."""
    return " · ".join(cell for part in line.strip("|").split("|") if (cell := part.strip()))


def _marked(raw: bytes) -> str:
    marks = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
    return next((name for mark, name in marks.items() if raw.startswith(mark)), "")


def _as(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding) or " " if encoding else ""
    except (LookupError, UnicodeError, ValueError):
        return ""
