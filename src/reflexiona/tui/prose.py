"""Markdown as typography, with [n] as something to open.

`parser` is for the live Markdown widget; `prose` makes one piece of styled text for what is cheap to show: earlier
turns, articles. In both, whatever looks like markup of ours, a link definition or HTML is only text: «[/b]»,
«[nombre]», «[50%]» and «[Cliente]: hola» survive as they were written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from textual.content import Content, Span
from textual.style import Style

from reflexiona.tui.plain import plain

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

CITE = "cita:"
"""Scheme of a citation's target in the live widget."""

_CITATION = re.compile(r"\[(\d{1,2}(?:\s*[,y]\s*\d{1,2})*)\]")
_NOT_OURS = ("reference", "html_block", "code", "lheading", "table", "html_inline", "image", "autolink")

OnCite = Callable[[int], str]
"""Number of a citation → the action that opens it."""
OnLink = Callable[[str], str]
"""Target of a link → the action that follows it; empty: the link is only text."""


@cache
def parser(*, links: bool = False) -> MarkdownIt:
    """A parser for prose: emphasis, lists, quotes, headings, [n]; links only where asked for.

    Made once: a streamed answer is parsed some hundred times.
    """
    from markdown_it import MarkdownIt  # 20 ms that the first frame does not wait for

    markdown = MarkdownIt("commonmark").disable(_NOT_OURS)
    if not links:
        markdown.disable("link")
    markdown.inline.ruler.before("link", "citation", _citation)
    return markdown


def citations(text: str) -> tuple[int, ...]:
    """The numbers cited in a text, each once, in order."""
    found = (int(number) for match in _CITATION.finditer(text) for number in re.findall(r"\d+", match[1]))
    return tuple(dict.fromkeys(found))


def words(text: str, style: str = "") -> Content:
    """Text of anybody's as it is, in one style."""
    return Content.styled(plain(text), style) if style else Content(plain(text))


def action(call: str) -> Style:
    """The style of something that can be clicked."""
    return Style.from_meta({"@click": call})


def prose(text: str, on_cite: OnCite | None = None, on_link: OnLink | None = None) -> Content:
    """Markdown as one piece of text: paragraphs apart by a blank line, list items by none."""
    blocks = _blocks(parser(links=on_link is not None).parse(plain(text)), on_cite, on_link)
    pieces: list[Content] = []
    for block, tight in blocks:
        if pieces:
            pieces.append(Content("\n" if tight else "\n\n"))
        pieces.append(block)
    return Content("").join(pieces)


def _blocks(tokens: Iterable[Token], on_cite: OnCite | None, on_link: OnLink | None) -> Iterator[tuple[Content, bool]]:
    """Each block, and whether it follows closely on the one before."""
    marks: list[str] = []
    heading, items = False, 0
    pending = ""
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            marks.append(token.type)
            items = 0
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            marks.pop()
        elif token.type == "list_item_open":
            items += 1
            pending = "  " * (len(marks) - 1) + (f"{token.info}. " if token.info else "• ")
        elif token.type == "heading_open":
            heading = True
        elif token.type in ("inline", "fence", "hr"):
            content = _inline(token, on_cite, on_link) if token.type == "inline" else Content(token.content or "· · ·")
            if heading:
                content, heading = content.stylize("bold"), False
            yield Content(pending) + content, bool(pending) and (items > 1 or len(marks) > 1)
            pending = ""


def _inline(token: Token, on_cite: OnCite | None, on_link: OnLink | None) -> Content:
    text = ""
    spans: list[Span] = []
    open_styles: list[tuple[int, tuple[Style | str, ...]]] = []
    for child in token.children or ():
        if child.type in ("softbreak", "hardbreak"):
            text += " " if child.type == "softbreak" else "\n"
        elif child.type.endswith("_open"):
            open_styles.append((len(text), _styles(child, on_cite, on_link)))
        elif child.type.endswith("_close"):
            start, styles = open_styles.pop()
            spans.extend(Span(start, len(text), style) for style in styles)
        else:
            text += child.content
    return Content(text, spans)


def _styles(token: Token, on_cite: OnCite | None, on_link: OnLink | None) -> tuple[Style | str, ...]:
    if token.type == "strong_open":
        return ("bold",)
    if token.type == "em_open":
        return ("italic",)
    target = str(token.attrs.get("href", ""))
    if target.startswith(CITE):
        call = on_cite(int(target.removeprefix(CITE))) if on_cite else ""
        return ("$cite", action(call)) if call else ("$cite",)
    call = on_link(target) if on_link else ""
    return ("underline", action(call)) if call else ()


def _citation(state: StateInline, silent: bool) -> bool:
    """markdown-it's rule for [n] and [n, m]: each number becomes a link of its own."""
    match = _CITATION.match(state.src, state.pos)
    if match is None:
        return False
    if not silent:
        for place, number in enumerate(re.findall(r"\d+", match[1])):
            if place:
                state.push("text", "", 0).content = " "
            state.push("link_open", "a", 1).attrs = {"href": f"{CITE}{number}"}
            state.push("text", "", 0).content = f"[{number}]"
            state.push("link_close", "a", -1)
    state.pos = match.end()
    return True
