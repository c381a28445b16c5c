"""The composed answer: everything it advises stands in a passage and carries its number."""

import re
from dataclasses import replace

import pytest

from reflexiona.corpus.library import Library, load_library
from reflexiona.corpus.lists import load_lists
from reflexiona.corpus.phrases import Voice, load_phrases
from reflexiona.corpus.triples import inflect
from reflexiona.domain import (
    NONE_SCENARIO,
    Band,
    Channel,
    Evidence,
    Likelihood,
    Passage,
    Reading,
    Register,
    Step,
    Tone,
    Turn,
    When,
)
from reflexiona.paths import resource
from reflexiona.stages.compose import Composer
from reflexiona.stages.danger import SafetyAnswer
from reflexiona.stages.draft import draft_for
from reflexiona.stages.followup import DraftWish
from reflexiona.stages.followup_answer import FollowUpAnswer
from reflexiona.stages.material import Material
from reflexiona.stages.plan import FEWEST, MOST, candidates_for, plan_of, with_kept

LISTS = load_lists(resource("corpus"))
PHRASES = load_phrases(resource("corpus"))
COMPOSER = Composer(LISTS, PHRASES)
TEXT = "Le hice el logo por 1.450 € y desde hace dos semanas ni abre los whatsapps."


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library()


def reading(primary: str, courses: tuple[str, ...], band: Band = Band.CLEAR, **parts: object) -> Reading:
    scenarios = (Likelihood(primary, 0.8), *(Likelihood(s, 0.2 / 19) for s in LISTS.scenarios if s != primary))
    likely = tuple(Likelihood(course, 0.9 - 0.1 * n) for n, course in enumerate(courses))
    return replace(Reading(scenarios, (), band, (), likely, False), **parts)  # type: ignore[arg-type]


def playbook(library: Library, scenario: str) -> tuple[Passage, ...]:
    own = [p for p in library.passages if p.scenarios[:1] == (scenario,) and not p.countries and not p.scene]
    return tuple(sorted(own, key=lambda p: not p.devoted_to(scenario)))[:8]


def material(library: Library, read: Reading, register: Register = Register.TU, text: str = TEXT) -> Material:
    return Material(text, read, playbook(library, read.primary), Voice(register, text))


SCENARIOS = [scenario for scenario in LISTS.scenarios if scenario != NONE_SCENARIO]
COURSES = ("conversar", "renegociar", "terminar_y_cerrar", "decir_que_no", "protegerse", "derivar", "esperar")


@pytest.mark.parametrize("register", list(Register))
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_scenario_gets_options_with_sources_and_a_plan(
    library: Library, scenario: str, register: Register
) -> None:
    read = reading(scenario, COURSES)
    what = material(library, read, register)
    text = COMPOSER.compose(what)
    options = re.findall(r"^- \*\*.+?\*\*: .+ \[(\d+)\]\.$", text, re.MULTILINE)
    assert 2 <= len(options) <= 3
    assert all(1 <= int(n) <= len(what.passages) for n in re.findall(r"\[(\d+)\]", text))
    assert not re.search(r"[{}$|]|\.\.| ,|None", text)
    assert 60 <= len(text.split()) <= 260
    plan = plan_of(candidates_for(read, what.passages, what.text))
    assert FEWEST <= len(plan) <= MOST
    assert plan[0].when is When.TODAY
    assert {step.source for step in plan} <= {passage.id for passage in what.passages}
    question = COMPOSER.question(what)
    assert question.startswith("¿")
    assert question.endswith("?")


def test_facts_come_back_exactly(library: Library) -> None:
    text = COMPOSER.compose(material(library, reading("impago_o_pago_tardio", COURSES)))
    assert "Con 1.450 € de por medio" in text


def test_registers_differ_only_in_form(library: Library) -> None:
    texts = {
        r: COMPOSER.compose(material(library, reading("impago_o_pago_tardio", ("protegerse",)), r)) for r in Register
    }
    assert len(set(texts.values())) == 3
    assert len({tuple(re.findall(r"\[\d+\]", text)) for text in texts.values()}) == 1


def test_unclear_asks_first_and_gives_one_way_for_each_reading(library: Library) -> None:
    pair = ("indecision", "alcance_descontrolado")
    read = reading("indecision", COURSES, Band.UNCLEAR, deciding=pair)
    passages = playbook(library, pair[0])[:4] + playbook(library, pair[1])[:4]
    what = Material(TEXT, read, passages, Voice(Register.TU, TEXT))
    text = COMPOSER.compose(what)
    first, second = (inflect(LISTS.scenarios[s].trait, Register.TU) for s in pair)
    assert text.index(f"**Si {first}**, ") < text.index(f"**Si {second}**, ")
    assert "Yo empezaría" not in text
    assert COMPOSER.question(what).startswith("¿Qué se parece más a lo que pasa: que ")
    assert not plan_of(candidates_for(read, passages, TEXT))
    assert plan_of(candidates_for(replace(read, band=Band.PROBABLE), passages, TEXT))


