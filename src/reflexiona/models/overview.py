"""All that a face shows about models, in one value: what is here, what is half here, what can be brought, what fits."""

from __future__ import annotations

from dataclasses import dataclass

from reflexiona.models.catalogue import UNTESTED, Catalogue, Entry, Recommendation
from reflexiona.models.included import included_model
from reflexiona.models.installed import InstalledModel
from reflexiona.models.installing import Partial, partials
from reflexiona.models.measurements import Figures, Measurements
from reflexiona.models.memory import Fit, Memory, fit, memory, needed
from reflexiona.models.registry import ModelRegistry
from reflexiona.paths import DataFolder
from reflexiona.settings import INCLUDED_MODEL

FITS = {
    Fit.FITS: "cabe en la memoria",
    Fit.IF_FREED: "cabe si se cierran otros programas",
    Fit.TOO_LARGE: "no cabe en la memoria",
    Fit.UNKNOWN: "no se sabe si cabe",
}
"""As a person reads it."""
COMES_WITH_IT = "viene con Reflexiona: elige los pasos y escribe una frase, lo demás sale de los artículos"


@dataclass(frozen=True, slots=True)
class Here:
    """A model of this machine."""

    model: InstalledModel
    need: int
    """Bytes of memory it takes in use."""
    fit: Fit
    in_use: bool
    entry: Entry | None
    """What it is in the catalogue; None: it came from elsewhere."""
    figures: Figures | None
    """What was measured of it on this machine."""

    @property
    def experience(self) -> str:
        """What is known of it by having run it, here or by us: nothing is claimed before."""
        if self.model.name == INCLUDED_MODEL and self.figures is None:
            return COMES_WITH_IT
        if self.figures is None:
            tested = self.entry is not None and self.entry.tested
            return "probado por nosotros, sin medir en este equipo" if tested else UNTESTED
        speed, warm = self.figures.speed, self.figures.speed.first_word_warm
        first = f", primera palabra en {warm:.1f} s" if warm is not None else ""
        told = (
            f": lee {speed.read_tokens:.0f} y escribe {speed.write_tokens:.0f} tokens por segundo{first}; en la "
            f"lectura pesa {self.figures.judgement.weight:.2f}"
        )
        return f"medido aquí el {self.figures.measured[:10]}{told.replace('.', ',')}"


@dataclass(frozen=True, slots=True)
class Offered:
    """A model of the catalogue that is not on this machine."""

    entry: Entry
    fit: Fit
    partial: Partial | None
    """What has come of it already."""


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything, at one moment."""

    memory: Memory | None
    here: tuple[Here, ...]
    offered: tuple[Offered, ...]
    """In the order of the catalogue: by level."""
    partials: tuple[Partial, ...]
    recommended: Recommendation | None


def overview(data: DataFolder, catalogue: Catalogue, in_use: str) -> Overview:
    """Looks at the data folder and at the memory; nothing is loaded, nothing is asked of the network.

    Args:
        data: the person's folder.
        catalogue: what can be brought.
        in_use: name of the chosen model; empty: none.
    """
    machine, measurements = memory(), Measurements(data)
    half = partials(data)
    here = []
    for model in (included_model(), *ModelRegistry(data).installed()):
        need = model.memory or needed(model.size)
        entry, figures = catalogue.of_file(model.sha256), measurements.find(model.sha256)
        here.append(Here(model, need, fit(need, machine), model.name == in_use, entry, figures))
    known = {one.entry.name for one in here if one.entry} | {one.model.name for one in here}
    coming = {one.name: one for one in half}
    offered = [
        Offered(entry, entry.fit(machine), coming.get(entry.name))
        for entry in catalogue.entries
        if entry.name not in known
    ]
    return Overview(machine, tuple(here), tuple(offered), half, catalogue.recommend(machine))
