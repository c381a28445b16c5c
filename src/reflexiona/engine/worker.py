"""The worker process: `python -m reflexiona.engine.worker`. Its entry: descriptors, signals, and why it cannot start.

Reads requests on its standard input and answers on its standard output; see `protocol`. The parts are put together in
`composition`.
"""

from __future__ import annotations

import faulthandler
import signal
import sys

from reflexiona.engine.protocol import Message
from reflexiona.engine.service import Sender, serve
from reflexiona.engine.streams import Log, take_over
from reflexiona.errors import ExitCode, ReflexionaError
from reflexiona.events import Problem
from reflexiona.paths import DataFolder


def main() -> int:
    """Runs the worker and returns its exit code."""
    streams = take_over()
    sender = Sender(streams.sink)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the face decides
    try:
        data = DataFolder.locate()
        log = Log(data)
    except ReflexionaError as error:
        return _refuse(sender, error)
    faulthandler.enable()  # where native code fell, into the log: places only
    try:
        from reflexiona.engine.composition import compose  # only now: libraries print while they are imported

        parts = compose(data)
    except ReflexionaError as error:
        return _refuse(sender, error)
    except Exception as error:
        log.fault(error)
        return _refuse(sender, _unexpected(error, log))
    serve(streams.source, sender, log, work=parts.core, loading=parts.slot, indexing=parts.reindexing)
    return int(ExitCode.DONE)


def _unexpected(error: Exception, log: Log) -> ReflexionaError:
    if isinstance(error, ImportError):
        return ReflexionaError(f"Falta una pieza de Reflexiona: {error.name}.", "Reinstala Reflexiona.")
    return ReflexionaError(f"El motor no pudo arrancar ({type(error).__name__}).", f"El detalle está en {log.path}.")


def _refuse(sender: Sender, error: ReflexionaError) -> int:
    sender(Message(0, Problem(error.message, error.remedy)))
    return int(error.exit_code)


if __name__ == "__main__":
    sys.exit(main())
