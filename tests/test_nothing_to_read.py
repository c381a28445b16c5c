"""What is said where no problem with a client is read: nothing is invented, and nothing denied that was told."""

from dataclasses import replace

from reflexiona.corpus.lists import load_lists
from reflexiona.corpus.phrases import Voice, load_phrases
from reflexiona.domain import NONE_SCENARIO, Band, Likelihood, Reading, Register
from reflexiona.paths import resource
from reflexiona.stages.compose import Composer
from reflexiona.stages.material import Material
from reflexiona.stages.plan import candidates_for, plan_of

LISTS = load_lists(resource("corpus"))
COMPOSER = Composer(LISTS, load_phrases(resource("corpus")))


def reading(band: Band = Band.CLEAR, pair: tuple[str, str] | None = None) -> Reading:
    others = (Likelihood(s, 0.2 / 19) for s in LISTS.scenarios if s != NONE_SCENARIO)
    return Reading((Likelihood(NONE_SCENARIO, 0.8), *others), (), band, (), (), safety=False, deciding=pair)


def test_no_problem_is_said_only_as_surely_as_it_is_read() -> None:
    either = (NONE_SCENARIO, "indecision")
    ways = [
        (Band.CLEAR, None, "No veo en lo que cuentas un problema con un cliente, así que no voy a inventar uno."),
        (Band.PROBABLE, either, "No veo en lo que cuentas un problema con un cliente, y prefiero no inventarlo."),
        (Band.UNCLEAR, either, "Por lo que cuentas no sé decir qué es lo que pesa"),
        (Band.UNCLEAR, None, "No he podido entender el texto"),
    ]
    for band, pair, said in ways:
        read = reading(band, pair)
        what = Material("Mi clienta trajo pan", read, (), Voice(Register.TU, "x"))
        assert COMPOSER.compose(what).startswith(said)


def test_a_question_of_taxes_is_sent_to_whom_it_belongs() -> None:
    read = reading()
    for text, sent in (("¿Cómo declaro el IVA?", True), ("¿Qué tal el café?", False), ("Ya declaré el IVA.", False)):
        said = COMPOSER.compose(Material(text, read, (), Voice(Register.TU, "x")))
        assert ("impuestos o de trámites" in said) is sent


def test_what_was_asked_besides_is_said_back() -> None:
    read = reading()
    for text, quote in (
        ("se me colgó el excel y no guardé jaja. se puede recuperar??", "«se puede recuperar?»"),
        ("Hola, ¿qué impresora me recomiendan?", "«¿qué impresora me recomiendan?»"),
    ):
        said = COMPOSER.compose(Material(text, read, (), Voice(Register.TU, "x")))
        assert f"lo que preguntas ({quote}) no está en mis artículos" in said
    for broken in ("¿Es seguro registrar ejemplo.com para mi web?", "¿El Dr. Pérez puede firmar por mí?"):
        assert "lo que preguntas" not in COMPOSER.compose(Material(broken, read, (), Voice(Register.TU, "x")))
    for text, band in (("Hoy llovió.", Band.CLEAR), ("¿qué impresora me recomiendan?", Band.PROBABLE)):
        said = COMPOSER.compose(Material(text, replace(read, band=band), (), Voice(Register.TU, "x")))
        assert "lo que preguntas" not in said


def test_nothing_to_read_invents_nothing() -> None:
    what = Material("¿Cómo pago el IVA?", reading(), (), Voice(Register.USTED, "x"))
    assert "[" not in COMPOSER.compose(what)
    assert plan_of(candidates_for(what.reading, (), "")) == ()
    assert "le esté dando vueltas" in COMPOSER.question(what)
