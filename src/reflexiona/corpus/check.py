"""Checks the corpus as a whole: ids, coverage, lengths, repeated sentences, links.

Run it with `python -m reflexiona.corpus.check`.
"""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from reflexiona.corpus.articles import article_files, load_articles, read_article
from reflexiona.corpus.library import OWN_PREFIX
from reflexiona.corpus.lists import Lists, load_fact_ids, load_help_lines, load_lists
from reflexiona.corpus.triples import inflect
from reflexiona.domain import (
    NONE_SCENARIO,
    Article,
    Fragment,
    HelpLine,
    MessageTemplate,
    Option,
    Passage,
    Register,
    StepTemplate,
    When,
)
from reflexiona.domain.articles import PLAYBOOKS
from reflexiona.errors import CorpusError
from reflexiona.paths import resource

POINTS = tuple(
    f"{letter}{number}"
    for letter, numbers in {
        "A": range(1, 8),
        "B": range(1, 14),
        "C": range(1, 6),
        "D": range(1, 7),
        "E": range(9),
    }.items()
    for number in numbers
)
SHORTEST, LONGEST = 60, 250
"""Words of a passage."""
ARTICLE_SHORTEST, ARTICLE_LONGEST = 300, 900
SCENE_SAYINGS, SCENE_OPTIONS, SCENE_STEPS = 10, 3, 3
"""Of a section about one way in which a scenario happens, at least."""
ARTICLES_A_POINT, PASSAGES_A_SCENARIO, PASSAGES_A_COURSE = 2, 8, 6
COUNTRIES = ("ES", "MX", "AR", "CO", "CL", "PE")
LAW_LASTS, HELP_LASTS = timedelta(days=365), timedelta(days=730)
"""How long a check is trusted."""
_LINK = re.compile(r"\[[^\]]*\]\(([^)]*)\)")


def faults(corpus: Path) -> Iterator[str]:
    """Every fault found, one Spanish sentence each."""
    lists, facts = load_lists(corpus), load_fact_ids(corpus)
    articles: list[Article] = []
    for path in article_files(corpus):
        try:
            article = read_article(path)
        except CorpusError as error:
            yield error.message
            continue
        articles.append(article)
        if article.id != path.stem:
            yield f"{path.name}: el id «{article.id}» no es el nombre del archivo."
        if article.id.startswith(OWN_PREFIX):
            yield f"{path.name}: «{OWN_PREFIX}…» queda para los documentos de cada persona."
    ids = {article.id for article in articles}
    for article in articles:
        yield from (f"{article.id}: {fault}" for fault in _article_faults(article, lists, ids, facts))
    yield from _repeated(articles)


def missing_coverage(articles: Iterable[Article], lists: Lists) -> Iterator[str]:
    """Points, scenarios, courses and countries that too few passages carry."""
    passages = [passage for article in articles for passage in article.passages]
    for point in POINTS:
        carrying = {passage.article for passage in passages if point in passage.points}
        if len(carrying) < ARTICLES_A_POINT:
            yield f"El punto {point} está en {len(carrying)} artículos; van al menos {ARTICLES_A_POINT}."
    for name, wanted, of in (
        ("escenario", dict.fromkeys(set(lists.scenarios) - {NONE_SCENARIO}, PASSAGES_A_SCENARIO), "scenarios"),
        ("rumbo", dict.fromkeys(lists.courses, PASSAGES_A_COURSE), "courses"),
        ("país", dict.fromkeys(COUNTRIES, 1), "countries"),
    ):
        found = Counter(tag for passage in passages for tag in getattr(passage, of))
        yield from (f"El {name} {tag} está en {found[tag]} pasajes." for tag, n in wanted.items() if found[tag] < n)


def outdated(articles: Iterable[Article], lines: Iterable[HelpLine], today: date) -> Iterator[str]:
    """Pages of law and help lines that were last checked too long before `today`."""
    for article in articles:
        if article.countries and today - date.fromisoformat(article.revised) > LAW_LASTS:
            yield f"«{article.title}» se revisó el {article.revised}: conviene comprobar las normas."
    for line in lines:
        if line.number and today - date.fromisoformat(line.checked) > HELP_LASTS:
            yield f"El {line.number} ({line.country}) se comprobó el {line.checked}: conviene volver a comprobarlo."


