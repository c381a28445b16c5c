"""How the parts of a turn look as text: pure functions from values to styled text.

The live turn shows each part in a widget of its own; an earlier turn joins them all in one. What can be clicked calls
an action of the screen.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from reflexiona.export.authorship import authorship, other_notices
from reflexiona.export.authorship import opinion as read_by_model
from reflexiona.export.spanish import lower_first
from reflexiona.tui.phrases import bar, decimal, several
from reflexiona.tui.plain import one_line, plain
from reflexiona.tui.prose import action, citations, words

if TYPE_CHECKING:
    from reflexiona.corpus.lists import Lists
    from reflexiona.domain import Band, Draft, Reading, Register, Turn

UNSUPPORTED = "◦"
"""Stands after a sentence that no passage supports."""
NOTHING = "ninguno"
SOURCES = 4
"""Passages named under an answer that is still to come."""
_BAR = 20


def scenario_name(lists: Lists | None, scenario: str) -> str:
    """The name of a scenario; its id while the lists are not there."""
    return lists.scenarios[scenario].name if lists and scenario in lists.scenarios else scenario


def clickable(text: str, call: str, style: str = "$cite") -> Content:
    """Text that calls an action of the screen."""
    return Content.styled(text, style).stylize(action(call))


def hanging(lead: str, text: str, width: int, lead_style: str = "", style: str = "") -> Content:
    """Text with its lead hanging out at the left, wrapped to `width` cells."""
    indent = " " * len(lead)
    lines = textwrap.wrap(one_line(text), max(12, width - len(lead))) or [""]
    body = Content.styled(f"\n{indent}".join(lines), style) if style else Content(f"\n{indent}".join(lines))
    return Content.styled(lead, lead_style) + body


def barred(text: str, width: int) -> Content:
    """The person's words with a bar at their left, wrapped to `width` cells."""
    lines: list[Content] = []
    for line in plain(text).split("\n"):
        for piece in textwrap.wrap(line, max(12, width - 2)) or [""]:
            lines.append(Content.styled("▌ ", "$own") + Content(piece))
    return Content("\n").join(lines)


def paragraphs(parts: Sequence[Content]) -> Content:
    """The parts that say something, a blank line apart."""
    return Content("\n\n").join([part for part in parts if part.plain.strip()])


def card(reading: Reading, lists: Lists | None, standing: bool | None) -> Content:
    """The reading: scenario, band in words beside a bar and the probability, what else is there, what it rests on.

    Args:
        standing: in a follow-up, whether the reading is as it was; None in a first turn.
    """
    if reading.not_understood:
        return Content.styled("No se entendió el texto", "bold")
    first = reading.scenarios[0]
    name = scenario_name(lists, first.id)
    figure = Content.assemble((reading.band.label, "bold"), f" · {decimal(first.p)}")
    if standing:
        return Content.assemble(("Sigue en pie: ", "$quiet"), (name, "bold"), (" · ", "$quiet"), figure)
    filled, empty = bar(first.p, _BAR)
    lines = [Content.styled(name, "bold")]
    if standing is False:
        lines.insert(0, Content.styled("La lectura cambia con lo nuevo", "$quiet"))
    lines.append(Content.assemble((filled, "$own"), (empty, "$rule"), "  ", figure))
    if reading.secondary and first.id != NOTHING:
        others = " · ".join(
            f"{lower_first(scenario_name(lists, other.id))} ({decimal(other.p)})" for other in reading.secondary
        )
        lines.append(Content.assemble(("También: ", "$quiet"), others))
    if reading.evidence and first.id != NOTHING:
        quotes = " · ".join(one_line(evidence.quoted) for evidence in reading.evidence)
        lines.append(Content.assemble(("Se apoya en: ", "$quiet"), (quotes, "italic")))
    return Content("\n").join(lines)


def choices(reading: Reading, register: Register, lists: Lists | None) -> tuple[str, ...]:
    """What the deciding question offers, without «que»; empty when there is nothing to decide."""
    from reflexiona.corpus.triples import inflect

    if lists is None or reading.deciding is None or _is_clear(reading.band):
        return ()
    if reading.safety or reading.primary == NOTHING:
        return ()  # then another question stands at the end
    traits = tuple(inflect(lists.scenarios[s].trait, register) for s in reading.deciding if s != NOTHING)
    return traits if len(traits) == len(reading.deciding) else (*traits, "")


def deciding(options: Sequence[str]) -> Content:
    """The deciding question with its answers."""
    if options[-1]:
        head, labels = "¿Qué se parece más a lo que pasa?", [f"que {option}" for option in options]
    else:
        head, labels = "¿Es algo de un cliente?", [f"sí: {options[0]}", "no, es otra cosa"]
    lines = [Content.styled(head, "bold")]
    for place, (key, label) in enumerate(zip("ab", labels, strict=True)):
        lines.append(clickable(f" {key} ", f"screen.choose({place})", "$cite bold reverse") + words(f"  {label}"))
    return Content("\n").join(lines)


def chosen_sentence(options: Sequence[str], place: int) -> str:
    """What choosing an answer of the deciding question says, as the person's next words."""
    if not options[-1]:
        return f"Sí, es algo de un cliente: {options[0]}." if place == 0 else "No, no se trata de un cliente."
    return f"Se parece más a esto: «{options[place]}»."


