"""`reflexiona modelos instala`: a model of the catalogue, with progress; what is broken off goes on the next time."""

from __future__ import annotations

import argparse
import sys

from reflexiona.cli.bringing import bring
from reflexiona.cli.console import Console
from reflexiona.cli.encoders import install_encoder
from reflexiona.cli.model_list import catalogue_of
from reflexiona.cli.models import try_model
from reflexiona.cli.reading import a_line
from reflexiona.cli.spanish import UsageError
from reflexiona.errors import ExitCode, ReflexionaError
from reflexiona.models.installing import Agree, Installation, Installed, Seen
from reflexiona.models.memory import size_text
from reflexiona.paths import DataFolder
from reflexiona.situation import fold


def install(options: argparse.Namespace, console: Console, data: DataFolder) -> ExitCode:
    """Downloads, checks, keeps and tries a model, or an encoder.

    Raises:
        NotFoundError: the catalogue has no such model.
        ReflexionaError: it did not come, or is not what it should be; what came stays where it can be gone on from.
    """
    catalogue = catalogue_of(options)
    if encoder := catalogue.encoder(options.nombre):
        agree = _agree(console, options.acepta, unverified=encoder.unverified)
        return install_encoder(console, data, encoder, agree)
    entry = catalogue.find(options.nombre)
    size = f", {size_text(entry.size)}" if entry.size else ", de tamaño sin confirmar"
    console.message(f"{entry.title}{size}. Licencia: {entry.licence}. {entry.note}".rstrip())
    agree = _agree(console, options.acepta, unverified=entry.unverified)
    model = bring(console, entry.name, Installation(data, entry, agree).events(), Installed).model
    console.line(model.name)
    try:
        try_model(console, data, model)
    except ReflexionaError as error:
        console.message(f"Instalado, pero no se pudo probar: {error}")
        return ExitCode.FAILED
    console.message(f"Instalado y probado. Para que escriba: reflexiona modelos usa {model.name}")
    console.message("Para saber cómo va en este equipo: reflexiona modelos mide " + model.name)
    return ExitCode.DONE


def _agree(console: Console, expected: str, *, unverified: bool) -> Agree:
    """Shows size and hash of an unverified file and asks; without a terminal only a hash given beforehand agrees.

    Raises:
        UsageError: it could not be asked, and no hash was given.
    """
    wanted = expected.strip().lower()
    if unverified and not wanted and not sys.stdin.isatty():
        raise UsageError(
            "Este archivo está sin verificar, y aquí no se puede preguntar.", "Indica su huella con --acepta SHA256."
        )

    def agree(seen: Seen) -> bool:
        console.message(f"Archivo sin verificar: {seen.name}, {seen.size} bytes, sha256 {seen.sha256}.")
        if wanted:
            return seen.sha256 == wanted
        console.message("Compara la huella con la que publica quien hizo el modelo. ¿Instalarlo? Escribe «sí»:")
        return fold(a_line() or "").strip() == "si"

    return agree
