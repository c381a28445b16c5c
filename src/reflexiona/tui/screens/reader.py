"""The article reader: the whole article, at the passage that was cited. Esc leads back to the same line."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from reflexiona.tui.phrases import several
from reflexiona.tui.plain import one_line
from reflexiona.tui.prose import prose, words
from reflexiona.tui.widgets.lines import Hints

if TYPE_CHECKING:
    from reflexiona.domain import Article, Passage

_HEADING = re.compile(r"(?:\A|\n)#+ [^\n]*\n+\Z")
KEYS = (
    ("Esc", "volver"),
    ("← →", "otros pasajes"),
    ("↑ ↓", "leer"),
    ("y", "copiar el pasaje"),
    ("1…9", "ir a un pasaje"),
)
WHOLE = (("Esc", "volver"), ("↑ ↓", "leer"))


def around(article: Article, passage: Passage) -> tuple[str, str, str] | None:
    """The text before the passage, the passage with its heading, the text after it; None: it is not there any more."""
    start = passage.start
    if article.text[start : passage.end] != passage.text:
        start = article.text.find(passage.text)
        if start < 0:
            return None
    end = start + len(passage.text)
    before = article.text[:start]
    if heading := _HEADING.search(before):
        start = heading.start()
    return article.text[:start], article.text[start:end], article.text[end:]


class Reader(Screen[None]):
    """The reader.

    Args:
        passages: those of the answer, in order of citation.
        number: the one to read, from 1.
        articles: by id; a passage whose article is not among them is shown alone.
        whole: id of an article to read from its beginning, in place of a passage.
    """

    CSS_PATH = "reader.tcss"
    AUTO_FOCUS = "#paper"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,backspace", "leave", "Volver", show=False),
        Binding("left", "step(-1)", "Pasaje anterior", show=False),
        Binding("right", "step(1)", "Pasaje siguiente", show=False),
        Binding("y,ctrl+y", "copy_passage", "Copiar", show=False),
        *(Binding(f"{n},alt+{n}", f"turn_to({n})", f"Pasaje {n}", show=False) for n in range(1, 10)),
    ]

    def __init__(
        self, passages: Sequence[Passage], number: int, articles: Mapping[str, Article], whole: str = ""
    ) -> None:
        super().__init__()
        self._whole = whole
        self._passages = passages
        self._articles = articles
        self.number = number
        """The passage that is shown, from 1; 0 while reading an article that was not cited."""

    def compose(self) -> ComposeResult:
        """Heading, the article in three pieces, its sources."""
        yield Static(Content(""), id="article-title")
        yield Static(Content(""), id="article-facts")
        with VerticalScroll(id="paper"):
            yield Static(Content(""), id="before")
            yield Static(Content(""), id="cited")
            yield Static(Content(""), id="after")
            yield Static(Content(""), id="sources")
        yield Hints()

    def on_mount(self) -> None:
        """Opens at the passage."""
        if self._whole:
            self.query_one(Hints).offer(WHOLE)
            self.action_follow(self._whole)
        else:
            self.query_one(Hints).offer(KEYS)
            self.action_turn_to(self.number)

    def action_leave(self) -> None:
        """Back to the conversation."""
        self.dismiss()

    def action_step(self, by: int) -> None:
        """The next passage of the answer, or the one before."""
        self.action_turn_to(self.number + by)

    def action_turn_to(self, number: int) -> None:
        """Another passage of the answer, in its article."""
        if not 1 <= number <= len(self._passages):
            return
        self.number = number
        passage = self._passages[number - 1]
        article = self._articles.get(passage.article)
        parts = around(article, passage) if article else None
        label = f"▸ pasaje [{number}] de tu conversación"
        if parts is None:
            label += " · el artículo ha cambiado o ya no está; esto es lo que se citó"
            parts = ("", f"## {passage.title}\n\n{passage.text}", "")
        self._lay_out(passage.article_title, article, parts, label)
        cited = self.query_one("#cited")
        self.call_after_refresh(lambda: self.query_one("#paper").scroll_to_widget(cited, top=True, animate=False))

    def action_follow(self, article_id: str) -> None:
        """Another article, from its beginning."""
        article = self._articles[article_id]
        self.number = 0
        self._lay_out(article.title, article, (article.text, "", ""), "")
        self.query_one("#paper").scroll_home(animate=False)

    def action_copy_passage(self) -> None:
        """Copies the passage."""
        if self.number:
            self.app.copy_to_clipboard(self._passages[self.number - 1].text)
            self.notify("Pasaje copiado.", markup=False)

    def _lay_out(self, title: str, article: Article | None, parts: tuple[str, str, str], label: str) -> None:
        self.query_one("#article-title", Static).update(Content.styled(one_line(title), "bold"))
        self.query_one("#article-facts", Static).update(Content.styled(self._facts(article), "$quiet"))
        before, cited, after = (prose(part, None, self._link) for part in parts)
        head = Content.styled(f"{label}\n\n", "$cite bold") if label else Content("")
        for name, content in (("before", before), ("cited", head + cited), ("after", after)):
            widget = self.query_one(f"#{name}", Static)
            widget.update(content)
            widget.display = bool(content.plain.strip())
        sources = self._sources(article) if article else Content("")
        self.query_one("#sources", Static).update(sources)
        self.query_one("#sources", Static).display = bool(sources.plain)

    def _facts(self, article: Article | None) -> str:
        if article is None:
            return ""
        own = "documento tuyo" if article.own else f"revisado el {article.revised}"
        return f"{several(len(article.passages), 'sección', 'secciones')} · {own}"

    def _link(self, target: str) -> str:
        return f"screen.follow('{target}')" if target in self._articles else ""

    @staticmethod
    def _sources(article: Article) -> Content:
        lines = [
            words(" · ".join(part for part in (f"{s.title}", s.author, s.date, s.url) if part), "$quiet")
            for s in article.sources
        ]
        if not lines:
            return Content("")
        if article.countries:
            lines.append(Content.styled("No es asesoramiento legal.", "$quiet italic"))
        return Content("\n").join([Content.styled("Fuentes", "bold"), *lines])
