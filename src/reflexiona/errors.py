"""What can go wrong, said so that a person knows what happened and what to do.

Knows nothing of faces: a command prints `message` and `remedy` on one line, the interface shows them in place.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of the commands; part of the contract with scripts."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    BAD_INPUT = 4
    INTERRUPTED = 130


class ReflexionaError(Exception):
    """An error with its remedy, both in Spanish.

    Args:
        message: what happened, one sentence.
        remedy: what to do, one sentence; may be empty.
        retryable: whether the same thing may go well a second time.
    """

    exit_code = ExitCode.FAILED

    def __init__(self, message: str, remedy: str = "", *, retryable: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.retryable = retryable

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class BadInputError(ReflexionaError):
    """What was given cannot be read: empty, binary, malformed."""

    exit_code = ExitCode.BAD_INPUT


class NotFoundError(ReflexionaError):
    """No such model, conversation or article."""

    exit_code = ExitCode.NOT_FOUND


class CorpusError(ReflexionaError):
    """An article or a data file of the corpus breaks its schema."""


class StorageError(ReflexionaError):
    """The data folder cannot be read or written."""


class ModelError(ReflexionaError):
    """A model file cannot be used."""

    exit_code = ExitCode.BAD_INPUT


class EngineError(ReflexionaError):
    """The worker process failed or vanished."""
