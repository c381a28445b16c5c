"""argparse in Spanish: usage, headings, help and every message of an error.

argparse builds its errors from templates of its own. Each that a person can meet stands here beside its translation,
and a finished message is recognised by its template. A test holds the table against the argparse in use.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable
from functools import cache
from typing import Any, NoReturn

from reflexiona.errors import ExitCode, ReflexionaError

HEADINGS = {"positional arguments": "argumentos", "options": "opciones", "usage: ": "uso: "}
ERRORS = {
    "argument %(argument_name)s: %(message)s": "{0}: {1}",
    "the following arguments are required: %s": "falta {0}",
    "one of the arguments %s is required": "hace falta una de estas opciones: {0}",
    "unrecognized arguments: %s": "sobra o no se reconoce: {0}",
    "unexpected option string: %s": "sobra la opción {0}",
    "not allowed with argument %s": "no se puede combinar con {0}",
    "ignored explicit argument %r": "no lleva ningún valor, y se le dio {0}",
    "expected one argument": "le falta un valor",
    "expected at most one argument": "lleva un valor como mucho",
    "expected at least one argument": "le falta al menos un valor",
    "expected %s argument": "lleva {0} valor",
    "expected %s arguments": "lleva {0} valores",
    "ambiguous option: %(option)s could match %(matches)s": "{0} puede ser una de varias: {1}",
    "invalid choice: %(value)r (choose from %(choices)s)": "no hay {0}; se puede elegir entre {1}",
    "invalid %(type)s value: %(value)r": "{1} no sirve aquí",
    "unknown parser %(parser_name)r (choices: %(choices)s)": "no hay {0}; se puede elegir entre {1}",
    "can't open '%(filename)s': %(error)s": "no se puede abrir «{0}»: {1}",
}
_FIELD = re.compile(r"%(?:\(\w+\))?[sr]")


class UsageError(ReflexionaError):
    """The command line was not understood."""

    exit_code = ExitCode.USAGE


class Parser(argparse.ArgumentParser):
    """A parser that speaks Spanish. Errors are `UsageError`s; options are never abbreviated."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"allow_abbrev": False, "add_help": False, "formatter_class": _Formatter, **options})
        self._positionals.title = HEADINGS["positional arguments"]
        self._optionals.title = HEADINGS["options"]
        self.add_argument("-h", "--help", "--ayuda", action="help", help="muestra esta ayuda y termina")

    def error(self, message: str) -> NoReturn:
        """Raises a `UsageError` that says `message` in Spanish."""
        said = translated(message)
        raise UsageError(f"{said[:1].upper()}{said[1:]}.", f"Mira «{self.prog} --help».")


class _Formatter(argparse.HelpFormatter):
    """Help with a Spanish «uso:»."""

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        """Adds the usage line."""
        super().add_usage(usage, actions, groups, HEADINGS["usage: "] if prefix is None else prefix)


def translated(message: str) -> str:
    """A finished message of argparse in Spanish; one of no known template as it is."""
    for pattern, spanish in _patterns():
        if found := pattern.fullmatch(message):
            # the one message inside another is a message of argparse, too
            return spanish.format(*(translated(_quoted(value)) for value in found.groups()))
    return message


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((_pattern(template), spanish) for template, spanish in ERRORS.items())


def _pattern(template: str) -> re.Pattern[str]:
    literals = _FIELD.split(template)
    fields = ["(.*?)" if n < len(literals) - 2 else "(.*)" for n in range(len(literals) - 1)]
    parts = [re.escape(literals[0])]
    for field, literal in zip(fields, literals[1:], strict=True):
        parts += [field, re.escape(literal)]
    return re.compile("".join(parts), re.DOTALL)


def _quoted(value: str) -> str:
    """Python's quotes as «»."""
    return re.sub(r"'([^']*)'", r"«\1»", value)