def meant(text: str, options: Sequence[str]) -> str:
    """What the person means by a text: «a» or «b» alone answers the deciding question, where there is one."""
    letter = text.strip().rstrip(").").lower()
    return chosen_sentence(options, "ab".index(letter)) if options and letter in ("a", "b") else text


def marked(text: str, unsupported: Sequence[str]) -> str:
    """The Markdown of a reflection with the mark after each unsupported sentence."""
    if UNSUPPORTED in text:
        return text
    for sentence in unsupported:
        text = text.replace(sentence, f"{sentence} {UNSUPPORTED}", 1)
    return text


def message(draft: Draft) -> Content:
    """The message to the client, with what can be done with it."""
    head = Content.assemble(
        ("Mensaje propuesto", "bold"),
        (f" · {_channel(draft)}, {_register(draft)}{_tone(draft)}\n\n", "$quiet"),
    )
    copy = clickable("Copiar solo el mensaje", "screen.command('copy_message')") + Content.styled("  Alt+M", "$quiet")
    change = clickable("Cambiarlo", "screen.command('message')") + Content.styled("  F4", "$quiet")
    return head + words(draft.text) + Content("\n\n") + copy + Content.styled("  ·  ", "$rule") + change


def sources(turn: Turn) -> Content:
    """The passages by number and title: those cited, or the first ones until something is; none where nothing was."""
    cited = citations(turn.reflection.text) if turn.reflection else ()
    numbers = [n for n in cited if n <= len(turn.passages)]
    if not numbers and turn.status == "streaming":
        numbers = list(range(1, min(len(turn.passages), SOURCES) + 1))
    pieces = [
        clickable(f"[{n}]", f"screen.cite('{turn.id}', {n})")
        + words(f" {one_line(turn.passages[n - 1].title)}", "$quiet")
        for n in sorted(numbers)
    ]
    if not pieces:
        return Content("")
    return Content.styled("Fuentes  ", "$quiet") + Content.styled(" · ", "$quiet").join(pieces)


def plan_line(turn: Turn) -> Content:
    """How far the plan is, for where the plan itself is not in sight."""
    if not turn.plan:
        return Content("")
    done = sum(step.done for step in turn.plan)
    return Content.assemble(
        ("Plan  ", "$quiet"),
        f"{several(len(turn.plan), 'paso', 'pasos')}, {several(done, 'hecho', 'hechos')}",
        (" · ", "$quiet"),
        clickable("verlo", "screen.command('guide')"),
        ("  Ctrl+G", "$quiet"),
    )


def colophon(turn: Turn) -> Content:
    """Who wrote the answer, and what the mark means."""
    reflection = turn.reflection
    if reflection is None or turn.status == "streaming":
        return Content("")
    legend = f" {UNSUPPORTED} marca lo que ningún pasaje respalda: lo dice el modelo." if reflection.unsupported else ""
    return Content.styled(f"{one_line(authorship(reflection))}{legend}", "$quiet italic")


def opinion(turn: Turn, lists: Lists | None) -> Content:
    """What the model that took part reads by itself: a quiet line at the foot, no notice; none without one."""
    said = "" if turn.status == "streaming" else read_by_model(turn, lists)
    return Content.styled(one_line(said), "$quiet italic") if said else Content("")


def change(turn_id: str, key: str, again: str = "") -> Content:
    """What the mouse can do with a sent text.

    Args:
        turn_id: which.
        key: does the same to the last one.
        again: the key that has it answered once more; empty where no model would answer it otherwise.
    """
    offer = Content("  ") + clickable("cambiar", f"screen.change('{turn_id}')") + Content.styled(f"  {key}", "$quiet")
    if again:
        other = clickable("otra respuesta", "screen.command('regenerate')")
        offer += Content.styled("  ·  ", "$rule") + other + Content.styled(f"  {again}", "$quiet")
    return offer


def notices(turn: Turn) -> Content:
    """What was replaced by what, what was left out, what failed. What a model would read is none: `opinion` has it."""
    told = [Content.styled("Aviso  ", "$warning bold") + words(one_line(one)) for one in other_notices(turn)]
    return Content("\n").join(told)


def ending(turn: Turn, *, last: bool) -> Content:
    """How a turn that did not come to its end says so; offers to ask again when it is the last one."""
    said = {
        "cancelled": "Detenida. Lo escrito se conserva.",
        "error": "La respuesta no llegó a su fin.",
        "interrupted": "Esta respuesta quedó a medias.",
    }.get(turn.status)
    if said is None:
        return Content("")
    if not last:
        return Content.styled(said, "$quiet")
    return Content.assemble(
        (f"{said} ", "$warning"),
        clickable("¿Retomar?", "screen.command('retake')", "$cite bold"),
        ("  Alt+R", "$quiet"),
    )


def _is_clear(band: Band) -> bool:
    return band.value == "claro"


def _channel(draft: Draft) -> str:
    return {"correo": "correo", "whatsapp": "WhatsApp", "llamada": "guion de llamada"}[draft.channel.value]


def _register(draft: Draft) -> str:
    return {"tu": "de tú", "vos": "de vos", "usted": "de usted"}[draft.register.value]


def _tone(draft: Draft) -> str:
    return {"equilibrado": "", "firme": ", firme", "calido": ", cálido", "breve": ", breve"}[draft.tone.value]