def _article_faults(article: Article, lists: Lists, ids: set[str], facts: Collection[str]) -> Iterator[str]:
    yield from _unknown(article.scenarios, lists.scenarios, "escenario")
    yield from _unknown(article.courses, lists.courses, "rumbo")
    length = sum(len(passage.text.split()) for passage in article.passages)
    if not ARTICLE_SHORTEST <= length <= ARTICLE_LONGEST:
        yield f"tiene {length} palabras; van de {ARTICLE_SHORTEST} a {ARTICLE_LONGEST}."
    if article.passages[0].theme == PLAYBOOKS:
        yield from _gaps(article.passages)
    for passage in article.passages:
        words = len(passage.text.split())
        if not SHORTEST <= words <= LONGEST:
            yield f"«{passage.title}» tiene {words} palabras; van de {SHORTEST} a {LONGEST}."
        if len(passage.points) > 2:
            yield f"«{passage.title}» lleva más de dos puntos."
        if re.search(r"[{}]", passage.text):
            yield f"«{passage.title}»: llaves en el texto."
        yield from _unknown(passage.points, POINTS, "punto")
        for link in _LINK.findall(passage.text):
            if link not in ids:
                yield f"«{passage.title}»: enlace a «{link}», que no existe."
        yield from _saying_faults(passage)
        yield from _part_faults(passage, lists)
        yield from _condition_faults(passage, facts)
        yield from _scene_faults(passage)


def _saying_faults(passage: Passage) -> Iterator[str]:
    for saying in passage.sayings:
        if not 3 <= len(saying.split()) <= 20 or re.search(r"[{}]", saying):
            yield f"dicho de 3 a 20 palabras, sin llaves: «{saying}»"


def _condition_faults(passage: Passage, facts: Collection[str]) -> Iterator[str]:
    for condition in (passage.suits, *(part.suits for part in structured(passage))):
        yield from _unknown(sorted(condition.told | condition.untold), facts, "hecho")


def _scene_faults(passage: Passage) -> Iterator[str]:
    """An answer is made of a case alone: whatever an answer needs must be there, whatever fact is told."""
    if not passage.scene:
        return
    if len(passage.scenarios) != 1:
        yield f"«{passage.title}»: un caso es de un solo escenario."
    if len(passage.sayings) < SCENE_SAYINGS:
        yield f"«{passage.title}» tiene {len(passage.sayings)} dichos; un caso lleva al menos {SCENE_SAYINGS}."
    yield from (f"«{passage.title}», {fault}" for fault in _gaps([passage]))


def _gaps(passages: Sequence[Passage]) -> Iterator[str]:
    """What an answer made of these passages lacks, whatever single fact is told beside what the first one asks for."""
    always = min(passages[0].suits.told, default="")
    parts = [part for passage in passages for part in structured(passage)]
    mentioned = {fact for part in (*parts, *passages) for fact in (*part.suits.told, *part.suits.untold)}
    for fact in sorted({"", *mentioned} - passages[0].suits.untold):
        told = {always, fact} - {""}
        when = f"si se cuenta {' y '.join(sorted(told)) or 'solo lo general'}"
        here = [passage for passage in passages if passage.suits.holds(told)]
        fitting = [part for passage in here for part in structured(passage) if part.suits.holds(told)]
        for name, wanted in (
            ("apertura", [part for passage in here for part in passage.openings if part in fitting]),
            ("pregunta", [part for passage in here for part in passage.questions if part in fitting]),
            ("cambiaria", [part for passage in here for part in passage.changes if part in fitting]),
        ):
            if not wanted:
                yield f"{when}: falta «{name}»."
        if len({part.course for part in fitting if isinstance(part, Option)}) < SCENE_OPTIONS:
            yield f"{when}: van {SCENE_OPTIONS} opciones de rumbos distintos."
        steps = [part for part in fitting if isinstance(part, StepTemplate)]
        if len(steps) < SCENE_STEPS or all(step.when is not When.TODAY for step in steps):
            yield f"{when}: van al menos {SCENE_STEPS} pasos, uno de ellos para hoy."


