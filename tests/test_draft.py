"""A message that was asked for, and what changing it means."""

import pytest

from reflexiona.corpus.library import Library, load_library
from reflexiona.corpus.phrases import load_phrases
from reflexiona.domain import Band, Channel, Draft, Likelihood, Passage, Reading, Register, Tone, Turn
from reflexiona.paths import resource
from reflexiona.stages.draft import _SENTENCE, carries_words, draft_for
from reflexiona.stages.followup import DraftWish

PHRASES = load_phrases(resource("corpus"))
DEBT = "impago_o_pago_tardio"
NOTHING = DraftWish(None, None, None)


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def reading(primary: str, *courses: str) -> Reading:
    likely = tuple(Likelihood(course, 0.9 - 0.2 * n) for n, course in enumerate(courses))
    return Reading((Likelihood(primary, 0.9), Likelihood("ninguno", 0.1)), (), Band.CLEAR, (), likely, False)


def sources(library: Library, read: Reading) -> tuple[Passage, ...]:
    return tuple(p for p in library.passages if carries_words(p, read) and not p.countries)


def ask(library: Library, read: Reading, wish: DraftWish, text: str, *history: Turn) -> Draft:
    draft = draft_for(wish, read, sources(library, read), text, history, "", PHRASES)
    assert draft is not None
    return draft


@pytest.mark.parametrize("channel", list(Channel))
@pytest.mark.parametrize("scenario", [DEBT, "falta_de_respeto", "indecision", "viola_condiciones"])
def test_the_channel_asked_for_is_the_channel_given(library: Library, scenario: str, channel: Channel) -> None:
    draft = ask(library, reading(scenario, "conversar"), DraftWish(channel, None, None), "¿qué le digo?")
    assert draft.channel is channel


def test_a_tone_changes_the_same_message(library: Library) -> None:
    read = reading(DEBT, "ultima_oportunidad")
    told = Turn("1", "Me debe 1.450 €", "", reading=read)
    first = ask(library, read, DraftWish(Channel.EMAIL, None, None), "escríbeme un correo", told)
    asked = Turn("2", "escríbeme un correo", "", reading=read, draft=first)
    firmer = ask(library, read, DraftWish(None, Tone.FIRMER, None), "más firme", told, asked)
    assert (firmer.source, firmer.channel, firmer.tone) == (first.source, first.channel, Tone.FIRMER)
    assert "Por mi parte esto es firme" in firmer.text
    assert firmer.text.startswith(first.text[:60])
    assert firmer.text.endswith("[tu nombre]")
    again = Turn("3", "más firme", "", reading=read, draft=firmer)
    assert ask(library, read, DraftWish(None, Tone.FIRMER, None), "más firme", told, asked, again).text != firmer.text
    shorter = ask(library, read, DraftWish(None, Tone.SHORTER, None), "más corto", told, asked, again)
    assert shorter.source == first.source
    assert len(shorter.text) < len(first.text)


def test_a_sum_that_is_corrected_is_corrected_in_the_message(library: Library) -> None:
    read = reading(DEBT, "ultima_oportunidad")
    told = Turn("1", "Me debe 1.450 € desde abril", "", reading=read)
    first = ask(library, read, DraftWish(Channel.EMAIL, None, None), "escríbeme un correo", told)
    assert "1.450 €" in first.text
    asked = Turn("2", "escríbeme un correo", "", reading=read, draft=first)
    second = ask(library, read, NOTHING, "perdón, son 1.250 €, no 1.450", told, asked)
    assert second.text == first.text.replace("1.450 €", "1.250 €")


def test_two_sums_leave_the_gap(library: Library) -> None:
    read = reading(DEBT, "ultima_oportunidad")
    draft = ask(library, read, DraftWish(Channel.EMAIL, None, None), "me debe 900 € y 300 €")
    assert "[importe]" in draft.text


def test_only_a_debt_is_a_sum_to_write(library: Library) -> None:
    read = reading("alcance_descontrolado", "renegociar")
    told = Turn("1", "El proyecto es de 2.000 € y pide extras", "", reading=read)
    assert "2.000 €" not in ask(library, read, NOTHING, "¿cómo se lo digo?", told).text


def test_the_first_message_presupposes_no_other(library: Library) -> None:
    for scenario in ("falta_de_respeto", DEBT, "solo_por_dinero"):
        for channel in Channel:
            text = ask(library, reading(scenario, "conversar"), DraftWish(channel, None, None), "¿qué le digo?").text
            assert "acabo de enviar" not in text
            assert "gracias por contestar" not in text


def test_registers_of_the_client(library: Library) -> None:
    read = reading(DEBT, "ultima_oportunidad")
    assert ask(library, read, NOTHING, "la señora del banco me debe 300 €").register is Register.USTED
    assert ask(library, read, NOTHING, "¿vos qué le dirías? me debe 300 €").register is Register.VOS
    assert ask(library, read, DraftWish(None, None, Register.USTED), "me debe 300 €").register is Register.USTED


def test_a_sum_is_never_cut() -> None:
    body = "Hola, [nombre]. Me debes 1.200 € que vencieron el [fecha]; escribe a a.b@c.es. ¿Cuándo? Un saludo."
    assert _SENTENCE.findall(body) == [
        "Hola, [nombre]. ",
        "Me debes 1.200 € que vencieron el [fecha]; escribe a a.b@c.es. ",
        "¿Cuándo? ",
        "Un saludo.",
    ]