def test_each_of_two_readings_stands_beside_the_words_that_speak_for_it(library: Library) -> None:
    pair = ("indecision", "alcance_descontrolado")
    quotes = (Evidence("no se decide", 0, 12), Evidence("me pide otro folleto", 14, 34))
    read = replace(reading("indecision", COURSES, Band.UNCLEAR, deciding=pair), sides=quotes)
    passages = playbook(library, pair[0])[:4] + playbook(library, pair[1])[:4]
    text = COMPOSER.compose(Material(TEXT, read, passages, Voice(Register.TU, TEXT)))
    for scenario, quote in zip(pair, quotes, strict=True):
        assert f"**Si {inflect(LISTS.scenarios[scenario].trait, Register.TU)}** ({quote.quoted}), " in text
    chances = {pair[0]: 0.6, pair[1]: 0.3}
    probable = replace(
        read,
        band=Band.PROBABLE,
        scenarios=tuple(Likelihood(row.id, chances.get(row.id, 0.1 / 18)) for row in read.scenarios),
    )
    text = COMPOSER.compose(Material(TEXT, probable, passages, Voice(Register.TU, TEXT)))
    assert "«me pide otro folleto»" in text
    assert f"«{LISTS.scenarios[pair[1]].name}»" in text
    assert "«no se decide»" not in text


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_while_nothing_is_settled_a_way_back_is_named(library: Library, scenario: str) -> None:
    pair = (scenario, NONE_SCENARIO)
    read = reading(scenario, COURSES, Band.UNCLEAR, deciding=pair)
    what = material(library, read)
    option = what.option_of(scenario)
    assert option is not None
    if any(p.content.course in ("conversar", "esperar", "ultima_oportunidad") for p in what.options(scenario)):
        assert option.content.course not in ("protegerse", "salir_con_aviso", "terminar_y_cerrar")
    text = COMPOSER.compose(what)
    assert text.count("\n- ") == 0


def test_the_last_place_of_a_plan_is_kept_for_today(library: Library) -> None:
    read = reading("impago_o_pago_tardio", COURSES)
    candidates = candidates_for(read, material(library, read).passages, TEXT)
    later = [part for part in candidates.ranked if part.content.when is not When.TODAY]
    assert {part.content.when for part in candidates.beside(later[:3], 4)} == {When.TODAY}
    assert {part.content.when for part in candidates.beside(later[:1], 4)} > {When.TODAY}


def test_a_far_second_reading_is_not_asked_about(library: Library) -> None:
    read = reading("incumple_plazos", COURSES, Band.PROBABLE)
    read = replace(read, deciding=("incumple_plazos", read.scenarios[1].id))
    assert "Qué se parece más" not in COMPOSER.question(material(library, read))
    near = replace(read, scenarios=(read.scenarios[0], Likelihood(read.scenarios[1].id, 0.2), *read.scenarios[2:]))
    assert "Qué se parece más" not in COMPOSER.question(material(library, near))
    told = replace(near, sides=(Evidence("Le hice el logo", 0, 15), Evidence("ni abre los whatsapps", 54, 75)))
    assert "Qué se parece más" in COMPOSER.question(material(library, told))


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_suggestion_is_one_of_the_options_where_one_is_of_its_course(library: Library, scenario: str) -> None:
    what = material(library, reading(scenario, ("decir_que_no", "conversar", "renegociar")))
    text = COMPOSER.compose(what)
    names = [name.lower() for name in re.findall(r"^- \*\*(.+?)\*\*", text, re.MULTILINE)]
    if any(part.content.course == "decir_que_no" for part in what.options(scenario)[:3]):
        assert names[0] in text.split("\n\n")[-1].lower()
    suggestion = text.split("\n\n")[-1]
    unnamed = r"(?:por|es|sería|pasaría a|cabe|la pena|quedaría) (?:no(?! \w+[aei]r)|menos|sí|pausa) "
    assert not re.search(unnamed, suggestion)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_steps_of_one_passage_keep_its_order(library: Library, scenario: str) -> None:
    passages = playbook(library, scenario)
    plan = plan_of(candidates_for(reading(scenario, COURSES), passages, TEXT))
    for passage in passages:
        order = [step.text for step in passage.steps]
        for when in When:
            mine = [order.index(step.text) for step in plan if step.source == passage.id and step.when is when]
            assert mine == sorted(mine)


def test_a_country_page_serves_only_its_country(library: Library) -> None:
    spain = tuple(p for p in library.passages if p.countries == ("ES",) and p.steps)
    read = reading("impago_o_pago_tardio", ("protegerse",))
    assert plan_of(candidates_for(read, spain, TEXT)) == ()
    assert plan_of(candidates_for(read, spain, TEXT, "ES"))
    assert plan_of(candidates_for(read, spain, TEXT, "MX")) == ()


