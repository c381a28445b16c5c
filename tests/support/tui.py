"""A conversation to show: passages, reading, cited answer, plan; and an app around a scripted engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from reflexiona.domain import (
    Band,
    Channel,
    Draft,
    Evidence,
    Hit,
    Likelihood,
    ModelView,
    Passage,
    Reading,
    Reflection,
    Register,
    Step,
    Tone,
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
from reflexiona.storage.conversations import ConversationStore
from reflexiona.tui.app import Opening, ReflexionaApp
from reflexiona.tui.backstage import Backstage
from reflexiona.tui.keeper import Keeper
from reflexiona.tui.shelf import Shelf

from .engine import ScriptedEngine

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


def passage(n: int, title: str, article: str = "impago", article_title: str = "Cuando el pago no llega") -> Passage:
    text = f"Texto del pasaje {n}. " + "Una deuda se reclama mejor con los papeles delante. " * 4
    return Passage(f"{article}#{n}", article, article_title, title, text.strip(), 0, len(text.strip()))


PASSAGES = (
    passage(3, "Qué juntar antes de volver a escribir por la deuda"),
    passage(4, "El aviso con fecha, la llamada y la reclamación formal"),
    passage(2, "Reclamar dejando constancia", "protegerse", "Protegerse: papeles, plazos y ayuda"),
    passage(7, "Reacciones que complican el cobro"),
    passage(1, "Lo que cuesta no hacer nada", "que-cliente-dejar", "Qué cliente dejar, y cuándo"),
    passage(5, "Cuando el cliente que debe todavía espera trabajo"),
    passage(6, "Seguir o no con alguien que paga tarde"),
)
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
    Step("Reunir presupuesto, factura, entregas y mensajes en una carpeta", When.TODAY, "impago#3"),
    Step("Enviar el aviso con la cifra, la factura adjunta y un día límite", When.TODAY, "impago#4"),
    Step("Apuntar en el calendario el día siguiente al límite", When.THIS_WEEK, "impago#4"),
    Step("Si el plazo pasa sin pago, reclamar con prueba de recepción", When.LATER, "protegerse#2"),
)
DRAFT = Draft(
    "Hola, [nombre]: te reenvío la factura [número], de 1.450 €, que venció el [fecha]. Necesito que la transferencia "
    "esté hecha a más tardar el [fecha límite]. Un saludo, [tu nombre]",
    Channel.EMAIL,
    Register.TU,
    Tone.FIRMER,
    "impago#4",
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
            shelf=Shelf(),
            new_id=lambda: f"{next(numbers):012d}",
            clock=lambda: NOW,
        )

    return ReflexionaApp(prepare, opening)


def scripts(*turns: Sequence[Event]) -> list[Sequence[Event]]:
    return list(turns)
