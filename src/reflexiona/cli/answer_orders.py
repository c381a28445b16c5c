"""The orders of line mode about an answer: its plan, its sources, their articles; and the country it is given for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from reflexiona.cli.answer import plan_lines, source_line, source_lines
from reflexiona.cli.console import one_line
from reflexiona.cli.flow import Page
from reflexiona.cli.orders import number
from reflexiona.cli.room import Act, Room
from reflexiona.corpus.library import Library
from reflexiona.domain import Article, Passage
from reflexiona.errors import BadInputError
from reflexiona.settings import COUNTRIES, country_code, save_setting
from reflexiona.situation import fold

_HEADING = re.compile(r"^#+ +", re.MULTILINE)
_LINK = re.compile(r"\[([^\]]+)\]\([^)\s]*\)")


class AnswerOrders:
    """What is done with the last answer."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._library: Library | None = None

    @property
    def acts(self) -> Mapping[str, Act]:
        """By id of the order."""
        return {
            "plan": self._plan,
            "hecho": self._check,
            "fuentes": self._sources,
            "fuente": self._source,
            "articulo": self._article,
            "pais": self._country,
        }

    def _plan(self, rest: str) -> None:
        self._room.work_waits("ningún paso del trabajo")
        turn = self._room.last(lambda turn: turn.plan)
        if turn is None:
            self._room.console.message("Todavía no hay pasos.")
        else:
            self._room.heard = turn.id
            self._room.console.line("\n".join(plan_lines(turn)))

    def _check(self, rest: str) -> None:
        self._room.work_waits("ningún paso del trabajo")
        turn = self._room.last(lambda turn: turn.plan)
        if turn is None:
            raise BadInputError("Todavía no hay pasos.")
        place = number(rest, len(turn.plan), "ningún paso") - 1
        step = replace(turn.plan[place], done=not turn.plan[place].done)
        self._room.session.put(replace(turn, plan=(*turn.plan[:place], step, *turn.plan[place + 1 :])))
        self._room.console.message(one_line(f"{'Hecho' if step.done else 'Otra vez por hacer'}: {step.text}"))

    def _sources(self, rest: str) -> None:
        turn = self._room.cited()
        if turn is None:
            self._room.console.message("Todavía no hay pasajes.")
        else:
            self._room.console.line("\n".join(source_lines(turn)))

    def _source(self, rest: str) -> None:
        n, passage = self._passage(rest)
        page = Page(self._room.console)
        page.words(source_line(n, passage))
        page.prose(_readable(passage.text))
        if article := self._article_of(passage):
            page.words(_about(article))
            self._room.console.message(f"/artículo {n} lo lee entero.")

    def _article(self, rest: str) -> None:
        n, passage = self._passage(rest)
        article = self._article_of(passage)
        if article is None:
            raise BadInputError("El artículo ya no está entre los que hay.", f"Lo que se citó se lee con /fuente {n}.")
        page = Page(self._room.console)
        page.words(one_line(article.title))
        page.prose(_readable(article.text))
        page.words(_about(article))

    def _passage(self, rest: str) -> tuple[int, Passage]:
        turn = self._room.cited()
        if turn is None:
            raise BadInputError("Todavía no hay pasajes.")
        n = number(rest, len(turn.passages), "ningún pasaje")
        return n, turn.passages[n - 1]

    def _article_of(self, passage: Passage) -> Article | None:
        if self._library is None:
            from reflexiona.documents.joining import load_joined  # reading all articles takes a moment

            self._library = load_joined(self._room.data).library
        return self._library.articles.get(passage.article)

    def _country(self, rest: str) -> None:
        manner = self._room.session.manner
        if rest:
            none = fold(rest) in ("ninguno", "ninguna", "sin decir", "borra", "quita")
            code = save_setting(self._room.data.settings, "pais", "" if none else _code(rest)).country
            self._room.session.manner = manner = replace(manner, country=code)
        chosen = COUNTRIES.get(manner.country)
        said = f"País: {chosen}." if chosen else "Sin país elegido."
        then = "Queda así en los ajustes." if rest else "«/país» y un nombre lo cambia."
        self._room.console.message(f"{said} {then}")
        if chosen and self._room.in_danger:
            self._room.console.message(f"Para oír ya sus teléfonos de ayuda, escribe «estoy en {chosen}».")


def _code(name: str) -> str:
    """The ISO code of a country, however it is called."""
    if code := country_code(name):
        return code
    names = ", ".join(COUNTRIES.values())
    raise BadInputError(f"«{name}» no está entre los países que hay.", f"Se puede elegir: {names}.")


def _about(article: Article) -> str:
    """When an article was revised, and what it rests on."""
    if article.own:
        return "Es un documento tuyo."
    sources = "; ".join(", ".join(filter(None, (s.title, s.author, s.date, s.url))) for s in article.sources)
    law = " No es asesoramiento legal." if article.countries else ""
    rests = f" Fuentes: {sources}." if sources else ""
    return one_line(f"Artículo «{article.title}», revisado el {article.revised}.{rests}{law}")


def _readable(markdown: str) -> str:
    """Prose without the marks of headings and links, which are noise when read aloud."""
    return _LINK.sub(r"\1", _HEADING.sub("", markdown))
