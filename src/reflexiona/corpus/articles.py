"""Reads articles: Markdown with front matter, a data block under each heading, one passage a section.

The format is described in `corpus/README.md`. Knows nothing of indexes or of retrieval.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from reflexiona.corpus.triples import malformed
from reflexiona.domain import (
    ALWAYS,
    Article,
    Channel,
    Condition,
    Fragment,
    MessageTemplate,
    Option,
    Passage,
    Source,
    StepTemplate,
    When,
)
from reflexiona.errors import CorpusError

_FRONT = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
_SECTION = re.compile(r"^## ([^\n]+)\n```yaml\n(.*?)\n?```\n", re.MULTILINE | re.DOTALL)
_ARTICLE_KEYS = {"id", "titulo", "resumen", "escenarios", "rumbos", "paises", "fuentes", "revisado"}
_CONDITION_KEYS = {"si", "salvo"}
_SECTION_KEYS = {
    *("puntos", "aperturas", "opciones", "cambiaria", "pasos", "preguntas", "mensajes", "dichos"),
    *_CONDITION_KEYS,
}
_ITEM_KEYS = {
    "aperturas": {"texto"},
    "opciones": {"nombre", "texto", "rumbo"},
    "cambiaria": {"texto"},
    "pasos": {"texto", "cuando"},
    "preguntas": {"texto"},
    "mensajes": {"texto", "canal"},
}
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_articles(corpus: Path) -> tuple[Article, ...]:
    """All articles below `corpus`, by id.

    Raises:
        CorpusError: an article breaks the format; the message names the file and the fault.
    """
    found = sorted((read_article(path) for path in article_files(corpus)), key=lambda article: article.id)
    ids = [article.id for article in found]
    if repeated := {article_id for article_id in ids if ids.count(article_id) > 1}:
        raise CorpusError(f"Artículos con el mismo id: {', '.join(sorted(repeated))}.")
    return tuple(found)


def article_files(corpus: Path) -> list[Path]:
    """The article files: Markdown in the folders of `corpus`, not beside them."""
    return sorted(corpus.glob("*/*.md"))


def read_article(path: Path) -> Article:
    """One article.

    Raises:
        CorpusError: it cannot be read or breaks the format.
    """
    try:
        return parse_article(path.read_text(encoding="utf-8"), path.parent.name)
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"No se puede leer {path.name}: {error}.") from error
    except CorpusError as error:
        raise CorpusError(f"{path.parent.name}/{path.name}: {error.message}", error.remedy) from error


def parse_article(raw: str, theme: str = "") -> Article:
    """One article from its source text; see `read_article`. `theme` is the name of its folder."""
    front = _FRONT.match(raw)
    if not front:
        raise CorpusError("falta la cabecera entre líneas «---».")
    head = _yaml(front[1], "la cabecera")
    _only(head, _ARTICLE_KEYS, "la cabecera", required=_ARTICLE_KEYS)
    scenarios, courses = tuple(head["escenarios"]), tuple(head["rumbos"])
    sources = tuple(_source(row) for row in head["fuentes"])
    countries = tuple(head["paises"])
    text = ""
    passages: list[Passage] = []
    for number, (title, block, prose) in enumerate(_sections(raw[front.end() :]), start=1):
        data = _yaml(block, f"«{title}»")
        _only(data, _SECTION_KEYS, f"«{title}»", required={"puntos"})
        text += f"## {title}\n\n"
        start = len(text)
        text += prose
        passages.append(
            Passage(
                id=f"{head['id']}#{number}",
                article=head["id"],
                article_title=head["titulo"],
                title=title,
                text=prose,
                start=start,
                end=len(text),
                points=tuple(data["puntos"]),
                scenarios=scenarios,
                courses=courses,
                countries=countries,
                theme=theme,
                caution=_caution(head) if countries else "",
                sayings=tuple(data.get("dichos") or ()),
                suits=_condition(data),
                **_parts(data, scenarios, courses, title),
            )
        )
        text += "\n\n"
    names = (head["id"], head["titulo"], head["resumen"])
    whole = text.rstrip("\n") + "\n"
    return Article(*names, scenarios, courses, countries, sources, str(head["revisado"]), whole, tuple(passages))


def _caution(head: Mapping[str, Any]) -> str:
    return f"revisado el {head['revisado']}; no es asesoramiento legal"


def _sections(body: str) -> Iterator[tuple[str, str, str]]:
    matches = list(_SECTION.finditer(body))
    if not matches:
        raise CorpusError("no hay ninguna sección «## Título» con su bloque de datos.")
    if body[: matches[0].start()].strip():
        raise CorpusError("hay texto antes de la primera sección.")
    if len(matches) != len(re.findall(r"^#+ ", body, re.MULTILINE)):
        raise CorpusError("cada título es de nivel «##» y lleva un bloque ```yaml debajo.")
    for match, following in zip(matches, [*matches[1:], None], strict=True):
        prose = body[match.end() : following.start() if following else len(body)].strip()
        if "```" in prose:
            raise CorpusError(f"«{match[1]}»: un bloque de código en el texto.")
        yield match[1].strip(), match[2], prose


def _parts(data: Mapping[str, Any], scenarios: tuple[str, ...], courses: tuple[str, ...], title: str) -> dict[str, Any]:
    def rows(key: str) -> Iterator[tuple[dict[str, Any], tuple[str, ...], tuple[str, ...], Condition]]:
        for row in data.get(key) or []:
            where = f"«{title}», {key}"
            _only(row, _ITEM_KEYS[key] | {"escenarios", "rumbos"} | _CONDITION_KEYS, where, required=_ITEM_KEYS[key])
            if faulty := [row[name] for name in ("nombre", "texto") if name in row and malformed(row[name])]:
                raise CorpusError(f"{where}: una llave que no forma {{tú|vos|usted}}: {faulty[0]}")
            yield row, tuple(row.get("escenarios", scenarios)), tuple(row.get("rumbos", courses)), _condition(row)

    try:
        return {
            "openings": tuple(Fragment(row["texto"], s, c, when) for row, s, c, when in rows("aperturas")),
            "options": tuple(
                Option(row["nombre"], row["texto"], row["rumbo"], s, when) for row, s, _, when in rows("opciones")
            ),
            "changes": tuple(Fragment(row["texto"], s, c, when) for row, s, c, when in rows("cambiaria")),
            "questions": tuple(Fragment(row["texto"], s, c, when) for row, s, c, when in rows("preguntas")),
            "steps": tuple(
                StepTemplate(row["texto"], When(row["cuando"]), s, c, when) for row, s, c, when in rows("pasos")
            ),
            "messages": tuple(
                MessageTemplate(row["texto"], Channel(row["canal"]), s, c, when) for row, s, c, when in rows("mensajes")
            ),
        }
    except ValueError as error:
        raise CorpusError(f"«{title}»: valor desconocido: {error}.") from error


def _condition(row: Mapping[str, Any]) -> Condition:
    told, untold = (row.get(key) or [] for key in ("si", "salvo"))
    if not told and not untold:
        return ALWAYS
    if not all(isinstance(facts, list) and all(isinstance(f, str) for f in facts) for facts in (told, untold)):
        raise CorpusError(f"«si» y «salvo» llevan una lista de hechos: {row.get('texto', '')}")
    return Condition(frozenset(told), frozenset(untold))


def _source(row: Mapping[str, Any]) -> Source:
    _only(row, {"titulo", "autor", "norma", "fecha", "url"}, "fuentes", required={"titulo", "fecha"})
    return Source(row["titulo"], row.get("autor") or row.get("norma", ""), str(row["fecha"]), row.get("url", ""))


def _yaml(text: str, where: str) -> dict[str, Any]:
    try:
        data = yaml.load(text, Loader=_Loader)  # a safe loader: plain values only
    except yaml.YAMLError as error:
        raise CorpusError(f"{where}: YAML mal formado: {' '.join(str(error).split())}") from error
    if not isinstance(data, dict):
        raise CorpusError(f"{where}: se esperaban claves y valores.")
    return data


def _only(row: Mapping[str, Any], allowed: set[str], where: str, required: set[str]) -> None:
    if not isinstance(row, Mapping):
        raise CorpusError(f"{where}: se esperaban claves y valores, no «{row}».")
    if unknown := set(row) - allowed:
        raise CorpusError(f"{where}: claves desconocidas: {', '.join(sorted(map(str, unknown)))}.")
    if missing := required - set(row):
        raise CorpusError(f"{where}: faltan: {', '.join(sorted(missing))}.")
