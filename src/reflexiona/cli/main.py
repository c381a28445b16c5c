"""The program's entry: reads the command line, hands over to the command, and says in one sentence what went wrong."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from reflexiona.cli.console import Console
from reflexiona.errors import ExitCode, ReflexionaError

if TYPE_CHECKING:
    import argparse


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command and returns its exit code, one of `ExitCode`.

    Args:
        argv: arguments without the program's name; None: those of the process.
    """
    console = Console.of_process()
    try:
        return int(_run(sys.argv[1:] if argv is None else argv, console))
    except ReflexionaError as error:
        console.error(error)
        return int(error.exit_code)
    except KeyboardInterrupt:
        console.message("Interrumpido.")
        return int(ExitCode.INTERRUPTED)
    except BrokenPipeError:
        console.silence()
        return int(ExitCode.DONE)
    except SystemExit as stop:  # argparse ends so after --help and --version
        return int(stop.code or 0)
    except Exception as error:
        return int(_unexpected(error, console))


def _run(arguments: Sequence[str], console: Console) -> int:
    if not arguments:  # the interface opens at once: no grammar is needed to see that nothing was asked
        return _conversation(console, plain=False)
    from reflexiona.cli.arguments import build_parser

    return _dispatch(build_parser().parse_args(arguments), console)


def _dispatch(options: argparse.Namespace, console: Console) -> int:
    """Imports a command only when it runs: the others' imports cost time."""
    match options.orden:
        case "preguntar":
            from reflexiona.cli.ask import ask

            return ask(options, console)
        case "corpus":
            from reflexiona.cli.corpus import corpus

            return corpus(options, console)
        case "modelos":
            from reflexiona.cli.models import models

            return models(options, console)
        case "casos":
            from reflexiona.cli.cases import cases

            return cases(options, console)
        case "evalua":
            from reflexiona.cli.evaluate import evaluate

            return evaluate(options, console)
        case "diagnostico":
            from reflexiona.cli.diagnosis import diagnosis

            return diagnosis(options, console)
        case _:
            return _conversation(console, plain=options.sencillo)


def _conversation(console: Console, *, plain: bool) -> int:
    """The interface, or line by line where that was asked for or the terminal can do no more."""
    if plain or console.accessible or not console.terminal:
        from reflexiona.cli.plain import talk

        return talk(console)
    from reflexiona.cli.reading import standard_input
    from reflexiona.paths import DataFolder
    from reflexiona.tui.launch import run

    data = DataFolder.locate()
    data.ensure()
    return run("" if sys.stdin.isatty() else standard_input(), data)


def _unexpected(error: Exception, console: Console) -> ExitCode:
    from reflexiona.cli.fault import record

    place = record(error)
    seen = f"El detalle técnico, sin textos tuyos, está en {place}." if place else "No se pudo anotar el detalle."
    console.message(f"Algo falló dentro de Reflexiona ({type(error).__name__}); lo guardado sigue intacto. {seen}")
    return ExitCode.FAILED


if __name__ == "__main__":
    sys.exit(main())
