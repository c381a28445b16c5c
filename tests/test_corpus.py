"""The shipped corpus: sound, complete; and the format's faults, each refused."""

from datetime import date
from pathlib import Path

import pytest

from reflexiona.corpus.articles import load_articles, parse_article
from reflexiona.corpus.check import POINTS, faults, missing_coverage, outdated
from reflexiona.corpus.lists import load_help_lines, load_lists, load_points
from reflexiona.corpus.triples import inflect, malformed
from reflexiona.domain import NONE_SCENARIO, Register
from reflexiona.errors import CorpusError
from reflexiona.paths import resource

CORPUS = resource("corpus")
ARTICLE = """---
id: prueba
titulo: Una prueba
resumen: Para probar.
escenarios: [indecision]
rumbos: [conversar]
paises: []
fuentes: []
revisado: 2026-11-21
---

## Primera
```yaml
puntos: [B1]
pasos:
  - texto: "Hacer una lista"
    cuando: hoy
```
Texto de la primera.

Sigue.

## Segunda
```yaml
puntos: []
```
Texto de la segunda.
"""


def test_the_corpus_is_sound_and_covers_everything() -> None:
    assert list(faults(CORPUS)) == []
    assert list(missing_coverage(load_articles(CORPUS), load_lists(CORPUS))) == []


def test_its_size() -> None:
    articles = load_articles(CORPUS)
    assert len(articles) >= 60
    assert len({a.id for a in articles}) == len(articles)
    assert sum(len(a.passages) for a in articles) >= 350


def test_points_have_a_line_each() -> None:
    assert tuple(load_points(CORPUS)) == POINTS


def test_lists_are_the_closed_ones() -> None:
    lists = load_lists(CORPUS)
    assert len(lists.scenarios) == 20
    assert len(lists.courses) == 10
    assert list(lists.scenarios)[-1] == NONE_SCENARIO


def test_offsets_point_into_the_article() -> None:
    for article in load_articles(CORPUS):
        for passage in article.passages:
            assert article.text[passage.start : passage.end] == passage.text


def test_help_lines_carry_source_and_date() -> None:
    lines = load_help_lines(CORPUS)
    assert {line.country_code for line in lines} >= {"ES", "MX", "AR", "CO", "CL", "PE"}
    for line in lines:
        if line.number:
            assert line.source.startswith(("https://", "http://"))
            assert line.checked[:2] == "20"


def test_legal_sections_carry_their_warning() -> None:
    for article in load_articles(CORPUS):
        if article.countries:
            assert article.sources, article.id
            assert "asesoramiento legal" in article.text, article.id


def test_what_was_checked_long_ago_is_named() -> None:
    articles, lines = load_articles(CORPUS), load_help_lines(CORPUS)
    assert not [line for line in outdated(articles, (), date(2026, 12, 1))]
    late = list(outdated(articles, lines, date(2030, 1, 1)))
    assert len(late) == sum(bool(a.countries) for a in articles) + sum(bool(line.number) for line in lines)
    assert all("conviene" in warning for warning in late)


def test_pages_of_law_say_when_they_were_read() -> None:
    for article in load_articles(CORPUS):
        for passage in article.passages:
            wanted = f"revisado el {article.revised}; no es asesoramiento legal" if article.countries else ""
            assert passage.caution == wanted


def test_parsing() -> None:
    article = parse_article(ARTICLE)
    first, second = article.passages
    assert article.text == "## Primera\n\nTexto de la primera.\n\nSigue.\n\n## Segunda\n\nTexto de la segunda.\n"
    assert (first.id, first.points, second.id) == ("prueba#1", ("B1",), "prueba#2")
    assert first.steps[0].scenarios == ("indecision",)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("---\nid", "id", "falta la cabecera"),
        ("resumen: Para probar.\n", "", "faltan: resumen"),
        ("paises: []", "paises: []\ncolor: azul", "claves desconocidas: color"),
        ("puntos: [B1]", "puntos: [B1]\notra: 1", "claves desconocidas: otra"),
        ("cuando: hoy", "cuando: ayer", "valor desconocido"),
        ("    cuando: hoy\n", "", "faltan: cuando"),
        ("Hacer una lista", "{Haz|Hacé} una lista", "llave"),
        ("## Segunda", "### Segunda", "nivel «##»"),
        ("puntos: [B1]", "puntos: [B1", "YAML"),
        ("## Primera", "Suelto.\n\n## Primera", "antes de la primera"),
    ],
)
def test_faults_of_format_are_refused(old: str, new: str, said: str) -> None:
    assert old in ARTICLE
    with pytest.raises(CorpusError, match=said):
        parse_article(ARTICLE.replace(old, new, 1))


def test_the_check_finds_what_it_should(tmp_path: Path) -> None:
    (tmp_path / "tema").mkdir()
    (tmp_path / "escenarios.toml").write_bytes((CORPUS / "escenarios.toml").read_bytes())
    text = ARTICLE.replace("[indecision]", "[inventado]").replace("Sigue.", "[otro](no-existe) {llave}")
    (tmp_path / "tema" / "otro-nombre.md").write_text(text, encoding="utf-8")
    found = " ".join(faults(tmp_path))
    for expected in ("no es el nombre del archivo", "escenario desconocido", "palabras; van de", "llaves", "no existe"):
        assert expected in found


def test_triples() -> None:
    text = "¿Qué {conservas|conservás|conserva} {tú|vos|usted}?"
    assert [inflect(text, register) for register in Register] == [
        "¿Qué conservas tú?",
        "¿Qué conservás vos?",
        "¿Qué conserva usted?",
    ]
    assert not malformed(text)
    assert malformed("{a|b}")
    assert malformed("a}")
