"""A conversation to show: passages, reading, cited answer, plan; and an app around a scripted engine."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from time import monotonic
from typing import TypeVar

from textual.geometry import Size
from textual.message import Message
from textual.pilot import Pilot

from reflexiona.corpus.library import load_library
from reflexiona.domain import (
    Band,
    Channel,
    Conversation,
    Draft,
    Evidence,
    Hit,
    Likelihood,
    ModelView,
    Reading,
    Reflection,
    Register,
    Step,
    Tone,
    Turn,
    When,
)
from reflexiona.events import (
    DraftReady,
    Event,
    Finished,
    PassagesReady,
    PlanReady,
    Progress,
    ReadingReady,
    ReflectionReady,
    Token,
)
from reflexiona.paths import DataFolder
from reflexiona.storage.conversations import ConversationStore
from reflexiona.tui.app import Opening, ReflexionaApp
from reflexiona.tui.backstage import Backstage
from reflexiona.tui.keeper import Keeper
from reflexiona.tui.screens.main import MainScreen
from reflexiona.tui.shelf import Shelf

from .engine import ScriptedEngine

M = TypeVar("M", bound=Message)
NOW = datetime(2026, 7, 20, 16, 4, tzinfo=UTC)
SITUATION = (
    "Rediseñé la carta y los rótulos de una heladería en abril. 1.450 €, factura a 30 días. Estamos en julio: al "
    "principio decía «esta semana sin falta» y desde hace dos semanas ni abre los mensajes. Encima el rótulo nuevo "
    "ya está puesto. Me da rabia y también vergüenza insistir."
)
ANSWER = """Pedir que te paguen un trabajo hecho no es insistir de más: la deuda es de quien lo encargó, y se puede \
reclamar con calma, por escrito y con una fecha [1].

Tienes tres caminos:

- **Un último plazo por escrito**: un correo cordial con la cifra, la factura y un día límite; cuesta diez minutos y \
aclara si hay voluntad de pagar [2].
- **Reclamar dejando constancia**: da peso a la deuda, aunque lleva tiempo y suele enfriar el trato [3].
- **Dar esta deuda por perdida**: libera la cabeza, y cuesta ese dinero y algo de rabia [4].