def structured(passage: Passage) -> Iterator[Fragment | Option | StepTemplate | MessageTemplate]:
    """Every structured part."""
    yield from passage.openings
    yield from passage.options
    yield from passage.changes
    yield from passage.steps
    yield from passage.questions
    yield from passage.messages


def _forms(passage: Passage) -> Iterator[str]:
    """Every structured text in each register."""
    for part in structured(passage):
        if isinstance(part, StepTemplate):
            continue
        yield from (inflect(part.text, register) for register in Register)


def _part_faults(passage: Passage, lists: Lists) -> Iterator[str]:
    for text in _forms(passage):
        if match := re.search(r"\b[Ll]es? l[oa]s?\b", text):
            yield f"«{match[0]}» debe ser «se lo»: «{text}»"
    tagged: tuple[Fragment | StepTemplate | MessageTemplate, ...] = (
        *passage.openings,
        *passage.changes,
        *passage.questions,
        *passage.steps,
        *passage.messages,
    )
    for part in tagged:
        yield from _unknown(part.scenarios, lists.scenarios, "escenario")
        yield from _unknown(part.courses, lists.courses, "rumbo")
    for option in passage.options:
        yield from _unknown(option.scenarios, lists.scenarios, "escenario")
        yield from _unknown((option.course,), lists.courses, "rumbo")
        if option.name.endswith(".") or not re.match(r"[a-záéíóúñ{«0-9]", option.text):
            yield f"opción «{option.name}»: el nombre va sin punto y el texto empieza en minúscula."
    for change in passage.changes:
        if change.text.endswith(".") or change.text[:1].isupper():
            yield f"cambiaria: minúscula y sin punto final: «{change.text}»"
    for question in passage.questions:
        if not (question.text.startswith("¿") and question.text.endswith("?")):
            yield f"pregunta sin ¿ o ?: «{question.text}»"
    yield from (fault for step in passage.steps for fault in _step_faults(step.text))


def _step_faults(text: str) -> Iterator[str]:
    first = text.split()[0].lower().rstrip(",:")
    if text.endswith(".") or not re.search(r"([aei]r|ír)(se|le|les|lo|la|los|las|selo|sela)?$", first):
        yield f"paso: infinitivo primero y sin punto final: «{text}»"
    if re.search(r"[{}]", text):
        yield f"paso con registro; sirve para todos o no sirve: «{text}»"


def _unknown(given: Iterable[str], known: Iterable[str], what: str) -> Iterator[str]:
    known = set(known)
    yield from (f"{what} desconocido: {item}." for item in given if item not in known)


def _repeated(articles: Iterable[Article]) -> Iterator[str]:
    places: dict[str, Counter[str]] = defaultdict(Counter)
    for article in articles:
        for passage in article.passages:
            parts = (part for part in structured(passage) if not isinstance(part, StepTemplate))
            for sentence in (*re.split(r"(?<=[.?!])\s+", passage.text), *(part.text for part in parts)):
                if len(sentence.split()) >= 7:
                    places[sentence.strip()][article.id] += 1
    for sentence, where in places.items():
        if where.total() > 1:
            yield f"Frase repetida ({', '.join(sorted(where))}): «{sentence}»"


def main(argv: Sequence[str] | None = None) -> int:
    """Prints the faults; exit status 1 when there are any. With `--hoy`, also what was checked long ago: no fault."""
    corpus = resource("corpus")
    if "--hoy" in (sys.argv[1:] if argv is None else argv):
        old = outdated(load_articles(corpus), load_help_lines(corpus), date.today())
        sys.stdout.writelines(f"aviso: {warning}\n" for warning in old)
    found = list(faults(corpus))
    if not found:
        articles = [read_article(path) for path in article_files(corpus)]
        found = list(missing_coverage(articles, load_lists(corpus)))
    sys.stdout.writelines(f"{fault}\n" for fault in found)
    sys.stdout.write(f"{len(found)} faltas en {len(article_files(corpus))} artículos\n")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
