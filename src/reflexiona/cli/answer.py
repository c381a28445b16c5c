"""An answer told to a person in plain lines: piece by piece while it comes, or whole.

The same blocks in the same order either way, so that what is piped into a file reads like what stood on the terminal.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reflexiona.cli.console import BOLD, PLAIN, one_line, safe
from reflexiona.cli.flow import Flow
from reflexiona.events import (
    DraftReady,
    Event,
    Finished,
    Notice,
    PassagesReady,
    PlanReady,
    Problem,
    Progress,
    ReadingReady,
    ReflectionReady,
    Token,
)
from reflexiona.export.markdown import REGISTERS, reading_line
from reflexiona.export.spanish import decimal

if TYPE_CHECKING:
    from reflexiona.cli.console import Console
    from reflexiona.corpus.lists import Lists
    from reflexiona.domain import Passage, Turn

_CITED = re.compile(r"\[(\d+)\]")


class Teller:
    """Tells one turn.

    Args:
        console: where.
        lists: names of scenarios.
    """

    def __init__(self, console: Console, lists: Lists) -> None:
        self._console = console
        self._lists = lists
        self._stream: Flow | None = None
        self._listed = False
        self._begun = False

    def hear(self, turn: Turn, event: Event) -> None:
        """Tells what `event` brings; `turn` is how it stands after it."""
        match event:
            case ReadingReady():
                self._reading(turn)
            case PassagesReady():
                self._console.status("preparando la respuesta")
            case Progress(phase, fraction, speed):
                self._passages(turn)
                self._console.status(phase, _detail(fraction, speed))
            case Token(text):
                self._passages(turn)
                self._write(text)
            case _:
                self._hear_result(turn, event)

    def tell(self, turn: Turn) -> None:
        """Tells a finished turn whole."""
        self._reading(turn)
        self._prose(turn)
        self._draft(turn)
        self._plan(turn)
        self._close(turn)
        for notice in turn.notices:
            self._block(notice)

    def _hear_result(self, turn: Turn, event: Event) -> None:
        match event:
            case ReflectionReady():
                self._prose(turn)
            case PlanReady():
                self._plan(turn)
            case DraftReady():
                self._draft(turn)
            case Notice(text):
                self._block(text)
            case Problem(message, remedy):
                self._block(f"{message} {remedy}".strip())
            case Finished():
                self._close(turn)

    def _reading(self, turn: Turn) -> None:
        reading = turn.reading
        if reading is None or reading.nothing_to_read or reading.safety:
            return
        line = reading_line(reading, self._lists).replace("*", "")
        quotes = " · ".join(f"«{one_line(evidence.text)}»" for evidence in reading.evidence)
        self._block(f"{line}\nSe apoya en: {quotes}." if quotes else line, head="Lectura: ")

    def _passages(self, turn: Turn) -> None:
        """The passages before the prose, where a model takes its time over it."""
        if not self._listed and turn.passages:
            self._listed = True
            self._lines("Pasajes", [source_line(n, passage) for n, passage in enumerate(turn.passages, start=1)])

    def _write(self, piece: str) -> None:
        if self._stream is None:
            self._separate()
            self._stream = self._flow()
        self._stream.feed(piece)

    def _prose(self, turn: Turn) -> None:
        reflection = turn.reflection
        if reflection is None:
            return
        streamed, self._stream = self._stream, None
        if streamed:
            streamed.close()
        if streamed and reflection.composed:
            self._block("Lo anterior queda sin terminar; esta es la respuesta compuesta con los artículos:")
        if reflection.text and (not streamed or reflection.composed):
            self._flowing(reflection.text)
        elif streamed and reflection.unsupported:
            # what streamed by carries no marks: they are set when all is written
            self._lines("Frases del modelo que ningún pasaje respalda", [f"- {s}" for s in reflection.unsupported])
        if turn.question:
            self._flowing(turn.question)

    def _draft(self, turn: Turn) -> None:
        if draft := turn.draft:
            name = f"{draft.channel.value}, {REGISTERS[draft.register.value]}"
            self._lines(f"Mensaje propuesto ({name})", safe(draft.text).split("\n"))

    def _plan(self, turn: Turn) -> None:
        if turn.plan:
            self._lines("Siguientes pasos", plan_lines(turn))

    def _close(self, turn: Turn) -> None:
        if self._stream:
            self._stream.close()
            self._stream = None
        if turn.passages and not self._listed:
            self._lines("Fuentes", [source_line(n, passage) for n, passage in enumerate(turn.passages, start=1)])
        elif cited := _cited(turn):
            self._block(f"Fuentes citadas: {' '.join(f'[{n}]' for n in cited)}")
        reflection = turn.reflection
        if reflection and reflection.composed:
            self._block("Respuesta compuesta con los artículos, sin modelo de lenguaje.")
        elif reflection and reflection.model:
            self._block(f"Escrita por el modelo local {reflection.model.name}.")
        if turn.status == "cancelled":
            self._block("Respuesta interrumpida: queda lo escrito hasta aquí.")

    def _block(self, text: str, head: str = "") -> None:
        """A paragraph of its own, apart from the one before; not Markdown: every mark in it is text."""
        self._separate()
        self._console.piece(f"{self._strong(head)}{safe(text)}\n")

    def _lines(self, head: str, lines: list[str]) -> None:
        self._separate()
        self._console.piece(f"{self._strong(f'{head}:')}\n")
        self._console.line("\n".join(lines))

    def _flowing(self, markdown: str) -> None:
        self._separate()
        flow = self._flow()
        flow.feed(markdown)
        flow.close()

    def _flow(self) -> Flow:
        return Flow(self._console.piece, self._console.width, styled=self._console.styled)

    def _separate(self) -> None:
        if self._stream:
            self._stream.close()
        if self._begun:
            self._console.piece("\n")
        self._begun = True

    def _strong(self, text: str) -> str:
        return f"{BOLD}{safe(text)}{PLAIN}" if text and self._console.styled else safe(text)


def source_line(number: int, passage: Passage) -> str:
    """«[1] El último aviso › Con fecha»."""
    own = " (documento propio)" if passage.own else ""
    return one_line(f"[{number}] {passage.article_title} › {passage.title}{own}")


def plan_lines(turn: Turn) -> list[str]:
    """«- Hoy: reunir los mensajes [1]», a line a step; done ones say so."""
    numbers = {passage.id: n for n, passage in enumerate(turn.passages, start=1)}
    lines = []
    for step in turn.plan:
        done = "hecho · " if step.done else ""
        date = f" ({step.date})" if step.date else ""
        cited = f" [{numbers[step.source]}]" if step.source in numbers else ""
        lines.append(one_line(f"- {done}{step.when.label}: {step.text}{date}{cited}"))
    return lines


def _cited(turn: Turn) -> list[int]:
    """Numbers of the passages that reflection and plan cite, in order."""
    text = turn.reflection.text if turn.reflection else ""
    sources = {step.source for step in turn.plan} | ({turn.draft.source} if turn.draft else set())
    numbers = {int(number) for number in _CITED.findall(text)}
    return [n for n, passage in enumerate(turn.passages, start=1) if n in numbers or passage.id in sources]


def _detail(fraction: float | None, speed: float | None) -> str:
    if speed is not None:
        return f"· {decimal(speed, 1)} palabras/s"
    return f"{round(fraction * 100)} %" if fraction is not None else ""