Yo empezaría por el aviso con fecha [2]. Lo que cambiaría la sugerencia: que quede algo por corregir de lo \
acordado [1]."""
QUESTION = "¿Qué conservas por escrito del encargo y del precio?"


CORPUS = Path(__file__).parent / "corpus"
LIBRARY = load_library(CORPUS)
PASSAGES = tuple(LIBRARY[name] for name in ("deudas#2", "deudas#3", "deudas#4", "frenos#1", "frenos#2", "deudas#1"))
READING = Reading(
    scenarios=(Likelihood("impago_o_pago_tardio", 0.93), Likelihood("mala_comunicacion", 0.04)),
    secondary=(Likelihood("mala_comunicacion", 0.41), Likelihood("viola_condiciones", 0.22)),
    band=Band.CLEAR,
    evidence=tuple(
        Evidence(text, SITUATION.index(text), SITUATION.index(text) + len(text))
        for text in ("factura a 30 días", "ni abre los mensajes", "el rótulo nuevo ya está puesto")
    ),
    courses=(Likelihood("ultima_oportunidad", 0.7),),
    safety=False,
)
UNCLEAR = replace(
    READING,
    scenarios=(Likelihood("indecision", 0.41), Likelihood("alcance_descontrolado", 0.34)),
    secondary=(Likelihood("alcance_descontrolado", 0.34),),
    band=Band.UNCLEAR,
    deciding=("alcance_descontrolado", "indecision"),
)
PLAN = (
    Step("Reunir presupuesto, factura, entregas y mensajes en una carpeta", When.TODAY, "deudas#2"),
    Step("Enviar el aviso con la cifra, la factura adjunta y un día límite", When.TODAY, "deudas#3"),
    Step("Apuntar en el calendario el día siguiente al límite", When.THIS_WEEK, "deudas#3"),
    Step("Si el plazo pasa sin pago, reclamar con prueba de recepción", When.LATER, "deudas#4"),
)
DRAFT = Draft(
    "Hola, [nombre]: te reenvío la factura [número], de 1.450 €, que venció el [fecha]. Necesito que la transferencia "
    "esté hecha a más tardar el [fecha límite]. Un saludo, [tu nombre]",
    Channel.EMAIL,
    Register.TU,
    Tone.FIRMER,
    "deudas#3",
)


def hits() -> tuple[Hit, ...]:
    return tuple(Hit(p, 1 - place / 10) for place, p in enumerate(PASSAGES))


def answered(
    *, reading: Reading = READING, answer: str = ANSWER, question: str = QUESTION, model: str = "", plan: bool = True
) -> list[Event]:
    """The events of a whole turn."""
    view = ModelView(model) if model else None
    reflection = Reflection(answer, composed=not model, model=view)
    events: list[Event] = [ReadingReady(reading, Register.TU, ms=12), PassagesReady(hits(), ms=60)]
    if model:
        events.append(Progress("leyendo tu mensaje", fraction=0.45))
        events += [Token(piece + " ") for piece in answer.split(" ")]
        events.append(Progress("escribiendo", words_per_second=6.2))
    events.append(ReflectionReady(reflection, question))
    if plan:
        events.append(PlanReady(PLAN))
    return [*events, Finished("done", 90)]


def with_draft() -> list[Event]:
    """A turn that brings a message to the client."""
    answer = Reflection("Aquí va un correo firme, con la cifra y un día límite [2]. Revisa los huecos entre corchetes.")
    return [
        ReadingReady(READING, Register.TU, standing=True),
        PassagesReady(hits()),
        ReflectionReady(answer, ""),
        DraftReady(DRAFT),
        Finished("done", 40),
    ]


def app_with(engine: ScriptedEngine, data: Path, opening: Opening | None = None) -> ReflexionaApp:
    """The real app over a real store in `data`; ids count up and the clock stands still."""
    numbers = count(1)

    def prepare(on_error: object) -> Backstage:
        assert callable(on_error)
        return Backstage(
            engine=engine,
            keeper=Keeper(lambda: ConversationStore(data / "conversaciones.sqlite3"), on_error),
            shelf=Shelf(CORPUS),
            new_id=lambda: f"{next(numbers):012d}",
            data=DataFolder(data),
            clock=lambda: NOW,
        )

    return ReflexionaApp(prepare, opening)


class Heard(list[Message]):
    """The messages that went through the app, in order. Given to `run_test(message_hook=…)`."""

    def __call__(self, message: Message) -> None:
        if type(message).__module__.startswith("reflexiona"):
            self.append(message)

    def of(self, *kinds: type[M]) -> list[M]:
        """Those of some kinds, each once: a message that bubbles is heard at every step."""
        seen: dict[int, M] = {id(message): message for message in self if isinstance(message, kinds)}
        return list(seen.values())


async def until(pilot: Pilot[None], true: Callable[[], object], seconds: float = 10) -> None:
    """Waits until something is so."""
    end = monotonic() + seconds
    while not true():
        assert monotonic() < end, "it did not happen in time"
        await pilot.pause(0.01)
    await pilot.pause()


async def ready(pilot: Pilot[None]) -> MainScreen:
    """The main screen, once all that follows the first frame is there."""
    screen = main_screen(pilot)
    await until(pilot, lambda: screen.talk.desk is not None)
    return screen


def main_screen(pilot: Pilot[None]) -> MainScreen:
    screen = pilot.app.screen_stack[0]
    assert isinstance(screen, MainScreen)
    return screen


async def send(pilot: Pilot[None], text: str = SITUATION, *, wait: bool = True) -> Turn:
    """Writes a text, sends it and waits for the end of its answer."""
    screen = await ready(pilot)
    screen.talk.composer.focus()
    screen.talk.composer.put(text)
    await pilot.press("enter")
    desk = screen.talk.desk
    assert desk is not None
    if wait:
        await until(pilot, lambda: screen.talk.last is not None and screen.talk.composer.text == "" and not desk.busy)
    else:
        await until(pilot, lambda: screen.talk.last is not None and screen.talk.composer.text == "")
    turn = screen.talk.last
    assert turn is not None
    return turn


def seen(pilot: Pilot[None]) -> str:
    """What stands on the terminal."""
    screen = pilot.app.screen
    width, height = screen.size
    strips = screen._compositor.render_strips(Size(width, height))
    return "\n".join("".join(segment.text for segment in strip) for strip in strips)


def unfinished(data: Path) -> list[Turn]:
    """The turns on disk that have not come to their end, whoever is writing them."""
    with closing(kept(data)) as store:
        turns = [turn for summary in store.list() for turn in store.get(summary.id).turns]
    return [turn for turn in turns if turn.status == "streaming"]


def said(pilot: Pilot[None]) -> str:
    """What the notices say."""
    return "\n".join(notification.message for notification in pilot.app._notifications)


def cases(data: Path) -> list[Conversation]:
    """All that is kept, the newest first."""
    with closing(kept(data)) as store:
        return [store.get(summary.id) for summary in store.list()]


async def at_rest(pilot: Pilot[None]) -> None:
    """Waits until nothing is being answered, and no sent text is being changed."""
    talk = main_screen(pilot).talk
    await until(pilot, lambda: talk.desk and not talk.desk.busy and talk.branch.stem is None)


def kept(data: Path) -> ConversationStore:
    """The store, opened beside the app."""
    return ConversationStore(data / "conversaciones.sqlite3")
