"""Scripted conversations: what `tests/conversaciones/*.toml` hold, and what a turn fails to meet of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from reflexiona.corpus.lists import Lists
from reflexiona.domain import NONE_SCENARIO, Channel, Draft, Register, Tone, Turn
from reflexiona.stages.plan import FEWEST, MOST

FOLDER = Path(__file__).resolve().parents[1] / "conversaciones"
KINDS = ("pronombre", "hecho_nuevo", "mensaje", "correccion")


class WantedDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The message that must be proposed."""

    canal: Channel | None = None
    trato: Register | None = None
    tono: Tone | None = None
    contiene: tuple[str, ...] = ()
    no_contiene: tuple[str, ...] = ()
    mas_corto: bool = False


class WantedTurn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the person writes, and what the answer must meet; see the folder's README."""

    clases: tuple[str, ...]
    texto: str
    lectura: tuple[str, ...] = ()
    tambien: tuple[str, ...] = ()
    se_mantiene: bool | None = None
    seguridad: bool = False
    registro: Register | None = None
    contiene: tuple[str, ...] = ()
    no_contiene: tuple[str, ...] = ()
    cita_de: tuple[str, ...] = ()
    plan: str = ""
    pasajes_sobre: tuple[str, ...] = ()
    borrador: WantedDraft | None = None


