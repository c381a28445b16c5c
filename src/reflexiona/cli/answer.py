"""An answer told to a person in plain lines: piece by piece while it comes, or whole.

The same blocks in the same order either way, so that what is piped into a file reads like what stood on the terminal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reflexiona.about_program import about_program
from reflexiona.cli.console import one_line
from reflexiona.cli.flow import Page
from reflexiona.events import (
    DraftReady,
    Event,
    Finished,
    Notice,
    PlanReady,
    Problem,
    Progress,
    ReadingReady,
    ReflectionReady,
    Token,
)
from reflexiona.export.authorship import authorship, is_opinion, opinion, other_notices
from reflexiona.export.markdown import REGISTERS, reading_line
from reflexiona.export.spanish import decimal

if TYPE_CHECKING:
    from reflexiona.cli.console import Console
    from reflexiona.corpus.lists import Lists
    from reflexiona.domain import Draft, Passage, Turn


class Teller:
    """Tells one turn.

    Args:
        console: where.
        lists: names of scenarios.
        answer_first: who listens is not kept waiting by passages: the cited ones follow, with how to open them.
    """

    def __init__(self, console: Console, lists: Lists, *, answer_first: bool = False) -> None:
        self._console = console
        self._page = Page(console)
        self._lists = lists
        self._answer_first = answer_first
        self._listed = False
        """Whether the passages stand before the prose."""
        self._streamed = ""

    def hear(self, turn: Turn, event: Event) -> None:
        """Tells what `event` brings; `turn` is how it stands after it."""
        match event:
            case ReadingReady():
                self._reading(turn, stands=self._answer_first and bool(event.standing))
            case Progress(phase, fraction, speed):
                self._passages(turn)
                if not self._streamed:  # once words come, they are progress enough
                    self._console.status(phase, _detail(fraction, speed))
            case Token(text):
                self._passages(turn)
                self._streamed += text
                self._page.stream(text)
            case _:
                self._hear_result(turn, event)

    def tell(self, turn: Turn) -> None:
        """Tells a finished turn whole."""
        self._reading(turn)
        self._prose(turn)
        self._draft(turn)
        self._plan(turn)
        for notice in other_notices(turn):
            self._page.words(notice)
        self._close(turn)

    def _hear_result(self, turn: Turn, event: Event) -> None:
        match event:
            case ReflectionReady():
                self._prose(turn)
            case PlanReady():
                self._plan(turn)
            case DraftReady():
                self._draft(turn)
            case Notice(text) if not is_opinion(text):
                self._page.words(text)
            case Problem(message, remedy):
                self._page.words(f"{message} {remedy}".strip())
            case Finished():
                self._close(turn)

    def _reading(self, turn: Turn, *, stands: bool = False) -> None:
        """`stands`: it was told before, and is only named."""
        reading = turn.reading
        if reading is None or reading.nothing_to_read or reading.safety or about_program(turn):
            return
        if stands:
            self._page.words(f"sigue siendo «{self._lists.scenarios[reading.primary].name}».", head="Lectura: ")
            return
        line = reading_line(reading, self._lists).replace("*", "")
        quotes = " · ".join(one_line(evidence.quoted) for evidence in reading.evidence)
        self._page.words(f"{line}\nSe apoya en: {quotes}." if quotes else line, head="Lectura: ")

    def _passages(self, turn: Turn) -> None:
        """The passages before the prose, where a model takes its time over it."""
        if not self._listed and turn.passages and not self._answer_first:
            self._listed = True
            self._page.lines("Pasajes", source_lines(turn))

    def _prose(self, turn: Turn) -> None:
        self._page.end_stream()
        reflection = turn.reflection
        if reflection is None:
            return
        if not self._streamed:
            self._page.prose(reflection.text)
        elif reflection.composed and reflection.text != self._streamed:
            self._page.words("Lo anterior quedó sin terminar; esta es la respuesta compuesta con los artículos:")
            self._page.prose(reflection.text)
        elif reflection.unsupported:
            # what streamed by carries no marks: they are set when all is written
            sentences = [f"◦ {one_line(sentence)}" for sentence in reflection.unsupported]
            self._page.lines("Frases del modelo que ningún pasaje respalda", sentences)
        if turn.question:
            self._page.prose(turn.question)

    def _draft(self, turn: Turn) -> None:
        if turn.draft:
            tell_draft(self._page, turn.draft)

    def _plan(self, turn: Turn) -> None:
        if turn.plan:
            self._page.lines("Siguientes pasos", plan_lines(turn))

    def _close(self, turn: Turn) -> None:
        self._page.end_stream()
        cited = turn.cited
        danger = bool(turn.reading and turn.reading.safety)
        if self._listed and cited:
            self._page.words(" ".join(f"[{n}]" for n in cited), head="Fuentes citadas: ")
        elif cited and not self._listed:
            lines = source_lines(turn)
            how = f" (para oír una entera: /fuente {cited[0]})" if self._answer_first else ""
            self._page.lines(f"Fuentes{how}", [lines[n - 1] for n in cited])
        reflection = turn.reflection
        if reflection and not danger and (turn.passages or reflection.model):
            said = (authorship(reflection), opinion(turn, self._lists))
            self._page.words(" ".join(one_line(one) for one in said if one))
        if turn.status == "cancelled":
            self._page.words("Respuesta interrumpida: queda lo escrito hasta aquí.")


def tell_draft(page: Page, draft: Draft) -> None:
    """The message to the client, so that it can be copied as it stands."""
    name = f"{draft.channel.value}, {REGISTERS[draft.register.value]}"
    page.lines(f"Mensaje propuesto ({name})", draft.text.split("\n"), whole=True)


def source_lines(turn: Turn) -> list[str]:
    """One line a passage."""
    return [source_line(n, passage) for n, passage in enumerate(turn.passages, start=1)]


def source_line(number: int, passage: Passage) -> str:
    """«[1] El último aviso › Con fecha»."""
    own = " (documento propio)" if passage.own else ""
    caution = f" ({passage.caution})" if passage.caution else ""
    return one_line(f"[{number}] {passage.article_title} › {passage.title}{own}{caution}")


def plan_lines(turn: Turn) -> list[str]:
    """«1. Hoy: reunir los mensajes [1]», a line a step; done ones say so."""
    numbers = {passage.id: n for n, passage in enumerate(turn.passages, start=1)}
    lines = []
    for place, step in enumerate(turn.plan, start=1):
        done = "hecho · " if step.done else ""
        date = f" ({step.date})" if step.date else ""
        cited = f" [{numbers[step.source]}]" if step.source in numbers else ""
        lines.append(one_line(f"{place}. {done}{step.when.label}: {step.text}{date}{cited}"))
    return lines


def _detail(fraction: float | None, speed: float | None) -> str:
    if speed is not None:
        return f"· {decimal(speed, 1)} palabras/s"
    return f"{round(fraction * 100)} %" if fraction is not None else ""
