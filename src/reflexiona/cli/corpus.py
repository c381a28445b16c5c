"""`reflexiona corpus`: the articles, and searching them."""

from __future__ import annotations

import argparse
import asyncio
import re
from typing import TYPE_CHECKING

from reflexiona.cli.console import Console, one_line
from reflexiona.errors import EngineError, ExitCode
from reflexiona.paths import DataFolder

if TYPE_CHECKING:
    from reflexiona.domain import Article, Hit
    from reflexiona.engine.client import EngineClient
    from reflexiona.events import StatusReady

_FOUND = 10
_EXCERPT = 240


def corpus(options: argparse.Namespace, console: Console) -> ExitCode:
    """Runs an action on the articles."""
    match options.accion:
        case "lista":
            _list(options, console)
        case "busca":
            hits = asyncio.run(_search(" ".join(options.palabras)))
            _show_found(options, console, hits)
        case "agrega":
            from reflexiona.cli.documents import add

            return add(options, console)
        case "quita":
            from reflexiona.cli.documents import remove

            return remove(options, console)
        case _:
            data = DataFolder.locate()
            data.ensure()
            found = asyncio.run(rebuild(console, data, anew=True))
            console.message(f"Índice rehecho: {found.passages} pasajes ({found.generation}).")
    return ExitCode.DONE


def _list(options: argparse.Namespace, console: Console) -> None:
    from reflexiona.documents.joining import load_joined

    joined = load_joined(DataFolder.locate())
    if joined.notice:
        console.message(joined.notice)
    articles = joined.library.articles.values()
    if options.json:
        console.json([_article_json(article) for article in articles])
        return
    for article in articles:
        count = len(article.passages)
        about = f"{article.title} · {count} {'pasaje' if count == 1 else 'pasajes'}"
        console.line(f"{article.id}  {one_line(about + (' · documento propio' if article.own else ''))}")


def _article_json(article: Article) -> dict[str, object]:
    points = dict.fromkeys(point for passage in article.passages for point in passage.points)
    return {
        "id": article.id,
        "title": article.title,
        "passages": len(article.passages),
        "scenarios": list(article.scenarios),
        "points": list(points),
        "own": article.own,
    }


async def _search(query: str) -> tuple[Hit, ...]:
    from reflexiona.cli.workplace import engine_beside

    async with engine_beside(DataFolder.locate()) as (engine, starting):
        await starting
        return await engine.search(query, _FOUND)


def _show_found(options: argparse.Namespace, console: Console, hits: tuple[Hit, ...]) -> None:
    if options.json:
        console.json([_hit_json(hit) for hit in hits])
        return
    from reflexiona.situation import title_of

    for hit in hits:
        own = " · documento propio" if hit.passage.own else ""
        console.line(f"{hit.passage.id}  {one_line(f'{hit.passage.article_title} › {hit.passage.title}{own}')}")
        prose = re.sub(r"^#+ ", "", hit.passage.text, flags=re.MULTILINE)
        console.line(f"    {one_line(title_of(prose, _EXCERPT))}")
    if not hits:
        console.message("Ningún pasaje habla de eso.")


def _hit_json(hit: Hit) -> dict[str, object]:
    passage = hit.passage
    return {
        "id": passage.id,
        "article": passage.article,
        "title": f"{passage.article_title} › {passage.title}",
        "text": passage.text,
        "score": hit.score,
        "own": passage.own,
    }


async def rebuild(console: Console, data: DataFolder, *, anew: bool) -> StatusReady:
    """Has the engine build an index of the articles and documents there are now, and says what it does meanwhile.

    Raises:
        EngineError: it could not be built; the former one stays in use.
    """
    from reflexiona.cli.workplace import engine_beside

    async with engine_beside(data) as (engine, starting):
        await starting
        await index_anew(console, engine, anew=anew)
        return await engine.status(complete=True)


async def index_anew(console: Console, engine: EngineClient, *, anew: bool) -> None:
    """Has an engine build its index, and says what it does meanwhile.

    Raises:
        EngineError: it could not be built; the former one stays in use.
    """
    from reflexiona.events import Finished, Problem, Progress

    failure: EngineError | None = None
    async for event in engine.reindex(anew=anew):
        match event:
            case Progress(phase, fraction):
                console.status(phase, f"{round(100 * fraction)} %" if fraction is not None else "")
            case Problem(message, remedy):
                failure = EngineError(message, remedy)
            case Finished(status) if status != "done":
                raise failure or EngineError("El índice no se pudo rehacer.", "El anterior sigue en uso.")
