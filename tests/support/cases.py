"""A conversation with everything in it, for tests of what keeps and shows conversations."""

from reflexiona.domain import (
    Band,
    Channel,
    Conversation,
    Draft,
    Evidence,
    Likelihood,
    ModelView,
    Passage,
    Reading,
    Reflection,
    Register,
    Step,
    Tone,
    Turn,
    When,
)

TEXT = "Le hice la identidad a una cafetería: 1.450 €.\n\nFactura a 30 días y ya ni abre los whatsapps."
QUOTE = "ni abre los whatsapps"

PASSAGES = (
    Passage(
        "ultimo-aviso-de-pago#1",
        "ultimo-aviso-de-pago",
        "El último aviso",
        "Con fecha",
        "Poner una fecha.\n\nY cumplirla.",
        12,
        41,
    ),
    Passage("mis-notas#2", "mis-notas", "Mis notas", "Tarifas", "Anticipo del 40 %.", 0, 18, own=True),
)

READING = Reading(
    scenarios=(Likelihood("impago_o_pago_tardio", 0.93), Likelihood("mala_comunicacion", 0.07)),
    secondary=(Likelihood("mala_comunicacion", 0.41),),
    band=Band.CLEAR,
    evidence=(Evidence(QUOTE, TEXT.index(QUOTE), TEXT.index(QUOTE) + len(QUOTE)),),
    courses=(Likelihood("ultima_oportunidad", 0.7), Likelihood("protegerse", 0.6)),
    safety=False,
)

UNREAD = Reading(
    scenarios=(Likelihood("ninguno", 0.97), Likelihood("mala_comunicacion", 0.03)),
    secondary=(),
    band=Band.UNCLEAR,
    evidence=(),
    courses=(),
    safety=False,
)
"""Of a text that was not understood."""

FIRST = Turn(
    id="t1",
    text=TEXT,
    created="2026-11-21T10:05:00+00:00",
    register=Register.TU,
    reading=READING,
    passages=PASSAGES,
    reflection=Reflection(
        "No es un favor: el trabajo está hecho [1].\n\n- **Un aviso**: corto [1].\n- Nada [/b] de [50%]."
    ),
    plan=(
        Step("Reunir los mensajes en una carpeta", When.TODAY, "ultimo-aviso-de-pago#1", done=True),
        Step("Enviar el aviso", When.THIS_WEEK, "ultimo-aviso-de-pago#1", date="2026-11-24"),
        Step("Revisar la tarifa (y el anticipo)", When.LATER, "mis-notas#2"),
    ),
    question="¿Qué quedó por escrito del precio?",
    notices=("El modelo citó pasajes que no existen; esas citas se quitaron.",),
)

SECOND = Turn(
    id="t2",
    text="Escríbeme el mensaje",
    created="2026-11-21T10:09:00+00:00",
    reading=READING,
    passages=PASSAGES[:1],
    reflection=Reflection(
        "Idea propia ◦ y otra [1].",
        unsupported=("Idea propia",),
        composed=False,
        model=ModelView("qwen", (Likelihood("ninguno", 0.6),), ("Enviar el aviso",)),
        complete=False,
    ),
    draft=Draft("Hola, [nombre]:\n\n¿Puedes pagar?", Channel.EMAIL, Register.TU, Tone.FIRMER, "ultimo-aviso-de-pago#1"),
    status="cancelled",
)

CASE = Conversation(
    "a1b2c3d4", "Cafetería: «identidad»", "2026-11-21T10:05:00+00:00", "2026-11-21T10:09:00+00:00", (FIRST, SECOND)
)