class Script(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A conversation."""

    titulo: str
    pais: str
    turno: tuple[WantedTurn, ...]
    dificil: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """A turn, those before it, and what its events said beside it."""

    turn: Turn
    before: tuple[Turn, ...]
    standing: bool | None


def load_scripts() -> dict[str, Script]:
    """All scripts by file name without its ending, in order."""
    return {
        path.stem: msgspec.toml.decode(path.read_bytes(), type=Script, strict=False)
        for path in sorted(FOLDER.glob("*.toml"))
    }


def failings(wanted: WantedTurn, answered: Answered, lists: Lists) -> list[str]:
    """What the answer does not meet, one sentence each."""
    checks = (_whole, _cited, _read, _said, _repeated, _planned, _shown, _drafted)
    return [failing for check in checks for failing in check(wanted, answered, lists)]


def _whole(wanted: WantedTurn, answered: Answered, lists: Lists) -> Iterator[str]:
    turn = answered.turn
    if turn.status != "done" or turn.reading is None or turn.reflection is None or turn.notices:
        yield f"did not go well: {turn.status}, {turn.notices}"
        return
    if {row.id for row in turn.reading.scenarios} != set(lists.scenarios):
        yield "the reading does not hold every scenario"
    if sum(row.p for row in turn.reading.scenarios) != pytest.approx(1, abs=1e-3):
        yield "the probabilities do not sum to 1"
    if found := re.findall(r"[{}$]\w*|\bNone\b|\.\.(?!\.)", turn.reflection.text + turn.question):
        if any(mark not in turn.text for mark in found if not re.match(r"\$\d", mark)):
            yield f"unfinished text: {found}"


def _cited(wanted: WantedTurn, answered: Answered, lists: Lists) -> Iterator[str]:
    turn = answered.turn
    shown = {passage.id for passage in turn.passages}
    text = turn.reflection.text if turn.reflection else ""
    numbers = [int(n) for n in re.findall(r"\[(\d+)\]", text)]
    if any(not 1 <= n <= len(turn.passages) for n in numbers):
        yield "cites what is not shown"
        return
    cited = {turn.passages[n - 1].article for n in numbers}
    if wanted.cita_de and not cited & set(wanted.cita_de):
        yield f"rests on {', '.join(sorted(cited)) or 'nothing'}, wanted {' or '.join(wanted.cita_de)}"
    if {step.source for step in turn.plan} - shown or (turn.draft and turn.draft.source not in shown):
        yield "a step or the message comes from a passage that is not shown"
    for evidence in turn.reading.evidence if turn.reading else ():
        if turn.text[evidence.start : evidence.end] != evidence.text:
            yield f"evidence that is not where it says: {evidence.text!r}"


def _read(wanted: WantedTurn, answered: Answered, lists: Lists) -> Iterator[str]:
    reading, standing = answered.turn.reading, answered.standing
    if reading is None:
        return
    if wanted.lectura and reading.primary not in wanted.lectura:
        first = ", ".join(f"{row.id} {row.p:.2f}" for row in reading.scenarios[:3])
        yield f"read as {first}; wanted {' or '.join(wanted.lectura)}"
    seen = {reading.primary, *(row.id for row in reading.secondary)}
    if wanted.tambien and not seen & set(wanted.tambien):
        yield f"none of {', '.join(wanted.tambien)} is seen, only {', '.join(seen)}"
    if wanted.seguridad is not reading.safety:
        yield f"safety is {reading.safety}"
    if wanted.registro and wanted.registro is not answered.turn.register:
        yield f"register {answered.turn.register.value}, wanted {wanted.registro.value}"
    if (standing is None) is not (not answered.before):
        yield f"standing is {standing} after {len(answered.before)} turns"
    if wanted.se_mantiene is not None and wanted.se_mantiene is not standing:
        yield f"the reading {'stands' if standing else 'changes'}"


def _said(wanted: WantedTurn, answered: Answered, lists: Lists) -> Iterator[str]:
    turn = answered.turn
    text = turn.reflection.text if turn.reflection else ""
    for words in wanted.contiene:
        if words not in text:
            yield f"does not say {words!r}"
    for words in wanted.no_contiene:
        if words in text:
            yield f"says {words!r}"
    reading = turn.reading
    plain = reading and not reading.safety and reading.primary != NONE_SCENARIO and not turn.draft
    if plain and reading and answered.before and lists.scenarios[reading.primary].name not in text:
        yield "does not say how the situation reads now"


def _repeated(wanted: WantedTurn, answered: Answered, lists: Lists) -> Iterator[str]:
    turn, before = answered.turn, answered.before
    if not before or wanted.seguridad or turn.draft:
        return
    if turn.question == before[-1].question:
        yield f"asks the same twice: {turn.question}"
    said = {line for earlier in before if earlier.reflection for line in earlier.reflection.text.split("\n")}
    names = [f"«{scenario.name}»" for scenario in lists.scenarios.values()]
    now = (turn.reflection.text if turn.reflection else "").split("\n")
    told = [line for line in now if len(line) > 60 and not any(name in line for name in names)]
    if repeated := [line for line in told if line in said]:
        yield f"says the same twice: {repeated[0][:80]}"


def _planned(wanted: WantedTurn, answered: Answered, lists: Lists) -> Iterator[str]:
    plan, reading = answered.turn.plan, answered.turn.reading
    same = (turn for turn in answered.before if turn.reading and reading and turn.reading.primary == reading.primary)
    listed = sum(len(turn.plan) for turn in same)
    if wanted.plan == "nuevo" and not max(1, FEWEST - listed) <= len(plan) <= MOST:
        yield f"{len(plan)} steps, wanted {FEWEST} to {MOST}, {listed} of them on the list"
    if wanted.plan == "ninguno" and plan:
        yield f"{len(plan)} steps, wanted none"
    earlier = {step.text for turn in answered.before for step in turn.plan}
    if (doubled := earlier & {step.text for step in plan}) and len(plan) > FEWEST:
        yield f"a step stands twice on the list: {doubled}"


def _shown(wanted: WantedTurn, answered: Answered, lists: Lists) -> Iterator[str]:
    about = {key for passage in answered.turn.passages for key in (passage.article, *passage.scenarios)}
    if wanted.pasajes_sobre and not about & set(wanted.pasajes_sobre):
        articles = list(dict.fromkeys(passage.article for passage in answered.turn.passages))
        yield f"no passage about {' or '.join(wanted.pasajes_sobre)}, only {', '.join(articles)}"


def _drafted(wanted: WantedTurn, answered: Answered, lists: Lists) -> Iterator[str]:
    draft, want = answered.turn.draft, wanted.borrador
    if draft is None or want is None:
        if (draft is None) is not (want is None):
            yield "no message" if draft is None else f"a message nobody asked for: {draft.text}"
        return
    for name, asked, got in (
        ("channel", want.canal, draft.channel),
        ("register", want.trato, draft.register),
        ("tone", want.tono, draft.tone),
    ):
        if asked is not None and asked is not got:
            yield f"message in {name} {got.value}, wanted {asked.value}"
    missing = [words for words in want.contiene if words not in draft.text]
    wrong = [words for words in want.no_contiene if words in draft.text]
    if missing or wrong:
        yield f"the message lacks {missing} or must not say {wrong}: {draft.text}"
    last = _last_draft(answered.before)
    if last and last.text == draft.text and last is answered.before[-1].draft:
        yield "the message did not change"
    if want.mas_corto and last and len(draft.text) >= len(last.text):
        yield f"the message has {len(draft.text)} characters, the one before {len(last.text)}"


def _last_draft(turns: Sequence[Turn]) -> Draft | None:
    return next((turn.draft for turn in reversed(turns) if turn.draft), None)
