"""A conversation as Markdown: readable by anybody, and by us again (`reading_back`).

What a person may want to change by hand (texts, check boxes, dates of steps) stands in the open; the rest of a turn
travels in an HTML comment that no Markdown reader shows. Writes what it is given and redacts nothing.
"""

from __future__ import annotations

from dataclasses import replace

import msgspec
import yaml

from reflexiona.about_program import about_program
from reflexiona.corpus.lists import Lists
from reflexiona.domain import Conversation, Passage, Reading, Reflection, Step, Turn
from reflexiona.export.authorship import opinion, other_notices
from reflexiona.export.spanish import decimal, moment

VERSION = 1
MARK = "<!-- reflexiona:"
NOT_UNDERSTOOD = "no se entendió el texto"
REGISTERS = {"tu": "tú", "vos": "vos", "usted": "usted"}


def to_markdown(conversation: Conversation, lists: Lists, remark: str = "") -> str:
    """The whole conversation, ending in one newline; `remark` stands below its title."""
    blocks = [_front(conversation, lists), f"# {conversation.title}"]
    if remark:
        blocks.append(f"*{remark}*")
    for turn in conversation.turns:
        blocks.extend(_turn(turn, lists))
    return "\n\n".join(blocks) + "\n"


def reading_line(reading: Reading, lists: Lists) -> str:
    """«Impago o pago tardío · *claro* (0,93). También: comunicación deficiente (0,41).»

    A text that was not understood has no figure.
    """
    if reading.not_understood:
        return f"{NOT_UNDERSTOOD}."
    first = reading.scenarios[0]
    line = f"{lists.scenarios[first.id].name} · *{reading.band.label}* ({decimal(first.p)})."
    if reading.secondary:
        others = ", ".join(f"{_lower(lists.scenarios[o.id].name)} ({decimal(o.p)})" for o in reading.secondary)
        line += f" También: {others}."
    return line


def step_line(step: Step, numbers: dict[str, int]) -> str:
    """«- [ ] Hoy: reunir los mensajes (2026-11-24) [1]»."""
    date = f" ({step.date})" if step.date else ""
    cited = f" [{numbers[step.source]}]" if step.source in numbers else ""
    return f"- [{'x' if step.done else ' '}] {step.when.label}: {step.text}{date}{cited}"


def quote(text: str) -> str:
    """`text` as a block quote."""
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def mark(name: str, data: str = "") -> str:
    """A marker that no Markdown reader shows."""
    return f"{MARK}{name}{' ' + data if data else ''} -->"


def shielded(text: str) -> str:
    """`text` without anything that could pass for one of our markers."""
    return text.replace(MARK, "<! -- reflexiona:")


def _front(conversation: Conversation, lists: Lists) -> str:
    readings = (turn.reading for turn in reversed(conversation.turns) if not about_program(turn))
    last = next(filter(None, readings), None)
    read = last and not last.not_understood
    models = [t.reflection.model.name for t in conversation.turns if t.reflection and t.reflection.model]
    data = {
        "reflexiona": VERSION,
        "id": conversation.id,
        "titulo": conversation.title,
        "creado": conversation.created,
        "actualizado": conversation.updated,
        "escenario": lists.scenarios[last.primary].name if last and read else None,
        "lectura": last and (last.band.label if read else NOT_UNDERSTOOD),
        "modelo": models[-1] if models else None,
        "fuentes": list(dict.fromkeys(p.article for t in conversation.turns for p in t.passages)),
    }
    dumped = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=1000)
    return f"---\n{dumped}---"


def _turn(turn: Turn, lists: Lists) -> list[str]:
    blocks = [mark("turno", _hidden(turn)), f"## {moment(turn.created)}", quote(shielded(turn.text))]
    if turn.reading and not about_program(turn):
        blocks.append(f"**Lectura** — {reading_line(turn.reading, lists)}")
        if turn.reading.evidence:
            blocks.append(f"Se apoya en: {' · '.join(shielded(e.quoted) for e in turn.reading.evidence)}.")
    if turn.reflection:
        blocks += [_author(turn.reflection), mark("reflexion"), shielded(turn.reflection.text), mark("fin")]
    if turn.question:
        blocks.append(f"*{turn.question}*")
    if turn.plan:
        numbers = {passage.id: n for n, passage in enumerate(turn.passages, start=1)}
        blocks += ["### Siguientes pasos", "\n".join(step_line(step, numbers) for step in turn.plan)]
    if turn.draft:
        name = f"{turn.draft.channel.value}, {REGISTERS[turn.draft.register.value]}"
        blocks += [f"### Mensaje propuesto ({name})", mark("mensaje"), quote(shielded(turn.draft.text)), mark("fin")]
    if told := other_notices(turn):
        blocks.append("\n".join(f"- *{one}*" for one in told))
    if said := opinion(turn, lists):
        blocks.append(f"*{said}*")
    if turn.cited:
        blocks.append("### Fuentes")
        blocks.extend(_source(n, passage) for n, passage in enumerate(turn.passages, start=1))
    return blocks


def _author(reflection: Reflection) -> str:
    if reflection.composed:
        view = reflection.model
        confined = f"con parte del modelo {view.name}" if view and view.confined else "sin modelo"
        by = f"compuesta con los artículos, {confined}"
    else:
        by = f"escrita por {reflection.model.name if reflection.model else 'un modelo local'}"
    return f"### Reflexión ({by}{'' if reflection.complete else '; interrumpida'})"


def _source(n: int, passage: Passage) -> str:
    own = " (documento propio)" if passage.own else ""
    caution = f" *({passage.caution})*" if passage.caution else ""
    head = f"**[{n}]** {passage.article_title} › {passage.title}{own}{caution}"
    return "\n\n".join((head, mark("pasaje", passage.id), quote(shielded(passage.text)), mark("fin")))


def _hidden(turn: Turn) -> str:
    """All of a turn that does not stand in the open, as JSON without «--»."""
    reflection = replace(turn.reflection, text="") if turn.reflection else None
    draft = replace(turn.draft, text="") if turn.draft else None
    bare = tuple(passage.bare() for passage in turn.passages)
    passages = tuple(replace(passage, text="") for passage in bare) if turn.cited else bare
    rest = replace(turn, text="", reflection=reflection, draft=draft, passages=passages)
    return msgspec.json.encode(rest).decode().replace("--", "-\\u002d")


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]
