"""What was measured of model files on this machine, kept by the hash of the file. Does not measure."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from reflexiona.errors import StorageError, reason
from reflexiona.files import write_whole
from reflexiona.paths import DataFolder


@dataclass(frozen=True, slots=True)
class Speed:
    """How quick a model is on this machine. Seconds and bytes; None: could not be measured."""

    load: float
    """Until it is loaded and has written a few tokens."""
    read_tokens: float
    """Tokens a second while it reads."""
    write_tokens: float
    """Tokens a second while it writes."""
    first_word_cold: float | None
    """From sending the first situation to its first word; nothing of the prompt was known."""
    first_word_warm: float | None
    """The same for later situations: median."""
    memory: int | None
    """The most that the engine held, the file included."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a model makes of labelled cases. Shares from 0 to 1; None: there was nothing to measure."""

    cases: int
    asked: int
    """Cases in which the model was asked: it is not where there is danger, or nothing to read."""
    top1_reader: float | None
    """Share of cases whose main scenario is right without the model."""
    top1_model: float | None
    """Of the cases in which it was asked, the share in which its own first is right."""
    top1_reader_asked: float | None
    """Of the same cases, the share in which the reader's first is right."""
    top1_together: float | None
    """Share of cases that are right with both, each by the weight that the other cases choose."""
    weight: float
    """How much the model's view counts beside the reader's; 0: not at all."""


@dataclass(frozen=True, slots=True)
class Writing:
    """What a model's answers are like. Shares from 0 to 1; None: there was nothing to measure."""

    answers: int
    words: float | None
    """Mean."""
    citing: float | None
    """Share of answers with at least one citation that holds."""
    citations: float | None
    """Mean number of citations that hold."""
    invented: float | None
    """Share of answers out of which citations of passages that do not exist were taken."""
    unsupported: float | None
    """Share of sentences that no passage supports."""


@dataclass(frozen=True, slots=True)
class Figures:
    """All that was measured of a file."""

    name: str
    sha256: str
    size: int
    measured: str
    """ISO 8601, UTC."""
    library: str
    """Version of llama-cpp-python."""
    speed: Speed
    judgement: Judgement
    writing: Writing
    version: int = 1


class Measurements:
    """The folder of figures."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data

    def find(self, sha256: str) -> Figures | None:
        """What was measured of a file with this hash, or None."""
        try:
            found = msgspec.json.decode((self._data.measurements / f"{sha256}.json").read_bytes(), type=Figures)
        except (OSError, msgspec.MsgspecError):
            return None
        return found if found.sha256 == sha256 and found.version == 1 else None

    def weight(self, sha256: str) -> float | None:
        """How much this file's view counts beside the reader's; None where nobody has measured it here."""
        found = self.find(sha256)
        return min(1.0, max(0.0, found.judgement.weight)) if found else None

    def keep(self, figures: Figures) -> None:
        """Keeps figures in place of earlier ones.

        Raises:
            StorageError: they cannot be written.
        """
        self._data.ensure()
        folder = self._data.ensure(self._data.measurements)
        try:
            content = msgspec.json.format(msgspec.json.encode(figures), indent=2)
            write_whole(folder / f"{figures.sha256}.json", content)
        except OSError as error:
            raise StorageError(
                f"No se puede guardar lo medido en {folder}: {reason(error)}.", "Comprueba el espacio y los permisos."
            ) from error