def test_follow_up_says_whether_the_reading_stands(library: Library) -> None:
    before = reading("impago_o_pago_tardio", COURSES)
    first = COMPOSER.compose(material(library, before))
    from reflexiona.domain import Reflection

    history = (Turn("t", TEXT, "", reading=before, reflection=Reflection(first)),)
    follow = FollowUpAnswer(LISTS, PHRASES, COMPOSER)
    same = replace(material(library, before, text="¿y si le pongo una fecha de pago por escrito?"), history=history)
    text = follow.compose(same, before, standing=True)
    assert "«Impago o pago tardío»" in text
    assert not set(re.findall(r"\*\*(.+?)\*\*", text)) & set(re.findall(r"\*\*(.+?)\*\*", first))
    changed = replace(material(library, reading("falta_de_respeto", COURSES), text="ahora me insulta"), history=history)
    text = follow.compose(changed, before, standing=False)
    assert text.startswith("Con esto la lectura cambia: de «Impago o pago tardío» a «Falta de respeto o maltrato».")


def test_drafts_take_channel_register_tone_and_amounts(library: Library) -> None:
    read = reading("impago_o_pago_tardio", ("ultima_oportunidad", "protegerse"))
    passages = playbook(library, read.primary)
    mail = draft_for(DraftWish(Channel.EMAIL, None, None), read, passages, TEXT, ())
    assert mail is not None
    assert (mail.channel, mail.register, mail.tone) == (Channel.EMAIL, Register.TU, Tone.BALANCED)
    assert "1.450 €" in mail.text
    assert "[nombre]" in mail.text.lower()
    assert mail.source in {passage.id for passage in passages}
    history = (Turn("t", TEXT, "", draft=mail),)
    formal = draft_for(DraftWish(None, None, Register.USTED), read, passages, TEXT, history)
    assert formal is not None
    assert (formal.channel, formal.register) == (Channel.EMAIL, Register.USTED)
    shorter = draft_for(DraftWish(None, Tone.SHORTER, None), read, passages, TEXT, history)
    assert shorter is not None
    assert len(shorter.text) < len(mail.text)
    assert draft_for(DraftWish(None, None, None), read, (), TEXT, ()) is None


def test_danger_lists_every_confirmed_number_without_a_country_and_only_its_own_with_one() -> None:
    from reflexiona.corpus.lists import load_help_lines

    lines = load_help_lines(resource("corpus"))
    answer = SafetyAnswer(PHRASES, lines)
    everywhere, question = answer.compose((), "", Voice(Register.TU, "x"), self_harm=False)
    assert everywhere.startswith("**Antes que nada, tu seguridad.**")
    listed = [
        line for line in everywhere[everywhere.index("Dónde pedir ayuda") :].splitlines() if line.startswith("- ")
    ]
    assert len(listed) == len({line.country for line in lines if line.number}) == 10  # a line a country
    for line in lines:
        (own,) = [told for told in listed if told.startswith(f"- {line.country}: ")]
        for number in filter(None, line.number.split(" · ")):
            assert number.removesuffix(" desde el celular") in own
    assert "(comprobado en 2021)" in everywhere
    assert everywhere.count("(comprobado en 20") == 3
    assert question == "¿Estás ahora en un lugar seguro?"
    spain, _ = answer.compose((), "ES", Voice(Register.TU, "x"), self_harm=False)
    assert "**Dónde pedir ayuda en España**" in spain
    assert "- Emergencias: 112 (24 horas, todos los días; comprobado el 2026-02-11)" in spain
    assert "México" not in spain
    assert "911" not in spain
    bolivia, _ = answer.compose((), "BO", Voice(Register.TU, "x"), self_harm=False)
    assert "De Bolivia no tengo números confirmados." in bolivia
    told = (Evidence("me espera en el portal", 0, 22),)
    quoting, _ = answer.compose((), "", Voice(Register.TU, "x"), self_harm=False, alarm=told)
    assert quoting.startswith("**Antes que nada, tu seguridad.** Lo que cuentas («me espera en el portal») va más allá")
    own_life, question = answer.compose((), "", Voice(Register.VOS, "x"), self_harm=True, alarm=told)
    assert "portal" not in own_life
    assert "negocio" not in own_life
    assert question.startswith("¿Hay alguien a quien puedas")
    listed = [line for line in own_life.splitlines() if line.startswith("- ")]
    assert all(line.split(": ")[1].startswith("crisis ") for line in listed)  # what helps here stands first


def test_a_new_plan_keeps_what_the_person_made_of_the_old_one() -> None:
    own, done = Step("Hablar con mi gestora", When.TODAY, ""), Step("Reunir papeles", When.TODAY, "a/1", done=True)
    dated, idle = Step("Avisar", When.LATER, "a/2", date="2026-12-01"), Step("Esperar", When.LATER, "a/3")
    history = (Turn("1", "No me paga.", "", plan=(own, done, dated, idle)), Turn("2", "¿Y ahora?", ""))
    new = (Step("Enviar el aviso", When.TODAY, "b/1"), Step("Avisar", When.THIS_WEEK, "b/2"))
    assert [step.text for step in with_kept(new, history)] == [own.text, done.text, "Enviar el aviso", "Avisar"]
    assert with_kept(new, ()) == new
