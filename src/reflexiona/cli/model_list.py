"""`reflexiona modelos lista`: what is here, what is half here, what can be brought, and what fits this machine."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from itertools import groupby

from reflexiona.cli.console import Console
from reflexiona.cli.encoders import encoder_lines, encoders_json
from reflexiona.errors import ExitCode
from reflexiona.models.catalogue import UNTESTED, Catalogue, Entry, load_catalogue
from reflexiona.models.memory import Memory, size_text
from reflexiona.models.overview import FITS, Here, Offered, Overview, overview
from reflexiona.paths import DataFolder, path_of, resource
from reflexiona.settings import load_settings


def catalogue_of(options: argparse.Namespace) -> Catalogue:
    """The catalogue that was asked for, else the shipped one.

    Raises:
        BadInputError: it cannot be read, or there is no such path.
    """
    given = options.catalogo
    return load_catalogue(path_of(given) if given else resource("models", "catalogue.toml"))


def list_models(options: argparse.Namespace, console: Console, data: DataFolder) -> ExitCode:
    """Prints the list."""
    settings = load_settings(data.settings)
    catalogue = catalogue_of(options)
    seen = overview(data, catalogue, settings.model)
    if options.json:
        encoders = encoders_json(catalogue, data, settings)
        console.json({**_as_json(seen, catalogue), "encoders": encoders})
        return ExitCode.DONE
    for line in (*_lines(seen), *encoder_lines(catalogue, data, settings)):
        console.line(line)
    if not settings.model:
        console.message("No se usa ninguno: las respuestas se componen con los artículos.")
    return ExitCode.DONE


def _lines(seen: Overview) -> Iterator[str]:
    if seen.here:
        yield "En este equipo"
    for one in seen.here:
        yield from _here_lines(one)
    if seen.partials:
        yield "Descargas a medias"
    for half in seen.partials:
        share = f"{100 * half.done // half.total} % de {size_text(half.total)}" if half.total else size_text(half.done)
        yield f"  {half.name}  {share}: sigue con «reflexiona modelos instala {half.name}»"
    for level, offers in groupby(seen.offered, key=lambda offer: offer.entry.level_text):
        yield f"Para descargar, {level}"
        for offer in offers:
            yield from _offer_lines(offer)
    if seen.recommended:
        yield f"Propuesta: {seen.recommended.why}"
    elif seen.memory:
        free = size_text(seen.memory.free)
        yield f"Con {free} de memoria libre no se propone ninguno. Sin modelo también hay respuesta."


def _here_lines(one: Here) -> Iterator[str]:
    marks = " · en uso" if one.in_use else ""
    marks += "" if one.model.unchanged else " · el archivo ha cambiado: hay que verificarlo o traerlo otra vez"
    yield f"  {one.model.name}  {size_text(one.model.size)} · plantilla {one.model.family} · {FITS[one.fit]}{marks}"
    yield f"      {one.experience}"


def _offer_lines(offer: Offered) -> Iterator[str]:
    entry = offer.entry
    size = size_text(entry.size) if entry.size else "tamaño sin confirmar"
    need = f" · necesita unos {size_text(entry.need)}: {FITS[offer.fit]}" if entry.need else ""
    yield f"  {entry.name}  {entry.title} · {size}{need}"
    checked = " · sin verificar: antes de instalarlo se pregunta" if entry.unverified else ""
    tested = "" if entry.tested else f" · {UNTESTED}"
    yield f"      {entry.licence} · {entry.languages}{checked}{tested}"
    if entry.note:
        yield f"      {entry.note}"


def _as_json(seen: Overview, catalogue: Catalogue) -> dict[str, object]:
    here, advice = seen.memory, seen.recommended
    return {
        "memory": {"total": here.total, "free": here.free} if here else None,
        "installed": [_here_json(one) for one in seen.here],
        "partial": [{"name": one.name, "done": one.done, "total": one.total} for one in seen.partials],
        "catalogue": [_entry_json(entry, here) for entry in catalogue.entries],
        "recommended": {"name": advice.entry.name, "why": advice.why} if advice else None,
    }


def _here_json(one: Here) -> dict[str, object]:
    return {
        "name": one.model.name,
        "path": str(one.model.path),
        "size": one.model.size,
        "sha256": one.model.sha256,
        "template": one.model.family,
        "in_use": one.in_use,
        "unchanged": one.model.unchanged,
        "memory": one.need,
        "fit": one.fit.value,
        "tested": bool(one.entry and one.entry.tested),
        "measured": one.figures.measured if one.figures else None,
        "weight": one.figures.judgement.weight if one.figures else 0.0,
    }


def _entry_json(entry: Entry, here: Memory | None) -> dict[str, object]:
    return {
        "name": entry.name,
        "title": entry.title,
        "level": entry.level,
        "url": entry.url,
        "size": entry.size,
        "sha256": entry.sha256,
        "licence": entry.licence,
        "free_licence": entry.free_licence,
        "template": entry.family,
        "languages": entry.languages,
        "memory": entry.need,
        "fit": entry.fit(here).value,
        "verified": not entry.unverified,
        "hybrid": entry.hybrid,
        "tested": entry.tested,
        "note": entry.note,
    }
