"""`reflexiona modelos` for encoders: `instala` brings one, chooses it and makes its index; `quita` goes back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

from reflexiona.cli.bringing import bring
from reflexiona.cli.console import Console
from reflexiona.cli.corpus import rebuild
from reflexiona.errors import ExitCode, ReflexionaError
from reflexiona.models.catalogue import Catalogue
from reflexiona.models.encoders import EncoderEntry, folder_of, is_here
from reflexiona.models.installing import Agree
from reflexiona.models.memory import size_text
from reflexiona.paths import DataFolder, path_of
from reflexiona.settings import Settings, load_settings, save_setting

SETTING = "codificador"
_LATER = "Su índice se hace al abrir Reflexiona, o con: reflexiona corpus reindexa"


def install_encoder(console: Console, data: DataFolder, entry: EncoderEntry, agree: Agree) -> ExitCode:
    """Downloads and checks an encoder, chooses it and has its index made; until that is whole the earlier one serves.

    Raises:
        ReflexionaError: it did not come, or is not what it should be; what came stays where it can be gone on from.
    """
    from reflexiona.models.encoder_installing import EncoderInstallation, EncoderInstalled

    console.message(f"{entry.title}, {size_text(entry.size)}. Licencia: {entry.licence}. {entry.note}".rstrip())
    folder = bring(console, entry.name, EncoderInstallation(data, entry, agree).events(), EncoderInstalled).folder
    former = load_settings(data.settings).encoder
    save_setting(data.settings, SETTING, str(folder))
    try:
        asyncio.run(rebuild(console, data, anew=False))
    except KeyboardInterrupt:
        console.message(f"Instalado y elegido. {_LATER}")
        raise
    except ReflexionaError as error:
        save_setting(data.settings, SETTING, former)
        console.message(f"Descargado, pero no se pudo usar y se sigue como antes: {error}")
        return ExitCode.FAILED
    console.line(entry.name)
    console.message(f"Instalado: desde ahora se busca con él. Para volver atrás: reflexiona modelos quita {entry.name}")
    return ExitCode.DONE


def remove_encoder(console: Console, data: DataFolder, name: str) -> bool:
    """Deletes an encoder of the catalogue, or what had come of it; whether there was anything."""
    from reflexiona.models.encoder_installing import remove

    if not remove(data, name):
        return False
    console.message(f"Quitado el codificador {name}.")
    if _chosen(load_settings(data.settings)) == folder_of(data, name):
        save_setting(data.settings, SETTING, "")
        console.message("Era el que se usaba: desde ahora se busca con el incluido.")
    return True


def encoder_lines(catalogue: Catalogue, data: DataFolder, settings: Settings) -> Iterator[str]:
    """What a list says of the encoders."""
    if catalogue.encoders:
        yield "Codificadores, para buscar pasajes en lugar del incluido"
    for entry in catalogue.encoders:
        here = is_here(data, entry.name)
        marks = " · en este equipo" if here else ""
        marks += " · en uso" if here and _chosen(settings) == folder_of(data, entry.name) else ""
        yield f"  {entry.name}  {entry.title} · {size_text(entry.size)}{marks}"
        checked = " · sin verificar: antes de instalarlo se pregunta" if entry.unverified else ""
        yield f"      {entry.licence} · {entry.languages}{checked} · no probado por nosotros"
        if entry.note:
            yield f"      {entry.note}"


def encoders_json(catalogue: Catalogue, data: DataFolder, settings: Settings) -> list[dict[str, object]]:
    """The same for programs."""
    return [
        {
            "name": entry.name,
            "title": entry.title,
            "size": entry.size,
            "licence": entry.licence,
            "languages": entry.languages,
            "query": entry.query,
            "passage": entry.passage,
            "verified": not entry.unverified,
            "installed": is_here(data, entry.name),
            "in_use": _chosen(settings) == folder_of(data, entry.name),
            "note": entry.note,
        }
        for entry in catalogue.encoders
    ]


def _chosen(settings: Settings) -> Path | None:
    return path_of(settings.encoder) if settings.encoder else None
