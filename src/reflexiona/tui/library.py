"""The articles as a list to read from: those of the package, and the person's own documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reflexiona.errors import ReflexionaError
from reflexiona.tui.messages import Failed
from reflexiona.tui.plain import folded

if TYPE_CHECKING:
    from reflexiona.corpus.lists import Lists
    from reflexiona.domain import Article
    from reflexiona.tui.screens.main import MainScreen
    from reflexiona.tui.screens.palette import Entry


ADDING = (
    "Se agregan en una terminal, fuera de aquí: reflexiona corpus agrega ARCHIVO (md, txt, html, pdf o docx). "
    "Quedan en este equipo; al volver a abrir Reflexiona, las respuestas los citan junto a los artículos."
)


async def open_library(screen: MainScreen) -> None:
    """Lists the articles; the one that is chosen is opened at its beginning."""
    from reflexiona.tui.screens.palette import Palette
    from reflexiona.tui.screens.reader import Reader

    if screen.backstage is None:
        screen.notify("Reflexiona todavía se está abriendo.", markup=False)
        return
    try:
        articles = (await screen.backstage.shelf.library()).articles
    except ReflexionaError as error:
        screen.post_message(Failed(error))
        return

    def read(chosen: str | None) -> None:
        if chosen is not None:
            screen.app.push_screen(Reader((), 0, articles, chosen))

    entries = [_entry(article, screen.talk.lists) for article in articles.values()]
    entries.sort(key=lambda entry: (not entry.detail, folded(entry.title)))
    screen.app.push_screen(Palette(entries, "¿Qué artículo?"), read)


def tell_how_to_add(screen: MainScreen) -> None:
    """Documents are added from the command line: says how."""
    screen.notify(ADDING, title="Documentos propios", timeout=30, markup=False)


def _entry(article: Article, lists: Lists | None) -> Entry:
    """A line of the list; the person's own documents say so. It is found by its summary and its scenarios as well."""
    from reflexiona.tui.screens.palette import Entry
    from reflexiona.tui.typeset import scenario_name

    names = " ".join(scenario_name(lists, scenario) for scenario in article.scenarios)
    return Entry(article.id, article.title, "documento tuyo" if article.own else "", f"{names} {article.summary}")
